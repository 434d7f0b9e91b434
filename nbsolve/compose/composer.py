"""The composer: which blocks a document consists of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from nbsolve.answers import Extras
from nbsolve.asked_letters import AskedInLetters, InLetters
from nbsolve.compose.answering import MOST_ROWS, AnswerBlocks
from nbsolve.compose.checking import CheckBlocks
from nbsolve.compose.conventions import conventions, unsaid
from nbsolve.compose.explaining import all_steps, by_layers, resting, resting_by_layers
from nbsolve.compose.functions import own_functions
from nbsolve.compose.identities import Identities
from nbsolve.compose.iteration import anchored, by_matrices
from nbsolve.compose.letters import LetterBlocks
from nbsolve.compose.numbers import Key, literal
from nbsolve.compose.passes import Passes
from nbsolve.compose.statement import authored, statement
from nbsolve.document import (
    Block,
    Bullets,
    Document,
    Heading,
    Math,
    Note,
    Paragraph,
    Table,
    Text,
)
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom, Quantity, atoms
from nbsolve.layers.parameters import held_members
from nbsolve.listing import Asked, asked_of, meant
from nbsolve.live import Live
from nbsolve.notation import Names
from nbsolve.phrases import phrase
from nbsolve.schedule import epoch_length, has_several
from nbsolve.solution import Iteration, Solution
from nbsolve.symbol import Role, Symbol, canonical
from nbsolve.symbolic import LetterPass
from nbsolve.values import whole
from nbsolve.writing import Writer

PARAMETERS = frozenset({Role.WEIGHT, Role.BIAS, Role.THRESHOLD})
STAGES = ("forward", "loss", "backward", "update")
"""What an iteration consists of, in order."""


@dataclass(frozen=True)
class Composer:
    """Composes the documents of one solution. Raises Undecided where a digit needs more bits."""

    solution: Solution
    names: Names
    letters: LetterPass | None = None
    attached: bool = False

    def _document(self, blocks: Iterator[Block]) -> Document:
        for passes in self._passes.values():
            passes.begin()
        return Document(tuple(blocks), self.names)

    @cached_property
    def asked(self) -> dict[int, Asked]:
        """For each iteration, the quantities that the parts ask for."""
        return {
            iteration.number: Asked.in_iteration(iteration, self.solution, self.names)
            for iteration in self.solution.iterations
        }

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
            yield from self._with_identities(getattr(self._of(iteration, 3), part)(), iteration)

    def _stage(self, part: str, iteration: Iteration) -> Iterator[Block]:
        """A stage of an iteration, with what stands around it: all stages together are the whole solution."""
        iterations = self.solution.iterations
        place = iterations.index(iteration)
        if part == "forward" and self._named:
            yield from self._skipped(iterations[place - 1].number + 1 if place else 1, iteration.number - 1)
            yield Heading(2, (self._title(iteration),))
            yield from self._of(iteration, 3).start()
        elif part == "forward" and self.in_letters is not None:
            yield Heading(2, (phrase("letters.in_numbers"),))
        passes = self._of(iteration, 2 if not self._named and self.in_letters is None else 3)
        yield from self._with_identities(getattr(passes, part)(), iteration)
        if part == ("backward" if self.solution.problem.losses else "forward"):
            yield from passes.also_asked()
        training = self.solution.problem.training
        if part == STAGES[-1] and training is not None and iteration is iterations[-1]:
            yield from self._skipped(iteration.number + 1, training.iterations)
            yield from self._epochs()

    def numbers(self, iteration: Iteration) -> Mapping[Atom, int]:
        """The numbers that the factors of an iteration's backward pass have on the page."""
        return self._of(iteration, 2).tags

    @property
    def _named(self) -> bool:
        """Whether each iteration says which it is."""
        return has_several(self.solution.problem)

    def _of(self, iteration: Iteration, level: int) -> Passes:
        key = iteration.number, level
        if key not in self._passes:
            self._passes[key] = self._new_passes(iteration, level)
        return self._passes[key]

    @cached_property
    def _passes(self) -> dict[tuple[int, int], Passes]:
        return {}

    def _new_passes(self, iteration: Iteration, level: int) -> Passes:
        asked = self.asked[iteration.number]
        numbered = {} if self.in_letters is None else self.in_letters.tags
        later = any(
            part.at is None or part.at > iteration.number
            for part in self.solution.problem.parts
            if part.ask and iteration is not self.solution.iterations[-1]
        )
        order = tuple(self._in_order(iteration))
        passes = Passes(
            self.solution,
            iteration,
            asked,
            level,
            tuple(self._also(iteration)),
            numbered,
            order,
            later,
            self.letters,
        )
        return replace(passes, needs=self._needs(passes))

    def _needs(self, passes: Passes) -> Mapping[Key, int]:
        """The digits beyond the usual ones that an iteration's lines need, and those of the one that follows it."""
        iteration = passes.iteration
        if iteration.values.needs is None:
            later = [one for one in self.solution.iterations if one.number == iteration.number + 1]
            start: dict[Key, int] = {
                replace(key, new=True): digits
                for one in later
                for key, digits in self._of(one, 2).needs.items()
                if isinstance(key, Symbol) and key.role in PARAMETERS and not (key.new or key.change)
            }
            iteration.values.needs = passes.learnt(start)
        return iteration.values.needs

    def _in_order(self, iteration: Iteration) -> Iterator[Atom]:
        """What is asked of an iteration, in its order."""
        for part in self.solution.problem.parts:
            if part.at in (None, iteration.number):
                places = asked_of(part, iteration, self.solution, self.names)
                yield from (place.holder for place in islice(places, MOST_ROWS))

    def _also(self, iteration: Iteration) -> Iterator[Atom]:
        """The asked quantities that the explanation does not find on its way."""
        written = anchored(self.solution, iteration)
        # what is held is said to be so at the update
        written |= {replace(m, new=True) for layer in self.solution.layers for m in held_members(layer)}
        for part in self.solution.problem.parts:
            if part.at is not None and part.at != iteration.number:
                continue
            for place in islice(asked_of(part, iteration, self.solution, self.names), MOST_ROWS):
                if place.holder not in written and whole(place.holder)[0] not in written:
                    yield place.holder

    def _iteration(self, number: int) -> Iteration:
        try:
            return self.solution.iteration(number)
        except KeyError:
            shown = ", ".join(str(iteration.number) for iteration in self.solution.iterations)
            raise UnknownQuantityError(
                f"iteration {number} is not among those written out ({shown})"
            ) from None

    # ------------------------------------------------------------------ documents

    def statement(self, blanks: bool = False) -> Document:
        """What is given and what is asked; with `blanks` for the numbers of the solution in its author's words."""
        live = replace(self.live, blanks=True) if blanks else self.live
        return self._document(statement(self.solution, self.names, live, self.attached))

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
        return self._document(self._with_identities(self._of(iteration, 2).everything(), iteration))

    def worked(self) -> Document:
        """All iterations that are written out, under headings of their own where there are several."""
        return self._document(self._worked())

    def _worked(self) -> Iterator[Block]:
        yield from self._letters()
        for iteration in self.solution.iterations:
            for part in STAGES:
                yield from self._stage(part, iteration)

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
        key = "skipped_before" if first == 1 else "skipped"
        if first == last:
            key = "skipped_before_one" if first == 1 else "skipped_one"
        yield Paragraph((phrase(f"passages.{key}", first=str(first), last=str(last)),))

    def _epochs(self) -> Iterator[Block]:
        """The loss of every epoch, where the problem lists it."""
        if not self.solution.epochs:
            return
        yield Heading(2, (phrase("sections.epochs"),))
        loss, writer = Symbol(Role.EPOCH_LOSS), Writer(self.solution)
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
        return AnswerBlocks(self.solution, self.names, self.letters, lambda one: self._of(one, 2))

    @cached_property
    def live(self) -> Live:
        """Fills the numbers of this solution into its author's texts."""
        known = None if self.letters is None else self.letters.values
        return Live(self.solution, self.names, Extras(), known)

    def pitfalls(self) -> Document:
        """Common mistakes."""
        return self._document(self._pitfalls())

    def _pitfalls(self) -> Iterator[Block]:
        problem = self.solution.problem
        if problem.pitfalls:
            notes = (self.live.fill(note, f"pitfalls[{n}]") for n, note in enumerate(problem.pitfalls))
            items = tuple((authored(problem, note),) for note in notes)
            yield Note("pitfall", phrase("sections.pitfalls"), (Bullets(items),))

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
        return self._document(self._explain(atom))

    def _explain(self, atom: Atom) -> Iterator[Block]:
        found = False
        if self.in_letters is not None and self.letters is not None:
            wanted_steps = list(InLetters(self.letters, self.names).steps(atom))
            found = bool(wanted_steps)
            steps = tuple(dict.fromkeys((*self.letters.steps, *wanted_steps)))
            for step in resting(steps, [step.target for step in wanted_steps]):
                yield self.in_letters.derivation(step)
        for iteration in self.solution.iterations:
            wanted = tuple(islice(meant(atom, iteration, self.solution, self.names), MOST_ROWS))
            if not wanted:
                continue
            found = True
            if self._named:
                yield Heading(2, (self._title(iteration),))
            yield from self._steps_to(wanted, iteration)
        if not found:
            raise UnknownQuantityError(
                f"{canonical(atom)} has no value in the iterations that are written out"
            )

    def _steps_to(self, wanted: tuple[Atom, ...], iteration: Iteration) -> Iterator[Block]:
        wholes = (whole(atom)[0] for atom in wanted)
        page = self._of(iteration, 3)
        passes = Passes(self.solution, iteration, frozenset((*wanted, *wholes)), 3, needs=page.needs)
        if not by_matrices(self.solution):
            steps = all_steps(self.solution, iteration, wanted)
            yield from (passes.lines_of(unit).derivation(unit) for unit in resting(steps, wanted))
            return
        layers = by_layers(wanted, iteration)
        steps = all_steps(self.solution, iteration, layers)
        for step in resting_by_layers(steps, layers):
            yield passes.matrices_of(step).derivation(step)
        for step in steps if len(wanted) <= MOST_UNITS else ():
            for unit in (step.unit(atom) for atom in wanted if step.forms and atom in step.members):
                if len(atoms(unit.formula)) <= MOST_OPERANDS:
                    yield passes.lines_of(unit).derivation(unit)


MOST_OPERANDS = 24
"""A single unit's formula with more letters than this is not written out in a wide network."""
MOST_UNITS = 12
"""Units of a wide network that are written out beside the matrices when they are asked for."""
