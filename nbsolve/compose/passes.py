"""The blocks of one iteration in their order: forward pass, loss, backward pass, update."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from nbsolve.asking.listing import Asked
from nbsolve.compose.also_asked import AlsoAsked, shows_terms
from nbsolve.compose.amount import by_matrices
from nbsolve.compose.numbers import Key
from nbsolve.compose.sentences import set_in
from nbsolve.compose.update import UpdateBlocks
from nbsolve.compose.written_numbers import literal
from nbsolve.document import Block, Heading, Math, Paragraph, Text
from nbsolve.expr import Quantity
from nbsolve.phrases import PhraseId, phrase
from nbsolve.step import Rule
from nbsolve.symbol import EPOCH_LOSS, LOSS, Role, Symbol


@dataclass(frozen=True)
class Passes(UpdateBlocks, AlsoAsked):
    """Writes a whole iteration: forward pass, loss, backward pass, what else is asked, update."""

    def after(self) -> Iterator[Block]:
        """The network after the update, and what is asked of it."""
        yield from self._after()
        yield from self.also_asked(after=True)

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
        if self.iteration.epoch and EPOCH_LOSS in self.asked:
            yield Heading(self.level, (phrase("sections.epoch"),))
            yield from (self.lines.derivation(step) for step in self.iteration.epoch)

    def _loss_words(self) -> Text:
        values, writer = self.iteration.values, self.lines.writer
        old, new = LOSS, Symbol(Role.LOSS, new=True)
        sign = self.solution.arithmetic.sign(values[new] - values[old])  # type: ignore[arg-type]
        keys: dict[int, PhraseId] = {
            -1: "passages.loss_fell",
            0: "passages.loss_same",
            1: "passages.loss_rose",
        }
        on = self._samples_words()
        before, after = (Math(literal(writer.answer(values, atom))) for atom in (old, new))
        if sign and before == after:
            return (phrase("passages.loss_hardly", on=on),)
        return set_in(keys[sign], on=on, old=before, new=after)

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
        for unit in reversed(self.units_of_outputs):
            replace(lines, values=unit.values).learn(unit, shows_terms(unit, self.solution.arithmetic), found)
        parts = (iteration.forward, iteration.loss, iteration.backward, iteration.update, iteration.after)
        for step in reversed([step for part in (*parts, iteration.epoch) for step in part]):
            if whole and step not in iteration.loss:
                matrices.learn(step, found)
                continue
            terms = step.rule is Rule.PATH_SUM or step in iteration.loss
            for unit in reversed(list(self.units_told(step))):
                lines.learn(self._spelled(unit), terms, found)
        for step in (*iteration.loss, *iteration.backward):
            if step.forms and isinstance(step.formula, Quantity):  # ∂L/∂b = ∂L/∂z: the same numbers
                for unit in step.units:
                    same = unit.formula.atom if isinstance(unit.formula, Quantity) else unit.target
                    found[unit.target] = max(found.get(unit.target, 0), found.get(same, 0))
        return found

    def everything(self) -> Iterator[Block]:
        """Write the whole iteration, part by part."""
        for part in (self.forward, self.loss, self.backward, self.also_asked, self.update):
            yield from part()
