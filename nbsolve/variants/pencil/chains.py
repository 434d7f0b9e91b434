"""Which networks have their short numbers searched for, and what their files say of each cell."""

from __future__ import annotations

from nbsolve.given import Given
from nbsolve.problem.functions import loss_of, softmax_of
from nbsolve.problem.model import Problem
from nbsolve.problem.wiring import is_chain
from nbsolve.variants.pencil.short import ZERO, Number

__all__ = ["Coordinate", "cancels_to_base", "given_number", "is_searched"]

Coordinate = tuple[str, int, int, int]
"""A cell: ("W", layer, unit, input), ("b", layer, unit, 0), ("x", 0, input, 0), ("y", 0, output, 0), all from 0."""


def is_searched(problem: Problem) -> bool:
    """Whether it is a chain of dense layers with one sample and a loss of each output, or softmax at the end."""
    layers = problem.network.layers
    inner = all(softmax_of(layer.activation) is None for layer in layers[:-1])
    last = problem.network.last.activation
    inner = inner and (softmax_of(last) is None or last.name == "softmax" or cancels_to_base(problem))
    losses = all(term.layer is None and loss_of(term).separable for term in problem.losses)
    ordinary = problem.regulariser is None and not problem.weighted and not problem.symbolic
    once = len(problem.samples) == 1 and _once(problem)
    return is_chain(problem.network) and inner and losses and bool(problem.losses) and ordinary and once


def cancels_to_base(problem: Problem) -> bool:
    """Whether the powers of the softmax and the logarithms of the loss have one base b, so that ln b cancels.

    ∂L/∂a and ∂a/∂z, which have it, must not be written down: error signals are.
    """
    base = problem.network.last.activation.parameters.get("base")
    bases = [term.log_base for term in problem.losses]
    return (
        problem.explain == "delta"
        and base is not None
        and all(one is not None and one.value == base.value for one in bases)
    )


def _once(problem: Problem) -> bool:
    training = problem.training
    return training is None or (training.iterations == 1 and training.optimiser.name == "sgd")


def given_number(problem: Problem, cell: Coordinate) -> Number:
    """The author's own number in a cell; 0 for a constant that there is not."""
    kind, layer, to, from_ = cell
    if kind == "W":
        entry = problem.network.layers[layer].weights[to][from_]
    elif kind == "b":
        bias = problem.network.layers[layer].bias
        if bias.absent:
            return ZERO
        entry = bias.entry(to + 1)
    else:
        sample = problem.samples[0]
        entry = sample.input[to] if kind == "x" else (sample.target or ())[to]
    assert isinstance(entry, Given)
    return entry.value
