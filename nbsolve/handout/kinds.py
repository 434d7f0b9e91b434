"""The handouts of one problem: question sheet, solution, compact solution, key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nbsolve.handout.compacting import compact
from nbsolve.handout.keys import key
from nbsolve.handout.sheets import Handout
from nbsolve.handout.typesetting import Sheet

__all__ = ["KINDS", "sheet_of"]

_MAKERS: Mapping[str, Callable[[Handout], Sheet]] = {
    "question": Handout.question,
    "solution": Handout.solution,
    "compact": compact,
    "key": key,
}
KINDS = tuple(_MAKERS)


def sheet_of(handout: Handout, kind: str) -> Sheet:
    """The sheet of one of the `KINDS`."""
    return _MAKERS[kind](handout)
