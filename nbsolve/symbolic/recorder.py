"""Writing steps down without computing them."""

from __future__ import annotations

from collections.abc import Callable

from nbsolve.expr import Array, Atom, Expr, Operand
from nbsolve.recorder import Computation, Recorder


class LetterRecorder(Recorder):
    """A ledger of steps whose quantities have no values."""

    def _run(self, computation: Computation) -> None:
        """Nothing is computed."""

    def require(self, expression: Expr) -> None:
        """Nothing is computed."""

    def derive_value(self, target: Atom, find: Callable[[Recorder], Operand]) -> None:
        """Nothing is kept."""

    def clear(self, target: Atom, mask: Array) -> None:
        """Nothing is kept."""

    def copy_signed(self, source: Atom, target: Atom, sign: int) -> None:
        """Nothing is copied."""
