"""A document that shows itself: in Jupyter, and printed as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nbsolve.document import Document

__all__ = ["Shown", "shown"]


@dataclass(frozen=True)
class Shown(Document):
    """Blocks and the names of their symbols: Markdown and more in a notebook, text in a terminal."""

    def __str__(self) -> str:
        from nbsolve.render import text

        return text.render(self)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        from nbsolve.render import myst, stored, text

        # No text/latex: VS Code and others prefer it to Markdown and show a whole document as its source.
        return {
            "text/markdown": myst.render_plain(self),
            "text/plain": text.render(self),
            stored.MIME: stored.written(self),
        }


def shown(document: Document) -> Shown:
    """The document, showing itself."""
    return Shown(document.blocks, document.names)
