"""What an explanation by local derivatives says besides: whole chains, and what they come to in letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod

from nbsolve.errors import DomainError
from nbsolve.expr import Atom, Expr, Product, Sum, number, product, total
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.step import Form, Reason, Rule, Step
from nbsolve.symbolic import LetterPass, solve_in_letters


@dataclass(frozen=True)
class SpellingOut:
    """Puts before the computed form of a step what the same solution in letters knows of it."""

    letters: LetterPass

    @cached_property
    def _steps(self) -> dict[Atom, Step]:
        return {step.target: step for step in self.letters.steps}

    def of(self, unit: Step) -> Step:
        """The step with the forms that lead to its own: in partial derivatives, in closed form."""
        if unit.forms[-1].reason is Reason.SATURATED:
            return unit
        known = self._steps.get(unit.target)
        if known is None:
            return unit
        if unit.rule is Rule.LOSS_DERIVATIVE:
            return replace(unit, forms=_distinct([*known.forms[:-1], *unit.forms]))
        if unit.rule is Rule.PARAMETER_GRADIENT:
            return replace(unit, forms=_distinct([*known.forms, *unit.forms[1:]]))
        return unit


def spelling_out(
    solution: Solution, iteration: Iteration, known: LetterPass | None = None
) -> SpellingOut | None:
    """The writer for a solution explained by local derivatives, one sample at a time; None for any other.

    `known` is the solution in letters where the page has it.
    """
    if solution.how.way != "local_derivatives" or len(iteration.samples) > 1:
        return None
    try:
        letters = known or solve_in_letters(solution)
    except DomainError:  # a prediction that was rounded to 0 or 1, for which the letters have no value
        return None
    # a last batch of a single sample after larger ones: the letters are about those
    return SpellingOut(letters) if letters.instances and letters.labels == iteration.labels else None


MOST_PATHS = 4
"""A sum over more paths is not multiplied out."""


def with_full_products(step: Step) -> Step:
    """A gradient over several paths: each path as a whole product first, then the bracketed form."""
    first = step.forms[0]
    if step.rule is not Rule.PARAMETER_GRADIENT or first.reason is not Reason.CHAIN_RULE:
        return step
    if not 1 < _terms(first.expression) <= MOST_PATHS:
        return step
    full = total(*_multiplied_out(first.expression))
    if full == first.expression:
        return step
    return replace(step, forms=(Form(full, Reason.CHAIN_RULE), *step.forms))


def _terms(expression: Expr) -> int:
    """How many terms `_multiplied_out` gives."""
    if isinstance(expression, Sum):
        return sum(map(_terms, expression.operands))
    return prod(map(_terms, expression.operands)) if isinstance(expression, Product) else 1


def _multiplied_out(expression: Expr) -> list[Expr]:
    """The terms of a product of sums of products."""
    if isinstance(expression, Sum):
        return [term for operand in expression.operands for term in _multiplied_out(operand)]
    if not isinstance(expression, Product):
        return [expression]
    terms: list[Expr] = [number(1)]
    for factor in expression.operands:
        terms = [product(term, inner) for term in terms for inner in _multiplied_out(factor)]
    return terms


def _distinct(forms: Sequence[Form]) -> tuple[Form, ...]:
    """The forms, none after one that says the same."""
    kept: list[Form] = []
    for form in forms:
        if form.expression not in [one.expression for one in kept] or form is forms[-1]:
            kept = [one for one in kept if one.expression != form.expression]
            kept.append(form)
    return tuple(kept)
