"""The paths from one quantity to the loss: which units they run through, their factors, their shares.

∂L/∂q is the sum over all paths; a path's share is the product of its factors, from the loss back to q:
∂L/∂z of the output, then weight and derivative of the activation for each unit on the way, then ∂z/∂q. Into a
maxout layer 1 or 0 stands for the weight: a path through a value that is not the largest has the share 0. In a
hidden layer whose activation takes the whole vector (softmax) a path goes on from any of its units.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 6.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import flint

from nbsolve.arithmetic import Value
from nbsolve.asking.writing import scalar
from nbsolve.drawing.graph import Node
from nbsolve.drawing.readings import Reading, Readings
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom
from nbsolve.notation import Names
from nbsolve.notation.network_symbols import scalars
from nbsolve.problem import wiring
from nbsolve.problem.model import Network
from nbsolve.symbol import LOSS, PARAMETERS, Partial, Role, Symbol, number_of
from nbsolve.values import layer_activation

__all__ = [
    "Route",
    "after",
    "branching_from",
    "count_routes",
    "leaving_from",
    "output_factors",
    "routes",
    "sought",
    "uses",
]

_STARTS = frozenset({*PARAMETERS, Role.INPUT, Role.PRE_ACTIVATION, Role.ACTIVATION})
_LISTED = 12
_Passed = tuple[Node, Node]
"""The units of a layer by which a path comes and goes on: the same one, unless its activation takes all of them."""


@dataclass(frozen=True)
class Route:
    """One path: its units from the first to the output, the factors from the loss back, and their product."""

    units: tuple[Node, ...]
    factors: tuple[Atom, ...]
    share: Reading | None
    entered: tuple[Node | None, Node]
    """From which unit it comes, if from one, to the first that it runs through."""


def sought(names: Names, quantity: str) -> Symbol:
    """The quantity that `dL/dw3` or `w3` means. Raises: UnknownQuantityError, listing what has paths."""
    atom = names.resolve(quantity)
    if isinstance(atom, Partial) and atom.of == LOSS:
        atom = atom.wrt
    single = isinstance(atom, Symbol) and (atom.to is not None or atom.shared)
    if isinstance(atom, Symbol) and atom.role in _STARTS and single and not (atom.new or atom.change):
        return atom
    known = [s for s in scalars(names.network) if s.role in PARAMETERS]
    listed = ", ".join(names.plain(symbol) for symbol in known[:_LISTED])
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    raise UnknownQuantityError(
        f"{quantity!r} has no paths to the loss; paths begin at a parameter, an input or a unit: {listed}{more}"
    )


def leaving_from(symbol: Symbol, network: Network) -> list[Node]:
    """The units that a quantity acts on first."""
    layer = symbol.layer or 0
    if symbol.role is Role.INPUT or (symbol.role is Role.ACTIVATION and layer not in wiring.ends(network)):
        return after(network, (layer, number_of(symbol.to)))
    if symbol.shared:
        return [(layer, unit) for unit in range(1, wiring.width_of(network, layer) + 1)]
    if symbol.role is Role.WEIGHT:
        return [unit for _, unit in uses(network, symbol)]
    return [(layer, number_of(symbol.to))]


def after(network: Network, unit: Node) -> list[Node]:
    """The units that take a unit's activation."""
    return [
        (user, to)
        for user in wiring.users(network, unit[0])
        for to in (
            [unit[1]] if wiring.weightless(network, user) else range(1, wiring.width_of(network, user) + 1)
        )
        if wiring.weightless(network, user)
        or not wiring.is_missing(network, user, to, wiring.column_of(network, user, unit))
    ]


def uses(network: Network, weight: Symbol) -> list[tuple[Node, Node]]:
    """The connections that have a weight: from which unit to which."""
    found = []
    for layer in wiring.uses_of_weights(network, weight.layer or 1):
        place = number_of(weight.to), number_of(weight.from_)
        to, column = place[::-1] if network.layer(layer).transposed else place
        found.append(([*wiring.incoming(network, layer)][column - 1], (layer, to)))
    return found


def branching_from(symbol: Symbol, readings: Readings) -> list[int]:
    """The hidden layers on the way to the loss in which a path goes on from any unit."""
    network = readings.solution.problem.network
    reached = {layer for layer, _ in leaving_from(symbol, network)}
    for layer in range(1, len(network.layers) + 1):
        if layer in reached:
            reached.update(wiring.users(network, layer))
    hidden = (one for one in readings.solution.layers if one.index not in wiring.ends(network))
    return [one.index for one in hidden if one.joint and one.index in reached]


def count_routes(symbol: Symbol, readings: Readings) -> int:
    """The number of paths from a quantity to the loss."""
    network = readings.solution.problem.network
    branching = branching_from(symbol, readings)

    @cache
    def behind(unit: Node) -> int:
        if unit[0] in wiring.ends(network):
            return 1
        units = range(1, wiring.width_of(network, unit[0]) + 1)
        leaving = [(unit[0], own) for own in units] if unit[0] in branching else [unit]
        return sum(behind(later) for own in leaving for later in after(network, own))

    return sum(map(behind, leaving_from(symbol, network)))


def routes(symbol: Symbol, readings: Readings) -> list[Route]:
    """The paths, in the order of the units they run through."""
    network = readings.solution.problem.network
    ends = wiring.ends(network)
    branching = branching_from(symbol, readings)

    def walks(node: Node) -> Iterator[tuple[_Passed, ...]]:
        layer = node[0]
        if layer in ends:
            yield ((node, node),)
            return
        units = range(1, wiring.width_of(network, layer) + 1)
        for out in [(layer, unit) for unit in units] if layer in branching else [node]:
            for later in after(network, out):
                for rest in walks(later):
                    yield ((node, out), *rest)

    found: list[Route] = []
    for entered in _entered(symbol, network):
        for passed in walks(entered[1]):
            factors = tuple(_factors(symbol, entered, passed, readings))
            units = tuple(unit for unit, _ in passed)
            found.append(Route(units, factors, _share(factors, readings), entered))
    return found


def _entered(symbol: Symbol, network: Network) -> list[tuple[Node | None, Node]]:
    """From where a path comes, if from a unit, and the unit that it enters first."""
    if symbol.role is Role.WEIGHT:
        return [(None if from_[0] < 0 else from_, to) for from_, to in uses(network, symbol)]
    start = (
        (symbol.layer or 0, number_of(symbol.to)) if symbol.role in (Role.INPUT, Role.ACTIVATION) else None
    )
    return [(None if unit == start else start, unit) for unit in leaving_from(symbol, network)]


def output_factors(readings: Readings, node: Node) -> tuple[Atom, ...]:
    """∂L/∂a and ∂a/∂z of an output, or ∂L/∂z in one piece where the text has it so (δ, and softmax)."""
    layer = readings.solution.layer(node[0])
    z = readings.here(Symbol.pre_activation(*node))
    if layer.joint or readings.solution.how.way == "delta":
        return (Partial(LOSS, z),)
    a = readings.here(Symbol.activation(*node))
    return (Partial(LOSS, a), Partial(a, z))


def _factors(
    symbol: Symbol,
    entered: tuple[Node | None, Node],
    passed: tuple[_Passed, ...],
    readings: Readings,
) -> Iterator[Atom]:
    """The factors of one path's product, from the loss back to the quantity."""
    network = readings.solution.problem.network

    def step(to: Node, from_: Node) -> Iterator[Atom]:
        """∂z/∂a from a unit to the next: the weight, or its name; left out where it is always 1."""
        combination = wiring.combination(network, to[0])
        if combination is None:
            yield wiring.weight(network, to[0], to[1], wiring.column_of(network, to[0], from_))
        elif not combination.keeps_gradients:
            z, a = Symbol.pre_activation(*to), layer_activation(*from_)
            yield Partial(readings.here(z), readings.here(a))

    if symbol.role is Role.ACTIVATION and symbol.layer in wiring.ends(network):
        yield Partial(LOSS, readings.here(symbol))
        return
    yield from output_factors(readings, passed[-1][0])
    for (own, left), (later, _) in zip(passed[-2::-1], passed[:0:-1], strict=True):
        yield from step(later, left)
        a, z = Symbol.activation(*left), Symbol.pre_activation(*own)
        yield Partial(readings.here(a), readings.here(z))
    start, first = entered
    if symbol.role is Role.WEIGHT:
        # a bias that is a weight comes from a constant, which stands in no unit
        yield readings.here(layer_activation(*(start or (-first[0], 1))))
    elif symbol.role is Role.THRESHOLD:
        yield Partial(Symbol.pre_activation(*first), symbol)
    elif start is not None:
        yield from step(first, start)


def _share(factors: tuple[Atom, ...], readings: Readings) -> Reading | None:
    values = readings.values
    if values is None or any(factor not in values for factor in factors):
        return None
    sizes = [scalar(values[factor]) for factor in factors]
    if any(isinstance(size, flint.fmpq) and size == 0 for size in sizes):
        return readings.unnamed(flint.fmpq(0))  # exactly, whatever else stands in the product
    product: Value | None = None
    for size in sizes:
        product = size if product is None else product * size
    return None if product is None else readings.unnamed(product)
