"""How the marks of a part are given: for each kind of step some for the method, some for the values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise

from nbsolve.asking.answers import Answer
from nbsolve.asking.asked_letters import AskedInLetters
from nbsolve.asking.listing import asked
from nbsolve.compose.explaining import all_steps
from nbsolve.expr import Atom, Expr, atoms
from nbsolve.phrases import phrase, phrase_of
from nbsolve.problem.model import Part
from nbsolve.solving.schedule import has_several
from nbsolve.step import Rule, Step
from nbsolve.worked.network import WorkedSolution
from nbsolve.worked.page import Finding, WorkedPage
from nbsolve.worked.pictured import Worked

__all__ = ["Group", "groups_of", "written"]

_MOST_OPERANDS = 24
"""The formula of a method with more operands is not written down; its words are."""


@dataclass(frozen=True)
class Group:
    """Answers of one part that are found in the same way; `left` = `formula` is the method of the first.

    `iteration` is the number of theirs, where answers of several iterations are called the same.
    What is `given` earns no marks beside what has to be found.
    """

    part: str
    iteration: int | None
    words: str
    left: Atom | None = None
    formula: Expr | None = None
    entries: list[Answer | Finding] = field(default_factory=list)
    method: Fraction = Fraction(0)
    accuracy: Fraction = Fraction(0)
    given: bool = False


def groups_of(worked: Worked) -> list[Group]:
    """The answers, kind by kind, each with the marks for its method and for its values."""
    found = list(_on_page(worked) if isinstance(worked, WorkedPage) else _solved(worked))
    return [marked for part in worked.problem.parts for marked in _marked(part, found)]


# ------------------------------------------------------------------ which answers belong together


def _on_page(worked: WorkedPage) -> Iterator[Group]:
    """The methods of a problem that is not a network."""
    for one in worked.methods():
        answers = [entry for entry in one.entries if isinstance(entry, Answer)]
        # what is called the same in each iteration needs its number
        repeated = len({answer.symbol for answer in answers}) < len(answers)
        found: dict[int | None, list[Answer | Finding]] = {}
        for entry in one.entries:
            number = entry.iteration if repeated and isinstance(entry, Answer) else None
            found.setdefault(number, []).append(entry)
        for number, entries in found.items():
            yield Group(one.part, number, one.words, one.left, one.formula, entries=entries, given=one.given)


def _solved(worked: WorkedSolution) -> Iterator[Group]:
    found: dict[tuple[str, int | None, Rule | None], Group] = {}
    own: list[Group] = []
    several = has_several(worked.problem) and not worked.problem.symbolic
    for entry, step in _with_steps(worked):
        rule = None if step is None else step.rule
        key = (entry.part or "", entry.iteration, rule)
        if key not in found:
            found[key] = _group(entry, step, entry.iteration if several else None)
        found[key].entries.append(entry)
    yield from found.values()
    for entry in worked.classes:
        word = entry.quantity
        key = (entry.part or "", None, None)
        if key not in found or found[key].words != phrase_of("rule.method.", word):
            found[key] = Group(entry.part or "", None, phrase_of("rule.method.", word))
            found[key].entries.append(entry)
            own.append(found[key])
        else:
            found[key].entries.append(entry)
    yield from own


def _group(entry: Answer, step: Step | None, iteration: int | None) -> Group:
    if step is None:
        return Group(entry.part or "", iteration, phrase("rules.given"), given=True)
    formula = step.forms[0].expression
    short = len(set(atoms(formula))) <= _MOST_OPERANDS
    words = phrase_of("rules.", step.rule)
    return Group(entry.part or "", iteration, words, step.target, formula if short else None)


def _with_steps(worked: WorkedSolution) -> Iterator[tuple[Answer, Step | None]]:
    """Each answer with the step that finds it; None for what is given."""
    solution = worked.solution
    entries = (entry for entry in worked.entries() if entry not in worked.classes)
    if worked.problem.symbolic:
        letters = worked.letters_of(solution)
        assert letters is not None
        places = AskedInLetters.of(letters, worked.names).places
        yield from zip(entries, (step for _, step in places), strict=True)
        return
    places_asked = list(asked(worked.problem, solution, worked.names))
    steps = _steps(worked, {place.holder for place in places_asked})
    yield from zip(entries, (steps.get(place.holder) for place in places_asked), strict=True)


def _steps(worked: WorkedSolution, wanted: set[Atom]) -> Mapping[Atom, Step]:
    found: dict[Atom, Step] = {}
    for iteration in worked.solution.iterations:
        for step in iteration.steps:
            found |= _found_by(step, wanted)
        if missing := wanted - found.keys():  # what the passes have no need of: ∂L/∂x, a Jacobian
            for step in all_steps(worked.solution, iteration, missing):
                if step.rule is not Rule.GIVEN:
                    found |= _found_by(step, missing)
    return found


def _found_by(step: Step, wanted: Collection[Atom]) -> dict[Atom, Step]:
    """The wanted quantities that a step finds, each with its own."""
    found = {step.target: step} if step.target in wanted else {}
    if step.unit_forms is not None:
        found |= {member: step.unit(member) for member in step.members if member in wanted}
    return found


# ------------------------------------------------------------------ marks


def _marked(part: Part, groups: Sequence[Group]) -> list[Group]:
    """The groups of a part with its marks shared out; one each for method and values where it has none."""
    own = [group for group in groups if group.part == part.label]
    earning = [group for group in own if not group.given] or own
    if part.marks is None:
        shares = [Fraction(1)] * (2 * len(earning))
    else:
        weights = [len(group.entries) for group in earning for _ in range(2)]
        shares = list(_shared(Fraction(part.marks.text), weights))
    marks = dict(zip(map(id, earning), zip(shares[::2], shares[1::2], strict=True), strict=True))
    marked = ((group, *marks.get(id(group), (Fraction(0), Fraction(0)))) for group in own)
    return [replace(group, method=method, accuracy=accuracy) for group, method, accuracy in marked]


def _shared(total: Fraction, weights: Sequence[int]) -> Iterator[Fraction]:
    """Whole marks, or halves or quarters where there are too few: one for each, the others by weight."""
    if not weights:
        return
    unit = Fraction(1, total.denominator)
    while 0 < total / unit < len(weights):
        unit /= 2
    rest = max(0, int(total / unit) - len(weights)) if total else 0
    sums = [0]
    for weight in weights:
        sums.append(sums[-1] + weight)
    rounded = [rest * at * 2 // sums[-1] // 2 for at in sums]
    for before, after in pairwise(rounded):
        yield unit * ((1 if total else 0) + after - before)


def written(marks: Fraction) -> str:
    """`2`, `0.5`; a third as it is."""
    return str(marks) if marks.denominator in (1, 3, 6, 7, 9) else f"{float(marks):g}"
