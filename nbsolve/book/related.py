"""Which pages of a book belong together: a problem, and the derivations of the functions that it uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nbsolve.phrases import phrase
from nbsolve.problem.model import AnyProblem, DerivationProblem, Problem

Used = tuple[str, str | None]
"""An activation or a loss: its name, and its formula where it is the author's own."""
Listed = Sequence[tuple[str, AnyProblem]]


@dataclass(frozen=True, slots=True)
class Related:
    """Words, and the pages that they introduce: title and name of the file."""

    words: str
    pages: tuple[tuple[str, str], ...]

    @property
    def markdown(self) -> str:
        """The words and a list, in MyST."""
        links = "\n".join(f"- [{' '.join(title.split())}](<{name}.ipynb>)" for title, name in self.pages)
        return f"{self.words}\n\n{links}"


def related_pages(listed: Listed) -> Mapping[str, Related]:
    """For each page that has any, the pages that belong to it."""
    derivations = [(name, problem) for name, problem in listed if isinstance(problem, DerivationProblem)]
    numeric = [(name, problem) for name, problem in listed if isinstance(problem, Problem)]
    found: dict[str, Related] = {}
    for name, problem in numeric:
        # where several pages derive one function, the one that says least beside it
        pages = dict.fromkeys(
            min(deriving, key=lambda page: len(page[1].topics))[0]
            for used in dict.fromkeys(_used(problem))
            if (deriving := [page for page in derivations if used in _derived(page[1])])
        )
        if pages:
            found[name] = Related(phrase("derivations.used_here"), _titled(pages, listed))
    for name, derivation in derivations:
        using = [
            other for other, problem in numeric if set(_used(problem)).intersection(_derived(derivation))
        ]
        if using:
            found[name] = Related(phrase("derivations.used_by"), _titled(using, listed))
    return found


def _titled(names: Sequence[str] | Mapping[str, None], listed: Listed) -> tuple[tuple[str, str], ...]:
    titles = {name: problem.title for name, problem in listed}
    return tuple((titles[name], name) for name in names)


def _used(problem: Problem) -> Iterator[Used]:
    for layer in problem.network.layers:
        yield layer.activation.name, layer.activation.formula
    for term in problem.losses:
        yield term.name, term.formula


def _derived(problem: DerivationProblem) -> list[Used]:
    return [(topic.name, topic.formula) for topic in problem.topics]
