"""Whether wrong methods lead to visibly wrong answers: the problem worked out again with each named change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import flint

from nbsolve.arithmetic.ladder import Undetermined, certified
from nbsolve.asking.answers import Answer
from nbsolve.asking.listing import asked
from nbsolve.asking.writing import scalar
from nbsolve.catalogue import ACTIVATIONS
from nbsolve.catalogue.changes import CHANGES
from nbsolve.errors import DomainError, UnknownChangeError
from nbsolve.handout.tolerances import tolerance
from nbsolve.problem.model import Problem
from nbsolve.solving.engine import solve_problem
from nbsolve.solving.replay import Replay
from nbsolve.solving.solution import Solution
from nbsolve.symbol import canonical
from nbsolve.variants.candidate import Candidate, is_gradient, key_of, number_of
from nbsolve.worked.network import WorkedSolution

__all__ = ["Methods", "methods_of", "mistaken"]


@dataclass(frozen=True)
class Wrong:
    """A change of a rule: the parts whose answers it changes, and the author's own problem solved with it."""

    parts: frozenset[str | None]
    solution: Solution


Methods = Mapping[tuple[str, str | None], Wrong]
"""The changes of rules by name, with what each is told."""
_VISIBLE = 2
"""A wrong answer is seen where it is further away than this many tolerances of the right one."""
_NEARLY = Fraction(1, 10**12)
"""Exact answers differ where they differ by more than this part of themselves: doubles are compared."""
_OTHER = {"sigmoid": "tanh", "tanh": "sigmoid"}
"""Functions whose derivatives are taken for one another."""


def methods_of(candidate: Candidate) -> Methods:
    """What each change of a rule changes in the author's own numbers; those that change nothing are left out."""
    worked = candidate.numbers
    if not isinstance(worked, WorkedSolution) or worked.problem.symbolic or not worked.problem.differentiated:
        return {}
    found: dict[tuple[str, str | None], Wrong] = {}
    for name, told in _changes(worked.problem):
        try:
            worked.replayed(rules={name: told})
            wrong = _solved(_short(worked.problem), Replay({}, {name: told}))
        except (UnknownChangeError, DomainError, Undetermined):
            continue
        if parts := _parts(candidate, wrong):
            found[name, told] = Wrong(parts, wrong)
    return found


def mistaken(candidate: Candidate, methods: Methods) -> str | None:
    """The name of a wrong method whose answers to some part cannot be told from the right ones; None without."""
    if not isinstance(candidate.problem, Problem):
        return None
    problem = _short(candidate.problem)
    for (name, told), method in methods.items():
        parts = method.parts
        try:
            # with the sign lost every gradient is its opposite: nothing need be worked out for that
            seen = _of_opposites(candidate) if CHANGES[name].sign < 0 else frozenset()
            if parts <= seen:
                continue
            wrong = _solved(problem, Replay({}, {name: told}), method.solution)
            if not parts <= _parts(candidate, wrong, parts):
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
    candidate: Candidate, wrong: Solution, enough: frozenset[str | None] = frozenset()
) -> frozenset[str | None]:
    """The parts that have a visibly other answer in a wrong solution; no more are looked for than `enough`."""
    worked = candidate.numbers
    assert isinstance(worked, WorkedSolution)
    expected = {key_of(answer): answer for answer in candidate.answers}
    seen: set[str | None] = set()
    for place in asked(wrong.problem, wrong, worked.names):
        if place.part in seen:
            continue
        key = (place.part, canonical(place.atom), None if place.fixed else place.iteration, place.atom.sample)
        answer = expected.get(key)
        values = wrong.iteration(place.iteration).values
        if answer is None or place.zero or place.holder not in values:
            continue  # a Jacobian, say, of which the passes have no need
        value = float(flint.arb(scalar(values[place.holder]))) * (-1 if place.opposite else 1)
        if _visible(answer, value):
            seen.add(place.part)
            if enough and enough <= seen:
                break
    return frozenset(seen)


def _of_opposites(candidate: Candidate) -> frozenset[str | None]:
    """The parts with a gradient whose opposite is visibly another number."""
    gradients = (answer for answer in candidate.answers if is_gradient(answer))
    return frozenset(one.part for one in gradients if _visible(one, -float(number_of(one))))


def _solved(problem: Problem, replay: Replay, like: Solution | None = None) -> Solution:
    """The problem worked out with the change, with as many bits as its branches need. Raises: Undetermined."""
    return certified(lambda arithmetic: solve_problem(problem, arithmetic, True, replay, like))


def _short(problem: Problem) -> Problem:
    """What has the same answers in its first iteration: explained in the shortest way, without later iterations.

    Where each step is rounded, the way of explaining says what is rounded; and some part may ask about later ones.
    """
    changed: dict[str, object] = {} if problem.rounding.apply == "each_step" else {"explain": "delta"}
    training = problem.training
    asked_first = all(part.at in (None, 1) for part in problem.parts)
    if training is not None and not training.epochs and 1 in training.show and asked_first:
        changed["training"] = training.model_copy(update={"iterations": 1, "show": (1,)})
    return problem.model_copy(update=changed)


def _visible(right: Answer, wrong: float) -> bool:
    allowed = tolerance(right)
    within = _NEARLY * abs(number_of(right)) if allowed is None else Fraction(allowed.within)
    return abs(float(number_of(right)) - wrong) > _VISIBLE * within
