"""The gates that a variant passes before anybody gets it: what makes numbers bad ones for an exercise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import combinations

from nbsolve.asking.answers import Answer
from nbsolve.asking.lost_digits import prints_as_nothing
from nbsolve.problem.model import RuleProblem
from nbsolve.variants.candidate import Candidate, Key, is_gradient, key_of, number_of
from nbsolve.variants.methods import Methods, methods_of, mistaken
from nbsolve.variants.pencil import PENCIL, has_long
from nbsolve.variants.units import on_kink, saturated

__all__ = ["Reference", "failed", "reference_of"]

_TIE = Decimal("0.001")
"""A value nearer to a rounding tie than this part of its last digit is on it."""
_SIMILAR = Fraction(1, 10)
_DIGITS = 2
"""Two digits more or less are never too many, where the numbers are few."""
_EXACT = Decimal("1e-14")


@dataclass(frozen=True)
class Reference:
    """What variants are compared with: the author's own numbers, and how many digits variants have on average.

    `digits` None: the digits of numbers are not compared. `pencil`: how many digits every value may have.
    `equal` are pairs of answers that are equal there, as the gradients on both sides of a sum are.
    """

    equal: frozenset[frozenset[Key]]
    methods: Methods
    quantities: int
    digits: Fraction | None
    pencil: int | None = None


def reference_of(own: Candidate, digits: Fraction | None, pencil: int | None = None) -> Reference:
    """The reference that the author's own numbers are."""
    equal = frozenset(
        frozenset(map(key_of, pair)) for pair in _pairs(own) if len({number_of(a) for a in pair}) == 1
    )
    return Reference(equal, methods_of(own), own.quantities, digits, pencil)


def failed(candidate: Candidate, reference: Reference, off: frozenset[str]) -> str | None:
    """The first gate that a candidate does not pass; None where it passes all of those that are on."""
    return next(
        (name for name, fails in _GATES.items() if name not in off and fails(candidate, reference)), None
    )


def _zero_gradient(candidate: Candidate, _: Reference) -> bool:
    """An asked gradient is 0."""
    return any(is_gradient(answer) and number_of(answer) == 0 for answer in candidate.answers)


def _rounding_tie(candidate: Candidate, _: Reference) -> bool:
    """An answer lies in the middle between two that could be printed."""
    return any(map(_on_tie, candidate.answers))


def _on_tie(answer: Answer) -> bool:
    try:
        printed, exact = Decimal(answer.printed or "0"), Decimal(answer.exact or 0)
    except InvalidOperation:  # a fraction, which is exact
        return False
    if abs(printed - exact) <= abs(exact) * _EXACT:
        return False
    difference = abs(printed - exact).scaleb(-int(printed.as_tuple().exponent))
    return abs(difference - Decimal("0.5")) < _TIE


def _indistinct(candidate: Candidate, reference: Reference) -> bool:
    """An answer prints as 0 though it is not, or as another one that it differs from, or is accidentally equal."""
    if any(map(prints_as_nothing, candidate.answers)):
        return True
    return any(
        Fraction(one.printed or 0) == Fraction(other.printed or 0)
        and frozenset((key_of(one), key_of(other))) not in reference.equal
        for one, other in _pairs(candidate)
    )


def _pairs(candidate: Candidate) -> Iterator[tuple[Answer, Answer]]:
    """Answers that could be taken for each other: of one part, iteration and sample, and of one sort.

    A rule counts in small whole numbers, which are often the same.
    """
    if isinstance(candidate.problem, RuleProblem):
        return
    groups: dict[object, list[Answer]] = {}
    for answer in candidate.answers:
        if number_of(answer) == 0 and not is_gradient(answer):
            continue  # the activation of a unit that is off
        sort = answer.quantity.partition("[")[0] if "[" in answer.quantity else is_gradient(answer)
        groups.setdefault((answer.part, answer.iteration, answer.sample, sort), []).append(answer)
    for group in groups.values():
        # where all differ, which is nearly always so, there are no pairs to be looked at
        if len({Fraction(answer.printed or 0) for answer in group}) < len(group):
            yield from combinations(group, 2)


def _work(candidate: Candidate, reference: Reference) -> bool:
    """There is more, or less, to be computed than in the author's own numbers, or with more or fewer digits."""
    if reference.digits is not None:
        allowed = max(_SIMILAR * reference.digits, Fraction(_DIGITS))
        if abs(candidate.digits - reference.digits) > allowed:
            return True
    return abs(candidate.quantities - reference.quantities) > _SIMILAR * reference.quantities


_GATES: Mapping[str, Callable[[Candidate, Reference], bool]] = {
    PENCIL: lambda candidate, reference: (
        reference.pencil is not None and has_long(candidate, reference.pencil)
    ),
    "saturated": lambda candidate, _: saturated(candidate),
    "kink": lambda candidate, _: on_kink(candidate),
    "zero_gradient": _zero_gradient,
    "rounding_tie": _rounding_tie,
    "indistinct": _indistinct,
    "work": _work,
    "wrong_method": lambda candidate, reference: mistaken(candidate, reference.methods) is not None,
}
"""In the order in which they are tried, the expensive one last."""
