"""Updates from given gradients: no network, no graph, only what an optimiser does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import flint
import numpy as np

from nbsolve.arithmetic import Arithmetic
from nbsolve.equations.building import entries_of
from nbsolve.equations.names import GraphNames
from nbsolve.equations.updating import parameters_of, put_settings, start, state, write_updates
from nbsolve.errors import DomainError, UnknownQuantityError
from nbsolve.expr import Atom
from nbsolve.given import Given
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import Part, Rounding, UpdateProblem
from nbsolve.recorder import Recorder
from nbsolve.step import Step
from nbsolve.symbol import LOSS, Partial, Symbol
from nbsolve.values import Values

__all__ = ["Update", "UpdateNames", "UpdateSolution", "asked_of", "solve_updates"]


@dataclass(frozen=True)
class Update:
    """One update: its number in the problem, its steps, and their values."""

    number: int
    values: Values
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class UpdateSolution:
    """All updates in one arithmetic."""

    problem: UpdateProblem
    arithmetic: Arithmetic
    iterations: tuple[Update, ...]
    own_functions: frozenset[str] = frozenset()
    has_own_formulas: bool = False

    @property
    def rounding(self) -> Rounding:
        """How its numbers are rounded."""
        return self.problem.rounding


def solve_updates(problem: UpdateProblem, arithmetic: Arithmetic, rounded: bool = True) -> UpdateSolution:
    """All updates, one after the other. Raises: Undecided, DomainError naming the update."""
    digits = problem.rounding.intermediates if rounded and problem.rounding.apply == "each_step" else None
    first = start(problem)
    carried = [*parameters_of(problem), *first]
    known: dict[Symbol, Given | flint.fmpq | flint.arb] = dict(first)
    for array in problem.given:
        known.update(zip(entries_of(array.name, array.shape), array.entries, strict=True))  # type: ignore[arg-type]
    found: list[Update] = []
    for number, gradients in enumerate(problem.gradients, start=1):
        recorder = Recorder(number, arithmetic, digits)
        for symbol, entry in known.items():
            _put(recorder.values, symbol, entry)
        for name, entries in gradients.items():
            for symbol, entry in zip(entries_of(name, problem.shapes[name]), entries, strict=True):
                _put(recorder.values, Partial(LOSS, symbol), entry)
        put_settings(recorder, problem.training)
        try:
            write_updates(recorder, problem, LOSS)
        except DomainError as error:
            raise error.within(f"update {number}") from None
        found.append(Update(number, recorder.values, tuple(recorder.steps)))
        for symbol in carried:
            known[symbol] = recorder.values[symbol._replace(new=True)]  # type: ignore[assignment]
    return UpdateSolution(problem, arithmetic, tuple(found))


def _put(values: Values, atom: Atom, entry: Given | flint.fmpq | flint.arb) -> None:
    if isinstance(entry, Given):
        text = np.empty((), dtype=object)
        text[()] = entry
        values.put_given(atom, text)
    else:
        values.put(atom, entry)


class UpdateNames(GraphNames):
    """The names of the parameters, their gradients, and what the optimiser keeps for them."""

    problem: UpdateProblem

    def resolve(self, text: str) -> Symbol | Partial:
        """The quantity that `w_new`, `m_w_new[2]`, `v_hat_w` or `dL/dw` means. Raises: UnknownQuantityError."""
        typed = "".join(text.split()).replace("∂", "d")
        gradient = typed.startswith("dL/d")
        if not gradient and (own := self._of_training(text)) is not None:
            return own
        match = re.fullmatch(
            r"(\w+?)(_new)?(?:\[([0-9]+(?:,[0-9]+)*)\])?", typed.removeprefix("dL/d"), re.ASCII
        )
        if match is not None:
            at = tuple(map(int, match[3].split(","))) if match[3] else ()
            for symbol in self._known(gradient):
                if symbol.stem == match[1] and at in ((), symbol.at) and bool(match[2]) == symbol.new:
                    found = symbol if at else symbol._replace(at=())
                    return Partial(self.objective, found) if gradient else found
        raise UnknownQuantityError(
            f"no quantity {text!r} in this problem; there are {', '.join(self.askable())}"
        )

    def askable(self) -> list[str]:
        """What can be asked for by name, without the places in arrays."""
        states = (f"{s.stem}{'_new' if s.new else ''}" for s in self._known(False))
        return [*dict.fromkeys(states), *(f"dL/d{name}" for name in self.problem.shapes)]

    def _known(self, gradient: bool) -> Iterator[Symbol]:
        record = optimiser_of(self.problem.training.optimiser)
        for name, shape in self.problem.shapes.items():
            for parameter in entries_of(name, shape):
                yield parameter
                if gradient:
                    continue
                yield parameter._replace(new=True)
                for equation in record.equations:
                    yield state(parameter, equation.name, equation.kept)


def asked_of(part: Part, names: UpdateNames) -> Iterator[Atom]:
    """The single quantities that a part asks for, each once."""
    problem = names.problem
    record = optimiser_of(problem.training.optimiser)
    found: list[Atom] = []
    for ask in part.ask:
        if ask == "updated_parameters":
            found += [one._replace(new=True) for one in parameters_of(problem)]
        elif ask == "state":
            for one in parameters_of(problem):
                found += [state(one, equation.name, new=True) for equation in record.kept]
        else:
            found += names.entries(names.resolve(ask))
    yield from dict.fromkeys(found)
