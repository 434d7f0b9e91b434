"""Whether every value of a solution is short."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbsolve.symbol import PARAMETERS, Partial, Role, Symbol
from nbsolve.values import layer_activation
from nbsolve.variants.candidate import Candidate
from nbsolve.variants.pencil.chains import cancels_to_base
from nbsolve.variants.pencil.short import MORE, is_short
from nbsolve.worked.network import WorkedSolution
from nbsolve.worked.rule import WorkedRule
from nbsolve.worked.steps import WorkedSteps

__all__ = ["has_long", "values_of"]

_PARAMETERS = (*PARAMETERS, Role.NODE)


def has_long(candidate: Candidate, digits: int) -> bool:
    """Whether some value of a solution has more digits."""
    return not all(is_short(value, digits + _more(atom)) for atom, value in values_of(candidate))


def _more(atom: object) -> int:
    """How many digits more a value may have: see `MORE`."""
    new = isinstance(atom, Symbol) and atom.new
    of_input = isinstance(atom, Partial) and atom.wrt.role is Role.INPUT
    return MORE if new or of_input else 0


def values_of(candidate: Candidate) -> Iterator[tuple[object, Any]]:
    """Everything that is found on the way, and what it is: the values of all iterations that are shown."""
    worked = candidate.numbers
    if isinstance(worked, WorkedRule):
        for epoch in worked.trained.shown:
            for turn in epoch.turns:
                weights = (weight for row in turn.after.weights for weight in row)
                for value in (*turn.z, *turn.signals, *weights, *turn.after.constants):
                    yield epoch.number, value
    elif isinstance(worked, WorkedSolution | WorkedSteps):
        iterations: Any = worked.solution.iterations
        output = _not_written(worked)
        for one in iterations:
            yield from (
                (atom, value)
                for atom, value in one.values.stored.items()
                if not _is_afterwards(atom)
                and not (isinstance(atom, Partial) and output in (atom.of, atom.wrt))
            )


def _not_written(worked: WorkedSolution | WorkedSteps[Any, Any]) -> Symbol | None:
    """The outputs, whose derivatives and ∂L/∂a nobody writes down where ln b cancels in the error signals."""
    if isinstance(worked, WorkedSolution) and cancels_to_base(worked.problem):
        return layer_activation(len(worked.problem.network.layers), None, None)
    return None


def _is_afterwards(atom: object) -> bool:
    """Whether it is found with the new parameters, to see what has become of the loss."""
    return isinstance(atom, Symbol) and atom.new and atom.role not in _PARAMETERS
