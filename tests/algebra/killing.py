"""Which mutants the checker rejects; and of those that it does not, whether they change anything at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.algebra.checker import Checker, Fault, agree
from tests.algebra.evaluating import Evaluator
from tests.algebra.model import Model, Place
from tests.algebra.mutations import Mutant, mutants
from tests.algebra.page import Chain, Display, read_display
from tests.algebra.points import between
from tests.algebra.scalars import Dual, Scalar, rational
from tests.algebra.scanning import Unreadable
from tests.algebra.tree import Node

TRIALS = 12


class FreeModel(Model):
    """Every letter has a value of its own, and every derivative of one letter in another as well."""

    def __init__(self, seed: str, place: Place | None = None) -> None:
        super().__init__({}, {})
        self.seed = seed
        self.place = place

    def _random(self, what: object) -> Scalar:
        return rational(between(Random(f"{self.seed} {what}"), "0.1", "0.9"))

    def __call__(self, place: Place) -> Scalar:
        value = self._random(place)
        if self.place is None:
            return value
        return Dual(value, 1 if place == self.place else self._random((place, self.place)))

    def along(self, place: Place) -> FreeModel:
        return FreeModel(self.seed, place)


@dataclass
class Tally:
    """Mutants by kind: all that change a value, those that were rejected; the rest and why."""

    made: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    true: list[Mutant] = field(default_factory=list)
    survivors: list[Mutant] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Rejected mutants among those that had to be."""
        return sum(self.killed.values()) / max(1, sum(self.made.values()))


def run(checker: Checker, pages: Sequence[Display], tally: Tally, step: int = 1, offset: int = 0) -> None:
    """Every `step`-th mutant of every display. The pages must have been checked before."""
    for display in pages:
        for number, mutant in enumerate(mutants(display, checker.world.alphabet)):
            if number % step == offset % step:
                _one(checker, display, mutant, tally)


def _one(checker: Checker, display: Display, mutant: Mutant, tally: Tally) -> None:
    try:
        changed = read_display(mutant.source, display.conditions, display.heading)
        pairs = list(_changed(display, changed))
        for _, chain in pairs:
            checker.chain(chain, changed.conditions)
    except (Unreadable, Fault):
        tally.made[mutant.kind] += 1
        tally.killed[mutant.kind] += 1
        return
    reason = _excuse(checker, pairs, mutant)
    if reason == "unchanged":
        tally.unchanged += 1
        return
    tally.made[mutant.kind] += 1
    tally.survivors.append(mutant)


def _changed(display: Display, other: Display) -> Iterator[tuple[Chain, Chain]]:
    if len(display.chains) != len(other.chains):
        raise Unreadable("another number of chains")
    for old, new in zip(display.chains, other.chains, strict=True):
        if _texts(old) != _texts(new):
            yield old, new


def _texts(chain: Chain) -> list[tuple[str, tuple[str, ...]]]:
    return [(item.relation, tuple(token.text for token in item.tokens)) for item in chain.items]


def _excuse(checker: Checker, pairs: Sequence[tuple[Chain, Chain]], mutant: Mutant) -> str:
    """`unchanged` where the formula has the same value whatever its letters stand for."""
    for old, new in pairs:
        if len(old.items) != len(new.items):
            return ""
        for before, after in zip(old.items, new.items, strict=True):
            left, right = checker.node(before.tokens), checker.node(after.tokens)
            if before.tokens != after.tokens and left == right and mutant.kind != "bracket":
                return ""
            if not all(_equal(checker, left, right, trial) for trial in range(TRIALS)):
                return ""
    return "unchanged" if pairs else ""


def _equal(checker: Checker, left: Node, right: Node, trial: int) -> bool:
    world = checker.world
    for indices in ({"i": 1, "j": 2, "k": 3}, {"i": 2, "j": 1, "k": 1}, {"i": 1, "j": 1, "k": 2}):
        evaluator = Evaluator(
            FreeModel(f"free {trial}"), world.alphabet, rational, world.parameters, world.own, indices
        )
        try:
            if not agree(evaluator(left), evaluator(right), "="):
                return False
        except (Unreadable, ValueError, ZeroDivisionError):
            continue
    return True
