"""What an explanation by local derivatives says besides: whole chains, and what they come to in letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from nbsolve.expr import Atom
from nbsolve.solution import Iteration, Solution
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


def spelling_out(solution: Solution, iteration: Iteration) -> SpellingOut | None:
    """The writer for a solution explained by local derivatives, one sample at a time; None for any other."""
    if solution.how.way != "local_derivatives" or len(iteration.samples) > 1:
        return None
    letters = solve_in_letters(solution)
    return SpellingOut(letters) if letters.instances else None


def _distinct(forms: Sequence[Form]) -> tuple[Form, ...]:
    """The forms, none after one that says the same."""
    kept: list[Form] = []
    for form in forms:
        if form.expression not in [one.expression for one in kept] or form is forms[-1]:
            kept = [one for one in kept if one.expression != form.expression]
            kept.append(form)
    return tuple(kept)
