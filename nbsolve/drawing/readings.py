"""The numbers of a drawing: read off one iteration of a solution, with the digits that its answers have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import flint

from nbsolve.arithmetic import to_float
from nbsolve.drawing.scene import Span, digits
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom
from nbsolve.layers.dense import LOSS
from nbsolve.solution import Iteration, Solution
from nbsolve.symbol import Partial, Role, Symbol
from nbsolve.writing import Writer, scalar

__all__ = ["Reading", "Readings"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A number as written, `=` or `≈`, and its size and sign for the ink; `zero` where it is exactly 0."""

    text: str
    relation: str
    size: float
    zero: bool

    @property
    def sign(self) -> str:
        """`positive`, `negative` or `zero`."""
        return "zero" if self.zero else "negative" if self.size < 0 else "positive"

    def spans(self) -> tuple[Span, ...]:
        """The number, set."""
        return digits(self.text)

    def plain(self) -> str:
        """The number in a sentence: −7.64·10^−6."""
        return self.text.replace("-", "−").replace("e", "·10^")


class Readings:
    """What one iteration (and, in a batch, one sample of it) comes to. Raises: UnknownQuantityError, Undecided."""

    def __init__(self, solution: Solution, iteration: int | None = None, sample: int | None = None) -> None:
        self.solution = solution
        self.iteration = _iteration(solution, iteration)
        self.label, self.sample = _sample(self.iteration, sample)
        self.values = self.iteration.values
        self._writer = Writer(solution)
        self._read: dict[Atom, Reading] = {}

    def __contains__(self, atom: Atom) -> bool:
        return atom in self.values

    def here(self, symbol: Symbol) -> Symbol:
        """The symbol as this sample has it."""
        if symbol.role in _OF_A_SAMPLE and self.label is not None:
            return replace(symbol, sample=self.label)
        return symbol

    def value(self, symbol: Symbol) -> Reading:
        """The value of a quantity."""
        return self._reading(self.here(symbol))

    def gradient(self, symbol: Symbol) -> Reading:
        """∂L/∂symbol."""
        return self._reading(Partial(LOSS, self.here(symbol)))

    def new(self, symbol: Symbol) -> Reading:
        """The value after the update."""
        return self._reading(replace(self.here(symbol), new=True))

    def change(self, symbol: Symbol) -> float:
        """By how much the update changes it."""
        new, old = (scalar(self.values[replace(symbol, new=new)]) for new in (True, False))
        return to_float(new - old)

    def _reading(self, atom: Atom) -> Reading:
        found = self._read.get(atom)
        if found is None:
            written = self._writer.answer(self.values, atom)
            value = scalar(self.values[atom])
            zero = isinstance(value, flint.fmpq) and value == 0
            found = Reading(written.text, "=" if written.exact else "≈", to_float(value), zero)
            self._read[atom] = found
        return found


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
