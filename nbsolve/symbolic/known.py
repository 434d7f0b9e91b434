"""What of a problem in letters is a number: the cells that hold numbers, and what follows from them alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from nbsolve.arithmetic import settled
from nbsolve.blocks.dense import Dense
from nbsolve.evaluate import evaluate
from nbsolve.expr import Atom
from nbsolve.given import Entry, Letter
from nbsolve.problem import wiring
from nbsolve.problem.jacobian_vectors import PRODUCTS
from nbsolve.problem.model import Problem
from nbsolve.rounding import write
from nbsolve.solving.rates import rates_given
from nbsolve.solving.solution import Solution
from nbsolve.step import Step
from nbsolve.symbol import LOSS, STRENGTH, Partial, Symbol
from nbsolve.values import Values


def known_values(
    problem: Problem, layers: Sequence[Dense], samples: Sequence[int], labels: Sequence[int | None]
) -> Values:
    """The numbers among the cells, each under its own symbol."""
    values = Values()

    def put(atom: Atom, entry: Entry) -> None:
        if not isinstance(entry, Letter):
            array = np.empty((), dtype=object)
            array[()] = entry
            values.put_given(atom, array)

    for layer in layers:
        for parameter, entry in wiring.parameters_of(problem.network, layer.index):
            put(parameter, entry)
    for place, label in zip(samples, labels, strict=True):
        sample = problem.samples[place - 1]
        for vector, side in ((Symbol.input(), sample.input), *wiring.targets(problem.network, sample)):
            for to, entry in enumerate(side, start=1):
                put(vector._replace(to=to, sample=label), entry)
        for to, entry in enumerate(sample.upstream or (), start=1):
            put(Partial(LOSS, Symbol.activation(len(layers), to, sample=label)), entry)
    for product in PRODUCTS.values():
        for to, entry in enumerate(product.given(problem.jacobian), start=1):
            put(Symbol(product.vector, to=to), entry)
    if problem.training is not None:
        for symbol, given in rates_given(problem.training, 1):
            put(symbol, given)
    if problem.regulariser is not None:
        put(STRENGTH, problem.regulariser.strength)
    return values


def evaluate_steps(solution: Solution, steps: Iterable[Step], values: Values) -> None:
    """Compute every step whose letters are all numbers. Raises: Undecided, DomainError."""
    rounding = solution.problem.rounding
    each_step = rounding.apply == "each_step" and solution.rounded
    for step in steps:
        try:
            value = evaluate(step.formula, values, solution.arithmetic)
        except KeyError:
            continue
        assert not isinstance(value, np.ndarray)
        value = settled(value)
        if each_step:
            rounded = write(value, rounding.intermediates, solution.arithmetic).value
            values.put(step.target, rounded, value)
        else:
            values.put(step.target, value)
