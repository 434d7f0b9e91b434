"""The penalty that keeps weights small: strength · scale · Σ w² of L2 regularisation, over all weights (no biases).

Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 7.1.1.
"""

from __future__ import annotations

import flint

from nbsolve.catalogue import PENALTIES
from nbsolve.expr import (
    Expr,
    Hadamard,
    Quantity,
    Sum,
    Total,
    literals,
    number,
    product,
    total,
    with_variables,
)
from nbsolve.problem import wiring
from nbsolve.problem.model import Problem, Regulariser
from nbsolve.symbol import STRENGTH, Role, Symbol


def penalty(problem: Problem, samples: int, new: bool = False, matrix: bool = False) -> Expr:
    """strength · scale · Σ w², divided by the number of samples where the problem says so."""
    regulariser = problem.regulariser
    assert regulariser is not None
    squares: list[Expr] = []
    for index, layer in enumerate(problem.network.layers, start=1):
        if matrix and layer.weights:
            weights = Quantity(Symbol.weight(index, new=new))
            squared = regulariser.name == "l2"
            whole = Hadamard((weights, weights)) if squared else penalty_term(regulariser, weights)
            squares.append(Total((whole,)))
        if not matrix:
            for weight in wiring.own_weights(problem.network, index):
                term = penalty_term(regulariser, Quantity(weight._replace(new=new)))
                squares += term.operands if isinstance(term, Sum) else [term]
    scale = _penalty_factor(problem, samples)
    return product(number(scale), Quantity(STRENGTH), total(*squares))


def penalty_term(regulariser: Regulariser, weight: Expr) -> Expr:
    """What a weight adds to the penalty, without scale and strength: w², |w| …"""
    slots = literals(regulariser.settings)
    return with_variables(PENALTIES[regulariser.name].term, {**slots, "w": weight})


def penalty_slope(regulariser: Regulariser, weight: Expr) -> Expr:
    """The derivative of what a weight adds, without the record's coefficient: w, sign(w) …"""
    slots = literals(regulariser.settings)
    return with_variables(PENALTIES[regulariser.name].slope, {**slots, "w": weight})


def penalty_gradient(problem: Problem, samples: int, parameter: Symbol) -> Expr | None:
    """∂penalty/∂w = 2 · scale · strength · w of L2 (for a matrix of weights: of each entry).

    None for a parameter that no penalty bears on: where there is none, and for every bias.
    """
    regulariser = problem.regulariser
    if regulariser is None or parameter.role is not Role.WEIGHT:
        return None
    factor = PENALTIES[regulariser.name].coefficient * _penalty_factor(problem, samples)
    slope = penalty_slope(regulariser, Quantity(parameter))
    return product(number(factor), Quantity(STRENGTH), slope)


def _penalty_factor(problem: Problem, samples: int) -> flint.fmpq:
    assert problem.regulariser is not None
    scale = problem.regulariser.scale.rational
    return scale / samples if problem.regulariser.over_samples == "mean" else scale
