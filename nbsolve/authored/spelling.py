"""A formula in two spellings, with the way back to what was written; and the error that names a place there."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field

from nbsolve.errors import NbsolveError

__all__ = ["BrokenMathematics", "Rewritten"]


class BrokenMathematics(NbsolveError):
    """A formula that some output cannot show; `at` counts the characters before the fault, in the formula."""

    def __init__(self, why: str, latex: str, at: int = 0, hint: str | None = None) -> None:
        self.why, self.latex, self.at, self.hint = why, latex, at, hint
        self.shown = latex
        shown = " ".join(latex.split())
        shown = shown if len(shown) <= 120 else shown[:119] + "…"
        super().__init__(
            f"mathematics that cannot be set: {why}, in ${shown}$" + (f" ({hint})" if hint else "")
        )


@dataclass
class Rewritten:
    """A formula in both spellings, with the way back from the one that is read to the one that was written."""

    written: str = ""
    read: str = ""
    _starts: list[int] = field(default_factory=list)
    _places: list[int] = field(default_factory=list)

    def add(self, at: int, written: str, read: str | None = None) -> None:
        """Add a piece of text; `at` is its place in what the author wrote."""
        self._starts.append(len(self.read))
        self._places.append(at)
        self.written += written
        self.read += written if read is None else read

    def place(self, read: int) -> int:
        """The place in the author's text that a place in the rewritten text comes from."""
        found = bisect.bisect_right(self._starts, read) - 1
        if found < 0:
            return 0
        end = self._starts[found + 1] if found + 1 < len(self._starts) else len(self.read) + 1
        at, offset = self._places[found], read - self._starts[found]
        following = (
            self._places[found + 1] if found + 1 < len(self._places) else at + end - self._starts[found]
        )
        return min(at + offset, max(at, following))

    def between(self, before: str, after: str) -> Rewritten:
        """This rewritten text with `before` and `after` around it, which no author wrote."""
        around = Rewritten(before + self.written + after, before + self.read + after)
        around._starts = [0, *(start + len(before) for start in self._starts)]
        around._places = [0, *self._places]
        return around
