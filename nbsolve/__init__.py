"""nbsolve: worked solutions for neural networks, every printed number right, every convention stated."""

from __future__ import annotations

TYPE_CHECKING = False  # so that nothing is loaded before Ctrl-C is taken care of; typing takes its time
if TYPE_CHECKING:
    from typing import Any

    from nbsolve.errors import DomainError, NbsolveError, ProblemError, UnknownQuantityError
    from nbsolve.problem import load_problem
    from nbsolve.problem.model import DerivationProblem, GraphProblem, Problem, RuleProblem, UpdateProblem
    from nbsolve.worked.derivation import WorkedDerivation
    from nbsolve.worked.graph import WorkedGraph
    from nbsolve.worked.kinds import solve
    from nbsolve.worked.network import WorkedSolution
    from nbsolve.worked.rule import WorkedRule
    from nbsolve.worked.update import WorkedUpdate

__version__ = "0.1.0"

_HOMES = {
    "DerivationProblem": "nbsolve.problem.model",
    "DomainError": "nbsolve.errors",
    "NbsolveError": "nbsolve.errors",
    "Problem": "nbsolve.problem.model",
    "ProblemError": "nbsolve.errors",
    "RuleProblem": "nbsolve.problem.model",
    "UnknownQuantityError": "nbsolve.errors",
    "UpdateProblem": "nbsolve.problem.model",
    "GraphProblem": "nbsolve.problem.model",
    "WorkedDerivation": "nbsolve.worked.derivation",
    "WorkedGraph": "nbsolve.worked.graph",
    "WorkedRule": "nbsolve.worked.rule",
    "WorkedSolution": "nbsolve.worked.network",
    "WorkedUpdate": "nbsolve.worked.update",
    "load_problem": "nbsolve.problem",
    "solve": "nbsolve.worked.kinds",
}

__all__ = [
    "DerivationProblem",
    "DomainError",
    "GraphProblem",
    "NbsolveError",
    "Problem",
    "ProblemError",
    "RuleProblem",
    "UnknownQuantityError",
    "UpdateProblem",
    "WorkedDerivation",
    "WorkedGraph",
    "WorkedRule",
    "WorkedSolution",
    "WorkedUpdate",
    "__version__",
    "load_problem",
    "solve",
]


def __getattr__(name: str) -> Any:
    # What is not used is not imported: `import nbsolve` alone is quick.
    if name not in _HOMES:
        raise AttributeError(f"module 'nbsolve' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
