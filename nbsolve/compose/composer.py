"""The composer: which blocks a document consists of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from nbsolve.asking.answers import Extras
from nbsolve.asking.asked_letters import AskedInLetters
from nbsolve.asking.classifying import classified
from nbsolve.asking.writing import Writer
from nbsolve.compose.answering import AnswerBlocks
from nbsolve.compose.authored import authored, pitfalls
from nbsolve.compose.checking import CheckBlocks
from nbsolve.compose.classifying import ClassBlocks
from nbsolve.compose.conventions import conventions, unsaid
from nbsolve.compose.functions import own_functions
from nbsolve.compose.identities import Identities
from nbsolve.compose.iterations import Iterations
from nbsolve.compose.letters import LetterBlocks
from nbsolve.compose.quantity import QuantityBlocks
from nbsolve.compose.statement import statement
from nbsolve.compose.written_numbers import literal
from nbsolve.document import Block, Bullets, Document, Heading, Math, Note, Paragraph, Table, Text
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom, Quantity
from nbsolve.live import Live
from nbsolve.notation import Names
from nbsolve.phrases import PhraseId, phrase
from nbsolve.problem.classes import classifies
from nbsolve.solving.schedule import epoch_length, has_several
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.symbol import EPOCH_LOSS
from nbsolve.symbolic import LetterPass

STAGES = ("forward", "loss", "backward", "update")
"""What an iteration consists of, in order."""


@dataclass(frozen=True)
class Composer:
    """Composes the documents of one solution. Raises Undecided where a digit needs more bits."""

    solution: Solution
    names: Names
    letters: LetterPass | None = None

    def _document(self, blocks: Iterator[Block]) -> Document:
        self._iterations.begin()
        return Document(tuple(blocks), self.names)

    @cached_property
    def in_letters(self) -> LetterBlocks | None:
        """The writer of the solution in letters, where there is one."""
        if self.letters is None:
            return None
        wanted = AskedInLetters.of(self.letters, self.names)
        return LetterBlocks(self.letters, self.names, wanted.targets, 3, wanted.also)

    def _parts(self, part: str, number: int | None) -> Document:
        """One part of every iteration asked for; of the solution in letters where there are no numbers."""
        if not self.solution.iterations and self.in_letters is not None and number is None:
            blocks = getattr(replace(self.in_letters, level=2), part)()
            return self._document(self._identities.remembered(blocks))
        if number is not None:
            return self._document(self._stage(part, self._iteration(number)))
        if not self._named:
            return self._document(b for one in self.solution.iterations for b in self._stage(part, one))
        return self._document(self._by_iteration(part))

    def _by_iteration(self, part: str) -> Iterator[Block]:
        for iteration in self.solution.iterations:
            yield Heading(2, (self._title(iteration),))
            yield from self._with_identities(
                getattr(self._iterations.writer(iteration, 3), part)(), iteration
            )

    def _stage(self, part: str, iteration: Iteration) -> Iterator[Block]:
        """A stage of an iteration, with what stands around it: all stages together are the whole solution."""
        iterations = self.solution.iterations
        place = iterations.index(iteration)
        if part == "forward" and self._named:
            yield from self._skipped(iterations[place - 1].number + 1 if place else 1, iteration.number - 1)
            yield Heading(2, (self._title(iteration),))
            yield from self._iterations.writer(iteration, 3).start()
        elif part == "forward" and self.in_letters is not None:
            yield Heading(2, (phrase("letters.in_numbers"),))
        passes = self._iterations.writer(iteration, 2 if not self._named and self.in_letters is None else 3)
        yield from self._with_identities(getattr(passes, part)(), iteration)
        if part == ("backward" if self.solution.problem.differentiated else "forward"):
            yield from passes.also_asked()
        training = self.solution.problem.training
        if part == STAGES[-1] and training is not None and iteration is iterations[-1]:
            yield from self._skipped(iteration.number + 1, training.iterations)
            yield from self._epochs()

    @cached_property
    def _iterations(self) -> Iterations:
        numbered = {} if self.in_letters is None else self.in_letters.tags
        return Iterations(self.solution, self.names, self.letters, numbered)

    def numbers(self, iteration: Iteration) -> Mapping[Atom, int]:
        """The numbers that the factors of an iteration's backward pass have on the page."""
        return self._iterations.tags(iteration)

    @property
    def _named(self) -> bool:
        """Whether each iteration says which it is."""
        return has_several(self.solution.problem)

    def _iteration(self, number: int) -> Iteration:
        try:
            return self.solution.iteration(number)
        except KeyError:
            shown = ", ".join(str(iteration.number) for iteration in self.solution.iterations)
            raise UnknownQuantityError(
                f"iteration {number} is not among those written out ({shown})"
            ) from None

    # ------------------------------------------------------------------ documents

    def statement(self, attached: bool = False, blanks: bool = False) -> Document:
        """What is given and what is asked, with files of large arrays where they are `attached`.

        `blanks` stand for the numbers of the solution in its author's words.
        """
        live = replace(self.live, blanks=True) if blanks else self.live
        return self._document(statement(self.solution, self.names, live, attached))

    def unsaid(self) -> Document:
        """What a question sheet has to say beside the statement."""
        items = tuple(unsaid(self.solution, self.names))
        return self._document(iter((Bullets(items),) if items else ()))

    def conventions(self) -> Document:
        """The conventions that this solution uses."""
        items = tuple(conventions(self.solution, self.names))
        title = phrase("sections.conventions")
        note = Note("conventions", title, (Bullets(items),))
        return self._document(iter((note, *own_functions(self.solution.problem))))

    def forward(self, number: int | None = None) -> Document:
        """The forward pass."""
        return self._parts("forward", number)

    def loss(self, number: int | None = None) -> Document:
        """The loss."""
        return self._parts("loss", number)

    def backward(self, number: int | None = None) -> Document:
        """The backward pass."""
        return self._parts("backward", number)

    def update(self, number: int | None = None) -> Document:
        """The update."""
        return self._parts("update", number)

    def iteration(self, number: int) -> Document:
        """One iteration from its forward pass to its update."""
        iteration = self._iteration(number)
        return self._document(
            self._with_identities(self._iterations.writer(iteration).everything(), iteration)
        )

    def worked(self) -> Document:
        """All iterations that are written out, under headings of their own where there are several."""
        return self._document(self._worked())

    def _worked(self) -> Iterator[Block]:
        yield from self._letters()
        for iteration in self.solution.iterations:
            for part in STAGES:
                yield from self._stage(part, iteration)

    def classification(self) -> Document:
        """The decision boundary and the predictions in the end, where a part asks for any of them."""
        blocks = self._class_blocks
        return self._document(iter(()) if blocks is None else blocks.blocks())

    @cached_property
    def _class_blocks(self) -> ClassBlocks | None:
        found = classified(self.solution) if classifies(self.solution.problem.parts) else None
        return None if found is None else ClassBlocks(found)

    def in_letters_alone(self) -> Document:
        """The solution in letters."""
        return self._document(self._letters())

    def _letters(self) -> Iterator[Block]:
        if self.in_letters is not None:
            yield Heading(2, (phrase("letters.section"),))
            yield from self._identities.remembered(self.in_letters.everything())

    @property
    def _identities(self) -> Identities:
        return Identities(self.solution, self.names)

    def _with_identities(self, blocks: Iterator[Block], iteration: Iteration) -> Iterator[Block]:
        """The blocks of an iteration; the first one has the identities that no solution in letters has said."""
        first = iteration is self.solution.iterations[0] and self.in_letters is None
        return self._identities.remembered(blocks) if first else blocks

    def _skipped(self, first: int, last: int) -> Iterator[Block]:
        """A word about the iterations that are not written out, where there are any."""
        if first > last:
            return
        key: PhraseId = "passages.skipped_before" if first == 1 else "passages.skipped"
        if first == last:
            key = "passages.skipped_before_one" if first == 1 else "passages.skipped_one"
        yield Paragraph((phrase(key, first=str(first), last=str(last)),))

    def _epochs(self) -> Iterator[Block]:
        """The loss of every epoch, where the problem lists it."""
        if not self.solution.epochs:
            return
        yield Heading(2, (phrase("sections.epochs"),))
        loss, writer = EPOCH_LOSS, Writer(self.solution)
        length = epoch_length(self.solution.problem)
        rows: list[tuple[Text, ...]] = []
        for epoch in self.solution.epochs:
            last = str(epoch.iteration)
            iterations = last if length == 1 else f"{epoch.iteration - length + 1}–{last}"
            value = Math(literal(writer.answer(epoch.values, loss)))
            rows.append(((str(epoch.number),), (iterations,), (value,)))
        header: tuple[Text, ...] = (
            (phrase("answers.epoch"),),
            (phrase("answers.iterations"),),
            (Math(Quantity(loss)),),
        )
        yield Table(header, tuple(rows), frozenset({0, 1, 2}))

    def _title(self, iteration: Iteration) -> str:
        if len(self.solution.problem.samples) == 1:
            return phrase("sections.iteration", number=str(iteration.number))
        if len(iteration.samples) == 1:
            sample = str(iteration.samples[0])
            return phrase("sections.iteration_sample", number=str(iteration.number), sample=sample)
        first, last = str(iteration.samples[0]), str(iteration.samples[-1])
        return phrase("sections.iteration_batch", number=str(iteration.number), first=first, last=last)

    def answers(self) -> Document:
        """A table of what was asked."""
        return self._document(self._answers())

    def _answers(self) -> Iterator[Block]:
        return self._answer_blocks.blocks()

    def new_parameters(self) -> Document:
        """The new parameters as vectors and matrices, where all of them are asked for."""
        return self._document(self._answer_blocks.assembled())

    @property
    def _answer_blocks(self) -> AnswerBlocks:
        return AnswerBlocks(
            self.solution, self.names, self.letters, self._iterations.writer, self._class_blocks
        )

    @cached_property
    def live(self) -> Live:
        """Fills the numbers of this solution into its author's texts."""
        known = None if self.letters is None else self.letters.values
        return Live(self.solution, self.names, Extras(), known)

    def pitfalls(self) -> Document:
        """Common mistakes."""
        return self._document(pitfalls(self.solution.problem, self.live.fill))

    def check(self, exact: Solution) -> Document:
        """The gradients beside difference quotients; `exact`: the solution without the rounding of each step."""
        return self._document(CheckBlocks(self.solution, exact, self.names).everything())

    def title(self) -> Document:
        """The problem's title, as the heading of a whole document."""
        problem = self.solution.problem
        return self._document(iter((Heading(1, (authored(problem, problem.title),)),)))

    # ------------------------------------------------------------------ one quantity

    def explain(self, atom: Atom) -> Document:
        """One quantity and the steps it rests on, in every iteration that is written out."""
        quantity = QuantityBlocks(self._iterations, self.in_letters, self._title if self._named else None)
        return self._document(quantity.explained(atom))
