"""Whether a handout can show an author's text, found out by setting it."""

from __future__ import annotations

from nbsolve.errors import NbsolveError
from nbsolve.handout.typesetting import Sheet, typeset
from nbsolve.render.typst.document import Piece
from nbsolve.render.typst.markdown import blocks_of

__all__ = ["why_not"]


def why_not(markdown: str) -> str | None:
    """The reason why a text cannot be shown on paper; None where it can."""
    try:
        typeset(Sheet("-", [Piece(blocks_of(markdown), "text")]))
    except NbsolveError as error:
        return " ".join(str(error).split())
    return None
