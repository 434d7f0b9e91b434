"""What the drawing of a rule shows: the two inputs that differ, the two classes, the boundary of a unit."""

from __future__ import annotations

import flint

from nbsolve.arithmetic import ZERO
from nbsolve.arithmetic.nearest import to_float
from nbsolve.compose.rules.letters import input_, target, z
from nbsolve.compose.rules.lines import Lines
from nbsolve.drawing.charts.boundary import Plane
from nbsolve.drawing.scene import Point
from nbsolve.given import known
from nbsolve.notation import Names
from nbsolve.rules.boundary import axes_of, boundary
from nbsolve.rules.training import EXACT, Trained, border_of

__all__ = ["plane_of"]

Q = flint.fmpq


def plane_of(trained: Trained, names: Names, unit: int, line: bool) -> Plane | None:
    """The plane of a unit (from 1), with its boundary in the end (`line`); None where there is none to draw."""
    problem = trained.problem
    inputs = [tuple(known(entry).rational for entry in sample.input) for sample in problem.samples]
    axes = axes_of(problem)
    if axes is None:
        return None
    low, high = problem.classes

    def point(values: tuple[Q, ...]) -> Point:
        return to_float(values[axes[0]], EXACT), to_float(values[axes[1]], EXACT)

    samples = tuple(
        (point(values), known((sample.target or ())[unit - 1]).value == high.value)
        for values, sample in zip(inputs, problem.samples, strict=True)
    )
    found = boundary(trained, unit)
    drawn = None
    if line and any(found.weights[k] != 0 for k in axes):
        # inputs that are the same for all samples belong to what is constant
        rest = [k for k in range(len(found.weights)) if k not in axes]
        constant = sum((found.weights[k] * inputs[0][k] for k in rest), ZERO) + found.constant
        a, b, c = (
            to_float(value, EXACT) for value in (found.weights[axes[0]], found.weights[axes[1]], constant)
        )
        drawn = (a, b, c)
    letter = names.plain(target(unit))
    border = Lines.of(problem).operand(border_of(problem)).text
    return Plane(
        samples,
        drawn,
        (names.plain(input_(axes[0] + 1)), names.plain(input_(axes[1] + 1))),
        (f"{letter} = {low.text.replace('-', '−')}", f"{letter} = {high.text}"),
        f"{names.plain(z(unit))} = {border}",
    )
