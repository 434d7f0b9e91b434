"""The composer: which blocks a document consists of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from nbsolve.compose.conventions import conventions
from nbsolve.compose.numbers import literal
from nbsolve.compose.passes import Passes, anchored, by_matrices
from nbsolve.compose.statement import marks, statement
from nbsolve.document import (
    Block,
    Bullets,
    Document,
    Heading,
    Link,
    Markdown,
    Math,
    Note,
    Paragraph,
    Table,
    Text,
)
from nbsolve.engine import Iteration, Solution
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom, Quantity, atoms
from nbsolve.listing import asked_of, of_sample
from nbsolve.notation import Names
from nbsolve.phrases import phrase
from nbsolve.step import Step
from nbsolve.symbol import anchor, canonical
from nbsolve.values import whole
from nbsolve.writing import Writer


@dataclass(frozen=True)
class Composer:
    """Composes the documents of one solution. Raises Undecided where a digit needs more bits."""

    solution: Solution
    names: Names

    def _document(self, blocks: Iterator[Block]) -> Document:
        return Document(tuple(blocks), self.names)

    @cached_property
    def asked(self) -> dict[int, dict[Atom, None]]:
        """For each iteration, the quantities that the parts ask for."""
        found: dict[int, dict[Atom, None]] = {it.number: {} for it in self.solution.iterations}
        for part in self.solution.problem.parts:
            for iteration in self.solution.iterations:
                if part.at is None or part.at == iteration.number:
                    places = asked_of(part, iteration, self.solution, self.names)
                    found[iteration.number].update(dict.fromkeys(place.atom for place in places))
        return found

    def _passes(self, number: int | None, level: int = 2) -> Iterator[Passes]:
        chosen = self.solution.iterations if number is None else (self._iteration(number),)
        several = number is None and len(self.solution.iterations) > 1
        for iteration in chosen:
            yield Passes(self.solution, iteration, self.asked[iteration.number], level + several)

    def _iteration(self, number: int) -> Iteration:
        try:
            return self.solution.iteration(number)
        except KeyError:
            shown = ", ".join(str(iteration.number) for iteration in self.solution.iterations)
            raise UnknownQuantityError(
                f"iteration {number} is not among those written out ({shown})"
            ) from None

    # ------------------------------------------------------------------ documents

    def statement(self) -> Document:
        """What is given and what is asked."""
        return self._document(statement(self.solution, self.names))

    def conventions(self) -> Document:
        """The conventions that this solution uses."""
        items = tuple(conventions(self.solution))
        title = phrase("sections.conventions")
        return self._document(iter((Note("conventions", title, (Bullets(items),)),)))

    def forward(self, number: int | None = None) -> Document:
        """The forward pass."""
        return self._document(block for passes in self._passes(number) for block in passes.forward())

    def loss(self, number: int | None = None) -> Document:
        """The loss."""
        return self._document(block for passes in self._passes(number) for block in passes.loss())

    def backward(self, number: int | None = None) -> Document:
        """The backward pass."""
        return self._document(block for passes in self._passes(number) for block in passes.backward())

    def update(self, number: int | None = None) -> Document:
        """The update."""
        return self._document(block for passes in self._passes(number) for block in passes.update())

    def iteration(self, number: int) -> Document:
        """One iteration whole."""
        return self._document(block for passes in self._passes(number) for block in passes.everything())

    def worked(self) -> Document:
        """All iterations that are written out, under headings of their own where there are several."""
        return self._document(self._worked())

    def _worked(self) -> Iterator[Block]:
        several = len(self.solution.iterations) > 1
        previous = 0
        for iteration in self.solution.iterations:
            if several:
                if iteration.number > previous + 1:
                    yield from self._skipped(previous + 1, iteration.number - 1)
                yield Heading(2, (self._title(iteration),))
            if iteration.number > 1 and self.solution.problem.training is not None:
                yield Paragraph((phrase("passages.initial", number=str(iteration.number - 1)),))
            previous = iteration.number
            passes = Passes(self.solution, iteration, self.asked[iteration.number], 3 if several else 2)
            yield from passes.everything()

    def _skipped(self, first: int, last: int) -> Iterator[Block]:
        yield Paragraph((phrase("passages.skipped", first=str(first), last=str(last)),))

    def _title(self, iteration: Iteration) -> str:
        if len(self.solution.problem.samples) == 1:
            return phrase("sections.iteration", number=str(iteration.number))
        if len(iteration.samples) == 1:
            sample = str(iteration.samples[0])
            if self.solution.problem.training is None:
                return phrase("sections.sample", sample=sample)
            return phrase("sections.iteration_sample", number=str(iteration.number), sample=sample)
        first, last = str(iteration.samples[0]), str(iteration.samples[-1])
        return phrase("sections.iteration_batch", number=str(iteration.number), first=first, last=last)

    def answers(self) -> Document:
        """A table of what was asked."""
        return self._document(self._answers())

    def _answers(self) -> Iterator[Block]:
        yield Heading(2, (phrase("sections.answers"),))
        writer = Writer(self.solution)
        several = len(self.solution.iterations) > 1
        rows: list[tuple[Text, ...]] = []
        for part in self.solution.problem.parts:
            label = part.label
            if part.marks is not None:
                label += f" ({marks(part.marks)})"
            for iteration in self.solution.iterations:
                if part.at is not None and part.at != iteration.number:
                    continue
                targets = anchored(self.solution, iteration)
                for place in asked_of(part, iteration, self.solution, self.names):
                    from nbsolve.derived import derive

                    values = iteration.values
                    if place.atom not in values:
                        values = derive(self.solution, iteration)
                    value = Math(literal(writer.answer(values, place.atom)))
                    target = next((t for t in (place.atom, whole(place.atom)[0]) if t in targets), None)
                    words = label if target is None else Link(label, f"it{iteration.number}-{anchor(target)}")
                    row: list[Text] = [(words,)]
                    label = part.label  # the marks stand in a part's first row
                    if several:
                        row.append((str(iteration.number),))
                    rows.append((*row, (Math(Quantity(place.atom)),), (value,)))
        keys = ["part", *(["iteration"] if several else []), "quantity", "value"]
        header = tuple((phrase(f"answers.{key}"),) for key in keys)
        yield Table(header, tuple(rows), frozenset({len(keys) - 1}))

    def pitfalls(self) -> Document:
        """Where hand solutions of this go wrong."""
        return self._document(self._pitfalls())

    def _pitfalls(self) -> Iterator[Block]:
        notes = self.solution.problem.pitfalls
        if notes:
            items = tuple((Markdown(note),) for note in notes)
            yield Note("pitfall", phrase("sections.pitfalls"), (Bullets(items),))

    def document(self) -> Document:
        """The whole."""
        blocks: list[Block] = [Heading(1, (Markdown(self.solution.problem.title),))]
        for part in (self.statement, self.conventions, self.worked, self.answers, self.pitfalls):
            blocks.extend(part().blocks)
        return self._document(iter(blocks))

    # ------------------------------------------------------------------ one quantity

    def explain(self, atom: Atom) -> Document:
        """One quantity and the steps it rests on, in every iteration that is written out."""
        return self._document(self._explain(atom))

    def _explain(self, atom: Atom) -> Iterator[Block]:
        several = len(self.solution.iterations) > 1
        found = False
        for iteration in self.solution.iterations:
            wanted = {atom, *(_sampled(atom, label) for label in iteration.labels)}
            chosen = list(_resting(iteration, set(wanted)))
            if not chosen:
                continue
            found = True
            if several:
                yield Heading(2, (self._title(iteration),))
            passes = Passes(self.solution, iteration, wanted, 3)
            yield from (passes.lines.derivation(unit) for unit in chosen)
        if not found:
            raise UnknownQuantityError(
                f"{canonical(atom)} is given, or no step writes it down; "
                "`nbsolve solve --all --format json` has its value"
            )


def _resting(iteration: Iteration, wanted: set[Atom]) -> Iterator[Step]:
    """The unit steps that find the wanted quantities and all that these rest on, in their order."""
    wholes = {whole(atom)[0] for atom in wanted}
    chosen: list[Step] = []
    for step in reversed(list(iteration.steps)):
        if step.target not in wholes and whole(step.target)[0] not in wholes:
            continue
        for unit in reversed(list(step.units)):
            if unit.target in wanted:
                chosen.append(unit)
                for atom in atoms(unit.formula):
                    wanted.add(atom)
                    wholes.add(whole(atom)[0])
    return reversed(chosen)


def _sampled(atom: Atom, label: int | None) -> Atom:
    return of_sample(atom, label)


__all__ = ["Composer", "by_matrices"]
