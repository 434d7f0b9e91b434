"""Which layer each gate stands in, and in which order, so that few wires cross.

A wire that passes layers by has a place of its own in each of them, which all its branches share until they fork.
Source: K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of hierarchical system structures",
IEEE Transactions on Systems, Man, and Cybernetics 11 (1981) 109–125: layers, barycentres, and exchanged neighbours.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass, field

import networkx as nx

from nbsolve.drawing.gates.circuit import Circuit

__all__ = ["Layered", "Place", "layered"]

_SWEEPS, _PATIENCE = 16, 4
"""How many sweeps there are at most, and without a better order."""

Place = tuple[str, int]
"""A quantity in a layer: where it is found or given, or where its wire passes by."""


@dataclass
class Layered:
    """The places of each layer in their order; from each place the places in the next layer that its wire leads to.

    `uses` counts the operands that a gate takes of a quantity: two for x · x.
    """

    layers: list[list[Place]]
    after: dict[Place, list[Place]] = field(default_factory=dict)
    before: dict[Place, list[Place]] = field(default_factory=dict)
    found_in: dict[str, int] = field(default_factory=dict)

    def passes(self, place: Place) -> bool:
        """Whether a wire only passes by there."""
        return self.found_in[place[0]] != place[1]


def layered(circuit: Circuit, *, late: bool = False) -> Layered:
    """Given quantities stand in the first layer (`late`: before their first use), a gate behind its operands."""
    graph = nx.DiGraph()
    graph.add_nodes_from(wire.quantity for wire in circuit.wires)
    for gate in circuit.gates:
        graph.add_edges_from((operand, gate.finds) for operand in gate.operands)
    generations = [list(generation) for generation in nx.topological_generations(graph)]
    if late:
        _postpone(graph, generations)
    found = Layered([[] for _ in generations])
    order = {wire.quantity: number for number, wire in enumerate(circuit.wires)}
    for number, generation in enumerate(generations):
        for name in sorted(generation, key=order.__getitem__):
            found.found_in[name] = number
            found.layers[number].append((name, number))
    for name in order:
        users = [(user, found.found_in[user]) for user in dict.fromkeys(graph.successors(name))]
        here: Place = (name, found.found_in[name])
        for number in range(here[1] + 1, 1 + max((layer for _, layer in users), default=0)):
            reached = [user for user in users if user[1] == number]
            passing: Place = (name, number)
            if any(layer > number for _, layer in users):
                found.layers[number].append(passing)
                reached.append(passing)
            found.after[here] = reached
            here = passing
    for place, reached in found.after.items():
        for one in reached:
            found.before.setdefault(one, []).append(place)
    _order(found)
    return found


def _postpone(graph: nx.DiGraph, generations: list[list[str]]) -> None:
    """Move what the first layer holds to the layer before the first that uses it."""
    number = {name: k for k, generation in enumerate(generations) for name in generation}
    for name in list(generations[0]):
        first = min((number[user] for user in graph.successors(name)), default=1)
        generations[0].remove(name)
        generations[first - 1].append(name)


def _order(found: Layered) -> None:
    """The order with the fewest crossings that sweeps find, from the order given and from its reverse."""
    begins = [[list(layer) for layer in found.layers], [layer[::-1] for layer in found.layers]]
    best, fewest = begins[0], _crossings(found)
    for layers in begins:
        if fewest:
            found.layers = [list(layer) for layer in layers]
            order, crossings = _swept(found)
            if crossings < fewest:
                best, fewest = order, crossings
    found.layers = best


def _swept(found: Layered) -> tuple[list[list[Place]], int]:
    """Sweeps from the left and from the right: the best order among them, and its crossings."""
    best, fewest, last = [list(layer) for layer in found.layers], _crossings(found), 0
    for sweep in range(_SWEEPS):
        forwards = sweep % 2 == 0
        numbers = range(1, len(found.layers))
        for number in numbers if forwards else reversed(range(len(found.layers) - 1)):
            neighbours = found.before if forwards else found.after
            beside = found.layers[number - 1 if forwards else number + 1]
            at = {place: float(k) for k, place in enumerate(beside)}
            layer = found.layers[number]
            means = {
                place: _mean([at[one] for one in neighbours.get(place, ())], k * len(beside) / len(layer))
                for k, place in enumerate(layer)
            }
            layer.sort(key=means.__getitem__)
        _exchange(found, loose=sweep % 4 > 1)
        crossings = _crossings(found)
        if crossings < fewest:
            best, fewest, last = [list(layer) for layer in found.layers], crossings, sweep
        if not fewest or sweep - last >= _PATIENCE:
            break
    return best, fewest


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _exchange(found: Layered, *, loose: bool) -> None:
    """Neighbours change places where that takes crossings away, or (`loose`) makes no difference to them."""
    for number, layer in enumerate(found.layers):
        sides = []
        for beside, neighbours in ((number - 1, found.before), (number + 1, found.after)):
            if 0 <= beside < len(found.layers):
                at = {place: k for k, place in enumerate(found.layers[beside])}
                sides.append({place: sorted(at[one] for one in neighbours.get(place, ())) for place in layer})
        for k in range(len(layer) - 1):
            one, other = layer[k], layer[k + 1]
            gain = sum(_pairs(side[one], side[other]) - _pairs(side[other], side[one]) for side in sides)
            if gain > 0 or (loose and gain == 0):
                layer[k], layer[k + 1] = other, one


def _pairs(first: list[int], second: list[int]) -> int:
    """How many wires of the first cross those of the second, which stands below it."""
    return sum(bisect_right(second, end - 1) for end in first)


def _crossings(found: Layered) -> int:
    total = 0
    for number in range(len(found.layers) - 1):
        at = {place: k for k, place in enumerate(found.layers[number + 1])}
        ends: list[int] = []
        for place in found.layers[number]:
            own = sorted(at[one] for one in found.after.get(place, ()))
            total += sum(len(ends) - bisect_right(ends, end) for end in own)
            for end in own:
                insort(ends, end)
    return total
