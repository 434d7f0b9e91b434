"""A problem as the oracles read it: the YAML with every scalar a string, made into exact numbers.

Only what is needed for computing is read; words, parts and notation are left alone. Weights are turned to
[unit][input] whatever the file's layout. Unknown names raise: an oracle never guesses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any, TypeVar

from nbsolve.checking.oracle.numbers import Number, sign, size
from nbsolve.checking.oracle.rates import Clip, Schedule

Node = Any
Key = tuple[str, int | None, int | None]
V = TypeVar("V")


@dataclass(frozen=True)
class Layer:
    """One dense layer; `bias` is one value a unit (repeated where it is shared), None where there is none.

    `functions` has an activation with its parameters for each unit, where the units have different ones
    (`activation` is then "by unit"). `sources` are the layers (0: the input) whose values come in, one after the
    other. A tied layer has no weights of its own: they are those of layer `same_as`, `turned` or not. `missing` are
    weights that do not exist (unit, input, from 1), 0 among the others.
    """

    units: int
    activation: str
    parameters: dict[str, Fraction]
    weights: list[list[Number]]
    weights_trainable: list[list[bool]]
    bias: list[Number] | None
    bias_trainable: list[bool]
    shared: bool
    threshold: bool
    functions: tuple[tuple[str, dict[str, Fraction]], ...] = ()
    sources: tuple[int, ...] = ()
    same_as: int | None = None
    turned: bool = False
    missing: frozenset[tuple[int, int]] = frozenset()
    adds: bool = False
    largest: bool = False
    """Whether a layer that `adds` takes the largest of what comes in instead of its sum."""
    constant: Fraction | None = None
    """What the column of its weights that holds its biases is multiplied by; −number is this source then."""
    written: tuple[int, ...] = ()
    """Where it takes some of several inputs: the columns, from 1, that matrices of its weights have; else all."""

    def function(self, unit: int) -> tuple[str, dict[str, Fraction]]:
        """The activation of one unit (from 1), with its parameters."""
        return self.functions[unit - 1] if self.functions else (self.activation, self.parameters)

    @property
    def all_functions(self) -> tuple[tuple[str, dict[str, Fraction]], ...]:
        """The activations that occur in the layer."""
        return self.functions or ((self.activation, self.parameters),)


@dataclass(frozen=True)
class Loss:
    """One term of the loss."""

    name: str
    weight: Fraction
    scale: Fraction
    over_outputs: str
    over_samples: str
    log_base: Fraction | None
    parameters: dict[str, Fraction]
    columns: slice = field(default_factory=lambda: slice(None))
    """Which of all outputs it is of, where there are several output layers."""


@dataclass(frozen=True)
class Penalty:
    """scale · strength · Σ of a term for each weight, divided by the batch's size where `over_samples` is mean.

    The term is w² (`l2`), |w| (`l1`) or ρ|w| + (1 − ρ)/2 · w² (`elastic`).
    """

    name: str
    strength: Fraction
    scale: Fraction
    over_samples: str
    ratio: Fraction = Fraction(0)

    @property
    def bends(self) -> bool:
        """Whether the term has a kink at 0."""
        return self.name != "l2"

    def term(self, w: Number) -> Number:
        """What one weight adds, before all factors."""
        if self.name == "l2":
            return w * w
        return size(w) if self.name == "l1" else self.ratio * size(w) + (1 - self.ratio) / 2 * w * w

    def slope(self, w: Number) -> Number:
        """The derivative of a weight's term; that of |w| at 0 is taken as 0."""
        if self.name == "l2":
            return 2 * w
        return sign(w) if self.name == "l1" else self.ratio * sign(w) + (1 - self.ratio) * w


@dataclass(frozen=True)
class Spec:
    """Everything that decides a number of the solution.

    The outputs of several output layers, and their targets, stand one after the other.
    """

    layers: list[Layer]
    inputs: list[list[Number]]
    targets: list[list[Number]] | None
    losses: list[Loss]
    penalty: Penalty | None
    learning_rate: Fraction | None
    optimiser: str
    settings: dict[str, Fraction]
    updates: int
    """How many updates the optimiser has made before."""
    state: dict[str, dict[str, Fraction]]
    """By the name of a parameter, what the optimiser has kept for it before, by name."""
    batch: int
    iterations: int
    show: set[int]
    delta: int
    """1 where δ is ∂L/∂z, −1 where it is −∂L/∂z."""
    schedule: Schedule = field(default_factory=Schedule)
    clip: Clip = field(default_factory=Clip)
    own_rates: dict[str, Fraction] = field(default_factory=dict)
    """The learning rate of each parameter by its name, where each has one of its own."""
    upstream: list[list[Number]] | None = None
    """∂L/∂a of the outputs of each sample, where that is given instead of a loss."""
    output: int | None = None
    """The output that stands in the place of a loss; `upstream` has 1 for it and 0 for the others."""

    @property
    def valued(self) -> bool:
        """Whether the loss has a value."""
        return self.upstream is None or self.output is not None

    sample_weights: list[Fraction] | None = None
    """What the loss of each sample is multiplied by."""
    given: list[dict[str, Fraction]] | None = None
    """The values of units that each sample gives, by canonical name."""
    of_outputs: bool = False
    right: list[Number] = field(default_factory=list)
    left: list[Number] = field(default_factory=list)
    """What the Jacobian is multiplied by: v of J v, u of uᵀ J."""
    """Whether derivatives of single outputs are asked for."""

    @property
    def ends(self) -> tuple[int, ...]:
        """The output layers: those that no layer takes anything from."""
        used = {source for layer in self.layers for source in layer.sources}
        return tuple(n for n in range(1, len(self.layers) + 1) if n not in used)

    def of_output(self, letter: str, k: int) -> str:
        """The name of the target (or the error) of an output, counted from 1 through all of them."""
        if len(self.ends) == 1:
            return f"{letter}[{k}]"
        for end in self.ends:
            if k <= self.layers[end - 1].units:
                return f"{letter}[{end}][{k}]"
            k -= self.layers[end - 1].units
        raise ValueError("more targets than outputs")

    def place_of(self, layer: int, unit: int) -> int:
        """The place of an output among those of all output layers, from 0."""
        before = (self.layers[end - 1].units for end in self.ends if end < layer)
        return sum(before) + unit - 1

    def all_outputs(self) -> list[str]:
        """The names of the activations of all outputs."""
        return [f"a[{end}][{k}]" for end in self.ends for k in range(1, self.layers[end - 1].units + 1)]

    def given_of(self, sample: int) -> dict[str, Fraction]:
        """The values of units that a sample gives (its position from 0)."""
        return self.given[sample] if self.given is not None else {}

    def weight_of(self, sample: int) -> Fraction:
        """The weight of a sample (its position from 0)."""
        return Fraction(1) if self.sample_weights is None else self.sample_weights[sample]

    @property
    def differentiated(self) -> bool:
        """Whether there are gradients."""
        return self.upstream is not None or (self.targets is not None and bool(self.losses))

    def owner(self, number: int) -> int:
        """The layer that has the weights of a layer."""
        return self.layers[number - 1].same_as or number

    def weight(self, number: int, unit: int, column: int) -> str:
        """The name of the weight of a layer's unit in a column; of another layer where they are tied."""
        layer = self.layers[number - 1]
        j, i = (column, unit) if layer.turned else (unit, column)
        return f"W[{self.owner(number)}][{j}][{i}]"

    def exists(self, number: int, unit: int, column: int) -> bool:
        """Whether there is such a connection."""
        layer = self.layers[number - 1]
        place = (column, unit) if layer.turned else (unit, column)
        return place not in self.layers[self.owner(number) - 1].missing

    def incoming(self, number: int) -> list[tuple[int, int]]:
        """The layer (0: the input) and the unit of each column of a layer's weights."""
        widths = [len(self.inputs[0]), *(layer.units for layer in self.layers)]
        return [
            (n, unit)
            for n in self.layers[number - 1].sources
            for unit in range(1, (widths[n] if n >= 0 else 1) + 1)
        ]

    def rate(self, t: int) -> Number:
        """The learning rate of an update, where parameters have none of their own."""
        return self.schedule.rate(self.settings["learning_rate"], t, self.updates)

    @property
    def batches_per_epoch(self) -> int:
        """How many batches the samples make, the last one perhaps short."""
        return ceil(len(self.inputs) / self.batch)

    def batch_of(self, iteration: int) -> list[int]:
        """Positions (from 0) of the samples of an iteration (from 1); an epoch's last batch may be short."""
        start = (iteration - 1) % self.batches_per_epoch * self.batch
        return list(range(start, min(start + self.batch, len(self.inputs))))

    def shown_only(self, values: dict[Key, V]) -> dict[Key, V]:
        """The values of the iterations that are written out, and the givens of their samples."""
        samples = {s + 1 for t in self.show for s in self.batch_of(t)}
        return {k: v for k, v in values.items() if (k[2] in samples if k[1] is None else k[1] in self.show)}
