"""What training comes to: how it ends, whether a line separates the classes at all, the predictions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import flint

from nbsolve.compose.rules.boundary import BoundaryBlocks, fraction, vector
from nbsolve.compose.rules.epochs import EpochBlocks
from nbsolve.compose.rules.letters import input_, prediction, target, z
from nbsolve.compose.written_numbers import literal
from nbsolve.document import (
    Block,
    Derivation,
    Heading,
    Line,
    Markdown,
    Math,
    Paragraph,
    Result,
    Table,
    Text,
)
from nbsolve.expr import (
    Expr,
    Quantity,
    number,
    product,
    quotient,
    total,
)
from nbsolve.given import known
from nbsolve.phrases import PhraseId, listed, phrase
from nbsolve.rules.separating import Certificate, inseparable
from nbsolve.symbol import Role, Symbol

__all__ = ["EndBlocks"]

Q = flint.fmpq


@dataclass(frozen=True)
class EndBlocks:
    """Writes the end of a training."""

    epochs: EpochBlocks

    @property
    def boundaries(self) -> BoundaryBlocks:
        """The decision boundaries."""
        return BoundaryBlocks(self.epochs)

    # ------------------------------------------------------------------ how it ends

    def end(self) -> Iterator[Block]:
        """The parameters in the end, why it ends there, and whether it could have gone on to."""
        trained = self.epochs.trained
        yield Heading(2, (phrase("rule.end"),))
        yield Paragraph((self.how(),))
        for unit in self.epochs.units:
            yield Derivation(tuple(self._parameters(unit)), anchors=(f"parameters-{unit}",))
        if trained.rule.mistakes and not trained.right:
            yield from self._cycle()

    def how(self) -> str:
        """Why training ends, in a sentence."""
        trained = self.epochs.trained
        count, last = sum(epoch.mistakes for epoch in trained.epochs), len(trained.epochs)
        words = phrase("rule.one_mistake") if count == 1 else phrase("rule.mistakes", count=str(count))
        if not trained.rule.mistakes:
            key: PhraseId = "rule.ended_one" if last == 1 else "rule.ended"
            return phrase(key, last=str(last))
        if trained.right:
            return phrase(
                "rule.finished" if last > 1 else "rule.finished_at_once", last=str(last), mistakes=words
            )
        return phrase("rule.stopped", last=str(last), mistakes=words)

    def _parameters(self, unit: int) -> Iterator[Line]:
        lines = self.epochs.lines
        last = self.epochs.trained.last
        for parameter, value in self.final(unit):
            written = lines.answer(value)
            relation = "=" if written.exact else "≈"
            yield Line(((relation, Result(literal(written), True)),), left=Quantity(parameter))
        assert last.weights

    def final(self, unit: int) -> list[tuple[Symbol, Q]]:
        """Each parameter of a unit that learns, with its last value."""
        last = self.epochs.trained.last
        found: list[tuple[Symbol, Q]] = []
        for parameter in self.epochs.parameters(unit):
            if parameter.role is Role.WEIGHT:
                assert isinstance(parameter.from_, int)
                found.append((parameter, last.weights[unit - 1][parameter.from_ - 1]))
            else:
                found.append((parameter, last.constants[unit - 1]))
        return found

    def _cycle(self) -> Iterator[Block]:
        cycle = self.epochs.trained.cycle
        if cycle is None:
            return
        first, again = cycle
        key: PhraseId = "rule.cycle_from_start" if first == 0 else "rule.cycle"
        yield Paragraph((phrase(key, first=str(first), again=str(again)),))

    # ------------------------------------------------------------------ whether a line separates the classes

    def separable(self) -> Iterator[Block]:
        """Where the rule did not come to an end: whether any line would do, with the proof where none does."""
        trained = self.epochs.trained
        stopped = trained.rule.mistakes and not trained.right
        if not stopped and not any("separable" in part.ask for part in trained.problem.parts):
            return
        yield Heading(2, (phrase("rule.separable"),))
        for unit in self.epochs.units:
            if len(self.epochs.units) > 1:
                yield Heading(3, (phrase("rule.unit", number=str(unit)),))
            yield from self._separable(unit)

    @cached_property
    def certificates(self) -> tuple[Certificate | None, ...]:
        """The proof for each unit that no parameters are right for all samples."""
        return tuple(inseparable(self.epochs.trained.problem, unit - 1) for unit in self.epochs.units)

    def _separable(self, unit: int) -> Iterator[Block]:
        problem = self.epochs.trained.problem
        proof = self.certificates[unit - 1]
        what = phrase(_WHAT.get(problem.network.inputs, "rule.hyperplane"))
        if proof is None:
            wrong = any(
                self.epochs.trained.epochs[-1].turns[s].wrong[unit - 1] for s in range(len(problem.samples))
            )
            free = not problem.network.layers[0].bias.absent and not self.epochs.held
            key: PhraseId = (
                "rule.separated" if not wrong else "rule.not_yet" if free else "rule.not_yet_fixed"
            )
            yield Paragraph((phrase(key, what=what),))
            return
        if not proof.convex:
            yield Paragraph((phrase("rule.impossible_fixed"),))
            return
        yield Paragraph((phrase("rule.impossible", what=what),))
        left, right = (self._combination(side) for side in (proof.upper, proof.lower))
        middle = vector(proof.point)
        yield Derivation((Line((("=", middle), ("=", right)), left=left),))
        yield Paragraph(
            (
                Markdown(
                    phrase(
                        "rule.between",
                        upper=_listed([number for number, _ in proof.upper]),
                        lower=_listed([number for number, _ in proof.lower]),
                    )
                ),
            )
        )

    def _combination(self, side: Sequence[tuple[int, Q]]) -> Expr:
        """½ (0, 0) + ½ (1, 1)."""
        samples = self.epochs.trained.problem.samples
        terms: list[Expr] = []
        for sample, share in side:
            point = vector(tuple(known(entry).rational for entry in samples[sample - 1].input))
            terms.append(product(fraction(share), point))
        return total(*terms)

    # ------------------------------------------------------------------ predictions

    def predictions(self) -> Iterator[Block]:
        """Every sample with the parameters in the end, and how many are right."""
        trained = self.epochs.trained
        problem, lines = trained.problem, self.epochs.lines
        yield Heading(2, (phrase("rule.predictions"),))
        columns: list[Symbol] = [input_(i) for i in range(1, problem.network.inputs + 1)]
        for unit in self.epochs.units:
            columns += [target(unit), z(unit), prediction(unit)]
        header: list[Text] = [(phrase("statement.number"),), *((Math(Quantity(one)),) for one in columns)]
        header.append((phrase("rule.correct"),))
        rows: list[tuple[Text, ...]] = []
        for place, sample in enumerate(problem.samples, 1):
            sums, said = trained.predicted(trained.last, place)
            targets = [known(entry) for entry in sample.target or ()]
            row: list[Text] = [(str(place),)]
            row += [(Math(literal(known(entry))),) for entry in sample.input]
            for aim, value, own in zip(targets, sums, said, strict=True):
                row += [
                    (Math(literal(aim)),),
                    (Math(literal(lines.operand(value))),),
                    (Math(literal(lines.operand(own))),),
                ]
            right = all(aim.value == own for aim, own in zip(targets, said, strict=True))
            rows.append((*row, (phrase("rule.yes" if right else "rule.no"),)))
        yield Table(tuple(header), tuple(rows), frozenset(range(len(header) - 1)))
        hits, count = self.accuracy
        fraction = Math(quotient(number(hits), number(count)), *self._percent(hits, count))
        yield Paragraph((phrase("rule.accuracy") + " ", fraction, "."))

    def _percent(self, right: int, count: int) -> tuple[str, Expr]:
        written = self.epochs.lines.answer(Q(right, count))
        return ("=" if written.exact else "≈"), literal(written)

    @cached_property
    def accuracy(self) -> tuple[int, int]:
        """How many samples are right in the end (at all units), of how many."""
        trained = self.epochs.trained
        right = 0
        for place, sample in enumerate(trained.problem.samples, 1):
            _, said = trained.predicted(trained.last, place)
            right += all(known(y).value == own for y, own in zip(sample.target or (), said, strict=True))
        return right, len(trained.problem.samples)

    @property
    def share_right(self) -> Q:
        """The share of samples that are right in the end."""
        return Q(*self.accuracy)


_WHAT: dict[int, PhraseId] = {1: "rule.point", 2: "rule.line", 3: "rule.plane"}


def _listed(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return phrase("rule.sample_one", number=str(numbers[0]))
    return phrase("rule.sample_many", listed=listed([*map(str, numbers)]))
