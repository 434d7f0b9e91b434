"""Running numbers of parameters and units, for notations that number them through the layers: w_1, w_2, …"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from nbsolve.problem import wiring
from nbsolve.problem.model import Network
from nbsolve.symbol import Role, Symbol, Unit, number_of

__all__ = ["Numbering"]


@dataclass(frozen=True)
class Numbering:
    """The numbers of a network's quantities, unit by unit through the layers; a unit's inputs one by one."""

    network: Network

    def number(self, place: Symbol) -> int:
        """The running number of a weight, a bias, a threshold or (of any other role) a unit, from 1."""
        layer, unit = place.layer or 1, number_of(place.to or 1)
        before = self._before.get(place.role, self._units)[layer - 1]
        if place.role is not Role.WEIGHT:
            return before + unit
        number = (unit - 1) * wiring.width(self.network, layer) + number_of(place.from_ or 1)
        return (
            before + number - sum(gap < (unit, place.from_ or 1) for gap in self.network.layer(layer).missing)
        )

    def source(self, place: Symbol) -> Unit | None:
        """The number that a weight has for what comes in by it: 0 for the constant whose weights are the biases."""
        folded = None if place.layer is None else self.network.layer(place.layer).bias.folded
        if place.role is not Role.WEIGHT or folded is None or not isinstance(place.from_, int):
            return place.from_
        if folded.column == "first":
            return place.from_ - 1
        return place.from_ if place.from_ < wiring.width(self.network, place.layer or 1) else 0

    @property
    def weights(self) -> int:
        """How many weights the network has."""
        return self._before[Role.WEIGHT][-1]

    @cached_property
    def _units(self) -> tuple[int, ...]:
        """How many units come before each layer."""
        return (0, *accumulate(layer.units for layer in self.network.layers))

    @cached_property
    def _before(self) -> dict[Role, tuple[int, ...]]:
        """How many weights, biases and thresholds come before each layer."""
        counts: dict[Role, list[int]] = {Role.WEIGHT: [0], Role.BIAS: [0], Role.THRESHOLD: [0]}
        for number, layer in enumerate(self.network.layers, start=1):
            constant = wiring.constant(self.network, number)
            counts[Role.WEIGHT].append(sum(map(len, layer.weights)) - len(layer.missing))
            for role in (Role.BIAS, Role.THRESHOLD):
                counts[role].append(
                    len(layer.bias.values) if constant is not None and role is constant.role else 0
                )
        return {role: tuple(accumulate(own)) for role, own in counts.items()}
