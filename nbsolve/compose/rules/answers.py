"""The answers of a problem about a rule, part by part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from nbsolve.compose.authored import title_of
from nbsolve.compose.rules.end import EndBlocks
from nbsolve.compose.rules.epochs import EpochBlocks
from nbsolve.compose.rules.letters import prediction
from nbsolve.compose.rules.lines import Lines
from nbsolve.compose.sentences import with_commas
from nbsolve.compose.written_numbers import literal
from nbsolve.document import Block, Heading, Link, Math, Paragraph, Table, Text
from nbsolve.expr import Quantity, number, quotient
from nbsolve.phrases import phrase
from nbsolve.problem.model import RuleProblem
from nbsolve.rules.boundary import boundary
from nbsolve.rules.training import Trained
from nbsolve.symbol import Symbol

__all__ = ["RuleAnswers"]

MOST_COLUMNS = 4
"""More parameters than these stand in one cell, one after the other."""
MOST_CHANGES = 200
"""Changes that are listed as answers."""


@dataclass(frozen=True)
class RuleAnswers:
    """Writes a table for each part."""

    end: EndBlocks

    @property
    def epochs(self) -> EpochBlocks:
        """What happens when."""
        return self.end.epochs

    @property
    def trained(self) -> Trained:
        """The training."""
        return self.epochs.trained

    @property
    def problem(self) -> RuleProblem:
        """The problem."""
        return self.trained.problem

    @property
    def lines(self) -> Lines:
        """What writes values down."""
        return self.epochs.lines

    def blocks(self) -> Iterator[Block]:
        """A table for each part."""
        yield Heading(2, (phrase("sections.answers"),))
        for part in self.problem.parts:
            rows = [row for word in part.ask for row in self._answered(word)]
            if part.ask == ("changes",) and len(self._learning) <= MOST_COLUMNS:
                columns: list[Text] = [(Math(Quantity(parameter)),) for parameter in self._learning]
                rows = [*self._first_changes(side_by_side=True)]
            else:
                columns = [(phrase("answers.value"),)]
            yield Table(((title_of(part),), *columns), tuple(rows), frozenset(range(1, len(columns) + 1)))
        asked = any("changes" in part.ask for part in self.problem.parts)
        if asked and next(islice(self._changes(), MOST_CHANGES, None), None) is not None:
            yield Paragraph((phrase("rule.answer.shortened", count=str(MOST_CHANGES)),))

    @property
    def _learning(self) -> list[Symbol]:
        """The parameters that samples change."""
        return [parameter for parameter, _ in self.epochs.moving(self.trained.last)]

    def _answered(self, word: str) -> Iterator[tuple[Text, ...]]:
        if word == "changes":
            yield from self._first_changes()
        elif word == "updated_parameters":
            for unit in self.epochs.units:
                for parameter, value in self.end.final(unit):
                    written = literal(self.lines.answer(value))
                    yield (Link(Math(Quantity(parameter)), f"parameters-{unit}"),), (Math(written),)
        elif word == "epochs":
            yield (phrase("rule.answer.epochs"),), (str(len(self.trained.epochs)),)
        elif word == "mistakes":
            yield (
                (phrase("rule.answer.mistakes"),),
                (str(sum(epoch.mistakes for epoch in self.trained.epochs)),),
            )
        elif word == "decision_boundary":
            for unit in self.epochs.units:
                yield from self._bounded(unit)
        elif word == "prediction":
            for place in range(1, len(self.problem.samples) + 1):
                _, said = self.trained.predicted(self.trained.last, place)
                values = with_commas(
                    Math(Quantity(prediction(unit)), "=", literal(self.lines.answer(value)))
                    for unit, value in enumerate(said, 1)
                )
                yield (phrase("sections.sample", sample=str(place)),), tuple(values)
        elif word == "accuracy":
            right, count = self.end.accuracy
            yield (phrase("rule.answer.accuracy"),), (Math(quotient(number(right), number(count))),)
        else:
            for unit, proof in enumerate(self.end.certificates, 1):
                several = len(self.end.certificates) > 1
                said_ = phrase("rule.answer.separable")
                if several:
                    said_ = phrase("rule.drawing.of_unit", title=said_, number=str(unit))
                yield (said_,), (phrase("rule.no" if proof else "rule.yes"),)

    def _first_changes(self, side_by_side: bool = False) -> Iterator[tuple[Text, ...]]:
        return islice(self._changes(side_by_side), MOST_CHANGES)

    def _changes(self, side_by_side: bool = False) -> Iterator[tuple[Text, ...]]:
        """What every sample that changes something leaves behind: in one cell, or a parameter a column."""
        batch = self.problem.batch == "all"
        for epoch in self.trained.epochs:
            for turn in (epoch,) if batch else epoch.turns:
                if not turn.changes.moves:
                    continue
                moved = [
                    (parameter, self.lines.operand(own)) for parameter, own in self.epochs.moving(turn.after)
                ]
                cells: list[Text] = [(Math(literal(written)),) for _, written in moved]
                if not side_by_side:
                    listed = with_commas(
                        Math(Quantity(parameter), "=" if written.exact else "≈", literal(written))
                        for parameter, written in moved
                    )
                    cells = [tuple(listed)]
                where = (
                    phrase("rule.epoch", number=str(epoch.number))
                    if batch
                    else phrase("rule.turn", epoch=str(epoch.number), sample=str(getattr(turn, "sample", "")))
                )
                yield (where,), *cells

    def _bounded(self, unit: int) -> Iterator[tuple[Text, Text]]:
        found = boundary(self.trained, unit)
        several = len(self.epochs.units) > 1
        words = phrase("rule.answer.decision_boundary")
        if several:
            words = phrase("rule.drawing.of_unit", title=words, number=str(unit))
        if not found.exists:
            yield (words,), (phrase("rule.none"),)
            return
        left, exact = self.end.boundaries.equation(found)
        yield (Link(words, f"boundary-{unit}"),), (Math(left, "=" if exact else "≈", number(0)),)
