"""The question of a problem about a rule, and its conventions: the rule in symbols, what a unit predicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nbsolve.compose.authored import authored, parts
from nbsolve.compose.paper_tables import column_width, in_columns
from nbsolve.compose.rules.epochs import EpochBlocks
from nbsolve.compose.rules.letters import constant, input_, prediction, rate, signal, target, weight, z
from nbsolve.compose.sentences import enumerated, set_in
from nbsolve.compose.written_numbers import literal
from nbsolve.document import (
    Block,
    Bullets,
    Derivation,
    Heading,
    Inline,
    Line,
    Math,
    Note,
    Paragraph,
    Table,
    Text,
)
from nbsolve.expr import Cases, Comparison, Expr, Number, Quantity
from nbsolve.given import Entry, Given, known
from nbsolve.live import Filler
from nbsolve.phrases import PhraseId, phrase, phrase_of
from nbsolve.problem.model import Part, RuleProblem
from nbsolve.rules.training import border_of
from nbsolve.symbol import Symbol

__all__ = ["RuleStatement", "rule_name"]


@dataclass(frozen=True)
class RuleStatement:
    """Writes what is given and asked, and what is agreed."""

    epochs: EpochBlocks

    @property
    def problem(self) -> RuleProblem:
        """The problem."""
        return self.epochs.trained.problem

    # ------------------------------------------------------------------ the question

    def blocks(self, live: Filler) -> Iterator[Block]:
        """The question; `live` fills numbers into its author's words."""
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
        yield from parts(problem, live.fill, self._asked)

    def _words(self) -> str:
        problem = self.problem
        units = problem.network.layers[0].units
        inputs = (
            phrase("statement.input_one")
            if problem.network.inputs == 1
            else phrase("statement.input_many", count=str(problem.network.inputs))
        )
        key: PhraseId = "rule.statement" if units == 1 else "rule.statement_many"
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
        pieces[-1] = phrase("rule.held") if self.epochs.held else "."
        yield Paragraph(tuple(pieces))
        given = problem.rule.parameters["learning_rate"]
        yield Paragraph((phrase("statement.learning_rate") + " ", _equation(rate, given), "."))

    def _samples(self) -> Iterator[Table]:
        problem = self.problem
        columns = [input_(i) for i in range(1, problem.network.inputs + 1)]
        columns += [target(unit) for unit in self.epochs.units]
        rows: list[list[Text]] = []
        lengths = [len(self.epochs.names.plain(column)) for column in columns]
        for sample in problem.samples:
            entries = [known(entry) for entry in (*sample.input, *(sample.target or ()))]
            lengths = [max(old, len(entry.text)) for old, entry in zip(lengths, entries, strict=True)]
            rows.append([(Math(literal(entry)),) for entry in entries])
        header: list[Text] = [(Math(Quantity(column)),) for column in columns]
        labels: list[Text] = [(str(place),) for place in range(1, len(rows) + 1)]
        yield from in_columns(
            (phrase("statement.number"),), header, labels, rows, [*map(column_width, lengths)]
        )

    def _asked(self, part: Part) -> list[Inline]:
        asked = [[phrase_of("rule.ask.", word)] for word in part.ask]
        return enumerated(asked, phrase("statement.and_words") if len(asked) > 2 else None)

    # ------------------------------------------------------------------ conventions

    def formulae(self) -> Derivation:
        """The formulae of the rule, and what the unit predicts."""
        return Derivation(tuple(self.epochs.rule(self._step())))

    def unsaid(self) -> Iterator[Block]:
        """What a question cannot do without."""
        yield self.formulae()
        yield Bullets(tuple(self._said()))

    def conventions(self) -> Note:
        """The formulae of the rule, the step, the order of the samples, the end, rounding."""
        said = (*self._said(), (self._rounding(),))
        return Note("conventions", phrase("sections.conventions"), (self.formulae(), Bullets(said)))

    def _step(self) -> Line:
        """ŷ = 1 where z ≥ 0, 0 otherwise."""
        problem = self.problem
        low, high = map(literal, problem.classes)
        own = Quantity(z(1))
        border: Expr = literal(self.epochs.lines.operand(border_of(problem)))
        middle = literal(problem.at_zero)
        branches: tuple[tuple[Expr, Comparison | None], ...]
        if problem.undecided is not None:
            edge = literal(problem.undecided)
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
        if len(self.epochs.units) > 1:
            yield (phrase("rule.of_each_unit"),)
        yield self._letters()
        yield (phrase_of("rule.when.", problem.rule.name),)
        yield (phrase("rule.order" if problem.batch == "sample" else "rule.order_batch"),)
        yield (phrase("rule.epoch_is"),)
        if problem.until_right:
            yield (phrase("rule.ends", most=str(problem.epochs)),)

    def _letters(self) -> Text:
        """What z, ŷ, y and e stand for."""
        own, predicted, aim, error = (Math(Quantity(one(1))) for one in (z, prediction, target, signal))
        said = set_in("rule.letters", z=own, prediction=predicted, target=aim)
        return (*said, *set_in("rule.letters_error", error=error)) if self.epochs.has_signal else said

    def _rounding(self) -> str:
        rounding = self.problem.rounding
        if rounding.apply == "at_end" and self.problem.rule.name != "adaline":
            return phrase("rule.exact")
        return phrase("rule.at_end" if rounding.apply == "at_end" else "rule.each_step")


def rule_name(problem: RuleProblem) -> str:
    """`the perceptron rule`."""
    return phrase_of("rule.names.", problem.rule.name)


def _equation(symbol: Symbol, entry: Entry) -> Math:
    return Math(Quantity(symbol), "=", literal(known(entry)))


def _negative(given: Given) -> Number:
    return Number(-given.value, f"-{given.text}" if given.value > 0 else given.text)
