"""How long a problem is: the quantities that a person finds on the way to what is asked."""

from __future__ import annotations

from itertools import pairwise

from nbsolve.problem.jacobian_vectors import PRODUCTS
from nbsolve.problem.model import Problem
from nbsolve.problem.parts import CLASS_WORDS, TRAINING_WORDS
from nbsolve.solving.schedule import batch_size, shown_iterations

__all__ = ["LEVELS", "is_gradient", "level_of", "steps_of"]

LEVELS = ("short", "medium", "long")
_UP_TO = {"short": 25, "medium": 60}
_BACKWARD = ("gradients", "deltas", *TRAINING_WORDS, *CLASS_WORDS)


def steps_of(problem: Problem) -> int:
    """Pre-activations, activations, losses, what the backward pass and the update need, of all shown iterations.

    Of a gradient that is asked for by itself: the two factors of its unit, the product, and a share of each unit
    behind it. A problem that asks nothing in particular asks for everything.
    """
    asked = [word for part in problem.parts for word in part.ask] or [
        "forward", *(["loss"] if problem.losses else []), *(["gradients"] if problem.differentiated else []),
        *(["updated_parameters"] if problem.training else []),
    ]  # fmt: skip
    layers, inputs = problem.network.layers, problem.network.inputs
    widths = [inputs, *(layer.units for layer in layers)]
    units = sum(widths[1:])
    parameters = sum((before + 1) * after for before, after in pairwise(widths))
    single = sum(map(is_gradient, asked))
    each = 2 * units + (len(problem.losses) if any(word != "forward" for word in asked) else 0)
    if any(word in _BACKWARD for word in asked):
        each += 2 * units + parameters
    else:
        each += 4 * single
    if any(word in ("jacobian", *PRODUCTS) for word in asked):
        each += widths[-1] * (sum(widths[1:-1]) + inputs)
    if any(word in (*TRAINING_WORDS, *CLASS_WORDS) for word in asked):
        each += parameters
    if "forward_after" in asked or "loss_after" in asked:
        each += 2 * units + 1
    samples = batch_size(problem) if problem.training else len(problem.samples)
    return each * max(1, len(shown_iterations(problem))) * max(1, samples)


def is_gradient(asked: str) -> bool:
    """Whether one derivative is asked for by its name."""
    return asked.startswith("d") and "/" in asked


def level_of(steps: int) -> str:
    """The level, one of `LEVELS`, of a problem that takes so many steps."""
    return next((level for level in LEVELS[:-1] if steps <= _UP_TO[level]), LEVELS[-1])
