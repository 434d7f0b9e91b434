"""The paths from one quantity to the loss: which units they run through, their factors, their shares.

∂L/∂q is the sum over all paths; a path's share is the product of its factors, from the loss back to q:
∂L/∂z of the output, then weight and derivative of the activation for each unit on the way, then ∂z/∂q. In a hidden
layer whose activation takes the whole vector (softmax) a path goes on from any of its units.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 6.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nbsolve.arithmetic import Value
from nbsolve.blocks.dense import LOSS
from nbsolve.drawing.graph import Node
from nbsolve.drawing.readings import Reading, Readings
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom
from nbsolve.notation import Names
from nbsolve.symbol import Partial, Role, Symbol, number_of
from nbsolve.values import layer_activation
from nbsolve.writing import scalar

__all__ = ["Route", "branching_from", "count_routes", "leaving_from", "output_factors", "routes", "sought"]

_PARAMETERS = frozenset({Role.WEIGHT, Role.BIAS, Role.THRESHOLD})
_STARTS = _PARAMETERS | {Role.INPUT, Role.PRE_ACTIVATION, Role.ACTIVATION}
_LISTED = 12
_Passed = tuple[Node, Node]
"""The units of a layer by which a path comes and goes on: the same one, unless its activation takes all of them."""


@dataclass(frozen=True)
class Route:
    """One path: its units from the first to the output, the factors from the loss back, and their product."""

    units: tuple[Node, ...]
    factors: tuple[Atom, ...]
    share: Reading | None


def sought(names: Names, quantity: str) -> Symbol:
    """The quantity that `dL/dw3` or `w3` means. Raises: UnknownQuantityError, listing what has paths."""
    atom = names.resolve(quantity)
    if isinstance(atom, Partial) and atom.of == LOSS:
        atom = atom.wrt
    single = isinstance(atom, Symbol) and (atom.to is not None or atom.shared)
    if isinstance(atom, Symbol) and atom.role in _STARTS and single and not (atom.new or atom.change):
        return atom
    known = [s for s in names.symbols() if s.role in _PARAMETERS]
    listed = ", ".join(names.plain(symbol) for symbol in known[:_LISTED])
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    raise UnknownQuantityError(
        f"{quantity!r} has no paths to the loss; paths begin at a parameter, an input or a unit: {listed}{more}"
    )


def leaving_from(symbol: Symbol, sizes: tuple[int, ...]) -> list[Node]:
    """The units that a quantity acts on first."""
    if symbol.role is Role.INPUT:
        return [(1, unit) for unit in range(1, sizes[1] + 1)]
    layer = symbol.layer or 0
    if symbol.role is Role.ACTIVATION and layer < len(sizes) - 1:
        return [(layer + 1, unit) for unit in range(1, sizes[layer + 1] + 1)]
    if symbol.shared:
        return [(layer, unit) for unit in range(1, sizes[layer] + 1)]
    return [(layer, number_of(symbol.to))]


def branching_from(symbol: Symbol, readings: Readings, sizes: tuple[int, ...]) -> list[int]:
    """The hidden layers on the way to the loss in which a path goes on from any unit."""
    first = leaving_from(symbol, sizes)[0][0]
    return [one.index for one in readings.solution.layers[first - 1 : -1] if one.joint]


def count_routes(symbol: Symbol, readings: Readings, sizes: tuple[int, ...]) -> int:
    """The number of paths from a quantity to the loss."""
    first = leaving_from(symbol, sizes)
    count = len(first)
    for units in sizes[first[0][0] + 1 :]:
        count *= units
    for layer in branching_from(symbol, readings, sizes):
        count *= sizes[layer]
    return count


def routes(symbol: Symbol, readings: Readings, sizes: tuple[int, ...]) -> list[Route]:
    """The paths, in the order of the units they run through."""
    last = len(sizes) - 1
    branching = branching_from(symbol, readings, sizes)

    def walks(node: Node) -> Iterator[tuple[_Passed, ...]]:
        layer = node[0]
        if layer == last:
            yield ((node, node),)
            return
        leaving = [(layer, unit) for unit in range(1, sizes[layer] + 1)] if layer in branching else [node]
        for out in leaving:
            for unit in range(1, sizes[layer + 1] + 1):
                for rest in walks((layer + 1, unit)):
                    yield ((node, out), *rest)

    found: list[Route] = []
    for node in leaving_from(symbol, sizes):
        for passed in walks(node):
            factors = tuple(_factors(symbol, passed, readings, last))
            units = tuple(entered for entered, _ in passed)
            found.append(Route(units, factors, _share(factors, readings)))
    return found


def output_factors(readings: Readings, unit: int) -> tuple[Atom, ...]:
    """∂L/∂a and ∂a/∂z of an output, or ∂L/∂z in one piece where the text has it so (δ, and softmax)."""
    layer = readings.solution.layers[-1]
    z = readings.here(Symbol(Role.PRE_ACTIVATION, layer.index, unit))
    if layer.joint or readings.solution.how.way == "delta":
        return (Partial(LOSS, z),)
    a = readings.here(Symbol(Role.ACTIVATION, layer.index, unit))
    return (Partial(LOSS, a), Partial(a, z))


def _factors(symbol: Symbol, passed: tuple[_Passed, ...], readings: Readings, last: int) -> Iterator[Atom]:
    """The factors of one path's product, from the loss back to the quantity."""
    if symbol.role is Role.ACTIVATION and symbol.layer == last:
        yield Partial(LOSS, readings.here(symbol))
        return
    yield from output_factors(readings, passed[-1][0][1])
    for (entered, left), (after, _) in zip(passed[-2::-1], passed[:0:-1], strict=True):
        yield Symbol(Role.WEIGHT, after[0], after[1], left[1])
        a, z = Symbol(Role.ACTIVATION, *left), Symbol(Role.PRE_ACTIVATION, *entered)
        yield Partial(readings.here(a), readings.here(z))
    layer, unit = passed[0][0]
    if symbol.role is Role.WEIGHT:
        yield readings.here(layer_activation(layer - 1, number_of(symbol.from_)))
    elif symbol.role is Role.THRESHOLD:
        yield Partial(Symbol(Role.PRE_ACTIVATION, layer, unit), symbol)
    elif symbol.role in (Role.INPUT, Role.ACTIVATION):
        yield Symbol(Role.WEIGHT, layer, unit, number_of(symbol.to))


def _share(factors: tuple[Atom, ...], readings: Readings) -> Reading | None:
    values = readings.values
    if values is None or any(factor not in values for factor in factors):
        return None
    product: Value | None = None
    for factor in factors:
        value = scalar(values[factor])
        product = value if product is None else product * value
    return None if product is None else readings.unnamed(product)
