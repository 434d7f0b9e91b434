"""Answers that the rounding leaves too few digits: what is not 0 prints as 0, what has changed prints as before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from nbsolve.arithmetic import Undecided, Value, short
from nbsolve.asking.answers import Answer
from nbsolve.asking.writing import Writer, scalar
from nbsolve.logarithms import Logarithm
from nbsolve.problem.model import Rounding
from nbsolve.solving.solution import Solution
from nbsolve.symbol import PARAMETERS, Symbol, parse_canonical

__all__ = ["lost_digits", "lost_to_nothing", "prints_as_nothing"]

SHOWN = 3
"""Answers that a note names; of the others it gives the number."""


def prints_as_nothing(entry: Answer) -> bool:
    """Whether the answer is printed as 0 though it is not 0."""
    return entry.printed is not None and _nothing(entry.printed) and not _nothing(str(entry.exact or 0))


def _nothing(number: str) -> bool:
    """Whether a decimal says 0."""
    return not set("123456789") & set(number.lower().partition("e")[0])


def lost_digits(entries: Iterable[Answer], solution: Solution) -> Iterator[str]:
    """A note for each kind of loss, with what to write instead; nothing where every answer can be read."""
    answers = [*entries]
    yield from lost_to_nothing(answers, solution.problem.rounding)
    unmoved: list[str] = []
    for entry in answers:
        if not prints_as_nothing(entry) and (change := _unseen_change(entry, solution)) is not None:
            unmoved.append(f"{_named(entry)} changes by {short(change)} and prints as {entry.printed}")
    if unmoved:
        instead = _instead_of_as_before(solution.problem.rounding)
        yield f"{_listed(unmoved, 'a new parameter prints as the old one')}; {instead}"


def lost_to_nothing(entries: Iterable[Answer], rounding: Rounding) -> Iterator[str]:
    """A note of the answers that are not 0 and print as 0, where there are any, with what to write instead."""
    nothing = [
        f"{_named(entry)} is {_short(entry.exact)} and prints as {entry.printed}"
        for entry in entries
        if prints_as_nothing(entry)
    ]
    if nothing:
        yield f"{_listed(nothing, 'an answer that is not 0 prints as 0')}; {_instead_of_nothing(rounding)}"


def _unseen_change(entry: Answer, solution: Solution) -> Value | None:
    """What the update adds to a parameter that is printed with the digits of the old one; else None."""
    if "_new[" not in entry.quantity or entry.iteration is None or entry.printed is None:
        return None
    atom = parse_canonical(entry.quantity)
    values = solution.iteration(entry.iteration).values
    if not isinstance(atom, Symbol) or atom.role not in PARAMETERS or atom not in values:
        return None
    old = atom._replace(new=False)
    written = Writer(solution).answer(values, old)
    if isinstance(written.value, Logarithm) or Fraction(written.text) != Fraction(entry.printed):
        return None
    change = scalar(values.before_rounding(atom)) - scalar(values[old])
    try:
        return change if solution.arithmetic.sign(change) else None
    except Undecided:
        return None  # no change that these bits could tell from none


def _named(entry: Answer) -> str:
    return entry.quantity + ("" if entry.sample is None else f" (sample {entry.sample})")


def _short(exact: float | str | None) -> str:
    return f"{exact:.4g}" if isinstance(exact, float) else str(exact)


def _listed(found: list[str], kind: str) -> str:
    more = len(found) - SHOWN
    return f"{kind}: {', '.join(found[:SHOWN])}{f' (and {more} more)' if more > 0 else ''}"


def _instead_of_nothing(rounding: Rounding) -> str:
    digits = rounding.answers
    if digits.decimals is None:
        return f"write more digits, such as significant: {(digits.significant or 0) + 2}"
    enough = max(3, digits.minimum_significant + 1)
    return f"write minimum_significant: {enough} beside decimals: {digits.decimals}, or significant: 4 in its place"


def _instead_of_as_before(rounding: Rounding) -> str:
    if rounding.apply == "each_step":
        return "write more digits"
    return "write significant: 4, which gives new parameters as many digits as it takes to see their change"
