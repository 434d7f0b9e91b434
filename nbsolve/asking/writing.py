"""How the values of a solution are written: as given, as rounded at their step, or rounded for the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import Field, dataclass
from typing import Any, ClassVar, Protocol

import flint
import numpy as np

from nbsolve.arithmetic import Arithmetic, TooLarge, Undecided, Value
from nbsolve.expr import Atom
from nbsolve.logarithms import Logarithm
from nbsolve.problem.model import Rounding
from nbsolve.rounding import DigitsWanted, Written, write
from nbsolve.step import Step
from nbsolve.symbol import PARAMETERS, Role, Symbol, described
from nbsolve.values import Values

_LONGEST = 24
"""Longer sums of logarithms are written as decimals."""
_PARAMETERS = (*PARAMETERS, Role.NODE)
"""Whose new values have as many digits as their change needs; new nodes of a graph are parameters."""


class Solved(Protocol):
    """What a page needs to know of a solution, a dataclass, to write its numbers.

    `own_functions` are the functions of the problem's author by name; `has_own_formulas`: formulae of the author's
    stand in the steps without a name, so that their distinctions of cases are decided there.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def arithmetic(self) -> Arithmetic:
        """What it was computed in."""

    @property
    def rounding(self) -> Rounding:
        """How its numbers are rounded."""

    @property
    def own_functions(self) -> frozenset[str]:
        """See the class."""

    @property
    def has_own_formulas(self) -> bool:
        """See the class."""


class Pass(Protocol):
    """One pass through steps: an iteration of a graph, or an update."""

    @property
    def number(self) -> int:
        """The number of this pass, counted from 1."""

    @property
    def values(self) -> Values:
        """The quantities that it starts from and finds."""

    @property
    def steps(self) -> Iterable[Step]:
        """The steps of this pass, in their order."""


class SolvedInPasses(Solved, Protocol):
    """A solution whose steps are taken pass by pass."""

    @property
    def iterations(self) -> Sequence[Pass]:
        """The passes that are written out."""


@dataclass(frozen=True)
class Writer:
    """Writes values of one solution. Raises: Undecided, TooLarge (both name the quantity)."""

    solution: Solved

    @property
    def each_step(self) -> bool:
        """Whether what is written down is what the next line uses."""
        return self.solution.rounding.apply == "each_step"

    def operand(self, values: Values, atom: Atom, extra: int = 0) -> Written:
        """The quantity as it enters a later line; `extra` more digits where the line needs them."""
        return self._written(values, atom, self.solution.rounding.intermediates, extra)

    def answer(self, values: Values, atom: Atom) -> Written:
        """The quantity as an answer."""
        return self._written(values, atom, self.solution.rounding.answers, 0)

    def result(self, value: Value, extra: int = 0) -> Written:
        """A value that has no name, with the digits of intermediate values."""
        if kept := self._kept(value):
            return kept
        rounding = self.solution.rounding
        return write(value, rounding.intermediates, self.solution.arithmetic, extra)

    def _kept(self, value: Value) -> Written | None:
        """A logarithm that is written as it is, where the problem keeps them."""
        rounding = self.solution.rounding
        if not isinstance(value, Logarithm) or rounding.logarithms == "decimal" or self.each_step:
            return None
        text = str(value)
        return Written(text, value, True) if len(text) <= _LONGEST else None

    def _written(self, values: Values, atom: Atom, digits: DigitsWanted, extra: int) -> Written:
        key = (atom, digits.decimals, digits.significant, digits.minimum_significant, extra)
        found = values.written.get(key)
        if found is None:
            found = values.written[key] = self._certain(values, atom, digits, extra)
        return found

    def _certain(self, values: Values, atom: Atom, digits: DigitsWanted, extra: int) -> Written:
        try:
            return self._rounded(values, atom, digits, extra)
        except Undecided as error:
            error.quantity = error.quantity or described(atom)
            raise
        except TooLarge as error:
            raise TooLarge(error.quantity or described(atom)) from None

    def _rounded(self, values: Values, atom: Atom, digits: DigitsWanted, extra: int) -> Written:
        given = values.given(values.same_as(atom) or atom)
        if given is not None:
            return Written(given.text, given.value, True)
        rounding = self.solution.rounding
        arithmetic = self.solution.arithmetic
        if digits != rounding.answers and (kept := self._kept(scalar(values[atom]))):
            return kept
        if not self.each_step:
            return write(scalar(values[atom]), digits, arithmetic, extra, self._before(values, atom))
        carried = write(scalar(values.before_rounding(atom)), rounding.intermediates, arithmetic)
        if digits == rounding.intermediates:
            return carried
        shorter = write(carried.value, digits, arithmetic)
        return Written(shorter.text, shorter.value, shorter.exact and carried.exact)

    def _before(self, values: Values, atom: Atom) -> Value | None:
        """What a new parameter was before it moved, so that its change is seen; None for any other quantity."""
        if not isinstance(atom, Symbol) or not atom.new or atom.change or atom.role not in _PARAMETERS:
            return None
        before, after = scalar(values[atom._replace(new=False)]), scalar(values[atom])
        unmoved = isinstance(after, flint.fmpq) and isinstance(before, flint.fmpq) and before == after
        return None if unmoved else before


def scalar(value: object) -> Value:
    """A single value. Raises TypeError for an array."""
    if isinstance(value, np.ndarray):
        raise TypeError("a vector is not a single value")
    return value  # type: ignore[return-value]
