"""The programs of a solution, held against the page before anybody runs them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nbsolve.errors import NbsolveError
from nbsolve.given import Given
from nbsolve.notation import Names
from nbsolve.programs.computation import Computation
from nbsolve.programs.printing import Format
from nbsolve.programs.python import NUMPY, TORCH
from nbsolve.programs.run import Run
from nbsolve.programs.text import ProgramText
from nbsolve.solving.solution import Solution

MOST_NUMBERS = 400
"""A problem of more numbers has no program: it would be a list of numbers."""


class CannotBeSaid(NbsolveError):
    """A calculation that has no short program."""


@dataclass(frozen=True)
class Programs:
    """The program in each language; `differing`: what a program prints with other digits than the page."""

    texts: dict[str, str]
    differing: tuple[str, ...]


def programs_of(solution: Solution, names: Names) -> Programs:
    """The programs of a solution that was not rounded on the way. Raises: CannotBeSaid, Undecided."""
    problem = solution.problem
    if sum(1 for _ in problem.entries) > MOST_NUMBERS:
        raise CannotBeSaid("too many numbers")
    if any(not isinstance(entry, Given) for entry in problem.entries):
        raise CannotBeSaid("letters")
    if Computation(problem).held_in_part:
        raise CannotBeSaid("a norm of gradients of which some are held")
    told = Run(solution, Computation(problem), False, Format.of(problem.rounding))
    exactly = told.on_a_kink
    attempts = [
        replace(told, snapped=snapped, form=form)
        for form in (told.form, replace(told.form, exact=True))
        for snapped in ((True,) if exactly else (False, True))
    ]
    try:
        chosen = next((run for run in attempts if not run.differing), attempts[0])
    except ZeroDivisionError:  # of two constants, in a case that does not hold: it would end the program
        raise CannotBeSaid("a division by zero in doubles") from None
    texts = {"NumPy": ProgramText(chosen, names, NUMPY).whole()}
    if not problem.given_values:  # whose derivatives PyTorch would take at what it computes
        texts["PyTorch"] = ProgramText(chosen, names, TORCH).whole()
    return Programs(texts, chosen.differing)
