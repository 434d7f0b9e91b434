"""Short numbers for a chain of dense layers and one sample, found backwards on a lattice.

What is chosen is not the weights alone but what makes values long: first the arguments of the outputs, from the
table of their function, with a target for which the error signal is short; then, layer by layer towards the input,
arguments of hidden units for which the gradients are short, and weights for which the error signals before them
are; then inputs, and the weights that lead from them; and for each unit its constant, which makes the
pre-activation what was chosen: b = z − Σ w a. A choice that makes a value long is taken back at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import flint

from nbsolve.problem.functions import softmax_of
from nbsolve.problem.model import Choice, Problem
from nbsolve.variants.pencil.chains import Coordinate, given_number
from nbsolve.variants.pencil.losses import is_short_loss, slope_of_loss
from nbsolve.variants.pencil.short import MORE, ZERO, Argument, Number, arguments, is_short, shares
from nbsolve.variants.stream import Stream

__all__ = ["Domains", "found"]

Domains = Mapping[Coordinate, Sequence[flint.fmpq]]
"""For each cell that varies the numbers that it may be."""
Choosing = Callable[[], Iterator[None]]
T = TypeVar("T")
_MOST_CHOICES = 4_000


class _TooMany(Exception):
    """More choices were taken back than a search may take."""


def found(problem: Problem, domains: Domains, digits: int, stream: Stream) -> dict[Coordinate, Number] | None:
    """A short number for each cell that varies; None where the search found none."""
    search = _Search(problem, domains, digits, stream)
    try:
        return search.cells() if search.run() else None
    except _TooMany:
        return None


@dataclass
class _Search:
    problem: Problem
    domains: Domains
    digits: int
    stream: Stream
    chosen: dict[Coordinate, Number] = field(default_factory=dict)
    z: dict[tuple[int, int], Number] = field(default_factory=dict)
    a: dict[tuple[int, int], flint.fmpq] = field(default_factory=dict)
    slope: dict[tuple[int, int], flint.fmpq] = field(default_factory=dict)
    delta: dict[tuple[int, int], flint.fmpq] = field(default_factory=dict)
    gradients: dict[Coordinate, flint.fmpq] = field(default_factory=dict)
    orders: dict[Coordinate, Sequence[Number]] = field(default_factory=dict)
    tables: dict[tuple[int, int], Sequence[Argument]] = field(default_factory=dict)
    choices: int = 0

    def cells(self) -> dict[Coordinate, Number]:
        """What was chosen, of the cells that vary."""
        return {cell: self.chosen[cell] for cell in self.domains}

    def run(self) -> bool:
        """Whether everything could be chosen."""
        return self._from(tuple(self._stages()), 0)

    def _from(self, stages: Sequence[Choosing], place: int) -> bool:
        if place == len(stages):
            return True
        for _ in stages[place]():
            self.choices += 1
            if self.choices > _MOST_CHOICES:
                raise _TooMany
            if self._from(stages, place + 1):
                return True
        return False

    # ------------------------------------------------------------------ the order of choices

    @property
    def widths(self) -> list[int]:
        network = self.problem.network
        return [network.inputs, *(layer.units for layer in network.layers)]

    def _stages(self) -> Iterator[Choosing]:
        widths, last = self.widths, len(self.widths) - 1
        yield from self._outputs(last)
        for layer in range(last, 0, -1):
            for j in range(widths[layer - 1]):
                yield self._unit(layer - 1, j)
                for k in range(widths[layer]):
                    yield self._weight(layer, k, j)
                    if j == widths[layer - 1] - 1:
                        yield self._constant(layer, k)
                yield self._signal(layer - 1, j)

    # ------------------------------------------------------------------ outputs

    def _outputs(self, layer: int) -> Iterator[Choosing]:
        choice = self.problem.network.layer(layer).activation
        if softmax_of(choice) is not None:
            yield partial(self._softmax, layer)
            return
        for k in range(self.widths[layer]):
            yield partial(self._output, layer, k, choice.of_unit(k + 1))

    def _softmax(self, layer: int) -> Iterator[None]:
        units = self.widths[layer]
        base = self.problem.network.layer(layer).activation.parameters.get("base")
        for option in self._shuffled(shares(units, self.digits, None if base is None else base.rational)):
            for y in self._targets(units):
                found = [slope_of_loss(self.problem, p, own) for p, own in zip(option.p, y, strict=True)]
                slopes = [slope for slope in found if slope is not None and is_short(slope, self.digits)]
                if len(slopes) < units:
                    continue
                mean = sum((p * g for p, g in zip(option.p, slopes, strict=True)), ZERO)
                deltas = [p * (g - mean) for p, g in zip(option.p, slopes, strict=True)]
                if not all(delta != 0 and is_short(delta, self.digits) for delta in deltas):
                    continue
                if len(set(deltas)) < units:
                    continue
                for k in range(units):
                    self.z[layer, k], self.a[layer, k], self.delta[layer, k] = (
                        option.z[k],
                        option.p[k],
                        deltas[k],
                    )
                    self.chosen["y", 0, k, 0] = y[k]
                yield

    def _targets(self, units: int) -> list[tuple[flint.fmpq, ...]]:
        """Targets of classes: one is 1, the others 0; those of the author where they do not vary."""
        if not any(("y", 0, k, 0) in self.domains for k in range(units)):
            return [tuple(given_number(self.problem, ("y", 0, k, 0)) for k in range(units))]  # type: ignore[misc]
        return self._shuffled(
            [tuple(flint.fmpq(int(k == one)) for k in range(units)) for one in range(units)]
        )

    def _output(self, layer: int, k: int, choice: Choice) -> Iterator[None]:
        for option in self._arguments(choice, layer, k):
            for y in self._options(("y", 0, k, 0)):
                slope = slope_of_loss(self.problem, option.a, y)
                if slope is None or slope == 0 or not is_short_loss(self.problem, option.a, y, self.digits):
                    continue
                delta = slope * option.slope
                if is_short(delta, self.digits) and self._is_new(self.delta, delta):
                    self.z[layer, k], self.a[layer, k] = option.z, option.a
                    self.delta[layer, k], self.chosen["y", 0, k, 0] = delta, y
                    yield
                    del self.delta[layer, k]

    # ------------------------------------------------------------------ layers, from the last to the first

    def _unit(self, layer: int, j: int) -> Choosing:
        return partial(self._input, j) if layer == 0 else partial(self._hidden, layer, j)

    def _input(self, i: int) -> Iterator[None]:
        for x in self._options(("x", 0, i, 0)):
            if isinstance(x, flint.fmpq) and (x == 0 or self._gradients_are_short(1, i, x)):
                self.a[0, i], self.chosen["x", 0, i, 0] = x, x
                yield
                self._forget(1, i)

    def _hidden(self, layer: int, j: int) -> Iterator[None]:
        choice = self.problem.network.layer(layer).activation.of_unit(j + 1)
        for option in self._arguments(choice, layer, j):
            if self._is_new(self.a, option.a, layer) and self._gradients_are_short(layer + 1, j, option.a):
                self.z[layer, j], self.a[layer, j], self.slope[layer, j] = option.z, option.a, option.slope
                yield
                self._forget(layer + 1, j)
                del self.a[layer, j]

    def _gradients_are_short(self, layer: int, j: int, a: flint.fmpq) -> bool:
        """Whether ∂L/∂w = δ a is short for each weight that leads from here; keeps them."""
        new = [self.delta[layer, k] * a for k in range(self.widths[layer])]
        if not all(is_short(value, self.digits) for value in new):
            return False
        if len({*new, *self.gradients.values()}) < len(new) + len(self.gradients):
            return False
        for k, value in enumerate(new):
            self.gradients["W", layer - 1, k, j] = value
        return True

    def _forget(self, layer: int, j: int) -> None:
        for k in range(self.widths[layer]):
            self.gradients.pop(("W", layer - 1, k, j), None)

    def _weight(self, layer: int, k: int, j: int) -> Choosing:
        cell: Coordinate = ("W", layer - 1, k, j)

        def choosing() -> Iterator[None]:
            last = j == self.widths[layer - 1] - 1
            for w in (
                self._closing(layer, k, j) if last and not self._is_free(layer, k) else self._options(cell)
            ):
                fits = isinstance(w, flint.fmpq) and w != 0 and self._moves(w, self.gradients.get(cell, ZERO))
                if fits and is_short(w * self.a[layer - 1, j], self.digits + 1):
                    self.chosen[cell] = w
                    yield

        return choosing

    def _closing(self, layer: int, k: int, j: int) -> Iterator[Number]:
        """The last weight of a unit whose constant is given: what makes its pre-activation the chosen one."""
        a, cell = self.a[layer - 1, j], ("W", layer - 1, k, j)
        if a == 0:
            return
        w = (
            self.z[layer, k] - given_number(self.problem, ("b", layer - 1, k, 0)) - self._sum(layer, k, j)
        ) / a
        if cell not in self.domains:
            if w == given_number(self.problem, cell):
                yield w
        elif any(w == option for option in self.domains[cell]):
            yield w

    def _signal(self, layer: int, j: int) -> Choosing:
        """The gradient of what a unit gives on, and its error signal: they follow from what was chosen after it."""

        def choosing() -> Iterator[None]:
            each = [
                self.delta[layer + 1, k] * self.chosen["W", layer, k, j]
                for k in range(self.widths[layer + 1])
            ]
            upstream = sum(each, ZERO)
            if layer == 0:
                if is_short(upstream, self.digits + MORE):
                    yield
                return
            if not all(is_short(one, self.digits) for one in (*each, upstream)):
                return
            delta = upstream * self.slope[layer, j]
            if delta != 0 and is_short(delta, self.digits) and self._is_new(self.delta, delta):
                self.delta[layer, j] = delta
                yield
                del self.delta[layer, j]

        return choosing

    # ------------------------------------------------------------------ constants

    def _is_free(self, layer: int, k: int) -> bool:
        """Whether a unit has a constant of its own that varies."""
        return ("b", layer - 1, k, 0) in self.domains

    def _sum(self, layer: int, k: int, before: int) -> Number:
        return sum((self.chosen["W", layer - 1, k, j] * self.a[layer - 1, j] for j in range(before)), ZERO)

    def _constant(self, layer: int, k: int) -> Choosing:
        cell: Coordinate = ("b", layer - 1, k, 0)

        def choosing() -> Iterator[None]:
            sign = -1 if self.problem.network.layer(layer).bias.subtracted else 1
            total = self._sum(layer, k, self.widths[layer - 1])
            constant = (self.z[layer, k] - total) * sign
            if not self._is_free(layer, k):
                if constant == given_number(self.problem, cell) * sign:
                    yield
                return
            fits = is_short(total, self.digits + 1) and self._may_be(cell, constant)
            if fits and self._moves(constant, self.delta[layer, k] * sign):
                self.chosen[cell] = constant
                yield

        return choosing

    def _may_be(self, cell: Coordinate, value: Number) -> bool:
        """Whether a constant is short, and as large as it may be."""
        low, high = min(self.domains[cell]), max(self.domains[cell])
        return value != 0 and is_short(value, self.digits) and low <= value <= high

    def _moves(self, value: Number, gradient: flint.fmpq) -> bool:
        """Whether an updated parameter is short, too."""
        training = self.problem.training
        if training is None:
            return True
        rate = training.optimiser.parameters["learning_rate"].rational
        return is_short(value - rate * gradient, self.digits + MORE)

    # ------------------------------------------------------------------ what there is to choose from

    def _options(self, cell: Coordinate) -> Sequence[Number]:
        if cell not in self.orders:
            self.orders[cell] = (
                self._shuffled(self.domains[cell])
                if cell in self.domains
                else (given_number(self.problem, cell),)
            )
        return self.orders[cell]

    def _arguments(self, choice: Choice, layer: int, j: int) -> Sequence[Argument]:
        """The table of a unit's function, in an order of its own."""
        if (layer, j) not in self.tables:
            self.tables[layer, j] = self._shuffled(arguments(choice, self.digits))
        return self.tables[layer, j]

    def _is_new(
        self, known: Mapping[tuple[int, int], Number], value: Number, layer: int | None = None
    ) -> bool:
        """Whether no other unit has this value: answers are to be told from each other."""
        return all(value != other for (own, _), other in known.items() if own > 0 and layer in (None, own))

    def _shuffled(self, options: Sequence[T]) -> list[T]:
        order = list(options)
        self.stream.shuffle(order)
        return order
