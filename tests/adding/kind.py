"""A kind of problem that nbsolve does not have, as somebody would add it: numbers to be added up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbsolve.document import Block, Bullets, Derivation, Document, Heading, Line, Math, Paragraph, Table
from nbsolve.drawing import Drawing
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Sum, Variable, literal, number
from nbsolve.given import Given
from nbsolve.notation import Names
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.model import AnyProblem, Network, Notation, Part
from nbsolve.worked.page import Call, Finding, Listing, Method, WorkedPage
from nbsolve.worked.shown import Shown, shown


class SumProblem(AnyProblem):
    """Numbers to be added up."""

    kind: str = "sum"
    numbers: tuple[Given, ...]


def read_sum(root: Cursor, name: str, text: str) -> SumProblem | None:
    """The problem; None after noting a fault."""
    if not root.mapping(("kind", "title", "numbers"), "the problem"):
        return None
    cursor = root.get("numbers")
    numbers = None if cursor is None else cursor.numbers("numbers")
    title = root.get("title")
    if numbers is None or title is None:
        return None
    parts = (Part(label="a", ask=("sum",)),)
    return SumProblem(name=name, text=text, title=title.text, numbers=numbers, parts=parts)


class WorkedSum(WorkedPage):
    """A sum, found."""

    problem: SumProblem

    def __init__(self, problem: SumProblem) -> None:
        self.problem = problem
        self.names = Names(Network(inputs=1, layers=()), Notation())

    def _shown(self, *blocks: Block) -> Shown:
        return shown(Document(blocks, self.names))

    @property
    def total(self) -> str:
        return str(sum((one.value for one in self.problem.numbers), start=number(0).value))

    def statement(self, blanks: bool = False) -> Shown:
        listed = tuple(Math(literal(one)) for one in self.problem.numbers)
        return self._shown(
            Heading(2, ("The problem",)),
            Paragraph(("Add up: ", *(piece for one in listed for piece in (one, " ")))),
            Bullets((("the sum",),), ("a",)),
        )

    def unsaid(self) -> Shown:
        return self._shown()

    def conventions(self) -> Shown:
        return self._shown()

    def worked(self) -> Shown:
        terms = Sum(tuple(map(literal, self.problem.numbers)))
        line = Line((("=", terms), ("=", literal(Given.read(self.total)))), Variable("s"))
        return self._shown(Heading(2, ("Solution",)), Derivation((line,), ("s",)))

    def explain(self, quantity: str) -> Shown:
        if quantity != "sum":
            raise UnknownQuantityError(f"no quantity {quantity!r}; there is sum")
        return self.worked()

    def answers(self) -> Shown:
        table = Table((("Part a",), ("Value",)), ((("sum",), (self.total,)),))
        return self._shown(Heading(2, ("Answers",)), table)

    def pitfalls(self) -> Shown:
        return self._shown()

    def cells(self) -> Iterator[Call]:
        yield "worked", {}

    def draw(self, id: str | None = None) -> Drawing:
        raise UnknownQuantityError("a sum has no drawing")

    def listed(self) -> Listing:
        return Listing("numbers", f"{len(self.problem.numbers)} numbers", "their sum", 1)

    def lines_of(self, ask: str, at: int | None) -> int:
        return 1

    def entries(self, everything: bool = False) -> Iterator[Finding]:
        yield Finding("sum", None, "s", "s", self.total, self.total, "a")

    def methods(self) -> Iterator[Method]:
        yield Method("a", "addition", tuple(self.entries()))

    def about(self) -> dict[str, Any]:
        return {"count": len(self.problem.numbers)}

    def askable(self) -> tuple[str, ...]:
        return ("sum",)
