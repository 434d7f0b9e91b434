"""The page of updates from given gradients: each parameter line by line, or the first ones and a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from nbsolve.catalogue import Equation
from nbsolve.compose.authored import authored, parts
from nbsolve.compose.conventions import rounding_words
from nbsolve.compose.given_numbers import kept_before, listed_numbers
from nbsolve.compose.lines import Lines
from nbsolve.compose.optimiser_words import (
    changes,
    clip_passages,
    clip_words,
    optimiser_stated,
    optimiser_text,
    rate_words,
    rule_letters,
    schedule_words,
)
from nbsolve.compose.paper_tables import column_width, in_columns
from nbsolve.compose.program_folds import program_folds
from nbsolve.compose.sentences import enumerated, set_in, with_commas
from nbsolve.compose.steps_page import StepsPage
from nbsolve.compose.written_numbers import literal
from nbsolve.document import (
    Block,
    Bullets,
    Derivation,
    Document,
    Heading,
    Inline,
    Math,
    Note,
    Paragraph,
    Table,
    Text,
)
from nbsolve.equations.building import entries_of, quantity
from nbsolve.equations.stepping import Update, UpdateNames, UpdateSolution, asked_of
from nbsolve.equations.updating import owner_of, parameters_of, state
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom, Quantity
from nbsolve.expr import literal as as_given
from nbsolve.live import Filler
from nbsolve.phrases import PhraseId, phrase, phrase_of
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import Part, UpdateProblem
from nbsolve.problem.updates import ASKS
from nbsolve.programs import update_programs
from nbsolve.step import Rule, Step
from nbsolve.symbol import LOSS, Partial, Symbol

__all__ = ["UpdatePage"]

_OF_ALL = (Rule.LEARNING_RATE, Rule.GRADIENT_NORM)
"""What belongs to no parameter alone."""
MOST_IN_FULL = 4
"""Beyond this many, one parameter is written line by line, or those asked for; a table has the others."""


@dataclass(frozen=True)
class UpdatePage(StepsPage[UpdateSolution, Update]):
    """Composes the documents of some updates. Raises Undecided where a digit needs more bits."""

    names: UpdateNames

    @property
    def _problem(self) -> UpdateProblem:
        return self.solution.problem

    @property
    def _passes(self) -> tuple[Update, ...]:
        return self.solution.iterations

    def _asked_of(self, part: Part) -> Iterator[Atom]:
        return asked_of(part, self.names)

    def _title(self, one: Update) -> str:
        return phrase("updates.number", number=str(one.number))

    def _is_written(self, one: Update, step: Step) -> bool:
        return self._owner(step.target) in self._told(one) or step.rule in _OF_ALL

    @property
    def _equations(self) -> tuple[Equation, ...]:
        return optimiser_of(self._problem.training.optimiser).equations

    # ------------------------------------------------------------------ before the solution

    def _given(self) -> Iterator[Atom]:
        for parameter in parameters_of(self._problem):
            yield from (parameter, Partial(LOSS, parameter))

    def statement(self, blanks: bool = False) -> Document:
        """What is given and asked; `blanks` stand for the numbers of the solution in its author's words."""
        return self._document(self._statement(replace(self.live, blanks=blanks)))

    def _statement(self, live: Filler) -> Iterator[Block]:
        problem = self._problem
        yield Heading(2, (phrase("sections.statement"),))
        if problem.statement:
            yield Paragraph((authored(problem, live.fill(problem.statement, "statement"), 3),))
        entries = {array.name: array.entries for array in problem.given}
        yield from listed_numbers(
            problem, phrase("updates.parameters"), {quantity(n): e for n, e in entries.items()}
        )
        yield from self._gradients()
        yield from kept_before(problem)
        said = [inline for words in rate_words(problem.training) for inline in (*words, ", ")]
        yield from optimiser_stated(tuple(said), problem.training.optimiser)
        yield from map(Paragraph, rule_letters(problem.training))
        yield from parts(problem, live.fill, self._asked_for)

    def _gradients(self) -> Iterator[Block]:
        problem = self._problem
        if len(problem.gradients) == 1:
            gradients = problem.gradients[0].items()
            found: dict[Atom, Sequence[object]] = {Partial(LOSS, quantity(n)): e for n, e in gradients}
            yield from listed_numbers(problem, phrase("updates.gradient"), found)
            return
        yield Paragraph((phrase("updates.gradients"),))
        symbols = [s for array in problem.given for s in entries_of(array.name, array.shape)]
        header: list[Text] = [(Math(Quantity(Partial(LOSS, symbol))),) for symbol in symbols]
        widest = [len(self.names.plain(Partial(LOSS, symbol))) for symbol in symbols]
        rows: list[list[Text]] = []
        for gradients_ in problem.gradients:
            numbers = [one for array in problem.given for one in gradients_[array.name]]
            widest = [max(most, len(one.text)) for most, one in zip(widest, numbers, strict=True)]
            rows.append([(Math(as_given(one)),) for one in numbers])
        labels: list[Text] = [(str(number),) for number in range(1, len(rows) + 1)]
        yield from in_columns((phrase("updates.update"),), header, labels, rows, [*map(column_width, widest)])

    def _asked_for(self, part: Part) -> Iterator[Inline]:
        if part.at is not None:
            yield phrase("updates.at", number=str(part.at)) + " "
        asks = ([phrase_of("statement.ask_", ask)] if ask in ASKS else self._listed(ask) for ask in part.ask)
        yield from enumerated([*asks])

    def _listed(self, ask: str) -> list[Inline]:
        return with_commas(Math(Quantity(atom)) for atom in self.names.entries(self.names.resolve(ask)))

    def conventions(self) -> Document:
        """The optimiser's rule as its equations, and the rounding."""
        optimiser = self._problem.training.optimiser
        said: tuple[Text, ...] = (optimiser_text(optimiser, "convention", changes(self._problem.training)),)
        said = (*said, *schedule_words(self._problem.training), *clip_words(optimiser))
        said = (*said, (rounding_words(self._problem.rounding, True),))
        return self._document(iter((Note("conventions", phrase("sections.conventions"), (Bullets(said),)),)))

    # ------------------------------------------------------------------ the solution

    def worked(self) -> Document:
        """All updates."""
        return self.updates()

    def updates(self, number: int | None = None) -> Document:
        """The updates, or one of them. Raises: UnknownQuantityError."""
        found = [one for one in self.solution.iterations if number in (None, one.number)]
        if not found:
            raise UnknownQuantityError(
                f"there is no update {number}; there are {len(self.solution.iterations)}"
            )
        return self._document(block for one in found for block in self._update(one))

    def _update(self, update: Update) -> Iterator[Block]:
        yield Heading(2, (self._title(update) if self._several() else phrase("sections.update"),))
        if update.number == 1:
            yield Paragraph(optimiser_text(self._problem.training.optimiser, "update"))
        else:
            yield from self._start(update)
        lines, told = self._writer(update), self._told(update)
        if update.number == 1:
            yield from map(Paragraph, clip_passages(self._problem.training.optimiser))
        if update.number == 1 and (schedule := self._problem.training.schedule) is not None:
            yield Paragraph((phrase_of("schedules.", schedule.name, "update"),))
        yield from (lines.derivation(step) for step in update.steps if step.rule in _OF_ALL)
        parameters = list(parameters_of(self._problem))
        for parameter in told:
            if len(parameters) > 1:
                yield Paragraph(set_in("passages.update_in_full", name=Math(Quantity(parameter))))
            own = [one for one in update.steps if self._owner(one.target) == parameter]
            found = [lines.derivation(step) for step in own]
            yield Derivation(
                tuple(line for one in found for line in one.lines),
                tuple(anchor_ for one in found for anchor_ in one.anchors),
            )
        others = [one for one in parameters if one not in told]
        if others:
            yield Paragraph((phrase("passages.update_of_others"),))
            yield self._table(others, lines, update)

    def _start(self, update: Update) -> Iterator[Block]:
        """What an update starts from."""
        lines, symbols = self._writer(update), list(parameters_of(self._problem))
        kept = [state(s, equation.name) for s in symbols for equation in self._equations if equation.kept]
        said: list[Inline] = []
        starts: tuple[tuple[PhraseId, list[Symbol]], ...] = (
            ("updates.starts_from", symbols),
            ("updates.kept", kept),
        )
        for words, symbols_ in starts:
            if symbols_:
                said += [(" " if said else "") + phrase(words) + " "]
                said += self._known(lines, symbols_)
        yield Paragraph((*said, "."))

    def _told(self, update: Update) -> list[Symbol]:
        """The parameters whose update is written line by line."""
        parameters = list(parameters_of(self._problem))
        if len(parameters) <= MOST_IN_FULL:
            return parameters
        named: set[Symbol] = set()
        for part in self._problem.parts:
            for ask in part.ask:
                if ask not in ASKS and part.at in (None, update.number):
                    named |= {self._owner(atom) for atom in self.names.entries(self.names.resolve(ask))}
        return [one for one in parameters if one in named][:MOST_IN_FULL] or parameters[:1]

    def _owner(self, atom: Atom) -> Symbol:
        """The parameter that a quantity belongs to."""
        symbol = atom if isinstance(atom, Symbol) else atom.wrt
        return owner_of(self._problem, symbol)._replace(new=False)

    def _table(self, parameters: Sequence[Symbol], lines: Lines, update: Update) -> Table:
        """Gradient, what the optimiser finds, and the new value of each parameter."""
        write = lines.writer.operand if lines.writer.each_step else lines.writer.answer
        general = Symbol.weight()
        header: list[Text] = [(phrase("answers.parameter"),), (phrase("answers.gradient"),)]
        header += [(Math(Quantity(general.state(one.name, one.kept))),) for one in self._equations]
        header.append((phrase("answers.after"),))
        rows: list[tuple[Text, ...]] = []
        anchors: list[str] = []
        for one in parameters:
            found = [state(one, equation.name, equation.kept) for equation in self._equations]
            new = one._replace(new=True)
            cells: tuple[Atom, ...] = (Partial(LOSS, one), *found, new)
            rows.append(((Math(Quantity(one)),), *((Math(literal(write(update.values, c))),) for c in cells)))
            anchors += [lines.anchor(atom) for atom in (*found, new)]
        return Table(tuple(header), tuple(rows), frozenset(range(1, len(header))), tuple(anchors))

    # ------------------------------------------------------------------ after the solution

    def check(self, exact: UpdateSolution) -> Document:
        """The programs; `exact`: the solution without the rounding of each step."""
        each_step = self.solution.rounding.apply == "each_step"
        folds = program_folds(lambda: update_programs(exact), each_step)
        return self._document(chain((Heading(2, (phrase("check.section"),)),), folds))
