"""Reading values of units that are given instead of computed: a sample's `given: {"a[1][1]": 0.6}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nbsolve.catalogue import Activation
from nbsolve.given import Given
from nbsolve.problem import wiring
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.functions import activation_of
from nbsolve.problem.model import Network, Sample, Training
from nbsolve.symbol import PARAMETERS, Partial, Role, Symbol, Unit, canonical, number_of, parse_canonical

__all__ = ["check_given_values", "with_given_values"]

KEY = "given"
_EXPECTED = "a pre-activation or an activation: z[1][2], a[2][1], or a[1] with one number for each unit"


def with_given_values(cursor: Cursor, network: Network, samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """The samples, each with the values of units that it gives; faults are noted."""
    if not cursor.is_list:  # a table has none
        return samples
    found = []
    for element, sample in zip(cursor.each(), samples, strict=True):
        inner = element.get(KEY)
        given = None if inner is None else _read(inner, network)
        found.append(sample.model_copy(update={"given": given}) if given else sample)
    return tuple(found)


def _read(cursor: Cursor, network: Network) -> dict[str, Given] | None:
    """The numbers by canonical name (`a[1][1]`), in the order of the file; None after noting a fault."""
    if not cursor.is_mapping:
        cursor.fault("given is not a mapping", expected='values by name: {"a[1][1]": 0.6}')
        return None
    before = len(cursor.notes.faults)
    found: dict[str, Given] = {}
    for key in [*cursor.keys()]:
        value = cursor.get(key)
        assert value is not None
        symbol = _symbol(cursor, key, network)
        for name, number in () if symbol is None else _numbers(value, symbol, network):
            if name in found:
                cursor.key_fault(key, f"{name} is given twice", expected="each value once")
                break
            found[name] = number
    return None if len(cursor.notes.faults) > before else found


def _symbol(cursor: Cursor, key: str, network: Network) -> Symbol | None:
    """The unit or the layer that a key names; None after noting why it is none."""
    try:
        symbol = parse_canonical(key)
    except ValueError:
        cursor.key_fault(key, f"{key!r} names no value of a unit", expected=_EXPECTED)
        return None
    if isinstance(symbol, Partial):
        hint = (
            "upstream gives the gradient with respect to the outputs" if symbol.of.role is Role.LOSS else None
        )
        cursor.key_fault(
            key, f"{key} is a derivative, which follows from the values", expected=_EXPECTED, hint=hint
        )
        return None
    if symbol.role not in (Role.PRE_ACTIVATION, Role.ACTIVATION) or symbol.new or symbol.change:
        hint = "it is given already: change it where it stands" if symbol.role in _GIVEN else None
        cursor.key_fault(key, f"{key} is no value that a unit computes", expected=_EXPECTED, hint=hint)
        return None
    depth = len(network.layers)
    if symbol.layer is None or symbol.from_ is not None or not 1 <= symbol.layer <= depth:
        layers = "1 layer" if depth == 1 else f"{depth} layers"
        cursor.key_fault(key, f"{key} does not exist: the network has {layers}", expected=_EXPECTED)
        return None
    units = wiring.width_of(network, symbol.layer)
    if symbol.to is not None and number_of(symbol.to) > units:
        message = f"{key} does not exist: layer {symbol.layer} has {_counted(units, 'unit')}"
        cursor.key_fault(key, message, expected=_EXPECTED)
        return None
    units_of = [symbol.to] if symbol.to is not None else range(1, units + 1)
    if symbol.role is Role.ACTIVATION and any(map(_needs_both, _functions(network, symbol.layer, units_of))):
        expected = f"its pre-activation: {canonical(symbol._replace(role=Role.PRE_ACTIVATION))}"
        cursor.key_fault(key, f"the derivative of {key} is written with z and with a", expected=expected)
        return None
    return symbol


def _functions(network: Network, layer: int, units: Iterable[Unit]) -> Iterator[Activation]:
    activation = network.layer(layer).activation
    return (activation_of(activation.of_unit(number_of(unit))) for unit in units)


def _needs_both(function: Activation) -> bool:
    """Whether z decides between cases of a derivative that is written with a (ELU): a alone does not give it."""
    return function.from_output is not None and function.kink is not None


_GIVEN = (*PARAMETERS, Role.INPUT, Role.TARGET)


def _numbers(cursor: Cursor, symbol: Symbol, network: Network) -> list[tuple[str, Given]]:
    """The number of a unit, or those of all units of a layer, by name."""
    if symbol.to is not None:
        number = cursor.number(canonical(symbol))
        return [] if number is None else [(canonical(symbol), number)]
    units = wiring.width_of(network, symbol.layer or 1)
    numbers = cursor.numbers(canonical(symbol)) if cursor.is_list else None
    if numbers is None or len(numbers) != units:
        if numbers is not None or not cursor.is_list:
            cursor.fault(
                f"{canonical(symbol)} is the whole layer", expected=f"a list of {_counted(units, 'number')}"
            )
        return []
    return [(canonical(symbol._replace(to=j)), number) for j, number in enumerate(numbers, 1)]


def check_given_values(
    root: Cursor, samples: Sequence[Sample], training: Training | None, in_letters: bool, detail: str
) -> None:
    """What given values do not go with: letters, matrices, a second pass over a sample."""
    if not any(sample.given for sample in samples):
        return
    if in_letters:
        root.key_fault(
            "samples", "given values in a problem that is solved in symbols", expected="numbers alone"
        )
    if detail in ("matrix", "both"):
        root.key_fault(
            "detail",
            f"detail: {detail} with given values, which stand unit by unit",
            expected="detail: units",
        )
    if training is not None:
        size = len(samples) if training.batch == "all" else training.batch
        if training.iterations > -(-len(samples) // size):
            expected = "at most one update with each sample: with new parameters other values would be given"
            root.key_fault("training", "training takes a sample more than once", expected=expected)


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"
