"""The handouts of one problem: question sheet, solution, key."""

from __future__ import annotations

from nbsolve.handout.keys import key
from nbsolve.handout.sheets import Handout
from nbsolve.handout.typesetting import Sheet

__all__ = ["KINDS", "sheet_of"]

KINDS = ("question", "solution", "key")


def sheet_of(handout: Handout, kind: str) -> Sheet:
    """The sheet of one of the `KINDS`."""
    if kind == "key":
        return key(handout)
    return handout.question() if kind == "question" else handout.solution()
