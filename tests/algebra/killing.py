"""Which mutants the checker rejects; and of those that it does not, whether they change anything at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from tests.algebra.checker import EXACT, Checker, Fault, agree, written
from tests.algebra.evaluating import Evaluator
from tests.algebra.model import Model, Place
from tests.algebra.mutations import TURNED, Mutant, mutants
from tests.algebra.page import Chain, Display, read_condition, read_display
from tests.algebra.points import between
from tests.algebra.scalars import Dual, Scalar, plain, rational
from tests.algebra.scanning import Unreadable
from tests.algebra.tree import Node

TRIALS, SUPPLY = 12, 120


Alike = Callable[[Place], Place]


def different(place: Place) -> Place:
    """Nothing is like anything else."""
    return place


class FreeModel(Model):
    """Every letter has a value of its own, and so has every derivative that is not just 0 or 1.

    What is `alike` for a reason (∂L/∂b_j and ∂L/∂z_j) has the same value.
    """

    def __init__(self, seed: str, true: Model, alike: Alike, place: Place | None = None) -> None:
        super().__init__({}, {})
        self.seed, self.true, self.alike, self.place = seed, true, alike, place

    def _random(self, what: object, low: str) -> Scalar:
        return rational(between(Random(f"{self.seed} {what}"), low, "0.9"))

    def __call__(self, place: Place) -> Scalar:
        if place in (("n",), ("label",), ("rival",)):
            return self.true(place)
        same = self.alike(place) if place[0] == "a" else place
        value = self._random(same, "0.1" if self.seed.endswith("positive") else "-0.9")
        if self.place is None:
            return value
        slope = plain(self.true.slope(place, self.place))
        for constant in (0, 1):
            if abs(slope - constant) < EXACT:
                return Dual(value, constant)
        return Dual(value, self._random((same, self.alike(self.place)), "0.1"))

    def along(self, place: Place) -> FreeModel:
        return FreeModel(self.seed, self.true, self.alike, place)


@dataclass
class Tally:
    """Mutants by kind: all that change a value, those that were rejected; the rest and why.

    `unreadable` are those among the rejected that are no formula any more; the others are formulae that are wrong.
    """

    made: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    unreadable: int = 0
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
        _turned(checker, display, tally)


def _turned(checker: Checker, display: Display, tally: Tally) -> None:
    """The case for which a display is said, turned into its opposite."""
    for n, condition in enumerate(display.conditions):
        for at, token in enumerate(condition):
            if token.text in TURNED:
                other = (*condition[:at], replace(token, text=TURNED[token.text]), *condition[at + 1 :])
                conditions = (*display.conditions[:n], other, *display.conditions[n + 1 :])
                tally.made["case"] += 1
                try:
                    checker.display(replace(display, conditions=conditions))
                except (Unreadable, Fault):
                    tally.killed["case"] += 1
                else:
                    tally.survivors.append(Mutant("case", display.source, 0, f"the case {written(other)}"))


def _one(checker: Checker, display: Display, mutant: Mutant, tally: Tally) -> None:
    try:
        changed = read_display(mutant.source, display.conditions, display.heading, display.kind)
        pairs = list(_changed(display, changed))
        for _, chain in pairs:
            checker.chain(chain, changed)
    except (Unreadable, Fault) as error:
        tally.made[mutant.kind] += 1
        tally.killed[mutant.kind] += 1
        tally.unreadable += isinstance(error, Unreadable)
        return
    if _unchanged(checker, display, pairs, mutant, identities=False):
        tally.unchanged += 1
        return
    if _unchanged(checker, display, pairs, mutant, identities=True):
        tally.true.append(mutant)
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


def _unchanged(
    checker: Checker,
    display: Display,
    pairs: Sequence[tuple[Chain, Chain]],
    mutant: Mutant,
    *,
    identities: bool,
) -> bool:
    """Whether the formula has the same value whatever its letters stand for, as far as its case allows."""
    for old, new in pairs:
        if len(old.items) != len(new.items):
            return False
        for before, after in zip(old.items, new.items, strict=True):
            left, right = checker.node(before.tokens), checker.node(after.tokens)
            if before.tokens != after.tokens and left == right and mutant.kind != "bracket":
                return False
            if left != right and not _equal(checker, display, left, right, identities):
                return False
    return bool(pairs)


def _equal(checker: Checker, display: Display, left: Node, right: Node, identities: bool) -> bool:
    world = checker.world
    conditions = [read_condition(tokens, world.alphabet) for tokens in display.conditions]
    free = {
        checker.free(node)
        for node in (left, right, *(side for c in conditions for side in (c.left, c.right)))
    }
    names = sorted(frozenset.union(*free))
    alike = world.alike if identities else different
    compared = 0
    for trial in range(SUPPLY):
        random = Random(f"places {trial}")
        point = world.point(trial % TRIALS)
        indices = {name: random.randint(1, 3) for name in names} | dict(point.fixed)
        model = FreeModel(f"{trial} {'positive' if trial % 2 else 'any'}", point.model, alike)
        evaluator = Evaluator(model, world.alphabet, rational, world.parameters, world.own, indices)
        try:
            if not all(evaluator.holds(condition) for condition in conditions):
                continue
            same = agree(evaluator(left), evaluator(right))
        except (Unreadable, ZeroDivisionError):
            continue
        if not same:
            return False
        compared += 1
    return compared >= TRIALS
