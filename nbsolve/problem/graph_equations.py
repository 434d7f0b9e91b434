"""Reading the equations of a graph, each over what stands above it, and how far indices run."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nbsolve.formula import FormulaError
from nbsolve.formula.indexed import parse_equation, parse_left
from nbsolve.given import Given
from nbsolve.problem.cursor import Cursor, describe, suggestion
from nbsolve.problem.graph_given import MOST_AXES, MOST_ENTRIES, is_name
from nbsolve.problem.graph_shapes import lengths_of
from nbsolve.problem.keys.kinds import EQUATIONS
from nbsolve.problem.model import Equation

__all__ = ["EQUATIONS", "read_equations"]

MOST_QUANTITIES = 200


def read_equations(
    root: Cursor, shapes: dict[str, tuple[int, ...]], padding: Mapping[str, Given]
) -> tuple[Equation, ...]:
    """The equations, each over what is above it; `shapes` learns theirs."""
    cursor = root.get("equations")
    if cursor is None:
        return ()
    keys = cursor.keys()
    if not keys:
        cursor.fault(f"equations is {describe(cursor.node)}", expected=EQUATIONS)
        return ()
    ranges = _ranges(root.get("ranges"))
    names = [_name_of(key) for key in keys]
    found: list[Equation] = []
    for key in keys:
        inner = cursor.get(key)
        assert inner is not None
        equation = _equation(inner, key, shapes, ranges, padding, names)
        if equation is None:
            return tuple(found)  # what follows may rest on it: one fault, not one after another
        found.append(equation)
        shapes[equation.name] = equation.shape
    inner = root.get("padding")
    for name in padding if inner else ():
        if name not in shapes and inner:
            inner.key_fault(name, f"padding of {name}, which is no quantity", hint=suggestion(name, shapes))
    if len(shapes) > MOST_QUANTITIES:
        cursor.fault(f"{len(shapes)} quantities", expected=f"at most {MOST_QUANTITIES}")
    return tuple(found)


def _name_of(key: str) -> str:
    return key.partition("[")[0].strip()


def _ranges(cursor: Cursor | None) -> dict[str, int]:
    if cursor is None:
        return {}
    if not cursor.is_mapping:
        cursor.fault(f"ranges is {describe(cursor.node)}", expected="{t: 3}: how far the index t runs")
        return {}
    found: dict[str, int] = {}
    keys = cursor.keys()
    for key in keys:
        inner = cursor.get(key)
        length = None if inner is None else inner.integer(f"the range of {key}", 1, MOST_ENTRIES)
        if length is not None:
            found[key] = length
    return found


def _equation(
    cursor: Cursor,
    key: str,
    shapes: Mapping[str, tuple[int, ...]],
    ranges: Mapping[str, int],
    padding: Mapping[str, Given],
    names: list[str],
) -> Equation | None:
    try:
        name, letters = parse_left(key)
    except FormulaError as error:
        cursor.fault(
            f"{key[:40]!r}, column {error.column}: {error.message}", expected=error.expected, hint=error.hint
        )
        return None
    if not is_name(cursor, name, [*shapes]):
        return None
    if len(letters) > MOST_AXES:
        cursor.fault(f"{name} has {len(letters)} axes", expected=f"at most {MOST_AXES}")
        return None
    text = cursor.string(f"the equation of {name}")
    if text is None:
        return None
    axes = {known: len(shape) for known, shape in shapes.items()}
    try:
        formula = parse_equation(text, axes, letters)
        lengths = lengths_of(formula, letters, shapes, ranges, padding)
    except FormulaError as error:
        cursor.fault(
            f"the equation of {name}, column {error.column}: {error.message}",
            expected=error.expected,
            hint=_about_order(error, name, names) or error.hint,
        )
        return None
    equation = Equation(name=name, letters=letters, formula=text, lengths=lengths)
    if (size := math.prod(equation.shape)) > MOST_ENTRIES:
        cursor.fault(f"{name} has {size:,} entries", expected=f"at most {MOST_ENTRIES}")
        return None
    return equation


def _about_order(error: FormulaError, name: str, names: list[str]) -> str | None:
    """What to say of an unknown name that is found in this equation or below it."""
    for other in names:
        if error.message == f"unknown name {other!r}":
            if other == name:
                return f"{name} cannot stand in its own equation: a graph has no cycles"
            return (
                f"the equation of {other} stands below: put it above that of {name} (a graph has no cycles)"
            )
    return None
