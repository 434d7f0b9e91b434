"""What the drawing of a trained unit shows: samples by class, and the boundary that training ends with."""

from __future__ import annotations

from nbsolve.arithmetic.nearest import to_float
from nbsolve.asking.classifying import Classified
from nbsolve.drawing.charts.boundary import Plane
from nbsolve.given import known
from nbsolve.notation import Names
from nbsolve.symbol import Symbol

__all__ = ["plane_of_unit"]


def plane_of_unit(found: Classified, names: Names) -> Plane:
    """The plane of the two inputs. Raises: Undecided."""
    solution = found.solution
    low, high = found.border.classes
    samples = tuple(
        (
            (float(known(sample.input[0])), float(known(sample.input[1]))),
            known((sample.target or ())[0]).value == high.value,
        )
        for sample in solution.problem.samples
    )
    numbers = [*(found.value(weight) for weight in found.weights), found.rest]
    a, b, c = (to_float(value, solution.arithmetic) for value in numbers)
    letter, z = names.plain(Symbol.target(1)), names.plain(Symbol.pre_activation(1, 1))
    return Plane(
        samples,
        (a, b, c) if a or b else None,
        (names.plain(Symbol.input(1)), names.plain(Symbol.input(2))),
        (f"{letter} = {low.text.replace('-', '−')}", f"{letter} = {high.text}"),
        f"{z} = {found.border.z.text}",
    )
