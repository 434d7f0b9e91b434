"""What problems share whose solution is steps in passes: computation graphs and updates from given gradients."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from nbsolve.arithmetic import Arithmetic
from nbsolve.arithmetic.ladder import Solutions
from nbsolve.asking.answers import Answer, as_double
from nbsolve.asking.writing import SolvedInPasses, Writer, scalar
from nbsolve.document import Document
from nbsolve.equations.names import GraphNames
from nbsolve.expr import Atom
from nbsolve.live import texts_of
from nbsolve.phrases import phrase, phrase_of
from nbsolve.problem.model import Part
from nbsolve.symbol import canonical
from nbsolve.values import Values
from nbsolve.worked.page import Call, ComposedPage, Method
from nbsolve.worked.shown import Shown, shown

if TYPE_CHECKING:
    from nbsolve.compose.steps_page import StepsPage

__all__ = ["WorkedSteps"]


S = TypeVar("S", bound=SolvedInPasses)
C = TypeVar("C", bound="StepsPage[Any, Any]")
T = TypeVar("T")


class WorkedSteps(ComposedPage, Generic[S, C]):
    """A problem worked out in steps; every number it shows is certain to the last digit.

    `S` is its solution, `C` what composes its documents.
    """

    names: GraphNames

    def __init__(self, problem: Any) -> None:
        self.problem = problem
        self._solutions = Solutions(self._solved)
        self._pages: dict[Arithmetic, C] = {}

    @abstractmethod
    def _solved(self, arithmetic: Arithmetic, rounded: bool) -> S:
        """The solution, with the rounding of each step (`rounded`) or without."""

    @abstractmethod
    def _composer(self, solution: S) -> C:
        """What composes its documents."""

    @abstractmethod
    def _asked_of(self, part: Part) -> Iterator[Atom]:
        """The quantities that a part asks for, one by one."""

    @abstractmethod
    def _given(self) -> Iterator[Atom]:
        """What is given, and is an answer where everything is."""

    # ------------------------------------------------------------------ precision

    def certified(self, compute: Callable[[S], T]) -> T:
        """`compute` on a solution with as many bits as its digits and branches need. Raises: Undetermined."""
        return self._solutions.certified(compute, keep=True)

    def _unrounded(self, solution: S) -> S:
        """The solution as it is without the rounding of each step."""
        if solution.rounding.apply != "each_step":
            return solution
        return self._solutions.at(solution.arithmetic, rounded=False)

    @property
    def solution(self) -> S:
        """The solution as steps."""
        return self.certified(lambda solution: solution)

    # ------------------------------------------------------------------ documents

    def _composed(self, write: Callable[[C], Document]) -> Shown:
        return self.certified(lambda solution: shown(write(self._page(solution))))

    def _page(self, solution: S) -> C:
        arithmetic = solution.arithmetic
        if arithmetic not in self._pages:
            self._pages[arithmetic] = self._composer(solution)
        return self._pages[arithmetic]

    def texts(self) -> dict[str, str]:
        """The author's texts, their numbers filled in, by YAML path (`pitfalls[0]`). Raises: ProblemError."""

        def filled(solution: S) -> dict[str, str]:
            live = self._page(solution).live
            return {path: live.fill(text, path) for path, text in texts_of(self.problem)}

        return self.certified(filled)

    def explain(self, quantity: str) -> Shown:
        """One quantity and the steps that it rests on. Raises: UnknownQuantityError."""
        atom = self.names.resolve(quantity)
        return self._composed(lambda page: page.explain(atom))

    def check(self) -> Shown:
        """What a reader can check alone."""
        return self.certified(lambda solution: shown(self._page(solution).check(self._unrounded(solution))))

    def document(self) -> Shown:
        """The page as one document, the check at its end."""
        whole = super().document()
        return Shown((*whole.blocks, *self.check().blocks), self.names)

    def closing(self) -> Iterator[Call]:
        """The check."""
        yield "check", {}

    # ------------------------------------------------------------------ results

    def entries(self, everything: bool = False) -> Iterator[Answer]:
        """The answers that the parts ask for, or everything that is given and found, pass by pass."""
        if everything:
            for one in self.solution.iterations:
                targets = (*self._given(), *(step.target for step in one.steps))
                yield from (self._entry(atom, one.number, None) for atom in targets)
            return
        for part in self.problem.parts:
            yield from self._entries_of(part)

    def _entries_of(self, part: Part) -> Iterator[Answer]:
        """The answers that a part asks for."""
        for one in self.solution.iterations:
            if part.at in (None, one.number):
                yield from (self._entry(atom, one.number, part.label) for atom in self._asked_of(part))

    def _entry(self, atom: Atom, number: int, part: str | None) -> Answer:
        def written(solution: S) -> Answer:
            arithmetic, values = solution.arithmetic, _values(solution, number)
            text = (
                Writer(solution).answer(values, atom).text
            )  # first: what cannot be written it calls by its name
            return Answer(
                canonical(atom),
                self.names.latex(atom),
                number,
                None,
                as_double(scalar(values[atom]), arithmetic),
                as_double(scalar(_values(self._unrounded(solution), number)[atom]), arithmetic),
                text,
                part,
            )

        return self.certified(written)

    def _found_without(self, answer: Answer) -> str:
        """Words for an answer that no step of the solution finds: it is given."""
        return phrase("rules.given")

    def methods(self) -> Iterator[Method]:
        """The answers, those by the same rule together."""
        steps = {canonical(step.target): step for one in self.solution.iterations for step in one.steps}
        for part, answers in groupby(self.entries(), lambda entry: entry.part or ""):
            by_words: dict[str, list[Answer]] = {}
            for answer in answers:
                step = steps.get(answer.quantity)
                words = self._found_without(answer) if step is None else phrase_of("rules.", step.rule)
                by_words.setdefault(words, []).append(answer)
            for words, found in by_words.items():
                step = steps.get(found[0].quantity)
                if step is None:
                    yield Method(part, words, tuple(found), given=words == phrase("rules.given"))
                else:
                    yield Method(part, words, tuple(found), step.target, step.forms[0].expression)


def _values(solution: SolvedInPasses, number: int) -> Values:
    return next(one.values for one in solution.iterations if one.number == number)
