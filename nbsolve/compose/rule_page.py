"""The documents of a problem of the kind `rule`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import flint

from nbsolve.compose.paper_tables import column_width, in_columns
from nbsolve.compose.rule_end import EndBlocks
from nbsolve.compose.rule_epochs import EpochBlocks, value_of
from nbsolve.compose.rule_letters import RuleNames, constant, input_, prediction, rate, target, weight, z
from nbsolve.compose.rule_lines import Lines, literal
from nbsolve.compose.rule_live import LiveInRules
from nbsolve.compose.statement import authored, marks, source
from nbsolve.compose.steps_page import title_of
from nbsolve.document import (
    Block,
    Bullets,
    Derivation,
    Document,
    Heading,
    Inline,
    Line,
    Link,
    Math,
    Note,
    Paragraph,
    Table,
    Text,
)
from nbsolve.expr import Cases, Comparison, Expr, Number, Quantity, number, quotient
from nbsolve.given import Entry, Given, known
from nbsolve.live import Filler
from nbsolve.phrases import phrase
from nbsolve.problem.model import Part, RuleProblem
from nbsolve.rules.boundary import Boundary, boundary
from nbsolve.rules.separating import Certificate
from nbsolve.rules.training import Parameters, Trained, border_of
from nbsolve.symbol import Symbol

__all__ = ["RulePage", "rule_name"]

Q = flint.fmpq
MOST_COLUMNS = 4
"""More parameters than these stand in one cell, one after the other."""


@dataclass(frozen=True)
class RulePage:
    """Composes the documents of one problem."""

    trained: Trained
    names: RuleNames

    @property
    def problem(self) -> RuleProblem:
        """The problem."""
        return self.trained.problem

    @cached_property
    def _epochs(self) -> EpochBlocks:
        return EpochBlocks(self.trained, self.names, Lines.of(self.problem))

    @cached_property
    def _end(self) -> EndBlocks:
        return EndBlocks(self._epochs)

    def _document(self, blocks: Iterator[Block]) -> Document:
        return Document(tuple(blocks), self.names)

    # ------------------------------------------------------------------ numbers

    @property
    def units(self) -> range:
        """The numbers of the units."""
        return self._epochs.units

    def final(self, unit: int) -> list[tuple[Symbol, Q]]:
        """Each parameter of a unit that learns, with its last value."""
        return self._end.final(unit)

    def moving(self, among: Parameters) -> Iterator[tuple[Symbol, Q]]:
        """Each parameter that learns, unit by unit, with its value among these."""
        for unit in self.units:
            for parameter in self._epochs.parameters(unit):
                yield parameter, value_of(among, parameter)

    @property
    def accuracy(self) -> Q:
        """The share of samples that are predicted correctly in the end."""
        return Q(*self._end.accuracy)

    @property
    def certificates(self) -> tuple[Certificate | None, ...]:
        """For each unit the proof that no parameters are right for all samples; None where some are."""
        return self._end.certificates

    def equation(self, found: Boundary) -> Expr | None:
        """The left side of the equation of a boundary; None where there is none."""
        return self._end.equation(found)[0] if found.exists else None

    # ------------------------------------------------------------------ the question

    @property
    def live(self) -> LiveInRules:
        """What fills numbers into the author's texts."""
        return LiveInRules(self.trained, self.names, self._epochs.lines, self.accuracy)

    def statement(self, blanks: bool = False) -> Document:
        """What is given and asked; `blanks` stand for the numbers of the solution in its author's words."""
        return self._document(self._statement(replace(self.live, blanks=blanks)))

    def _statement(self, live: Filler) -> Iterator[Block]:
        problem = self.problem
        yield Heading(2, (phrase("sections.statement"),))
        words = problem.statement
        yield Paragraph((authored(problem, live.fill(words, "statement"), 3) if words else self._words(),))
        yield from self._start()
        yield Paragraph(
            (phrase("statement.samples_many" if len(problem.samples) > 1 else "statement.samples_one"),)
        )
        yield from self._samples()
        if problem.features:
            listed = ", ".join(f"{n} {name}" for n, name in enumerate(problem.features, 1))
            yield Paragraph((phrase("statement.features", listed=listed),))
        yield Bullets(
            tuple(self._part(part, place, live) for place, part in enumerate(problem.parts)),
            tuple(part.label for part in problem.parts),
        )
        if problem.source:
            yield source(problem)

    def _words(self) -> str:
        problem = self.problem
        units = problem.network.layers[0].units
        inputs = (
            phrase("statement.input_one")
            if problem.network.inputs == 1
            else phrase("statement.input_many", count=str(problem.network.inputs))
        )
        key = "rule.statement" if units == 1 else "rule.statement_many"
        return phrase(
            key,
            inputs=inputs,
            units=str(units),
            rule=rule_name(self.problem),
            end=self._until(),
            order=self._order(),
        )

    def _until(self) -> str:
        problem = self.problem
        if problem.until_right:
            return phrase("rule.until", most=str(problem.epochs))
        return (
            phrase("rule.for_one")
            if problem.epochs == 1
            else phrase("rule.for_many", count=str(problem.epochs))
        )

    def _order(self) -> str:
        return phrase("rule.in_order" if self.problem.batch == "sample" else "rule.in_batch")

    def _start(self) -> Iterator[Block]:
        """The parameters at the start and the learning rate."""
        problem = self.problem
        layer = problem.network.layers[0]
        pieces: list[Inline] = [phrase("rule.start") + " "]
        for unit in range(1, layer.units + 1):
            for i, entry in enumerate(layer.weights[unit - 1], 1):
                pieces += [_equation(weight(unit, i), entry), ", "]
            own = constant(problem, unit)
            if own is not None:
                pieces += [_equation(own, layer.bias.values[unit - 1]), ", "]
        pieces[-1] = phrase("rule.held") if self._epochs.held else "."
        yield Paragraph(tuple(pieces))
        given = problem.rule.parameters["learning_rate"]
        yield Paragraph((phrase("statement.learning_rate") + " ", _equation(rate, given), "."))

    def _samples(self) -> Iterator[Table]:
        problem = self.problem
        columns = [input_(i) for i in range(1, problem.network.inputs + 1)]
        columns += [target(unit) for unit in self._epochs.units]
        rows: list[list[Text]] = []
        lengths = [len(self.names.plain(column)) for column in columns]
        for sample in problem.samples:
            entries = [known(entry) for entry in (*sample.input, *(sample.target or ()))]
            lengths = [max(old, len(entry.text)) for old, entry in zip(lengths, entries, strict=True)]
            rows.append([(Math(_given(entry)),) for entry in entries])
        header: list[Text] = [(Math(Quantity(column)),) for column in columns]
        labels: list[Text] = [(str(place),) for place in range(1, len(rows) + 1)]
        yield from in_columns(
            (phrase("statement.number"),), header, labels, rows, [*map(column_width, lengths)]
        )

    def _part(self, part: Part, place: int, live: Filler) -> Text:
        pieces: list[Inline] = []
        if part.text:
            pieces.append(authored(self.problem, live.fill(part.text, f"parts[{place}].text")))
        else:
            asked = [phrase(f"rule.ask.{word}") for word in part.ask]
            listed = (
                asked[0]
                if len(asked) == 1
                else f"{', '.join(asked[:-1])}{phrase('statement.and_words')}{asked[-1]}"
            )
            pieces.append(listed if len(asked) != 2 else f"{asked[0]} {phrase('statement.and')} {asked[1]}")
        if part.marks is not None:
            pieces.append(f" ({marks(part.marks)})")
        return tuple(pieces)

    # ------------------------------------------------------------------ conventions

    def unsaid(self) -> Document:
        """What a question cannot do without: the formulae of the rule, and what the unit gives."""
        return self._document(self._unsaid())

    def _unsaid(self) -> Iterator[Block]:
        yield Derivation((*self._epochs.rule(), self._step()))
        yield Bullets(tuple(self._said()))

    def conventions(self) -> Document:
        """The formulae of the rule, the step, the order of the samples, the end, rounding."""
        said = (*self._said(), (self._rounding(),))
        note = Note(
            "conventions",
            phrase("sections.conventions"),
            (Derivation((*self._epochs.rule(), self._step())), Bullets(said)),
        )
        return self._document(iter((note,)))

    def _step(self) -> Line:
        """ŷ = 1 where z ≥ 0, 0 otherwise."""
        problem = self.problem
        low, high = map(_given, problem.classes)
        own = Quantity(z(1))
        border: Expr = literal(self._epochs.lines.operand(border_of(problem)))
        middle = _given(problem.at_zero)
        branches: tuple[tuple[Expr, Comparison | None], ...]
        if problem.undecided is not None:
            edge = _given(problem.undecided)
            above, below = Comparison(own, ">", edge), Comparison(own, "<", _negative(problem.undecided))
            branches = ((high, above), (low, below), (middle, None))
        elif problem.at_zero.value == problem.classes[1].value:
            branches = ((high, Comparison(own, "≥", border)), (low, None))
        elif problem.at_zero.value == problem.classes[0].value:
            branches = ((high, Comparison(own, ">", border)), (low, None))
        else:
            branches = (
                (high, Comparison(own, ">", border)),
                (middle, Comparison(own, "=", border)),
                (low, None),
            )
        return Line((("=", Cases(branches)),), left=Quantity(prediction(1)))

    def _said(self) -> Iterator[Text]:
        problem = self.problem
        if len(self._epochs.units) > 1:
            yield (phrase("rule.of_each_unit"),)
        yield (phrase(f"rule.when.{problem.rule.name}"),)
        yield (phrase("rule.order" if problem.batch == "sample" else "rule.order_batch"),)
        yield (phrase("rule.epoch_is"),)
        if problem.until_right:
            yield (phrase("rule.ends", most=str(problem.epochs)),)

    def _rounding(self) -> str:
        rounding = self.problem.rounding
        if rounding.apply == "at_end" and self.problem.rule.name != "adaline":
            return phrase("rule.exact")
        return phrase("rule.at_end" if rounding.apply == "at_end" else "rule.each_step")

    # ------------------------------------------------------------------ the solution

    def epochs(self) -> Document:
        """Every epoch that is written out."""
        return self._document(self._epochs.blocks())

    def end(self) -> Document:
        """How training ends, and whether a line separates the classes at all."""
        return self._document(self._ending())

    def _ending(self) -> Iterator[Block]:
        yield from self._end.end()
        yield from self._end.separable()

    def boundary(self) -> Document:
        """The decision boundary."""
        return self._document(self._end.boundaries())

    def predictions(self) -> Document:
        """The predictions in the end."""
        return self._document(self._end.predictions())

    def worked(self) -> Document:
        """The solution: epochs, the end, the boundary, the predictions."""
        blocks = [one().blocks for one in (self.epochs, self.end, self.boundary, self.predictions)]
        return self._document(block for part in blocks for block in part)

    # ------------------------------------------------------------------ answers

    def answers(self) -> Document:
        """What was asked, part by part."""
        return self._document(self._answers())

    def _answers(self) -> Iterator[Block]:
        yield Heading(2, (phrase("sections.answers"),))
        for part in self.problem.parts:
            rows = [row for word in part.ask for row in self._answered(word)]
            if part.ask == ("changes",) and len(self._learning) <= MOST_COLUMNS:
                columns: list[Text] = [(Math(Quantity(parameter)),) for parameter in self._learning]
                rows = [*self._changes(side_by_side=True)]
            else:
                columns = [(phrase("answers.value"),)]
            yield Table(((title_of(part),), *columns), tuple(rows), frozenset(range(1, len(columns) + 1)))

    @property
    def _learning(self) -> list[Symbol]:
        """The parameters that samples change."""
        return [parameter for parameter, _ in self.moving(self.trained.last)]

    def _answered(self, word: str) -> Iterator[tuple[Text, ...]]:
        trained, lines = self.trained, self._epochs.lines
        if word == "changes":
            yield from self._changes()
        elif word == "updated_parameters":
            for unit in self._epochs.units:
                for parameter, value in self.final(unit):
                    written = literal(lines.answer(value))
                    yield (Link(Math(Quantity(parameter)), f"parameters-{unit}"),), (Math(written),)
        elif word == "epochs":
            yield (phrase("rule.answer.epochs"),), (str(len(trained.epochs)),)
        elif word == "mistakes":
            yield (phrase("rule.answer.mistakes"),), (str(sum(epoch.mistakes for epoch in trained.epochs)),)
        elif word == "decision_boundary":
            for unit in self._epochs.units:
                yield from self._bounded(unit)
        elif word == "prediction":
            for place in range(1, len(self.problem.samples) + 1):
                _, said = trained.predicted(trained.last, place)
                values: list[Inline] = []
                for unit, value in enumerate(said, 1):
                    values += [", "] if values else []
                    values.append(Math(Quantity(prediction(unit)), "=", literal(lines.answer(value))))
                yield (phrase("sections.sample", sample=str(place)),), tuple(values)
        elif word == "accuracy":
            right, count = self._end.accuracy
            yield (phrase("rule.answer.accuracy"),), (Math(quotient(number(right), number(count))),)
        else:
            for unit, proof in enumerate(self._end.certificates, 1):
                several = len(self._end.certificates) > 1
                said_ = phrase("rule.answer.separable")
                if several:
                    said_ = phrase("rule.drawing.of_unit", title=said_, number=str(unit))
                yield (said_,), (phrase("rule.no" if proof else "rule.yes"),)

    def _changes(self, side_by_side: bool = False) -> Iterator[tuple[Text, ...]]:
        """What every sample that changes something leaves behind: in one cell, or a parameter a column."""
        lines = self._epochs.lines
        batch = self.problem.batch == "all"
        for epoch in self.trained.epochs:
            for turn in (epoch,) if batch else epoch.turns:
                if not turn.changes.moves:
                    continue
                moved = [(parameter, lines.operand(own)) for parameter, own in self.moving(turn.after)]
                cells: list[Text] = [(Math(literal(written)),) for _, written in moved]
                if not side_by_side:
                    listed: list[Inline] = []
                    for parameter, written in moved:
                        relation = "=" if written.exact else "≈"
                        listed += [", "] if listed else []
                        listed.append(Math(Quantity(parameter), relation, literal(written)))
                    cells = [tuple(listed)]
                where = (
                    phrase("rule.epoch", number=str(epoch.number))
                    if batch
                    else phrase("rule.turn", epoch=str(epoch.number), sample=str(getattr(turn, "sample", "")))
                )
                yield (where,), *cells

    def _bounded(self, unit: int) -> Iterator[tuple[Text, Text]]:
        found = boundary(self.trained, unit)
        several = len(self._epochs.units) > 1
        words = phrase("rule.answer.decision_boundary")
        if several:
            words = phrase("rule.drawing.of_unit", title=words, number=str(unit))
        if not found.exists:
            yield (words,), (phrase("rule.none"),)
            return
        left, exact = self._end.equation(found)
        yield (Link(words, f"boundary-{unit}"),), (Math(left, "=" if exact else "≈", number(0)),)

    # ------------------------------------------------------------------ the page

    def pitfalls(self) -> Document:
        """Common mistakes."""
        return self._document(self._pitfalls())

    def _pitfalls(self) -> Iterator[Block]:
        if self.problem.pitfalls:
            notes = (self.live.fill(note, f"pitfalls[{n}]") for n, note in enumerate(self.problem.pitfalls))
            items = tuple((authored(self.problem, note),) for note in notes)
            yield Note("pitfall", phrase("sections.pitfalls"), (Bullets(items),))


def rule_name(problem: RuleProblem) -> str:
    """`the perceptron rule`."""
    return phrase(f"rule.names.{problem.rule.name}")


def _equation(symbol: Symbol, entry: Entry) -> Math:
    return Math(Quantity(symbol), "=", _given(known(entry)))


def _given(given: Given) -> Number:
    return Number(given.rational, given.text)


def _negative(given: Given) -> Number:
    return Number(-given.value, f"-{given.text}" if given.value > 0 else given.text)
