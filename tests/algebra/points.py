"""Where formulae are tried: worlds of letters, and random points in them that are the same in every run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from tests.algebra.alphabet import Indices, Letters, Whole
from tests.algebra.calling import Own
from tests.algebra.evaluating import Evaluator, Parameters
from tests.algebra.model import Model, Place, Rule
from tests.algebra.scalars import Scalar, rational
from tests.algebra.tree import Letter

Draw = Callable[[Random, str], Mapping[Place, Fraction]]
"""The values of the free quantities; the second argument is the kind of point (`any`, `targets add up to 1`)."""


def between(random: Random, low: float | str, high: float | str) -> Fraction:
    """A fraction with a long denominator, never at the ends."""
    a, b = Fraction(str(low)), Fraction(str(high))
    return a + (b - a) * Fraction(random.randint(1, 10**9 - 1), 10**9)


@dataclass(frozen=True)
class World:
    """`alphabet` are the letters, `rules` how dependent quantities follow, `draw` the free ones."""

    alphabet: Letters
    rules: Mapping[Place, Rule]
    draw: Draw
    parameters: Parameters
    own: Own
    seed: int
    cache: dict[tuple[int, str], Point]
    alike: Callable[[Place], Place] = lambda place: place
    """Another quantity with the same value or the same derivatives for a reason, or the quantity itself."""

    def point(self, number: int, kind: str = "any") -> Point:
        """One of the points; always the same one for a number."""
        key = (number, kind)
        if key not in self.cache:
            random = Random(f"{self.seed} {number} {kind}")
            self.cache[key] = Point(self, number, kind, dict(self.draw(random, kind)))
        return self.cache[key]


class Point:
    """One assignment of the free letters."""

    def __init__(
        self,
        world: World,
        number: int,
        kind: str,
        free: Mapping[Place, Fraction],
        scale: str = "",
        number_of: Callable[[Fraction], Scalar] = rational,
        values: Mapping[Place, Scalar] | None = None,
    ) -> None:
        self.world, self.number, self.kind, self.scale = world, number, kind, scale
        self.free = free
        self.number_of = number_of
        given = {place: number_of(value) for place, value in free.items()} if values is None else values
        self.model = Model(given, world.rules)
        # the true class and the best of the wrong ones have letters of their own where the targets are one-hot
        self.fixed: Indices = {
            letter: int(free[stem,]) for letter, stem in (("i", "label"), ("r", "rival")) if (stem,) in free
        }

    @property
    def alphabet(self) -> Letters:
        return self.world.alphabet

    def evaluator(self, indices: Indices, number: Callable[[Fraction], Scalar] | None = None) -> Evaluator:
        """What evaluates formulae here, with these numbers for index variables."""
        world = self.world
        return Evaluator(
            self.model,
            world.alphabet,
            number or self.number_of,
            world.parameters,
            world.own,
            {**self.fixed, **indices},
        )

    def scaled(self, small: set[Letter], scale: Scalar) -> Point:
        """The point where some letters are smaller by a factor."""
        places: set[Place] = set()
        for letter in small:
            meaning = self.alphabet.meaning(letter, {})
            places |= (
                {place for row in meaning.rows for place in row} if isinstance(meaning, Whole) else {meaning}
            )
        values = {
            place: self.number_of(value) * (scale if place in places else 1)
            for place, value in self.free.items()
        }
        return Point(self.world, self.number, self.kind, self.free, str(scale), self.number_of, values)
