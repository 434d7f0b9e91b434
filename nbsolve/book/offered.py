"""What readers download from a problem's page: its handouts, where the site has them, and its notebook."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from nbsolve.phrases import phrase_of

__all__ = ["NOTEBOOK", "Offered", "files_of", "handouts_among", "kinds_offered"]

NOTEBOOK = "notebook"
_QUESTION = ("question",)
_HANDOUTS = (*_QUESTION, "solution", "key")


@dataclass(frozen=True, slots=True)
class Offered:
    """One file: what it is, and its place in the site (`problems/week1/ex1-key.pdf`)."""

    kind: str
    place: str

    @property
    def words(self) -> str:
        """What readers are told that it is."""
        return phrase_of("downloads.", self.kind)

    def address(self, page: str) -> str:
        """The address of the file on a page of the site (`problems/week1/ex1`), for an attribute of HTML."""
        return escape(quote(posixpath.relpath(self.place, posixpath.dirname(page) or ".")))

    def link(self, page: str) -> str:
        """A link to it on a page of the site: a notebook is saved, what a browser can show is shown."""
        saved = f' download="{escape(posixpath.basename(self.place))}"' if self.kind == NOTEBOOK else ""
        return f'<a href="{self.address(page)}"{saved}>{escape(self.words)}</a>'


def kinds_offered(*, handouts: bool, withheld: bool = False) -> tuple[str, ...]:
    """The kinds of files that each page of a site offers, in the order in which they are shown.

    A site that has `handouts` offers them; one whose solutions are `withheld`, nothing that tells them.
    """
    kinds = (_QUESTION if withheld else _HANDOUTS) if handouts else ()
    return kinds if withheld else (*kinds, NOTEBOOK)


def handouts_among(kinds: Sequence[str]) -> tuple[str, ...]:
    """Choose the kinds that are PDFs."""
    return tuple(kind for kind in kinds if kind != NOTEBOOK)


def files_of(name: str, kinds: Sequence[str]) -> tuple[Offered, ...]:
    """The files of the problem whose page is `problems/{name}`."""
    return tuple(Offered(kind, _place(name, kind)) for kind in kinds)


def _place(name: str, kind: str) -> str:
    return f"_sources/problems/{name}.ipynb" if kind == NOTEBOOK else f"problems/{name}-{kind}.pdf"
