"""Whether wrong methods lead to visibly wrong answers: the problem worked out again with each named change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from nbsolve.answers import Answer
from nbsolve.arithmetic import Undetermined
from nbsolve.catalogue import ACTIVATIONS
from nbsolve.catalogue.changes import CHANGES
from nbsolve.errors import DomainError, UnknownChangeError
from nbsolve.handout.tolerances import tolerance
from nbsolve.problem.model import Problem
from nbsolve.solving.replay import Replay
from nbsolve.variants.candidate import Candidate, Key, key_of, number_of
from nbsolve.worked import WorkedSolution

__all__ = ["Methods", "methods_of", "mistaken"]

Methods = Mapping[tuple[str, str | None], frozenset[str | None]]
"""For each change of a rule, with what it is told, the parts whose answers it changes."""
_VISIBLE = 2
"""A wrong answer is seen where it is further away than this many tolerances of the right one."""
_OTHER = {"sigmoid": "tanh", "tanh": "sigmoid"}
"""Functions whose derivatives are taken for one another."""


def methods_of(candidate: Candidate) -> Methods:
    """What each change of a rule changes in the author's own numbers; those that change nothing are left out."""
    worked = candidate.worked
    if not isinstance(worked, WorkedSolution) or worked.problem.symbolic or not worked.problem.differentiated:
        return {}
    found: dict[tuple[str, str | None], frozenset[str | None]] = {}
    for name, told in _changes(worked.problem):
        try:
            worked.replayed(rules={name: told})
            parts = frozenset(_parts(worked.problem, candidate.answers, name, told, frozenset()))
        except (UnknownChangeError, DomainError, Undetermined):
            continue
        if parts:
            found[name, told] = parts
    return found


def mistaken(candidate: Candidate, methods: Methods) -> str | None:
    """The name of a wrong method whose answers to some part cannot be told from the right ones; None without."""
    problem = candidate.problem
    if not isinstance(problem, Problem):
        return None
    for (name, told), parts in methods.items():
        try:
            if not parts <= set(_parts(problem, candidate.answers, name, told, parts)):
                return name
        except (DomainError, Undetermined):
            continue  # it leads nowhere, which is seen
    return None


def _changes(problem: Problem) -> Iterator[tuple[str, str | None]]:
    functions = [choice.name for choice in problem.network.activations if choice.name in ACTIVATIONS]
    for change in CHANGES.values():
        if not change.takes:
            yield change.name, None
            continue
        other = next((_OTHER[name] for name in functions if name in _OTHER), None)
        if other is not None:
            yield change.name, other


def _parts(
    problem: Problem, right: tuple[Answer, ...], name: str, told: str | None, enough: frozenset[str | None]
) -> Iterator[str | None]:
    """The parts that have a visibly other answer under a change, until `enough` of them are found."""
    short = _first_iteration(problem)
    expected: dict[Key, Answer] = {key_of(answer): answer for answer in right}
    missing, seen = set(enough), set[str | None]()
    for wrong in WorkedSolution(short, Replay({}, {name: told})).entries():
        answer = expected.get(key_of(wrong))
        if answer is None or answer.part in seen or not _visible(answer, wrong):
            continue
        seen.add(answer.part)
        yield answer.part
        missing.discard(answer.part)
        if enough and not missing:
            return


def _first_iteration(problem: Problem) -> Problem:
    """The problem without its later iterations, where every part asks about the first one as well."""
    training = problem.training
    if training is None or training.epochs or 1 not in training.show:
        return problem
    if any(part.at not in (None, 1) for part in problem.parts):
        return problem
    return problem.model_copy(
        update={"training": training.model_copy(update={"iterations": 1, "show": (1,)})}
    )


def _visible(right: Answer, wrong: Answer) -> bool:
    allowed = tolerance(right)
    within = Fraction(0) if allowed is None else Fraction(allowed.within)
    return abs(number_of(right) - number_of(wrong)) > _VISIBLE * within
