"""The public face of every kind of problem: `solve(problem)`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, overload

from nbsolve.problem.model import (
    AnyProblem,
    DerivationProblem,
    GraphProblem,
    Problem,
    RuleProblem,
    UpdateProblem,
)
from nbsolve.worked.network import WorkedSolution

if TYPE_CHECKING:
    from nbsolve.worked.derivation import WorkedDerivation
    from nbsolve.worked.graph import WorkedGraph
    from nbsolve.worked.page import WorkedPage
    from nbsolve.worked.rule import WorkedRule
    from nbsolve.worked.update import WorkedUpdate

_FACES: Mapping[str, tuple[str, str]] = {
    "derivation": ("nbsolve.worked.derivation", "WorkedDerivation"),
    "rule": ("nbsolve.worked.rule", "WorkedRule"),
    "graph": ("nbsolve.worked.graph", "WorkedGraph"),
    "update": ("nbsolve.worked.update", "WorkedUpdate"),
}
"""The public face of each kind of problem but networks: module and class, imported when one comes."""


@overload
def solve(problem: Problem) -> WorkedSolution: ...
@overload
def solve(problem: DerivationProblem) -> WorkedDerivation: ...
@overload
def solve(problem: RuleProblem) -> WorkedRule: ...
@overload
def solve(problem: GraphProblem) -> WorkedGraph: ...
@overload
def solve(problem: UpdateProblem) -> WorkedUpdate: ...
@overload
def solve(problem: AnyProblem) -> WorkedSolution | WorkedPage: ...


def solve(problem: AnyProblem) -> WorkedSolution | WorkedPage:
    """Work a problem out: forward pass, loss, backward pass and updates, all iterations; derivations; a rule.

    Raises: DomainError, naming the iteration, where a prediction lies outside a loss's domain.
    """
    if not isinstance(problem, Problem):
        return page_of(problem)
    worked = WorkedSolution(problem)
    worked.certified(lambda solution: None)
    return worked


def page_of(problem: AnyProblem) -> WorkedPage:
    """The face of a problem that is not a network."""
    module, name = _FACES[problem.kind]
    face: type[WorkedPage] = getattr(import_module(module), name)
    return face(problem)
