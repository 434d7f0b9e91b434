"""Quantities that depend on each other: free ones have a value, the others a rule; derivatives by dual numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.algebra.scalars import Dual, Scalar, slope_of

Place = tuple[str | int, ...]
"""A quantity: ("a", 2, 1) is the activation of unit 1 of layer 2."""
Rule = Callable[["Model"], Scalar]


class Model:
    """`free` are values, `rules` say how the others follow from them."""

    def __init__(self, free: Mapping[Place, Scalar], rules: Mapping[Place, Rule]) -> None:
        self.free = free
        self.rules = rules
        self._found: dict[Place, Scalar] = {}
        self._along: dict[Place, Model] = {}

    def has(self, place: Place) -> bool:
        return place in self.free or place in self.rules

    def __call__(self, place: Place) -> Scalar:
        """The value of a quantity."""
        if place not in self._found:
            self._found[place] = self.free[place] if place in self.free else self.rules[place](self)
        return self._found[place]

    def along(self, place: Place) -> Model:
        """The quantities as functions of one of them: everything that follows from it carries its derivative."""
        if place not in self._along:
            moved = Model(self.free, self.rules)
            moved._found[place] = Dual(self(place), 1)
            self._along[place] = moved
        return self._along[place]

    def slope(self, of: Place, place: Place) -> Scalar:
        """∂of/∂place, over all paths."""
        return slope_of(self.along(place)(of))
