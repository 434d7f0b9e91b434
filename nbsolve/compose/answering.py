"""The answers: a table for each part, its iterations and samples side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from nbsolve.asking.answers import Extras
from nbsolve.asking.asked_letters import AskedInLetters, is_its_own_name
from nbsolve.asking.listing import asked_of, belongs_to_sample, of_sample
from nbsolve.asking.writing import Writer
from nbsolve.compose.amount import anchored
from nbsolve.compose.authored import marks
from nbsolve.compose.classifying import ClassBlocks
from nbsolve.compose.layout import LIMIT
from nbsolve.compose.passes import Passes
from nbsolve.compose.written_numbers import literal
from nbsolve.document import Block, Heading, Link, Math, Paragraph, Table, Text
from nbsolve.expr import Atom, Quantity
from nbsolve.notation import Names
from nbsolve.phrases import phrase
from nbsolve.problem.model import Part
from nbsolve.rounding import Written
from nbsolve.solving.schedule import has_several
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.symbol import anchor
from nbsolve.symbolic import LetterPass
from nbsolve.values import whole

MOST_ROWS = 200
"""Answers of one part that stand in the tables; a wide network has a hundred thousand."""
MOST_COLUMNS = 4
"""Cases that stand side by side; of more, each has a row of its own."""

Case = tuple[int, int | None]
"""An iteration, and one of its samples where the answer belongs to one."""


@dataclass(frozen=True)
class AnswerBlocks:
    """Writes the answers of a solution; `passes` writes one iteration."""

    solution: Solution
    names: Names
    letters: LetterPass | None
    passes: Callable[[Iteration], Passes]
    classes: ClassBlocks | None = None

    def blocks(self) -> Iterator[Block]:
        """All parts, one after the other."""
        yield Heading(2, (phrase("sections.answers"),))
        if not self.solution.iterations and self.letters is not None:
            if self.letters.instances:
                yield from self._formulae(self.letters)
            else:
                yield Paragraph((phrase("letters.answers_above"),))
            return
        shortened = False
        for part in self.solution.problem.parts:
            answers = list(self._answers(part))
            kept = [answer for answer in answers if answer is not None]
            shortened = shortened or len(kept) < len(answers)
            yield from self._tables(part, kept)
            yield from self._classes(part, marked=not kept)
            if "updated_parameters" in part.ask and self._small:
                yield from self._assembled(part)
        if shortened:
            yield Paragraph((phrase("answers.shortened", count=str(MOST_ROWS)),))

    def _classes(self, part: Part, marked: bool) -> Iterator[Table]:
        """What a part asks of the classes that a unit tells apart."""
        rows = () if self.classes is None else tuple(self.classes.answers(part))
        if rows:
            yield Table(((_title(part, marked),), (phrase("answers.value"),)), rows)

    # ------------------------------------------------------------------ in letters

    def _formulae(self, letters: LetterPass) -> Iterator[Table]:
        """What was asked, as formulae, or as numbers where they are known."""
        rows: dict[str, list[tuple[Text, ...]]] = {}
        for part, step in AskedInLetters.of(letters, self.names).places:
            name = Math(Quantity(step.target))
            words = name if is_its_own_name(step) else Link(name, f"letters-{anchor(step.target)}")
            if step.target in letters.values:
                value = Math(literal(Writer(self.solution).answer(letters.values, step.target)))
            else:
                value = Math(step.formula)
            rows.setdefault(part.label, []).append(((words,), (value,)))
        for part in self.solution.problem.parts:
            if part.label in rows:
                header: tuple[Text, ...] = ((_title(part),), (phrase("answers.formula"),))
                yield Table(header, tuple(rows[part.label]))

    # ------------------------------------------------------------------ in numbers

    def _answers(self, part: Part) -> Iterator[tuple[Atom, Case, Text] | None]:
        """Each quantity that a part asks for, without its sample; the case; the value, linked to its line.

        None where an iteration has more of them than are shown.
        """
        for iteration in self.solution.iterations:
            if part.at is not None and part.at != iteration.number:
                continue
            targets = self._anchored[iteration.number]
            places = list(islice(asked_of(part, iteration, self.solution, self.names), MOST_ROWS + 1))
            yield from (None for _ in places[MOST_ROWS:])
            for place in places[:MOST_ROWS]:
                atom = place.holder
                value = Math(literal(self._value(atom, iteration)))
                target = next((t for t in (atom, whole(atom)[0]) if t in targets), None)
                linked = value if target is None else Link(value, f"it{iteration.number}-{anchor(target)}")
                sample = atom.sample
                if sample is None and self._labelled and belongs_to_sample(atom):
                    (sample,) = iteration.samples  # the last batch may have one sample only
                yield of_sample(atom, None), (iteration.number, sample), (linked,)

    @cached_property
    def _labelled(self) -> bool:
        """Whether some iteration takes several samples, whose quantities have numbers."""
        return any(len(iteration.samples) > 1 for iteration in self.solution.iterations)

    @cached_property
    def _anchored(self) -> dict[int, set[Atom]]:
        return {i.number: anchored(self.solution, i) for i in self.solution.iterations}

    @cached_property
    def _extras(self) -> Extras:
        return Extras()

    def _value(self, atom: Atom, iteration: Iteration) -> Written:
        return Writer(self.solution).answer(self._extras.of(self.solution, iteration, atom), atom)

    def _tables(self, part: Part, answers: Sequence[tuple[Atom, Case, Text]]) -> Iterator[Table]:
        """What belongs to whole iterations and what belongs to samples stand in tables of their own."""
        title = _title(part)
        for of_samples in (True, False):
            own = [answer for answer in answers if (answer[1][1] is not None) is of_samples]
            if own:
                yield from self._grid(title, own)
                title = _title(part, marked=False)

    def _grid(self, title: str, answers: Sequence[tuple[Atom, Case, Text]]) -> Iterator[Table]:
        quantities = list(dict.fromkeys(atom for atom, _, _ in answers))
        cases = list(dict.fromkeys(case for _, case, _ in answers))
        found = {(atom, case): value for atom, case, value in answers}
        names: list[Text] = [(Math(Quantity(atom)),) for atom in quantities]
        titles: list[Text] = [(self._case(case),) for case in cases]
        if len(cases) <= MOST_COLUMNS:
            rows = [[found.get((atom, case), ("",)) for case in cases] for atom in quantities]
            yield _table(title, titles, names, rows)
            return
        for start in range(0, len(quantities), MOST_COLUMNS):
            shown = quantities[start : start + MOST_COLUMNS]
            rows = [[found.get((atom, case), ("",)) for atom in shown] for case in cases]
            yield _table(title, names[start : start + MOST_COLUMNS], titles, rows)

    def _case(self, case: Case) -> str:
        """Which iteration and which sample."""
        number, sample = case
        if not has_several(self.solution.problem):
            return (
                phrase("answers.value") if sample is None else phrase("sections.sample", sample=str(sample))
            )
        if sample is None:
            return phrase("sections.iteration", number=str(number))
        return phrase("sections.iteration_sample", number=str(number), sample=str(sample))

    # ------------------------------------------------------------------ new parameters

    @property
    def _small(self) -> bool:
        """Whether the matrices of all layers are shown whole."""
        widths = [
            self.solution.problem.network.inputs,
            *(layer.layer.units for layer in self.solution.layers),
        ]
        return max(widths) <= LIMIT

    def assembled(self) -> Iterator[Block]:
        """The new parameters as vectors and matrices, for the parts that ask for all of them."""
        for part in self.solution.problem.parts:
            if "updated_parameters" in part.ask and self._small:
                yield from self._assembled(part)

    def _assembled(self, part: Part) -> Iterator[Block]:
        for iteration in self.solution.iterations:
            if not iteration.update or part.at not in (None, iteration.number):
                continue
            if has_several(self.solution.problem):
                yield Paragraph((phrase("sections.iteration", number=str(iteration.number)) + ":",))
            yield self.passes(iteration).new_parameters(anchors=False)


def _title(part: Part, marked: bool = True) -> str:
    """`Part a (4 marks)`."""
    words = phrase("answers.of_part", label=part.label)
    return words if part.marks is None or not marked else f"{words} ({marks(part.marks)})"


def _table(
    title: str, header: Sequence[Text], labels: Sequence[Text], rows: Sequence[Sequence[Text]]
) -> Table:
    body = tuple((label, *row) for label, row in zip(labels, rows, strict=True))
    return Table(((title,), *header), body, frozenset(range(1, len(header) + 1)))
