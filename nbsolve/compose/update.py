"""The blocks of an update: each parameter's line, or one parameter in full and a table of the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial

from nbsolve.asking.listing import Asked
from nbsolve.catalogue import Equation
from nbsolve.compose.amount import by_matrices
from nbsolve.compose.backward import BackwardBlocks
from nbsolve.compose.iteration import layer_of, optimiser_equations
from nbsolve.compose.optimiser_words import clip_passages, optimiser_words
from nbsolve.compose.planning import is_after
from nbsolve.compose.sentences import set_in, with_commas
from nbsolve.compose.written_numbers import literal
from nbsolve.document import Block, Derivation, Fold, Heading, Line, Math, Paragraph, Table, Text
from nbsolve.expr import Quantity, atoms
from nbsolve.phrases import PhraseId, phrase, phrase_of
from nbsolve.step import Rule, Step
from nbsolve.symbol import LOSS, Partial, Role, Symbol, anchor

_OF_UPDATE = (Rule.OPTIMISER_STATE, Rule.PARAMETER_CHANGE, Rule.PARAMETER_UPDATE)
MOST_IN_FULL = 6
"""The most parameters whose update by an optimiser of several equations is derived line by line."""


@dataclass(frozen=True)
class UpdateBlocks(BackwardBlocks):
    """Writes the update of one iteration."""

    def update(self) -> Iterator[Block]:
        """The new parameters, a table of them, and the network after the update."""
        if not self.iteration.update:
            return
        if not self._asks_update:
            yield Fold(phrase("passages.not_asked_update"), tuple(self._update()))
            return
        yield Heading(self.level, (phrase("sections.update"),))
        yield from self._update()

    @property
    def _asks_update(self) -> bool:
        """Whether anything is asked that the update finds, here or in a later iteration."""
        if self.needed_later or not isinstance(self.asked, Asked):
            return True
        later = frozenset({"changes", "updated_parameters", "state", "epoch_loss"})
        return bool(self.asked.words & later) or self.asked.after or any(map(is_after, self.order))

    def _update(self) -> Iterator[Block]:
        changes = any(step.rule is Rule.PARAMETER_CHANGE for step in self.iteration.update)
        if any(atom.role is Role.DELTA for s in self.iteration.update for atom in _symbols(s)):
            key = "changes_signal" if changes else "update_signal"
        else:
            key = "changes" if changes else "update"
        training = self.solution.problem.training
        if self.first and training is not None:
            yield Paragraph((optimiser_words(training.optimiser, key),))
        if training is not None and training.schedule is not None:
            if self.first:
                yield Paragraph((phrase_of("schedules.", training.schedule.name, "update"),))
            yield from (
                self.lines.derivation(s) for s in self.iteration.update if s.rule is Rule.LEARNING_RATE
            )
        if training is not None and training.optimiser.clip:
            if self.first:
                yield from map(Paragraph, clip_passages(training.optimiser))
            norms = [step for step in self.iteration.update if step.rule is Rule.GRADIENT_NORM]
            yield from (self.matrices.derivation(step) for step in norms)
        if self._equations and by_matrices(self.solution):
            yield Paragraph((phrase("passages.entry_by_entry"),))
        if self._equations and not by_matrices(self.solution):
            yield from self._in_full()
        else:
            yield from self._each_step()
        held = [member for layer in self.solution.layers for member in layer.held]
        if held:
            names = with_commas(Math(Quantity(symbol)) for symbol in held)
            yield Paragraph(set_in("passages.held", names=names))
        if not by_matrices(self.solution):
            yield self._summary()
            yield Paragraph((phrase("passages.assembled"),))
            yield self.new_parameters()
        yield from self.after()

    def after(self) -> Iterator[Block]:
        """What is said once the parameters are new."""
        raise NotImplementedError

    def _each_step(self) -> Iterator[Block]:
        """The lines of all parameters, layer by layer."""
        for layer in self.solution.layers:
            own = [step for step in self.iteration.update if _is_of(step, layer.index)]
            for step in own:
                if by_matrices(self.solution):
                    yield self.matrices.derivation(step)
                    continue
                found = [self.lines.compact(unit) for unit in step.units]
                yield Derivation(tuple(line for line, _ in found), tuple(anchor for _, anchor in found))
                yield from self._beside([step])

    # ------------------------------------------------------------------ an optimiser of several equations

    @property
    def _equations(self) -> tuple[Equation, ...]:
        return optimiser_equations(self.solution.problem)

    @cached_property
    def _trained(self) -> tuple[Symbol, ...]:
        """The parameters that move, each once."""
        members = (
            unit.target for s in self.iteration.update if s.rule is Rule.PARAMETER_UPDATE for unit in s.units
        )
        return tuple(m._replace(new=False) for m in members if isinstance(m, Symbol))

    @cached_property
    def _told(self) -> tuple[Symbol, ...]:
        """The parameters whose update is derived in full: those that are asked for by name, else the first."""
        named = self.asked.atoms if isinstance(self.asked, Asked) else frozenset()
        asked = {_parameter(atom) for atom in named if isinstance(atom, Symbol)}
        found = tuple(member for member in self._trained if member in asked)
        return found[:MOST_IN_FULL] or self._trained[:1]

    def units_told(self, step: Step) -> Iterator[Step]:
        """The units of a step that are written out: of such an update those of the parameters told in full."""
        for unit in step.units:
            target = unit.target
            table = bool(self._equations) and step.rule in _OF_UPDATE and isinstance(target, Symbol)
            if not table or _parameter(target) in self._told:  # type: ignore[arg-type]
                yield unit

    def _in_full(self) -> Iterator[Block]:
        """One parameter line by line, or those that are asked for; what is found for the others in a table."""
        for member in self._told:
            if len(self._trained) > 1:
                yield Paragraph(set_in("passages.update_in_full", name=Math(Quantity(member))))
            own = [
                unit
                for step in self.iteration.update
                for unit in step.units
                if isinstance(unit.target, Symbol)
                and step.rule in _OF_UPDATE
                and _parameter(unit.target) == member
            ]
            lines = [line for unit in own for line in self.lines.derivation(unit).lines]
            yield Derivation(tuple(lines), tuple(self.lines.anchor(unit.target) for unit in own))
        others = [member for member in self._trained if member not in self._told]
        if others:
            yield Paragraph((phrase("passages.update_of_others"),))
            yield self._states(others)

    def _states(self, members: list[Symbol]) -> Table:
        """What the optimiser found for each parameter."""
        values, writer = self.iteration.values, self.lines.writer
        write = writer.operand if writer.each_step else writer.answer  # what the next iteration starts from
        header: list[Text] = [(phrase("answers.parameter"),)]
        general = Symbol.weight()
        header += [(Math(Quantity(general.state(e.name, e.kept))),) for e in self._equations]
        rows: list[tuple[Text, ...]] = []
        for member in members:
            row: list[Text] = [(Math(Quantity(member)),)]
            for equation in self._equations:
                written = write(values, member.state(equation.name, equation.kept))
                row.append((Math(literal(written)),))
            rows.append(tuple(row))
        states = [m.state(e.name, e.kept) for m in members for e in self._equations]
        anchors = tuple(self.lines.anchor(state) for state in states)
        return Table(tuple(header), tuple(rows), frozenset(range(1, len(header))), anchors)

    # ------------------------------------------------------------------ all new parameters

    def _summary(self) -> Table:
        rows = []
        values, writer = self.iteration.values, self.lines.writer
        for layer in self.solution.layers:
            for parameter in layer.parameters:
                for member in parameter.members:
                    row: list[Text] = [(Math(Quantity(member)),)]
                    for atom in (member, Partial(LOSS, member), member._replace(new=True)):
                        row.append((Math(literal(writer.answer(values, atom))),))
                    rows.append(tuple(row))
        columns: tuple[PhraseId, ...] = (
            "answers.parameter",
            "answers.before",
            "answers.gradient",
            "answers.after",
        )
        header = tuple((phrase(key),) for key in columns)
        others = [m for m in self._trained if m not in self._told] if self._equations else []
        anchors = tuple(self.lines.anchor(m._replace(new=True)) for m in others)
        return Table(header, tuple(rows), frozenset({1, 2, 3}), anchors)

    def new_parameters(self, anchors: bool = True) -> Derivation:
        """The parameters after the update as vectors and matrices, in the problem's layout."""
        values, writer = self.iteration.values, self.lines.writer
        lines: list[Line] = []
        ids: list[str] = []
        for layer in self.solution.layers:
            for parameter in layer.parameters:
                members = tuple(member._replace(new=True) for member in parameter.members)
                new = replace(parameter, symbol=parameter.symbol._replace(new=True), members=members)
                asked = all(member in self.asked for member in members)
                write = writer.answer if asked else writer.operand
                lines.append(self.assembled(new, partial(write, values), boxed=asked))
                if anchors and lines[-1].left == Quantity(new.symbol) and new.symbol not in members:
                    ids.append(f"it{self.iteration.number}-{anchor(new.symbol)}")
        return Derivation(tuple(lines), tuple(ids))


def _symbols(step: Step) -> Iterator[Symbol]:
    return (atom for atom in atoms(step.formula) if isinstance(atom, Symbol))


def _is_of(step: Step, layer: int) -> bool:
    """Whether a step of an update belongs to a layer; learning rate and norm of all gradients belong to none."""
    return step.rule not in (Rule.LEARNING_RATE, Rule.GRADIENT_NORM) and layer_of(step) == layer


def _parameter(target: Symbol) -> Symbol:
    """The parameter that a step of an update is about."""
    return target.parameter if target.role is Role.STATE else target._replace(new=False, change=False)
