"""The public face of a problem that is not a network of layers: what notebooks, site and handouts ask of it.

A kind of problem is one subclass, named in `nbsolve.worked.kinds`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING, Any, Literal

from nbsolve.asking.answers import VERSION, Answer, write_answers
from nbsolve.document import Block, Document, Heading
from nbsolve.expr import Expr
from nbsolve.live import filled_without_solution, texts_of
from nbsolve.notation import Names
from nbsolve.phrases import PhraseId, phrase
from nbsolve.problem.model import AnyProblem
from nbsolve.symbol import Partial, Symbol
from nbsolve.worked.shown import Shown, shown

if TYPE_CHECKING:
    from nbsolve.drawing import Drawing

__all__ = ["Call", "ComposedPage", "Finding", "Listing", "Method", "WorkedPage"]

Call = tuple[str, dict[str, str | int]]
"""A method of a solution and the arguments that it is called with."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One result: `left` = `result`, both in plain text and in LaTeX; `id` is what parts call it."""

    id: str
    variant: str | None
    left: str
    left_latex: str
    result: str
    result_latex: str
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """How results of one part are found, in words, and as the equation `left` = `formula` of the first of them.

    What is `given` earns no marks.
    """

    part: str
    words: str
    entries: tuple[Answer | Finding, ...]
    left: Symbol | Partial | None = None
    formula: Expr | None = None
    given: bool = False


def counted(gradients: int, values: int) -> Iterator[str]:
    """How many gradients, and how many values, are asked for by their names: `3 gradients`."""
    if gradients:
        key: PhraseId = "book.asked.one_gradient" if gradients == 1 else "book.asked.some_gradient"
        yield phrase(key, count=str(gradients))
    if values:
        key = "book.asked.one_value" if values == 1 else "book.asked.some_value"
        yield phrase(key, count=str(values))


@dataclass(frozen=True, slots=True)
class Listing:
    """What a course says of a problem outside its page: what it is about, what it asks, in words.

    `steps` is how many quantities a person finds on the way (0 for a derivation), `functions` what it uses or
    derives: a name, and the formula where it is the author's own.
    """

    kind: Literal["numbers", "letters", "derivation"]
    about: str
    asked: str = ""
    steps: int = 0
    functions: tuple[tuple[str, str | None], ...] = ()


class WorkedPage(ABC):
    """A problem worked out. The documents show themselves in Jupyter and print as text."""

    problem: AnyProblem
    names: Names

    @abstractmethod
    def __init__(self, problem: Any) -> None:
        """Take a problem of this kind; it is solved when somebody asks."""

    # ------------------------------------------------------------------ documents

    @abstractmethod
    def statement(self, blanks: bool = False) -> Shown:
        """What is asked; `blanks` stand for the numbers of the solution in its author's words."""

    @abstractmethod
    def unsaid(self) -> Shown:
        """What a question cannot do without and the statement leaves to the conventions."""

    @abstractmethod
    def conventions(self) -> Shown:
        """Letters and conventions."""

    @abstractmethod
    def worked(self) -> Shown:
        """The solution."""

    @abstractmethod
    def explain(self, quantity: str) -> Shown:
        """One result and what it rests on. Raises: UnknownQuantityError."""

    @abstractmethod
    def answers(self) -> Shown:
        """A table of the results."""

    @abstractmethod
    def pitfalls(self) -> Shown:
        """Common mistakes."""

    def document(self) -> Shown:
        """The page as one document: statement, conventions, solution, answers, pitfalls."""
        from nbsolve.compose.authored import authored

        title = Heading(1, (authored(self.problem, self.problem.title),))
        parts = (self.statement, self.conventions, self.worked, self.answers, self.pitfalls)
        blocks = [title, *(block for part in parts for block in part().blocks)]
        return shown(Document(tuple(blocks), self.names))

    def texts(self) -> dict[str, str]:
        """The author's texts, their numbers filled in, by YAML path (`pitfalls[0]`). Raises: ProblemError."""
        return {path: filled_without_solution(text, path) for path, text in texts_of(self.problem)}

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        return self.document()._repr_mimebundle_(**options)

    # ------------------------------------------------------------------ what other outputs ask

    @abstractmethod
    def cells(self) -> Iterator[Call]:
        """What its page shows between the conventions and the answers, as the cells of its notebook call it."""

    def closing(self) -> Iterator[Call]:
        """What its page shows after the common mistakes."""
        yield from ()

    @abstractmethod
    def draw(self, id: str | None = None) -> Drawing:
        """One of its drawings by name (default: the first). Raises: UnknownQuantityError."""

    def question_drawing(self) -> dict[str, str] | None:
        """What `draw` takes to draw what is given, for the question; None where there is no such drawing."""
        return None

    def question_picture(self) -> Callable[[], Drawing] | None:
        """What draws what is given; None where there is no such drawing."""
        which = self.question_drawing()
        return None if which is None else partial(self.draw, **which)

    def pictures(self, blocks: Sequence[Block]) -> dict[int, Callable[[], Drawing]]:
        """Positions of headings in the page's blocks that a drawing follows."""
        return {}

    @abstractmethod
    def listed(self) -> Listing:
        """What the list of problems says of it."""

    def guide(self) -> str:
        """What the person who has its notebook open is told beside what is told of every notebook."""
        return ""

    @abstractmethod
    def lines_of(self, ask: str, at: int | None) -> int:
        """The lines that a person writes to find what a part asks, of one iteration (`at`) or of all."""

    # ------------------------------------------------------------------ results

    @abstractmethod
    def entries(self, everything: bool = False) -> Iterator[Answer | Finding]:
        """The results that the parts ask for, or all of them."""

    @abstractmethod
    def methods(self) -> Iterator[Method]:
        """The results that the parts ask for, those found in the same way together."""

    @abstractmethod
    def about(self) -> dict[str, Any]:
        """What the JSON says of the problem besides its kind, name, title and source."""

    @abstractmethod
    def askable(self) -> tuple[str, ...]:
        """What `explain` knows by name."""

    def write_json(self, stream: IO[str], everything: bool = False) -> None:
        """Write the results as one JSON object, an entry a line."""
        problem = self.problem
        own = {"kind": problem.kind, "name": problem.name, "title": problem.title, "source": problem.source}
        head = {"version": VERSION, "problem": own | self.about()}
        write_answers(stream, head, self.entries(everything=everything))
        stream.write("}\n")


class ComposedPage(WorkedPage):
    """A problem whose documents one composer writes (`compose/*_page.py`)."""

    @abstractmethod
    def _composed(self, write: Callable[[Any], Document]) -> Shown:
        """The document that the composer writes."""

    def statement(self, blanks: bool = False) -> Shown:
        """What is given and asked; `blanks` stand for the numbers of the solution in its author's words."""
        return self._composed(lambda page: page.statement(blanks))

    def unsaid(self) -> Shown:
        """The letters, formulae and conventions that a question cannot do without."""
        return self._composed(lambda page: page.unsaid())

    def conventions(self) -> Shown:
        """The letters, formulae and conventions of the solution."""
        return self._composed(lambda page: page.conventions())

    def worked(self) -> Shown:
        """The solution, from its beginning to its end."""
        return self._composed(lambda page: page.worked())

    def answers(self) -> Shown:
        """A table of the results, part by part."""
        return self._composed(lambda page: page.answers())

    def pitfalls(self) -> Shown:
        """Common mistakes."""
        return self._composed(lambda page: page.pitfalls())
