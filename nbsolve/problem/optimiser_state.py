"""Reading what an optimiser has kept before the first update of a problem: `state: {t: 3, m: …, v: …}`."""

from __future__ import annotations

from nbsolve.catalogue import Optimiser
from nbsolve.given import Given, Letter
from nbsolve.problem import wiring
from nbsolve.problem.cursor import Cursor, listing
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.training import StateKeys
from nbsolve.problem.model import DenseLayer, LayerState, Network
from nbsolve.problem.weights import read_weights

MAXIMUM_UPDATES = 1_000_000
State = dict[str, tuple[LayerState, ...]]


def read_state(
    cursor: Cursor | None, optimiser: Optimiser | None, network: Network | None
) -> tuple[State, int] | None:
    """What is kept, by name, and how many updates were made before; None after noting a fault."""
    if cursor is None:
        return {}, 0
    if optimiser is None or network is None:
        return None
    names = [equation.name for equation in optimiser.kept]
    if not names:
        cursor.fault(f"{optimiser.name} keeps nothing from one update to the next", expected="no state")
        return None
    if not cursor.mapping((*keys_of(StateKeys), *names), "state"):
        return None
    before = cursor.get("t")
    updates = (
        0 if before is None else before.integer("t, the number of updates made before,", 0, MAXIMUM_UPDATES)
    )
    found = {name: _layers(inner, name, network) for name in names if (inner := cursor.get(name)) is not None}
    if updates is None or None in found.values():
        return None
    return {name: layers for name, layers in found.items() if layers is not None}, updates


def read_own_rates(cursor: Cursor | None, network: Network | None) -> tuple[LayerState, ...] | None:
    """Learning rates of each layer, or of each parameter; None after noting a fault, () where there are none."""
    if cursor is None:
        return ()
    if network is None:
        return None
    count = len(network.layers)
    expected = f"a number or {{weights: …, bias: …}} for each layer ({count})"
    elements = cursor.elements("learning_rates", expected)
    if elements is None:
        return None
    if len(elements) != count:
        cursor.fault(f"learning_rates has {_entries(len(elements))}", expected=expected)
        return None
    found: list[LayerState] = []
    for place, (element, layer) in enumerate(zip(elements, network.layers, strict=True), start=1):
        if element.is_scalar:
            number = element.number("a learning rate", least=0)
            one = None if number is None else LayerState(weights=number, bias=number)
        else:
            one = _layer(element, layer, wiring.width(network, place), network.layout == "x W + b")
        if one is None:
            return None
        if any(rate.value < 0 for rate in _numbers_of(one)):
            element.fault("a learning rate is negative", expected="numbers not less than 0")
            return None
        found.append(one)
    return tuple(found)


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _numbers_of(layer: LayerState) -> list[Given]:
    rows = (
        [layer.weights] if isinstance(layer.weights, Given) else [one for row in layer.weights for one in row]
    )
    return [*rows, *([layer.bias] if isinstance(layer.bias, Given) else layer.bias)]


def _layers(cursor: Cursor, name: str, network: Network) -> tuple[LayerState, ...] | None:
    count = len(network.layers)
    if cursor.is_scalar:
        number = cursor.number(name)
        return None if number is None else (LayerState(weights=number, bias=number),) * count
    expected = (
        f"a number for all parameters, or a list of {{weights: …, bias: …}}, one for each layer ({count})"
    )
    elements = cursor.elements(name, expected)
    if elements is None:
        return None
    if len(elements) != count:
        cursor.fault(
            f"{name} has {len(elements)} {'entry' if len(elements) == 1 else 'entries'}", expected=expected
        )
        return None
    found = [
        _layer(element, layer, wiring.width(network, place), network.layout == "x W + b")
        for place, (element, layer) in enumerate(zip(elements, network.layers, strict=True), start=1)
    ]
    return None if None in found else tuple(one for one in found if one is not None)


def _layer(cursor: Cursor, layer: DenseLayer, inputs: int, transposed: bool) -> LayerState | None:
    constant = () if layer.bias.absent else ("threshold" if layer.bias.subtracted else "bias",)
    keys = (*(("weights",) if layer.weights else ()), *constant)
    if not cursor.mapping(keys, "the state of a layer"):
        return None
    missing = [key for key in keys if not cursor.has(key)]
    if missing:
        cursor.fault(f"the state of the layer has no {listing(missing)}", expected=listing(keys))
        return None
    weights = _weights(cursor, layer, inputs, transposed) if "weights" in keys else Given.read("0")
    bias = (
        _bias(cursor.get(constant[0]), constant[0], len(layer.bias.values)) if constant else Given.read("0")
    )
    return None if weights is None or bias is None else LayerState(weights=weights, bias=bias)


def _weights(
    cursor: Cursor, layer: DenseLayer, inputs: int, transposed: bool
) -> Given | tuple[tuple[Given, ...], ...] | None:
    inner = cursor.get("weights")
    assert inner is not None
    if inner.is_scalar:
        return inner.number("weights")
    if not inner.is_list:
        inner.fault(
            "the state of weights is a mapping", expected="a number for all, or a matrix like the weights"
        )
        return None
    read = read_weights(inner, layer.units, len(layer.columns) or inputs, transposed, None)
    if read is None:
        return None
    read = read.spread(layer.columns, inputs)
    if any(isinstance(entry, Letter) for row in read.rows for entry in row):
        inner.fault("the state of weights has letters", expected="numbers")
        return None
    return tuple(tuple(entry for entry in row if isinstance(entry, Given)) for row in read.rows)


def _bias(cursor: Cursor | None, name: str, count: int) -> Given | tuple[Given, ...] | None:
    assert cursor is not None
    if cursor.is_scalar:
        return cursor.number(name)
    numbers = cursor.numbers(name)
    if numbers is not None and len(numbers) != count:
        found = "1 number" if len(numbers) == 1 else f"{len(numbers)} numbers"
        cursor.fault(f"the state of {name} has {found}", expected=f"{count}, as the {name} has")
        return None
    return numbers
