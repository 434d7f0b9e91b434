"""What happens when, sample by sample: the first changes line by line, every epoch in a table."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

import flint

from nbsolve.compose.paper_tables import column_width, in_columns, in_one_table
from nbsolve.compose.rules.letters import (
    constant,
    input_,
    prediction,
    rate,
    signal,
    signal_formula,
    target,
    weight,
    weighted_sum,
    z,
)
from nbsolve.compose.rules.lines import Lines
from nbsolve.compose.sentences import set_in
from nbsolve.compose.written_numbers import literal
from nbsolve.document import Block, Derivation, Heading, Line, Math, Paragraph, Table, Text
from nbsolve.expr import Atom, Expr, Negation, Quantity, Sum, product
from nbsolve.given import known
from nbsolve.notation import Names
from nbsolve.phrases import PhraseId, listed, phrase
from nbsolve.rules.training import Epoch, Parameters, Trained, Turn
from nbsolve.symbol import Role, Symbol

__all__ = ["EpochBlocks", "value_of"]

Q = flint.fmpq
_CHANGES = 2
"""How many samples that change something are worked line by line; the tables have them all."""


@dataclass(frozen=True)
class EpochBlocks:
    """Writes the epochs of a training."""

    trained: Trained
    names: Names
    lines: Lines

    @property
    def units(self) -> range:
        """The numbers of the units."""
        return range(1, self.trained.problem.network.layers[0].units + 1)

    @cached_property
    def has_signal(self) -> bool:
        """Whether the signal has a line of its own: it is more than the target."""
        return signal_formula(self.trained.problem, 1) != Quantity(target(1))

    @cached_property
    def held(self) -> bool:
        """Whether bias or threshold stay as they are."""
        return self.trained.problem.network.layers[0].bias.trainable is False

    # ------------------------------------------------------------------ the rule in symbols

    def rule(self, predicted: Line) -> Iterator[Line]:
        """The formulae of one unit, which every line fills in; `predicted`: what it predicts."""
        unit = 1
        yield Line((("=", weighted_sum(self.trained.problem, unit)),), left=Quantity(z(unit)))
        yield predicted
        if self.has_signal:
            yield Line((("=", signal_formula(self.trained.problem, unit)),), left=Quantity(signal(unit)))
        for parameter in self.parameters(unit):
            yield Line((("=", self.change(unit, parameter)),), left=Quantity(_changed(parameter)))

    def parameters(self, unit: int) -> list[Symbol]:
        """The parameters of a unit that may change."""
        found = [weight(unit, i) for i in range(1, self.trained.problem.network.inputs + 1)]
        own = constant(self.trained.problem, unit)
        return found if own is None or self.held else [*found, own]

    def moving(self, among: Parameters) -> Iterator[tuple[Symbol, Q]]:
        """Each parameter that learns, unit by unit, with its value among these."""
        for unit in self.units:
            for parameter in self.parameters(unit):
                yield parameter, value_of(among, parameter)

    def change(self, unit: int, parameter: Symbol) -> Expr:
        """η e x_i, of a bias η e, of a threshold −η e."""
        by = Quantity(signal(unit)) if self.has_signal else Quantity(target(unit))
        if parameter.role is Role.WEIGHT:
            assert isinstance(parameter.from_, int)
            return product(Quantity(rate), by, Quantity(input_(parameter.from_)))
        whole = product(Quantity(rate), by)
        return Negation((whole,)) if parameter.role is Role.THRESHOLD else whole

    # ------------------------------------------------------------------ epochs

    def blocks(self) -> Iterator[Block]:
        """All shown epochs."""
        worked: set[tuple[int, int]] = set(self._worked())
        before = 0
        for epoch in self.trained.shown:
            if epoch.number > before + 1:
                yield Paragraph((_skipped(before + 1, epoch.number - 1),))
            before = epoch.number
            yield Heading(2, (phrase("rule.epoch", number=str(epoch.number)),))
            for turn in epoch.turns:
                if (epoch.number, turn.sample) in worked:
                    yield from self._turn(turn)
            yield Paragraph((_table_words(epoch, worked),))
            for unit in self.units:
                if len(self.units) > 1:
                    yield Heading(3, (phrase("rule.unit", number=str(unit)),))
                yield from self._table(epoch, unit)
            if self.trained.problem.batch == "all":
                yield from self._batch(epoch)
            yield from self._sum_of_squares(epoch)
            yield Paragraph((self._count(epoch),))

    def _worked(self) -> Iterator[tuple[int, int]]:
        """The first samples that change something, and the first one that changes nothing, of the shown epochs."""
        turns = [turn for epoch in self.trained.shown for turn in epoch.turns]
        yield from [(turn.epoch, turn.sample) for turn in turns if turn.changes.moves][:_CHANGES]
        yield from [(turn.epoch, turn.sample) for turn in turns if not turn.changes.moves][:1]

    def _turn(self, turn: Turn) -> Iterator[Block]:
        problem = self.trained.problem
        title = phrase("rule.turn", epoch=str(turn.epoch), sample=str(turn.sample))
        yield Heading(3, (title,))
        for unit in self.units:
            values = self._values(turn, unit)
            yield Derivation(
                (self.lines.line(z(unit), weighted_sum(problem, unit), values, turn.z[unit - 1]),)
            )
            yield Paragraph(self._said(turn, unit))
            signal_value = turn.signals[unit - 1]
            if self.trained.rule.mistakes and not turn.wrong[unit - 1]:
                continue
            lines: list[Line] = []
            if self.has_signal:
                values[signal(unit)] = signal_value
                formula = signal_formula(problem, unit)
                lines.append(self.lines.line(signal(unit), formula, values, signal_value))
            for parameter in self.parameters(unit):
                change = value_of(turn.changes, parameter)
                values[_changed(parameter)] = change
                formula = self.change(unit, parameter)
                lines.append(self.lines.line(_changed(parameter), formula, values, change))
            yield Derivation(tuple(lines))
            if problem.batch != "all":
                yield Derivation(tuple(self._new(turn.after, values, unit)))

    def _new(self, after: Parameters, values: dict[Atom, Q], unit: int) -> Iterator[Line]:
        for parameter in self.parameters(unit):
            formula = Sum((Quantity(parameter), Quantity(_changed(parameter))))
            new = parameter._replace(new=True)
            yield self.lines.line(new, formula, values, value_of(after, parameter))

    def _values(self, turn: Turn, unit: int) -> dict[Atom, Q]:
        """What the lines of one sample at one unit are filled in with."""
        problem = self.trained.problem
        sample = problem.samples[turn.sample - 1]
        values: dict[Atom, Q] = {input_(i): known(entry).rational for i, entry in enumerate(sample.input, 1)}
        values |= {weight(unit, i): value for i, value in enumerate(turn.before.weights[unit - 1], 1)}
        own = constant(problem, unit)
        if own is not None:
            values[own] = turn.before.constants[unit - 1]
        values[target(unit)] = known((sample.target or ())[unit - 1]).rational
        values[prediction(unit)] = turn.predictions[unit - 1]
        values[z(unit)] = turn.z[unit - 1]
        values[rate] = problem.rule.parameters["learning_rate"].rational
        return values

    def _said(self, turn: Turn, unit: int) -> Text:
        """What the unit predicts, why, and whether that is right."""
        problem = self.trained.problem
        predicted = Math(Quantity(prediction(unit)), "=", self._number(turn.predictions[unit - 1]))
        wanted = known((problem.samples[turn.sample - 1].target or ())[unit - 1])
        aim = Math(Quantity(target(unit)), "=", literal(wanted))
        wrong = turn.wrong[unit - 1]
        key: PhraseId = "rule.wrong" if wrong else "rule.right"
        return set_in(
            key if self.trained.rule.mistakes else "rule.compared", prediction=predicted, target=aim
        )

    def _number(self, value: Q) -> Expr:
        return literal(self.lines.operand(value))

    # ------------------------------------------------------------------ tables

    def _table(self, epoch: Epoch, unit: int) -> Iterator[Table | Paragraph]:
        problem = self.trained.problem
        own = constant(problem, unit)
        each = [weight(unit, i) for i in range(1, problem.network.inputs + 1)] + ([own] if own else [])
        moving = self.parameters(unit)
        columns: list[Atom] = [input_(i) for i in range(1, problem.network.inputs + 1)]
        columns += [target(unit), z(unit), prediction(unit)]
        columns += [signal(unit)] if self.has_signal else []
        columns += [_changed(parameter) for parameter in moving]
        if problem.batch != "all":
            columns += [parameter._replace(new=True) for parameter in (moving if self.held else each)]
        rows: list[list[Text]] = []
        lengths = [len(self.names.plain(column)) for column in columns]
        for turn in epoch.turns:
            values = self._values(turn, unit)
            values[signal(unit)] = turn.signals[unit - 1]
            for parameter in moving:
                values[_changed(parameter)] = value_of(turn.changes, parameter)
                values[parameter._replace(new=True)] = value_of(turn.after, parameter)
            row: list[Text] = []
            for place, column in enumerate(columns):
                written = self.lines.operand(values[column])
                lengths[place] = max(lengths[place], len(written.text))
                row.append((Math(literal(written)),))
            rows.append(row)
        header: list[Text] = [(Math(Quantity(column)),) for column in columns]
        labels: list[Text] = [(str(turn.sample),) for turn in epoch.turns]
        widths = [column_width(length) for length in lengths]
        corner: Text = (phrase("statement.number"),)
        if in_one_table(widths):
            yield from in_columns(corner, header, labels, rows, widths)
            return
        # what is seen of a sample in one table, what that changes in another
        seen = len(columns) - sum(1 for column in columns if isinstance(column, Symbol) and _moves(column))
        yield from in_columns(corner, header[:seen], labels, [row[:seen] for row in rows], widths[:seen])
        yield Paragraph((phrase("rule.table_changes"),))
        yield from in_columns(corner, header[seen:], labels, [row[seen:] for row in rows], widths[seen:])

    def _batch(self, epoch: Epoch) -> Iterator[Block]:
        """What the changes of all samples come to."""
        yield Paragraph((phrase("rule.batch"),))
        first = epoch.turns[0]
        for unit in self.units:
            values = self._values(first, unit)
            lines: list[Line] = []
            for parameter in self.parameters(unit):
                changed = _changed(parameter)
                values[changed] = value_of(epoch.changes, parameter)
                each = [value_of(turn.changes, parameter) for turn in epoch.turns]
                lines.append(self.lines.added(changed, each, values[changed]))
            yield Derivation(tuple(lines))
            yield Derivation(tuple(self._new(epoch.after, values, unit)))

    def _sum_of_squares(self, epoch: Epoch) -> Iterator[Block]:
        """Sum up the squared errors of Adaline, each with the parameters of its moment."""
        if not self.trained.rule.middle:
            return
        total = Q(0)
        for turn in epoch.turns:
            for unit, value in enumerate(turn.z, 1):
                y = known((self.trained.problem.samples[turn.sample - 1].target or ())[unit - 1]).value
                total += (y - value) ** 2
        written = self.lines.operand(total)
        about = "" if written.exact else "≈ "
        yield Paragraph((f"{phrase('rule.squares')} {about}", Math(literal(written)), "."))

    def _count(self, epoch: Epoch) -> str:
        count = epoch.mistakes
        if count == 0:
            return phrase("rule.none_wrong", number=str(epoch.number))
        return phrase("rule.some_wrong", number=str(epoch.number), count=str(count))


def _table_words(epoch: Epoch, worked: Collection[tuple[int, int]]) -> str:
    """What stands above the table of an epoch: the samples without lines of their own, where others have them."""
    left = [str(turn.sample) for turn in epoch.turns if (epoch.number, turn.sample) not in worked]
    if not left or len(left) == len(epoch.turns):
        return phrase("rule.table")
    key: PhraseId = "rule.table_with_sample" if len(left) == 1 else "rule.table_with_samples"
    return phrase(key, listed=listed(left))


def _skipped(first: int, last: int) -> str:
    if first == last:
        return phrase("rule.skipped_one", number=str(first))
    return phrase("rule.skipped", first=str(first), last=str(last))


def _moves(column: Symbol) -> bool:
    """Whether a column says what changes, or what comes of it."""
    return column.change or column.new


def _changed(parameter: Symbol) -> Symbol:
    return parameter._replace(change=True)


def value_of(parameters: Parameters, symbol: Symbol) -> Q:
    """The value of a parameter, or of its change, among these."""
    assert isinstance(symbol.to, int)
    if symbol.role is Role.WEIGHT:
        assert isinstance(symbol.from_, int)
        return parameters.weights[symbol.to - 1][symbol.from_ - 1]
    return parameters.constants[symbol.to - 1]
