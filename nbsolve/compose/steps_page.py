"""What pages that write down the steps of passes have in common: answers, one quantity, digits of lines."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from nbsolve.asking.writing import Pass, SolvedInPasses
from nbsolve.compose.authored import pitfalls, title_of
from nbsolve.compose.calculator import Computations
from nbsolve.compose.lines import Lines
from nbsolve.compose.numbers import Key
from nbsolve.compose.sentences import with_commas
from nbsolve.compose.written_numbers import literal
from nbsolve.document import (
    Block,
    Document,
    Heading,
    Inline,
    Link,
    Math,
    Paragraph,
    Table,
    Text,
)
from nbsolve.equations.names import GraphNames
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom, Quantity, atoms
from nbsolve.live import LiveInPasses
from nbsolve.phrases import phrase
from nbsolve.problem.model import AnyProblem, Part
from nbsolve.step import Step
from nbsolve.symbol import Role, Symbol, anchor

__all__ = ["StepsPage"]


P = TypeVar("P", bound=Pass)


S = TypeVar("S", bound=SolvedInPasses)


@dataclass(frozen=True)
class StepsPage(Generic[S, P]):
    """Composes documents of one solution. Raises Undecided where a digit needs more bits."""

    solution: S
    names: GraphNames

    def _document(self, blocks: Iterator[Block]) -> Document:
        return Document(tuple(blocks), self.names)

    @property
    @abstractmethod
    def _problem(self) -> AnyProblem: ...

    @property
    @abstractmethod
    def _passes(self) -> tuple[P, ...]:
        """The passes that are written out."""

    @abstractmethod
    def _asked_of(self, part: Part) -> Iterator[Atom]:
        """The single quantities that a part asks for."""

    @abstractmethod
    def _title(self, one: P) -> str:
        """What a pass is called."""

    def _is_written(self, one: P, step: Step) -> bool:
        """Whether a step of a pass has lines with numbers."""
        return True

    def _several(self) -> bool:
        """Whether each pass says which it is."""
        return len(self._passes) > 1

    # ------------------------------------------------------------------ before the solution

    @abstractmethod
    def _given(self) -> Iterator[Atom]:
        """What has its number from the problem."""

    @property
    def live(self) -> LiveInPasses:
        """What fills numbers into the author's texts."""
        return LiveInPasses(self.solution, self.names, frozenset(self._given()))

    @abstractmethod
    def statement(self, blanks: bool = False) -> Document:
        """What is given and asked; `blanks` stand for the numbers of the solution in its author's words."""

    def unsaid(self) -> Document:
        """What a question cannot do without and the statement leaves to the conventions: here nothing."""
        return self._document(iter(()))

    @abstractmethod
    def conventions(self) -> Document:
        """The conventions of the solution."""

    # ------------------------------------------------------------------ the solution

    @abstractmethod
    def worked(self) -> Document:
        """Everything, pass by pass."""

    # ------------------------------------------------------------------ after the solution

    def answers(self) -> Document:
        """A table for each part, its passes side by side."""
        return self._document(self._answers())

    def _answers(self) -> Iterator[Block]:
        yield Heading(2, (phrase("sections.answers"),))
        for part in self._problem.parts:
            passes = [one for one in self._passes if part.at in (None, one.number)]
            rows = [
                ((Math(Quantity(atom)),), *((self._answer(atom, one),) for one in passes))
                for atom in self._asked_of(part)
            ]
            if not rows:
                continue
            titles = [self._title(one) for one in passes] if self._several() else [phrase("answers.value")]
            header: tuple[Text, ...] = ((title_of(part),), *((title,) for title in titles))
            yield Table(header, tuple(rows), frozenset(range(1, len(header))))

    def _answer(self, atom: Atom, one: P) -> Link | Math:
        """The value, linked to its line where it has one."""
        value = Math(literal(self._writer(one).writer.answer(one.values, atom)))
        known = any(step.target == atom for step in one.steps)
        return Link(value, f"it{one.number}-{anchor(atom)}") if known else value

    @abstractmethod
    def check(self, exact: S) -> Document:
        """What a reader can check alone; `exact`: the solution without the rounding of each step."""

    def pitfalls(self) -> Document:
        """Common mistakes."""
        return self._document(pitfalls(self._problem, self.live.fill))

    # ------------------------------------------------------------------ one quantity

    def explain(self, atom: Atom) -> Document:
        """A quantity and the steps that it rests on, pass by pass. Raises: UnknownQuantityError."""
        entries = [*self.names.entries(atom)]
        targets = {step.target for one in self._passes for step in one.steps}
        if not any(entry in targets or entry in one.values for entry in entries for one in self._passes):
            raise UnknownQuantityError(f"nothing in this solution finds {self.names.plain(atom)}")
        return self._document(block for one in self._passes for block in self._explained(entries, one))

    def _explained(self, entries: Sequence[Atom], one: P) -> Iterator[Block]:
        steps = {step.target: step for step in one.steps}
        needed: set[Atom] = set()
        waiting: list[Atom] = [*entries]
        while waiting:
            target = waiting.pop()
            if target not in needed and target in steps:
                needed.add(target)
                waiting += [used for form in steps[target].forms for used in atoms(form.expression)]
        if self._several():
            yield Heading(2, (self._title(one),))
        lines = self._writer(one)
        if given := [entry for entry in entries if entry not in steps and entry in one.values]:
            yield Paragraph(tuple(self._known(lines, given)))
        yield from (lines.derivation(step) for target, step in steps.items() if target in needed)

    # ------------------------------------------------------------------ lines

    def _known(self, lines: Lines, symbols: Iterable[Atom]) -> list[Inline]:
        """`w = 0.5, v ≈ 1.2`: what has its value from before."""
        found = []
        for symbol in symbols:
            value = lines.operand(symbol)
            sign = "=" if value.exact or lines.writer.each_step else "≈"
            found.append(Math(Quantity(symbol), sign, literal(value)))
        return with_commas(found)

    def _asked(self, one: P) -> list[Atom]:
        """What is asked of a pass."""
        parts = [part for part in self._problem.parts if part.at in (None, one.number)]
        return list(dict.fromkeys(atom for part in parts for atom in self._asked_of(part)))

    def _writer(self, one: P) -> Lines:
        """The writer of a pass's lines."""
        return self._writers[one.number]

    @cached_property
    def _writers(self) -> dict[int, Lines]:
        """The writers with the digits that their lines and those of the next pass need: the last one first."""
        found: dict[int, Lines] = {}
        for one in reversed(self._passes):
            later = found.get(one.number + 1)
            needs = {} if later is None else dict(_carried(later))
            computations: Computations = {}
            lines = Lines(
                self.solution,
                one.values,
                one.number,
                frozenset(self._asked(one)),
                needs=needs,
                computations=computations,
            )
            steps = [step for step in one.steps if self._is_written(one, step)]
            for step in reversed(steps):
                lines.learn(step, False, needs)
            for step in steps:
                if isinstance(step.formula, Quantity):  # ∂L/∂b = ∂L/∂z: the same numbers
                    needs[step.target] = max(needs.get(step.target, 0), needs.get(step.formula.atom, 0))
            found[one.number] = lines
        return found


def _carried(later: Lines) -> Iterator[tuple[Key, int]]:
    """The digits that a pass needs of what it starts from, which the one before it finds."""
    for key, digits in later.needs.items():
        if isinstance(key, Symbol) and key.role in (Role.NODE, Role.STATE) and not key.new:
            yield key._replace(new=True), digits
