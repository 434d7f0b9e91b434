"""What is wrong with an operation's record, found with numbers.

Its derivatives are held against difference quotients with 80 digits, its formulae for whole arrays against those
for single entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import flint
import numpy as np

from nbsolve.arithmetic import Arithmetic
from nbsolve.evaluate import evaluate
from nbsolve.expr import Quantity, product, total, walk
from nbsolve.graph import OUT, Entry, Graph, Operation
from nbsolve.graph.node import array_of
from nbsolve.symbol import Index, Partial, Role, Symbol
from nbsolve.values import Values

_LENGTHS = (2, 3, 4, 5)
_STEP = flint.fmpq(1, 10**30)
_CLOSE = flint.arb("1e-25")
_OUT = Symbol(Role.ACTIVATION, 99)
_ROLES = (Role.WEIGHT, Role.PRE_ACTIVATION, Role.BIAS, Role.THRESHOLD, Role.TARGET, Role.INPUT)


def faults(operation: Operation, seed: int = 0) -> Iterator[str]:
    """Every fault, in words; none for a sound record."""
    yield from _forgotten(operation)
    arithmetic = Arithmetic(400)
    with arithmetic.working():
        graph, given = _drawn(operation, Random(seed))
        (node,) = graph.nodes
        entries = list(graph.entries(node.target))
        values = _values(graph, given, arithmetic)
        whole = np.asarray(evaluate(graph.whole(node), values, arithmetic)).ravel()
        for own, entry in zip(whole, entries, strict=True):
            if not _close(own, values[entry]):
                yield f"the formula of the whole array gives {own} for {entry}"
        upstream = Partial(Symbol(Role.LOSS), node.target)
        values.put(upstream, _array((len(entries),), Random(seed + 1)))
        for slot in operation.local:
            array = node.operand(slot)
            back = np.asarray(
                evaluate(graph.back(node, slot, Quantity(upstream)), values, arithmetic)
            ).ravel()
            for place, wrt in enumerate(graph.entries(array)):
                reached = graph.reached(node, slot, wrt)
                moved = _values(graph, _moved(given, array, place), arithmetic)
                for of in entries:
                    quotient = (moved[of] - values[of]) / _STEP
                    local = graph.local(node, slot, of, wrt) if of in reached else None
                    slope = 0 if local is None else evaluate(local, values, arithmetic)
                    if not _close(quotient, slope):
                        yield f"∂{of}/∂{wrt} ({slot}) is {quotient}, not {slope}"
                terms = (
                    product(Quantity(Partial(upstream.of, of)), graph.local(node, slot, of, wrt))
                    for of in reached
                )
                if not _close(back[place], evaluate(total(*terms), values, arithmetic)):
                    yield f"back through {slot} gives {back[place]} for {wrt}"


def _forgotten(operation: Operation) -> Iterator[str]:
    used = {node.slot for node in walk(operation.entry) if isinstance(node, Entry)} - {OUT}
    for slot in sorted(used - set(operation.local)):
        yield f"no derivative with respect to {slot}"


def _drawn(operation: Operation, rng: Random) -> tuple[Graph, dict[Symbol, Any]]:
    indices: dict[Index, int] = {}
    graph, given, operands = Graph(), {}, {}
    for place, (slot, axes) in enumerate(operation.axes.items()):
        shape = tuple(indices.setdefault(index, _LENGTHS[len(indices)]) for index in axes)
        operands[slot] = graph.array(Symbol(_ROLES[place], place + 1), *shape)
        given[operands[slot]] = _array(shape, rng)
    graph.node(operation, _OUT, **operands)
    return graph, given


def _array(shape: tuple[int, ...], rng: Random) -> Any:
    drawn = np.empty(shape, dtype=object)
    for place in np.ndindex(shape):
        drawn[place] = flint.fmpq(rng.choice([n for n in range(-30, 31) if n]), 17)
    return drawn if shape else drawn[()]


def _moved(given: dict[Symbol, Any], array: Symbol, place: int) -> dict[Symbol, Any]:
    if not isinstance(given[array], np.ndarray):
        return {**given, array: given[array] + _STEP}
    other = given[array].copy()
    other.reshape(-1)[place] += _STEP
    return {**given, array: other}


def _values(graph: Graph, given: dict[Symbol, Any], arithmetic: Arithmetic) -> Values:
    """The givens and, entry by entry, what the node finds."""
    values = Values()
    for symbol, value in given.items():
        values.put(symbol, value)
    (node,) = graph.nodes
    found = [evaluate(graph.formula(node, entry), values, arithmetic) for entry in graph.entries(node.target)]
    array = np.empty(len(found), dtype=object)
    array[:] = found
    values.put(array_of(node.target), array)
    return values


def _close(left: Any, right: Any) -> bool:
    return bool(abs(flint.arb(left) - flint.arb(right)) < _CLOSE)
