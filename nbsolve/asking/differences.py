"""Gradients checked against the loss alone: difference quotients, with nothing of what the engine found.

The loss is taken with one parameter moved by ±h, in the solution's own exact arithmetic, so that every digit of a
quotient is certain. A quotient across a kink says nothing about the derivative, and one that starts from a kink has
two sides: the signs of what decides between cases tell.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 11.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, reduce

import flint

from nbsolve.arithmetic import ZERO, Arithmetic, Value
from nbsolve.arithmetic.powers_of_ten import power_of_ten
from nbsolve.errors import DomainError
from nbsolve.expr import Array
from nbsolve.solving.loss_alone import Batch, Losses, Move, Parameters, Passage, Penalty, SampleLoss, Signs


@dataclass(frozen=True)
class Quotients:
    """Difference quotients of the loss from one point; sides that are not defined are None.

    `kink`: the loss has two one-sided derivatives here. `jump_left`, `jump_right`: it jumps on that side.
    `crossed`: a kink lies between the points, so that a smaller h is needed.
    """

    central: Value | None
    left: Value | None
    right: Value | None
    kink: bool = False
    crossed: bool = False
    jump_left: bool = False
    jump_right: bool = False

    @property
    def compares(self) -> bool:
        """Whether the central quotient says something about the derivative."""
        return self.central is not None and not self.kink and not self.crossed


@dataclass(frozen=True)
class Differences:
    """Quotients of one batch's loss at one point."""

    batch: Batch
    parameters: Parameters

    @property
    def arithmetic(self) -> Arithmetic:
        """What values are computed in."""
        return self.batch.arithmetic

    @cached_property
    def _sums(self) -> list[list[Passage]]:
        return self.batch.sums(self.parameters)

    @cached_property
    def _known(self) -> dict[int, Losses]:
        return {}

    @cached_property
    def _penalty(self) -> Penalty:
        return self.batch.penalty(self.parameters)

    def _here(self, first: int) -> Losses:
        """The loss itself, from a layer on."""
        if first not in self._known:
            sums = [own[first] for own in self._sums]
            self._known[first] = self.batch.loss(self.parameters, first, sums), self._penalty
        return self._known[first]

    def at(self, move: Move, exponent: int) -> Quotients:
        """The quotients for h = 10^exponent. Raises: Undecided, DomainError (where the loss is undefined)."""
        found = self._quotients(move, power_of_ten(exponent))
        if found.left is None or found.right is None or not found.kink:
            return found
        # Whether the two sides meet as h becomes smaller: then it is no kink but a bend.
        closer = self._quotients(move, power_of_ten(exponent - 6))
        if closer.left is None or closer.right is None:
            return found
        gap, rest = self._size(found.right, found.left), self._size(closer.right, closer.left)
        kink = self.arithmetic.compare(2 * rest, gap) > 0
        jumps = [
            kink and self.arithmetic.compare(self._size(near), 1000 * self._size(far)) > 0
            for near, far in ((closer.left, found.left), (closer.right, found.right))
        ]
        return replace(found, kink=kink, jump_left=jumps[0], jump_right=jumps[1])

    def _quotients(self, move: Move, h: flint.fmpq) -> Quotients:
        here = self._here(min(layer for layer, _ in move))
        ahead, behind = self._loss(move, h), self._loss(move, -h)
        divide = self.arithmetic.divide
        right = None if ahead is None else divide(self._difference(ahead, here), h)
        left = None if behind is None else divide(self._difference(here, behind), h)
        if ahead is None or behind is None:
            return Quotients(None, left, right, kink=True)
        central = divide(self._difference(ahead, behind), 2 * h)
        changes = [
            _changes(one.signs, other.signs)
            for side in (ahead, behind)
            for one, other in zip(_terms(here), _terms(side), strict=True)
        ]
        kink, crossed = any(left for left, _ in changes), any(passed for _, passed in changes)
        return Quotients(central, left, right, kink, crossed)

    def _difference(self, one: Losses, other: Losses) -> Value:
        """How much larger one loss is; exactly 0 where nothing was touched."""
        add, negate = self.arithmetic.add, self.arithmetic.negate
        pairs = [(x.value, y.value) for x, y in zip(_terms(one), _terms(other), strict=True)]
        return reduce(add, (ZERO if x is y else add(x, negate(y)) for x, y in pairs))

    def _loss(self, move: Move, h: flint.fmpq) -> Losses | None:
        """The loss with the parameters moved; None where it is not defined there."""
        moved = self.parameters.moved(move, h, self.arithmetic)
        first = min(layer for layer, _ in move)
        try:
            sums = [*self._moved_sums(move, moved, first, h)]
            alone = all(layer == first for layer, _ in move)
            samples = self.batch.loss(moved, first, sums, self._here(first)[0] if alone else None)
        except DomainError:
            return None
        pairs = zip(moved.weights, self.parameters.weights, strict=True)
        same = all(new is old for new, old in pairs)
        return samples, self._penalty if same else self.batch.penalty(moved)

    def _moved_sums(self, move: Move, moved: Parameters, first: int, h: flint.fmpq) -> Iterator[Passage]:
        """The pre-activations of the first layer that is touched; where it is one parameter, of its unit alone."""
        ((_, weight), places), *others = move.items()
        for own in self._sums:
            source, before = own[first].incoming, own[first].z
            if others or len(places) > 1 or (not weight and len(self._constants(moved, first)) < len(before)):
                yield replace(own[first], z=self.batch.summed(moved, first, source, self.arithmetic))
                continue
            (place,) = places
            z = before.copy()
            by: Value = self.arithmetic.multiply(h, source[place[1]]) if weight else h
            if not weight and self.batch.problem.network.layers[first].bias.subtracted:
                by = -h
            unmoved = by == ZERO  # what comes from a unit that passes on nothing: the very same sum
            if not unmoved:
                z[place[0]] = self.arithmetic.add(z[place[0]], by)
            yield replace(own[first], z=z)

    @staticmethod
    def _constants(parameters: Parameters, layer: int) -> Array:
        constants = parameters.constants[layer]
        assert constants is not None
        return constants

    def _size(self, value: Value, less: Value = ZERO) -> Value:
        return self.arithmetic.size(self.arithmetic.add(value, self.arithmetic.negate(less)))


def _terms(losses: Losses) -> list[SampleLoss | Penalty]:
    return [*losses[0], losses[1]]


def _changes(here: Signs, there: Signs) -> tuple[bool, bool]:
    """Whether something left 0 between two points, and whether something passed it."""
    left = passed = False
    for a, b in zip(here, there, strict=False):
        if a != b:
            left, passed = left or a == 0, passed or a != 0
            if len(here) != len(there):  # what follows belongs to other cases
                break
    return left, passed
