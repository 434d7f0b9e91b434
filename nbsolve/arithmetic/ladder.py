"""The arithmetics that are tried one after another until all is decided, and the solutions found with each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakMethod

from nbsolve.arithmetic import MOST_BITS, PRECISIONS, Arithmetic, Undecided
from nbsolve.errors import NbsolveError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
S = TypeVar("S", bound="DataclassInstance")

LADDER = (
    Arithmetic(),
    *(Arithmetic(bits, keeping=True) for bits in PRECISIONS[1:]),
    Arithmetic(PRECISIONS[-1], lenient=True, keeping=True),
    Arithmetic(MOST_BITS, lenient=True, keeping=True),
)
"""The arithmetics to try, one after another, until everything is decided."""


class Undetermined(NbsolveError):
    """A value of which too little is known, even with MOST_BITS bits, to write it down or to choose a branch.

    `quantity` is its canonical name, where that is known.
    """

    def __init__(self, quantity: str | None) -> None:
        self.quantity = quantity
        super().__init__(
            f"{quantity or 'a value'} cannot be determined, even with {MOST_BITS} bits: it is too large, or a long"
            " training has made it depend on the parameters too strongly"
        )


def certified(compute: Callable[[Arithmetic], T], first: int = 0) -> T:
    """Run `compute` with as many bits as it takes, from the level `first` on. Raises: Undetermined."""
    quantity = None
    for arithmetic in LADDER[first:]:
        try:
            with arithmetic.working():
                return compute(arithmetic)
        except Undecided as error:
            quantity = error.quantity
    raise Undetermined(quantity)


class Solutions(Generic[S]):
    """The solutions of one problem, by arithmetic; with the rounding of each step, or without.

    `solve(arithmetic, rounded)` finds one: a method of the page that keeps these solutions, held weakly, or page
    and solutions would be a circle. Raises: Undecided.
    """

    def __init__(self, solve: Callable[[Arithmetic, bool], S]) -> None:
        self._solve = WeakMethod(solve)
        self._found: dict[tuple[Arithmetic, bool], S] = {}
        self._solvable = 0
        self._enough = 0

    def certified(self, compute: Callable[[S], T], keep: bool = False) -> T:
        """`compute` on a solution with as many bits as its digits and branches need. Raises: Undetermined.

        What one needed those that follow begin with (`keep`).
        """

        def computed(arithmetic: Arithmetic) -> T:
            result = compute(self.at(arithmetic))
            if keep:
                self._enough = LADDER.index(arithmetic)
            return result

        return certified(computed, max(self._solvable, self._enough if keep else 0))

    def at(self, arithmetic: Arithmetic, rounded: bool = True) -> S:
        """The solution in an arithmetic. Raises: Undecided."""
        key = arithmetic, rounded
        if key not in self._found:
            level = LADDER.index(arithmetic)
            fewer = LADDER[level - 1], rounded
            if fewer in self._found and arithmetic.is_lenient_form_of(fewer[0]):
                # Nothing was left to be lenient about.
                self._found[key] = replace(self._found[fewer], arithmetic=arithmetic)
                return self._found[key]
            try:
                self._found[key] = self._solved(arithmetic, rounded)
            except Undecided:
                if rounded:
                    self._solvable = max(self._solvable, level + 1)
                raise
        return self._found[key]

    def _solved(self, arithmetic: Arithmetic, rounded: bool) -> S:
        solve = self._solve()
        if solve is None:
            raise ReferenceError("the page that these solutions belong to is gone")
        return solve(arithmetic, rounded)
