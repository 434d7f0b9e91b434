"""The numbers of a drawing: read off one iteration of a solution, with the digits that its answers have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nbsolve.arithmetic import Arithmetic, Value
from nbsolve.arithmetic.nearest import to_float
from nbsolve.asking.writing import Writer, scalar
from nbsolve.drawing.numbers import digits, linear
from nbsolve.drawing.scene import Span
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom
from nbsolve.rounding import Written, write
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.symbol import LOSS, Partial, Role, Symbol, canonical
from nbsolve.values import Values

__all__ = ["Reading", "Readings"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A number as written, `=` or `≈`, and its size and sign (`side`) for the ink."""

    text: str
    relation: str
    size: float
    side: int

    @property
    def zero(self) -> bool:
        """Whether it is 0, as far as anybody can tell."""
        return self.side == 0

    @property
    def sign(self) -> str:
        """`positive`, `negative` or `zero`."""
        return ("zero", "positive", "negative")[self.side]

    def spans(self) -> tuple[Span, ...]:
        """The number, set."""
        return digits(self.text)

    def plain(self) -> str:
        """The number in a sentence: −7.64·10^−6."""
        return linear(self.text)


class Readings:
    """What one iteration (and, in a batch, one sample of it) comes to; what has no number is None.

    A problem in letters has no iterations at all. Raises: UnknownQuantityError, Undecided.
    """

    def __init__(self, solution: Solution, iteration: int | None = None, sample: int | None = None) -> None:
        self.solution = solution
        self.iteration: Iteration | None = None
        self.label: int | None = None
        self.sample = 1
        self.values: Values | None = None
        if solution.iterations or iteration is not None:
            self.iteration = _iteration(solution, iteration)
            self.label, self.sample = _sample(self.iteration, sample)
            self.values = self.iteration.values
        self._writer = Writer(solution)
        self._read: dict[Atom, Reading | None] = {}

    def __contains__(self, atom: Atom) -> bool:
        return self.values is not None and atom in self.values

    def here(self, symbol: Symbol) -> Symbol:
        """The symbol as this sample has it."""
        if symbol.role in _OF_A_SAMPLE and self.label is not None:
            return symbol._replace(sample=self.label)
        return symbol

    def is_given(self, symbol: Symbol) -> bool:
        """Whether the sample gives this value of a unit instead of what the network would compute."""
        return canonical(symbol) in self.solution.problem.samples[self.sample - 1].given

    def value(self, symbol: Symbol) -> Reading | None:
        """The value of a quantity."""
        return self.of(self.here(symbol))

    def gradient(self, symbol: Symbol) -> Reading | None:
        """∂L/∂symbol."""
        return self.of(Partial(LOSS, self.here(symbol)))

    def slope(self, activation: Symbol, pre_activation: Symbol) -> Reading | None:
        """∂a/∂z of one unit."""
        return self.of(Partial(self.here(activation), self.here(pre_activation)))

    def new(self, symbol: Symbol) -> Reading | None:
        """The value after the update."""
        return self.of(self.here(symbol)._replace(new=True))

    def change(self, symbol: Symbol) -> float:
        """By how much the update changes it; 0 where there are no numbers."""
        if self.new(symbol) is None or self.values is None:
            return 0.0
        new, old = (scalar(self.values[symbol._replace(new=new)]) for new in (True, False))
        return to_float(new - old, self.solution.arithmetic)

    def of(self, atom: Atom) -> Reading | None:
        """The number of an atom that carries its sample already."""
        if atom in self._read:
            return self._read[atom]
        found = None
        if atom in self:
            assert self.values is not None
            written = self._writer.answer(self.values, atom)
            found = _reading(written, scalar(self.values[atom]), self.solution.arithmetic)
        self._read[atom] = found
        return found

    def unnamed(self, value: Value) -> Reading:
        """A number that is no quantity of its own, with the digits of an answer."""
        rounding = self.solution.problem.rounding.answers
        written = write(value, rounding, self.solution.arithmetic)
        return _reading(written, value, self.solution.arithmetic)


def _reading(written: Written, value: Value, arithmetic: Arithmetic) -> Reading:
    relation = "=" if written.exact else "≈"
    return Reading(written.text, relation, to_float(value, arithmetic), arithmetic.sign(value))


_OF_A_SAMPLE = frozenset({Role.INPUT, Role.TARGET, Role.PRE_ACTIVATION, Role.ACTIVATION})


def _iteration(solution: Solution, number: int | None) -> Iteration:
    if number is None:
        return solution.iterations[0]
    try:
        return solution.iteration(number)
    except KeyError:
        known = _listed(iteration.number for iteration in solution.iterations)
        raise UnknownQuantityError(f"no iteration {number} among those shown; there are {known}") from None


def _sample(iteration: Iteration, number: int | None) -> tuple[int | None, int]:
    pairs = dict(zip(iteration.samples, iteration.labels, strict=True))
    if number is None:
        number = iteration.samples[0]
    if number not in pairs:
        raise UnknownQuantityError(
            f"no sample {number} in iteration {iteration.number}; there are {_listed(iter(iteration.samples))}"
        )
    return pairs[number], number


def _listed(numbers: Iterator[int]) -> str:
    return ", ".join(map(str, numbers))
