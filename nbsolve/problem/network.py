"""Reading the network: its layout and its layers."""

from __future__ import annotations

from pathlib import Path

from nbsolve.catalogue import ACTIVATION_FORMULAS, ACTIVATIONS, COMBINATIONS
from nbsolve.formula import ACTIVATION_VARIABLES
from nbsolve.problem.biases import read_bias
from nbsolve.problem.cells import is_symbolic
from nbsolve.problem.choices import read_choice
from nbsolve.problem.cursor import Cursor, describe, listing
from nbsolve.problem.folding import check_constants, fits_tie, is_folded
from nbsolve.problem.functions import own_function, softmax_of
from nbsolve.problem.incoming import Incoming, fits_tied_inputs, read_incoming
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.functions import CUSTOM
from nbsolve.problem.keys.network import LayerKeys, NetworkKeys
from nbsolve.problem.model import BY_UNIT, DENSE, LAYOUTS, Bias, Choice, DenseLayer, Layout, Network
from nbsolve.problem.named_inputs import MAXIMUM_WIDTH, check_inputs_used, read_inputs
from nbsolve.problem.own import EXAMPLE, read_own
from nbsolve.problem.ties import Tie, is_tie, read_tie
from nbsolve.problem.weightless import is_weightless, read_weightless
from nbsolve.problem.weights import Weights, read_weights

MAXIMUM_PARAMETERS = 2_000_000
MAXIMUM_LETTERS = 10_000
"""Weights that are letters each have a name of their own in the solution."""


def read_network(cursor: Cursor, folder: Path | None, heads: frozenset[int] = frozenset()) -> Network | None:
    """The network, or None after noting what is wrong with it. `heads`: layers that have losses of their own."""
    if not cursor.mapping(keys_of(NetworkKeys), "network"):
        return None
    layout = _layout(cursor.get("layout"))
    inputs_cursor, layers_cursor = cursor.get("inputs"), cursor.get("layers")
    if inputs_cursor is None:
        cursor.fault("network has no inputs", expected="inputs: how many numbers a sample has")
    read_of_inputs = None if inputs_cursor is None else read_inputs(inputs_cursor)
    inputs, named = (None, ()) if read_of_inputs is None else read_of_inputs
    if layers_cursor is None:
        cursor.fault("network has no layers", expected="layers: a list of layers")
        return None
    elements = layers_cursor.elements("layers", "a list of layers: - {units: …, activation: …, weights: …}")
    if elements is None:
        return None
    if not elements:
        layers_cursor.fault("layers is an empty list", expected="at least one layer")
    layers: list[DenseLayer | None] = []
    widths: list[int | None] = [inputs]
    parameters = 0
    for element in elements:
        units = _units(element)
        incoming = read_incoming(element, widths, named)
        width = None if incoming is None else len(incoming.places)
        if width is not None and element.is_mapping and is_folded(element.get("bias")):
            width += 1
        if is_weightless(element):
            layers.append(read_weightless(element, incoming, widths, _activation))
            widths.append(None if layers[-1] is None else layers[-1].units)
            continue
        if units is not None and width is not None:
            parameters += units * width
        if parameters > MAXIMUM_PARAMETERS:
            element.fault(f"the network has more than {MAXIMUM_PARAMETERS:,} weights")
            return None
        if parameters > MAXIMUM_LETTERS and _is_in_letters(element):
            element.fault(
                f"a network of {parameters:,} weights in symbols",
                expected=f"at most {MAXIMUM_LETTERS:,} weights",
            )
            return None
        layers.append(_layer(element, incoming, width, units, layout == "x W + b", folder, layers))
        widths.append(units)
    sound = tuple(layer for layer in layers if layer is not None)
    _check_own(elements, layers)
    check_constants(elements, layers)
    if not heads:  # else what no layer takes is an output layer, which has a loss
        _check_used(elements, layers)
    if inputs is None or layout is None or not sound or len(sound) != len(layers):
        return None
    network = Network(inputs=inputs, named=named, layout=layout, layers=sound)
    if named and inputs_cursor is not None:
        check_inputs_used(inputs_cursor, network)
    return network


def _check_used(elements: list[Cursor], layers: list[DenseLayer | None]) -> None:
    """Every layer but the last leads somewhere."""
    used = {source for n, layer in enumerate(layers) if layer for source in layer.sources or (n,)}
    for number, (element, layer) in enumerate(zip(elements, layers, strict=True), 1):
        if layer is None or number == len(layers):
            continue
        if number not in used and None not in layers:
            element.fault(
                f"no layer takes the activations of layer {number}",
                expected=f"from: [{number}, …] in a layer after it; of an output layer a loss of its own, "
                f"loss: [{{squared_error: {{of: {number}}}}}, …]",
            )


def _check_own(elements: list[Cursor], layers: list[DenseLayer | None]) -> None:
    """Two functions never share a name on the page."""
    seen: dict[str, Choice] = {}
    for element, layer in zip(elements, layers, strict=False):
        if layer is None:
            continue
        for choice in layer.activation.each_once:
            own = own_function(choice)
            function = ACTIVATIONS[choice.name].function if own is None else own.letters
            other = seen.setdefault(function, choice)
            if choice.formula is None and other.formula is None:
                continue
            if (other.name, other.formula) != (choice.name, choice.formula):
                element.key_fault(
                    "activation",
                    f"{choice.name} would be written like another function of this network ({other.name})",
                    expected="a name and a latex of its own for each function",
                )


def _layout(cursor: Cursor | None) -> Layout | None:
    if cursor is None:
        return "W x + b"
    if cursor.is_scalar:
        # Spaces do not matter: "Wx+b" says the same.
        squeezed = cursor.text.replace(" ", "")
        for layout in LAYOUTS:
            if squeezed == layout.replace(" ", ""):
                return "x W + b" if layout == "x W + b" else "W x + b"
    hint = '"W x + b": a row of weights for each unit; "x W + b": a row for each input'
    cursor.fault(f"layout is {describe(cursor.node)}", expected='"W x + b" or "x W + b"', hint=hint)
    return None


def _units(cursor: Cursor) -> int | None:
    units = cursor.get("units")
    return None if units is None else units.integer("units", 1, MAXIMUM_WIDTH)


def _is_in_letters(layer: Cursor) -> bool:
    weights = layer.get("weights")
    return weights is not None and is_symbolic(weights)


def _layer(
    cursor: Cursor,
    incoming: Incoming | None,
    inputs: int | None,
    units: int | None,
    transposed: bool,
    folder: Path | None,
    before: list[DenseLayer | None],
) -> DenseLayer | None:
    if not cursor.mapping(keys_of(LayerKeys), "a layer"):
        return None
    kind = cursor.get("kind")
    if kind is not None:
        kind.word("the layer's kind", (DENSE, *COMBINATIONS))
    for key, expected in (
        ("units", "units: how many units the layer has"),
        ("activation", f"activation: {listing([*ACTIVATIONS, *ACTIVATION_FORMULAS, CUSTOM], 'or')}"),
        (
            "weights",
            "weights: one row for each unit" if not transposed else "weights: one row for each input",
        ),
    ):
        if not cursor.has(key):
            cursor.fault(f"the layer has no {key}", expected=expected)
    activation = _activation(cursor.get("activation"), units)
    weights_cursor = cursor.get("weights")
    if units is None or inputs is None or incoming is None:
        return None
    weights: Weights | Tie | None = None
    bias = _bias(cursor, units, folder)
    folded = None if bias is None or bias.folded is None else bias.folded.column
    columns, wide = incoming.columns(folded), incoming.wide + inputs - len(incoming.places)
    sources = incoming.sources if columns or incoming.sources != (len(before),) else ()
    if weights_cursor is not None and is_tie(weights_cursor):
        weights = read_tie(weights_cursor, (units, wide), before)
    elif weights_cursor is not None:
        weights = read_weights(weights_cursor, units, inputs, transposed, folder)
    if activation is None or weights is None or bias is None:
        return None
    if isinstance(weights, Tie):
        assert weights_cursor is not None
        other = before[weights.layer - 1]
        if not fits_tie(weights_cursor, weights, bias, before):
            return None
        if not fits_tied_inputs(weights_cursor, incoming, columns, other):
            return None
        return DenseLayer(
            units=units,
            activation=activation,
            weights=(),
            bias=bias,
            same_as=weights.layer,
            transposed=weights.transposed,
            sources=sources,
            columns=columns,
        )
    weights = weights.spread(columns, wide)
    return DenseLayer(
        units=units,
        activation=activation,
        weights=weights.rows,
        weights_trainable=weights.trainable,
        missing=weights.missing,
        bias=bias,
        sources=sources,
        columns=columns,
    )


def _bias(cursor: Cursor, units: int, folder: Path | None) -> Bias | None:
    bias, threshold = cursor.get("bias"), cursor.get("threshold")
    if bias is not None and threshold is not None:
        cursor.key_fault(
            "threshold", "the layer has both a bias and a threshold", expected="one of them (z = W x − θ)"
        )
        return None
    if bias is not None:
        return read_bias(bias, "bias", units, folder)
    if threshold is not None:
        return read_bias(threshold, "threshold", units, folder)
    return Bias(kind="absent")


def _activation(cursor: Cursor | None, units: int | None) -> Choice | None:
    """The activation of a layer; a list has one for each unit."""
    if cursor is None:
        return None
    if not cursor.is_list:
        return _function(cursor, units)
    elements = [*cursor.each()]
    if units is not None and len(elements) != units:
        cursor.fault(
            f"activation is a list of {len(elements)}",
            expected="one activation for the layer, or a list of "
            + (f"{units}, one for each unit" if units > 1 else "1, for the one unit"),
        )
        return None
    own = [_function(element, units) for element in elements]
    for element, choice in zip(elements, own, strict=True):
        if choice is not None and softmax_of(choice) is not None:
            element.fault(
                f"{choice.name} takes all units of a layer",
                expected=f"activation: {choice.name}, for the layer",
            )
            return None
    sound = tuple(choice for choice in own if choice is not None)
    if len(sound) != len(own) or not sound:
        return None
    return sound[0] if all(choice == sound[0] for choice in sound) else Choice(name=BY_UNIT, units=sound)


def _function(cursor: Cursor, units: int | None) -> Choice | None:
    """One activation function."""
    if cursor.is_mapping and cursor.keys() == [CUSTOM]:
        own = read_own(cursor.get(CUSTOM), "activation", ACTIVATION_VARIABLES, ACTIVATIONS)
        if own is None:
            return None
        return Choice(name=own.name, parameters=dict(own.parameters), formula=own.formula, latex=own.latex)
    tables = (ACTIVATIONS, ACTIVATION_FORMULAS)
    defaults = {name: record.parameters for table in tables for name, record in table.items()}
    choice = read_choice(cursor, "activation", {**defaults, CUSTOM: {}})
    if choice is None:
        return None
    named = ACTIVATION_FORMULAS.get(choice.name)
    if named is not None:
        return choice.model_copy(update={"formula": named.formula, "latex": named.latex})
    if choice.name == CUSTOM:
        cursor.fault("custom is not a function by itself", expected=EXAMPLE)
        return None
    softmax = softmax_of(choice)
    if softmax is not None and units == 1:
        cursor.fault(
            f"{choice.name} of a single unit is always {0 if softmax.logarithm else 1}",
            expected="at least two units",
            hint="for one output use sigmoid",
        )
        return None
    return choice
