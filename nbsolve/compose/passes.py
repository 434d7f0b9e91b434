"""The blocks of one iteration in their order: forward pass, loss, backward pass, update."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from nbsolve.blocks.dense import LOSS
from nbsolve.compose.backward import BackwardBlocks
from nbsolve.compose.iteration import by_matrices, layer_of
from nbsolve.compose.numbers import Key, literal
from nbsolve.compose.optimiser_words import optimiser_words
from nbsolve.compose.planning import is_after
from nbsolve.document import Block, Derivation, Fold, Heading, Inline, Line, Math, Paragraph, Table, Text
from nbsolve.expr import Quantity, atoms
from nbsolve.listing import Asked
from nbsolve.phrases import phrase
from nbsolve.step import Rule, Step
from nbsolve.symbol import Partial, Role, Symbol, anchor


@dataclass(frozen=True)
class Passes(BackwardBlocks):
    """Writes a whole iteration: forward pass, loss, backward pass, what else is asked, update."""

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
        later = frozenset({"changes", "updated_parameters", "epoch_loss"})
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
        for layer in self.solution.layers:
            own = [step for step in self.iteration.update if layer_of(step) == layer.index]
            for step in own:
                if by_matrices(self.solution):
                    yield self.matrices.derivation(step)
                    continue
                found = [self.lines.compact(unit) for unit in step.units]
                yield Derivation(tuple(line for line, _ in found), tuple(anchor for _, anchor in found))
                yield from self._beside([step])
        held = [member for layer in self.solution.layers for member in layer.held]
        if held:
            yield Paragraph(_sentence(phrase("passages.held", names="\0"), held))
        if not by_matrices(self.solution):
            yield self._summary()
            yield Paragraph((phrase("passages.assembled"),))
            yield self.new_parameters()
        yield from self._after()
        yield from self.also_asked(after=True)

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
        header = tuple((phrase(f"answers.{key}"),) for key in ("parameter", "before", "gradient", "after"))
        return Table(header, tuple(rows), frozenset({1, 2, 3}))

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

    def _after(self) -> Iterator[Block]:
        if not self.iteration.after:
            return
        if isinstance(self.asked, Asked) and self.asked.after:
            yield Heading(self.level, (phrase("sections.after"),))
            yield Paragraph((phrase("passages.after"),))
            forward = [s for s in self.iteration.after if s.rule in (Rule.PRE_ACTIVATION, Rule.ACTIVATION)]
            yield from self._forward_blocks(forward, heading=False)
            yield from self._loss_blocks(s for s in self.iteration.after if s not in forward)
        if Symbol(Role.LOSS, new=True) in self.iteration.values.stored:
            yield Paragraph(self._loss_words())
        if self.iteration.epoch and Symbol(Role.EPOCH_LOSS) in self.asked:
            yield Heading(self.level, (phrase("sections.epoch"),))
            yield from (self.lines.derivation(step) for step in self.iteration.epoch)

    def _loss_words(self) -> Text:
        values, writer = self.iteration.values, self.lines.writer
        old, new = LOSS, Symbol(Role.LOSS, new=True)
        sign = self.solution.arithmetic.sign(values[new] - values[old])  # type: ignore[arg-type]
        key = {-1: "loss_fell", 0: "loss_same", 1: "loss_rose"}[sign]
        on = self._samples_words()
        numbers = [Math(literal(writer.answer(values, atom))) for atom in (old, new)]
        if sign and numbers[0] == numbers[1]:
            return (phrase("passages.loss_hardly", on=on),)
        slots = {"old": "\0", "new": "\0"} if sign else {}
        return _filled(phrase(f"passages.{key}", on=on, **slots), numbers)

    def _samples_words(self) -> str:
        """On which of several samples the loss is taken."""
        if len(self.solution.problem.samples) == 1:
            return ""
        first, last = str(self.iteration.samples[0]), str(self.iteration.samples[-1])
        if len(self.iteration.samples) == 1:
            return phrase("passages.on_sample", sample=first)
        return phrase("passages.on_samples", first=first, last=last)

    def learnt(self, needs: Mapping[Key, int]) -> Mapping[Key, int]:
        """The digits beyond the usual ones that the lines need of each quantity, beside those that are known."""
        found = dict(needs)
        iteration = self.iteration
        lines = replace(self.lines, needs=found)
        matrices, whole = replace(self.matrices, lines=lines), by_matrices(self.solution)
        parts = (iteration.forward, iteration.loss, iteration.backward, iteration.update, iteration.after)
        for step in reversed([step for part in (*parts, iteration.epoch) for step in part]):
            if whole and step not in iteration.loss:
                matrices.learn(step, found)
                continue
            terms = step.rule is Rule.PATH_SUM or step in iteration.loss
            for unit in reversed(list(step.units)):
                lines.learn(self._spelled(unit), terms, found)
        for step in iteration.backward:
            if step.forms and isinstance(step.formula, Quantity):  # ∂L/∂b = ∂L/∂z: the same numbers
                for unit in step.units:
                    same = unit.formula.atom if isinstance(unit.formula, Quantity) else unit.target
                    found[unit.target] = max(found.get(unit.target, 0), found.get(same, 0))
        return found

    def everything(self) -> Iterator[Block]:
        """Write the whole iteration, part by part."""
        for part in (self.forward, self.loss, self.backward, self.also_asked, self.update):
            yield from part()


def _symbols(step: Step) -> Iterator[Symbol]:
    return (atom for atom in atoms(step.formula) if isinstance(atom, Symbol))


def _sentence(template: str, symbols: list[Symbol]) -> Text:
    before, _, after = template.partition("\0")
    names: list[Inline] = []
    for position, symbol in enumerate(symbols):
        names.extend(([", "] if position else []) + [Math(Quantity(symbol))])
    return (before, *names, after)


def _filled(template: str, parts: list[Math]) -> Text:
    pieces = template.split("\0")
    text: list[Inline] = [pieces[0]]
    for part, piece in zip(parts, pieces[1:], strict=False):
        text.extend((part, piece))
    return tuple(piece for piece in text if piece != "")
