"""A problem with drawn numbers and its solution: what the gates look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from nbsolve.asking.answers import Answer
from nbsolve.problem.model import AnyProblem, Problem
from nbsolve.problem.tree import Entries, Items, Node, Scalar
from nbsolve.problem.varying import is_number
from nbsolve.solving.solution import Solution
from nbsolve.variants.places import Target, node_at
from nbsolve.worked.kinds import solve
from nbsolve.worked.network import WorkedSolution
from nbsolve.worked.page import Finding, WorkedPage
from nbsolve.worked.rule import WorkedRule
from nbsolve.worked.steps import WorkedSteps

__all__ = ["Candidate", "Key", "digits_of", "is_gradient", "key_of", "number_of"]

Key = tuple[str | None, str, int | None, int | None]
"""What an answer is the answer to: part, quantity, iteration, sample."""


@dataclass(frozen=True)
class Candidate:
    """A problem, and how many digits the numbers have that were drawn.

    `like` is the solution of a problem that may have the same formulae.
    """

    problem: AnyProblem
    digits: int = 0
    like: Solution | None = None

    @cached_property
    def worked(self) -> WorkedSolution | WorkedPage:
        """The problem worked out, with all steps. Raises: DomainError, Undetermined."""
        return solve(self.problem)

    @cached_property
    def numbers(self) -> WorkedSolution | WorkedPage:
        """What the gates and the key look at: the same numbers, perhaps without steps. Raises as `worked` does."""
        if self.like is None or not isinstance(self.problem, Problem):
            return self.worked
        return WorkedSolution(self.problem, like=self.like)

    @cached_property
    def entries(self) -> tuple[Answer | Finding, ...]:
        """What the parts ask for, in order. Raises: DomainError, Undetermined."""
        return tuple(self.numbers.entries())

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """The answers that are numbers. Raises: DomainError, Undetermined."""
        return tuple(one for one in self.entries if isinstance(one, Answer) and one.printed is not None)

    @cached_property
    def solution(self) -> Solution | None:
        """The solution of a network in numbers. Raises as `worked` does."""
        worked = self.numbers
        return worked.solution if isinstance(worked, WorkedSolution) and not worked.problem.symbolic else None

    @property
    def quantities(self) -> int:
        """How many quantities are found that are not 0: what is 0 costs nobody any work."""
        if isinstance(self.numbers, WorkedRule):
            return len(self.answers)
        if not isinstance(self.numbers, WorkedSolution | WorkedSteps):
            return 0
        iterations: Iterable[Any] = self.numbers.solution.iterations
        stored = (value for one in iterations for value in one.values.stored.values())
        return sum(int(np.count_nonzero(np.asarray(value) != 0)) for value in stored)


def key_of(answer: Answer) -> Key:
    """What an answer is the answer to."""
    return (answer.part, answer.quantity, answer.iteration, answer.sample)


def is_gradient(answer: Answer) -> bool:
    """Whether an answer is a derivative: dL/dw, df/dx, an error signal."""
    return "/d" in answer.quantity or answer.quantity.startswith("delta")


def number_of(answer: Answer) -> Fraction:
    """The exact value, as far as a double or 20 digits have it."""
    try:
        return Fraction(answer.exact or 0)
    except (ValueError, OverflowError):
        return Fraction(0)


def digits_of(tree: Node, targets: tuple[Target, ...]) -> int:
    """How many digits the numbers have that vary, without zeros in front."""
    return sum(
        len(scalar.text.lstrip("+-").replace(".", "").replace("/", "").lstrip("0")) or 1
        for target in targets
        for path in target.paths
        if (node := node_at(tree, path)) is not None
        for scalar in _numbers(node)
    )


def _numbers(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        if is_number(node):
            yield node
        return
    inner = (
        node.items
        if isinstance(node, Items)
        else [*node.entries.values()]
        if isinstance(node, Entries)
        else []
    )
    for one in inner:
        yield from _numbers(one)
