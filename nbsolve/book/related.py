"""Which pages of a book belong together: a problem, and the derivations of the functions that it uses."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from nbsolve.book.entry import Listed
from nbsolve.markdown.myst import line
from nbsolve.phrases import phrase


@dataclass(frozen=True, slots=True)
class Related:
    """Words, and the pages that they introduce, seen from the page `at`: title (in Markdown) and name."""

    words: str
    pages: tuple[tuple[str, str], ...]
    at: str = ""

    @property
    def markdown(self) -> str:
        """The words and a list, in MyST."""
        links = "\n".join(f"- [{title}](<{self._file(name)}>)" for title, name in self.pages)
        return f"{self.words}\n\n{links}"

    def _file(self, name: str) -> str:
        return posixpath.relpath(f"{name}.ipynb", posixpath.dirname(self.at) or ".")


def related_pages(listed: Listed) -> Mapping[str, Related]:
    """For each page that has any, the pages that belong to it."""
    derivations = [(name, entry) for name, entry in listed if entry.derivation]
    numeric = [(name, entry) for name, entry in listed if not entry.derivation]
    entries = dict(listed)

    @cache
    def title(name: str) -> str:
        return line(entries[name].title, language=entries[name].language)

    def titled(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
        return tuple((title(name), name) for name in names)

    found: dict[str, Related] = {}
    for name, problem in numeric:
        # where several pages derive one function, the one that says least beside it
        pages = dict.fromkeys(
            min(deriving, key=lambda page: len(page[1].functions))[0]
            for used in problem.functions
            if (deriving := [page for page in derivations if used in page[1].functions])
        )
        if pages:
            found[name] = Related(phrase("derivations.used_here"), titled(pages), name)
    for name, derivation in derivations:
        using = [other for other, problem in numeric if set(problem.functions) & set(derivation.functions)]
        if using:
            one = len(derivation.functions) == 1
            words = phrase("derivations.used_by" if one else "derivations.used_by_some")
            found[name] = Related(words, titled(using), name)
    return found
