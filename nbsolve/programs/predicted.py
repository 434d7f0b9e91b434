"""What a program of steps prints, found in doubles, beside what the page writes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from nbsolve.arithmetic.nearest import to_float
from nbsolve.asking.writing import Pass, SolvedInPasses, Writer, scalar
from nbsolve.expr import Atom, Quantity, Variable, substitute
from nbsolve.programs.doubles import compiled
from nbsolve.programs.printing import Format
from nbsolve.step import Step
from nbsolve.symbol import Role, Symbol, canonical
from nbsolve.values import Values

__all__ = ["differing", "form_of"]


def form_of(solution: SolvedInPasses, of: Symbol) -> Format:
    """The simplest way of printing that gives the digits of the page."""
    plain = Format.of(solution.rounding)
    for form in (plain, replace(plain, exact=True)):
        if not differing(solution, form, of):
            return form
    return plain


def differing(solution: SolvedInPasses, form: Format, of: Symbol) -> tuple[str, ...]:
    """What would not be printed with the digits of the page."""
    with np.errstate(all="ignore"):
        return tuple(
            dict.fromkeys(
                canonical(atom) for one in solution.iterations for atom in _wrong(solution, one, form, of)
            )
        )


def _wrong(solution: SolvedInPasses, one: Pass, form: Format, of: Symbol) -> Iterator[Atom]:
    writer = Writer(solution)
    found = _in_doubles(solution, one)
    for step in one.steps:
        if not _is_printed(step.target, of):
            continue
        value, old = found[step.target], None
        if isinstance(step.target, Symbol) and step.target.new and step.target.role is Role.NODE:
            old = found.get(step.target._replace(new=False))
        expected = writer.answer(one.values, step.target).rational
        wanted = Fraction(int(expected.p), int(expected.q))
        if not all(one is not None and Fraction(one) == wanted for one in form.printed_near(value, old)):
            yield step.target


def _is_printed(target: Atom, of: Symbol) -> bool:
    """Values, gradients of what is differentiated, states and new parameters are printed."""
    if isinstance(target, Symbol):
        return target.role in (Role.NODE, Role.STATE)
    return target.of == of


def _in_doubles(solution: SolvedInPasses, one: Pass) -> dict[Atom, float]:
    """The values of all steps of a pass, one after the other."""
    known: dict[Atom, float] = {}
    names: dict[str, float] = {}

    def value_of(atom: Atom) -> float:
        if atom not in known:
            known[atom] = _as_double(solution, one.values, atom)
        return known[atom]

    def lettered(node: object) -> Variable | None:
        if not isinstance(node, Quantity):
            return None
        names[canonical(node.atom)] = value_of(node.atom)
        return Variable(canonical(node.atom))

    for step in one.steps:
        known[step.target] = _evaluated(step, lettered, names)
    return known


def _evaluated(step: Step, lettered: object, names: dict[str, float]) -> float:
    formula = substitute(step.forms[-1].expression, lettered)  # type: ignore[arg-type]
    try:
        return float(np.asarray(compiled(formula)(names)))
    except (ValueError, ZeroDivisionError, OverflowError):
        return math.nan


def _as_double(solution: SolvedInPasses, values: Values, atom: Atom) -> float:
    found = to_float(scalar(values[atom]), solution.arithmetic)
    return float(found)
