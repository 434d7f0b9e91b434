"""Live numbers filled into an author's texts, from the solution of a network or of what has passes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from nbsolve.arithmetic import Arithmetic
from nbsolve.arithmetic.ladder import certified
from nbsolve.asking.answers import Extras
from nbsolve.asking.listing import belongs_to_sample, meant
from nbsolve.asking.writing import Solved, Writer, scalar
from nbsolve.authored.live import Slot, filled, slots
from nbsolve.errors import Fault, UnknownQuantityError
from nbsolve.expr import Atom, Variable
from nbsolve.formula.live import LAST, Place
from nbsolve.live.request import LiveError, Request, digits_wanted, read, value_of
from nbsolve.notation import Names
from nbsolve.problem.model import AnyProblem, Rounding
from nbsolve.rounding import Written, write
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.symbol import PARAMETERS, Role, Symbol, canonical
from nbsolve.values import Values

BLANK = r"\underline{\qquad}"
"""What stands in the place of a number of the solution, where that is withheld."""
_GIVEN = frozenset({Role.INPUT, Role.TARGET, *PARAMETERS, Role.LEARNING_RATE, Role.STRENGTH})


def texts_of(problem: AnyProblem) -> Iterator[tuple[str, str]]:
    """The texts that may hold live numbers, with their YAML paths."""
    if problem.statement:
        yield "statement", problem.statement
    for number, part in enumerate(problem.parts):
        if part.text:
            yield f"parts[{number}].text", part.text
    for number, note in enumerate(problem.pitfalls):
        yield f"pitfalls[{number}]", note


def live_faults(problem: AnyProblem, names: Names | None) -> Iterator[tuple[Fault, str]]:
    """What can be said without solving, each with the place as it is written: what cannot be read, is not there.

    `names` is None for a problem without quantities.
    """
    for path, text in texts_of(problem):
        for slot in slots(text):
            try:
                read(slot.asked, names)
            except LiveError as error:
                yield error.in_text(path, slot).faults[0], slot.shown


@dataclass(frozen=True)
class Filler(ABC):
    """Fills numbers into texts.

    `blanks`: only what is given has its number, the solution's numbers are blanks.
    Raises: LiveError; Undecided where a digit needs more bits.
    """

    solution: Any
    names: Names
    blanks: bool = field(default=False, kw_only=True)

    @abstractmethod
    def _written(self, request: Request) -> Written:
        """The number that a place asks for."""

    @abstractmethod
    def _is_given(self, atom: Atom, place: Place) -> bool:
        """Whether it is no number of the solution."""

    def fill(self, text: str, path: str) -> str:
        """The text with its numbers; `path` is its YAML path, for errors."""

        def number(slot: Slot) -> str:
            try:
                request = read(slot.asked, self.names)
                if self.blanks and not self._tells_what_is_given(request):
                    return f"= {BLANK}" if request.with_sign else BLANK
                return request.latex(self._written(request))
            except LiveError as error:
                raise error.in_text(path, slot) from None

        return filled(text, number)

    def _tells_what_is_given(self, request: Request) -> bool:
        """Whether a place holds one given number, or no quantity: a formula of givens is a step of the solution."""
        if not request.quantities:
            return True
        if not isinstance(request.formula, Variable):
            return False
        ((atom, place),) = request.quantities.values()
        return self._is_given(atom, place)


@dataclass(frozen=True)
class _FromValues(Filler):
    """Fills numbers of a solution that keeps its values by name."""

    @abstractmethod
    def _find(self, atom: Atom, place: Place) -> tuple[Values, Atom]:
        """The one number that is meant: where it is kept, and by which name."""

    def _written(self, request: Request) -> Written:
        found = {key: self._find(atom, place) for key, (atom, place) in request.quantities.items()}
        rounding, arithmetic = self.solution.rounding, self.solution.arithmetic
        if isinstance(request.formula, Variable) and request.digits is None:
            ((values, holder),) = found.values()
            return Writer(self.solution).answer(values, holder)
        numbers = {key: scalar(values[holder]) for key, (values, holder) in found.items()}
        return write(
            value_of(request.formula, numbers, arithmetic), digits_wanted(request, rounding), arithmetic
        )


@dataclass(frozen=True)
class Live(_FromValues):
    """Fills the numbers of one solution of a network; `known` are the values of a problem in letters."""

    solution: Solution
    extras: Extras
    known: Values | None = None

    def _is_given(self, atom: Atom, place: Place) -> bool:
        iteration = self._iteration(place.iteration)
        given = isinstance(atom, Symbol) and atom.role in _GIVEN and not (atom.new or atom.change)
        return given and (iteration is None or iteration.number == 1)

    def _find(self, atom: Atom, place: Place) -> tuple[Values, Atom]:
        """The one number that is meant: where it is kept, and by which name."""
        iteration = self._iteration(place.iteration)
        if iteration is None:
            holders, values = list(self.names.entries(atom)), self.known
        else:
            holders, values = self._meant(atom, iteration), None
            if place.sample is not None and belongs_to_sample(atom):
                holders = _of_sample(holders, iteration, place.sample)
        if len(holders) != 1:
            raise several(atom, holders)
        (holder,) = holders
        if values is None and iteration is not None:
            values = self.extras.of(self.solution, iteration, holder)
        if values is None or holder not in values:
            raise LiveError(f"{canonical(holder)} is not a number in this problem")
        return values, holder

    def _meant(self, atom: Atom, iteration: Iteration) -> list[Atom]:
        try:
            return list(meant(atom, iteration, self.solution, self.names))
        except UnknownQuantityError as error:
            raise LiveError(str(error).replace("is asked", "is wanted")) from None

    def _iteration(self, number: int | None) -> Iteration | None:
        shown = self.solution.iterations
        if not shown:
            return None
        training = self.solution.problem.training
        if number == LAST:
            number = 1 if training is None else training.iterations
        for iteration in shown:
            if number in (None, iteration.number):
                return iteration
        listed = ", ".join(str(iteration.number) for iteration in shown)
        raise LiveError(
            f"iteration {number} is not written out",
            f"iteration {listed}",
            "training: {show: …} writes others out",
        )


class _Pass(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def values(self) -> Values: ...


class _Passes(Solved, Protocol):
    @property
    def iterations(self) -> Sequence[_Pass]: ...


@dataclass(frozen=True)
class LiveInPasses(_FromValues):
    """Fills the numbers of a solution in passes that has no samples; `given` has its numbers from the problem."""

    solution: _Passes
    given: frozenset[Atom]

    def _is_given(self, atom: Atom, place: Place) -> bool:
        first = place.iteration in (None, self.solution.iterations[0].number)
        return first and all(one in self.given for one in self.names.entries(atom))

    def _find(self, atom: Atom, place: Place) -> tuple[Values, Atom]:
        if place.sample is not None:
            raise LiveError("there are no samples in this problem", "no sample")
        passes = self.solution.iterations
        wanted = passes[-1].number if place.iteration == LAST else place.iteration
        found = [one for one in passes if wanted in (None, one.number)]
        if not found:
            raise LiveError(
                f"iteration {wanted} is not written out",
                f"iteration {', '.join(str(one.number) for one in passes)}",
            )
        holders = list(self.names.entries(atom))
        if len(holders) != 1:
            raise several(atom, holders)
        (holder,) = holders
        if holder not in found[0].values.stored:
            raise LiveError(f"{canonical(holder)} is not a number in this problem")
        return found[0].values, holder


def filled_without_solution(text: str, path: str) -> str:
    """The text of a problem that has no quantities: only numbers are left to compute with."""

    def number(slot: Slot) -> str:
        try:
            request = read(slot.asked, None)

            def written(arithmetic: Arithmetic) -> Written:
                value = value_of(request.formula, {}, arithmetic)
                return write(value, digits_wanted(request, Rounding()), arithmetic)

            return request.latex(certified(written))
        except LiveError as error:
            raise error.in_text(path, slot) from None

    return filled(text, number)


def _of_sample(holders: list[Atom], iteration: Iteration, sample: int) -> list[Atom]:
    if sample not in iteration.samples:
        taken = ", ".join(map(str, iteration.samples))
        raise LiveError(f"iteration {iteration.number} does not take sample {sample}", f"sample {taken}")
    return [holder for holder in holders if holder.sample in (None, sample)]


def several(atom: Atom, holders: list[Atom]) -> LiveError:
    """Why a name that does not mean exactly one number cannot stand in a text."""
    name = canonical(atom)
    if not holders:
        return LiveError(f"{name} has no value in this iteration")
    if len({holder.sample for holder in holders}) == len(holders):
        hint = f"write {{{{{name} sample {holders[0].sample}}}}}"
        return LiveError(f"{name} has a value for each of {len(holders)} samples", "one number", hint)
    hint = f"name one of them, such as {canonical(holders[0])}"
    return LiveError(f"{name} has {len(holders)} numbers", "one number", hint)
