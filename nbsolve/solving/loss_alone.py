"""The loss of a batch from the definitions alone, forward only, with nothing of what the engine found.

Where ∂L/∂a of the outputs is given instead of a loss, Σ ∂L/∂a · a stands for it, which has the same gradients.

It is evaluated in exact arithmetic from the catalogue and the problem, for any parameters. The signs of what
decides between cases are watched, and come with the loss.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce

import flint
import numpy as np

from nbsolve.arithmetic import ZERO, Arithmetic, Value
from nbsolve.evaluate import evaluate
from nbsolve.evaluate.entrywise import dot_product, negative, plus
from nbsolve.expr import Array, Atom, Operand, Quantity
from nbsolve.given import Entry
from nbsolve.problem import wiring
from nbsolve.problem.functions import softmax_of
from nbsolve.problem.model import Problem, Regulariser, Sample
from nbsolve.solving.from_definitions import activated, term_loss
from nbsolve.values import given_array, given_values, layer_activation

Signs = tuple[int, ...]


@dataclass(frozen=True)
class Watching(Arithmetic):
    """An arithmetic that remembers the sign of everything that decides between cases (max, |·|, if)."""

    signs: list[int] = field(default_factory=list, compare=False)

    @cached_property
    def _plain(self) -> Arithmetic:
        """What checks the domain of a function: that decides nothing."""
        return Arithmetic(self.bits, self.lenient, self.keeping)

    def sign(self, value: Value) -> int:
        """−1, 0 or 1, remembered. Raises: Undecided."""
        found = super().sign(value)
        self.signs.append(found)
        return found

    def divide(self, numerator: Value, denominator: Value) -> Value:
        """numerator / denominator."""
        return self._plain.divide(numerator, denominator)

    def power(self, base: Value, exponent: Value) -> Value:
        """base^exponent."""
        return self._plain.power(base, exponent)

    def ln(self, x: Value) -> Value:
        """The natural logarithm."""
        return self._plain.ln(x)

    def sqrt(self, x: Value) -> Value:
        """The square root."""
        return self._plain.sqrt(x)


Place = tuple[int, ...]
Which = tuple[int, bool]
"""Which array of parameters: its layer (from 0), and whether it holds the weights or the constants."""


@dataclass(frozen=True)
class Parameters:
    """Weights (units, inputs) of each layer, and its biases or thresholds (units,): one that is shared (1,).

    None where a layer has none of its own.
    """

    weights: tuple[Array | None, ...]
    constants: tuple[Array | None, ...]

    def moved(self, move: Move, h: Value, arithmetic: Arithmetic) -> Parameters:
        """These parameters with the entries of `move` increased by h."""
        arrays: list[list[Array | None]] = [[*self.constants], [*self.weights]]
        for (layer, weight), places in move.items():
            array = arrays[weight][layer]
            assert array is not None
            array = array.copy()
            for place in places:
                array[place] = arithmetic.add(array[place], h)
            arrays[weight][layer] = array
        return Parameters(tuple(arrays[1]), tuple(arrays[0]))


Move = Mapping[Which, Sequence[Place]]
"""Which parameters are moved together: one alone, or all at once."""


@dataclass(frozen=True)
class SampleLoss:
    """What one sample adds to the loss, on its way through the layers from one on.

    `z` and `a` are that layer's; the signs were watched there, and after it.
    """

    z: Array
    a: Array
    value: Value
    there: Signs
    after: Signs

    @property
    def signs(self) -> Signs:
        """Every sign that was decided, in order: in that layer, then after it."""
        return self.there + self.after


@dataclass(frozen=True)
class Passage:
    """A layer on the way of a sample: what comes in, its pre-activations, what stands before it (input first)."""

    incoming: Array
    z: Array
    before: tuple[Array, ...]


@dataclass(frozen=True)
class Penalty:
    """What the size of the weights adds, and the signs that decided |w|."""

    value: Value
    signs: Signs = ()


Losses = tuple[Sequence[SampleLoss], Penalty]
"""What each sample adds, and the penalty."""


@dataclass(frozen=True)
class _Given:
    """What a sample brings to the loss: its input, ∂L/∂a where it is given, a target for each term of the loss."""

    x: Array
    upstream: Array
    targets: Sequence[Array]


@dataclass(frozen=True)
class Batch:
    """The loss of some samples (their numbers in the file) as a function of the parameters."""

    problem: Problem
    samples: Sequence[int]
    arithmetic: Arithmetic

    @cached_property
    def _given(self) -> dict[int, _Given]:
        """What the samples bring, by their numbers: read once, for the losses of all parameters."""
        return {number: self._of_sample(self.problem.samples[number - 1]) for number in self.samples}

    def _of_sample(self, sample: Sample) -> _Given:
        targets = {vector.layer: own for vector, own in wiring.targets(self.problem.network, sample)}
        return _Given(
            _array(sample.input),
            _array(sample.upstream or ()),
            [_array(targets.get(term.layer, ())) for term in self.problem.losses],
        )

    def sums(self, parameters: Parameters) -> list[list[Passage]]:
        """The way of each sample through the layers. Raises: Undecided, DomainError."""
        found = []
        for number in self.samples:
            outs, own = [self._given[number].x], []
            for layer in range(len(self.problem.network.layers)):
                incoming = self._incoming(outs, layer, self.arithmetic)
                z = self.summed(parameters, layer, incoming, self.arithmetic)
                own.append(Passage(incoming, z, tuple(outs)))
                outs.append(activated(self.problem.network.layers[layer], z, self.arithmetic))
            found.append(own)
        return found

    def _incoming(self, outs: Sequence[Array], place: int, arithmetic: Arithmetic) -> Array:
        """What comes into a layer (from 0), from the input and the activations of the layers before it."""
        network, number = self.problem.network, place + 1
        folded = network.layer(number).bias.folded
        constant: Array = np.array([] if folded is None else [folded.input.value], dtype=object)
        sources = wiring.sources(network, number)
        parts = [constant if source < 0 else outs[source] for source in sources]
        combination = wiring.combination(network, number)
        if combination is not None:
            arrays: dict[Atom, Operand] = dict(zip(map(layer_activation, sources), parts, strict=True))
            return evaluate(combination.of([*map(Quantity, arrays)]), arrays, arithmetic)  # type: ignore[return-value]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def loss(
        self,
        parameters: Parameters,
        first: int,
        passages: Sequence[Passage],
        before: Sequence[SampleLoss] | None = None,
    ) -> list[SampleLoss]:
        """The loss without its penalty, given the way of each sample to layer `first` (from 0).

        `before` is the loss of parameters that differ in no layer after it: a sample that the layer passes on
        exactly as it did then adds what it added then. Raises: DomainError, Undecided.
        """
        known: Sequence[SampleLoss | None] = before or [None] * len(self.samples)
        return [
            self._sample_loss(parameters, first, number, passage, same)
            for number, passage, same in zip(self.samples, passages, known, strict=True)
        ]

    def _sample_loss(
        self, parameters: Parameters, first: int, number: int, passage: Passage, known: SampleLoss | None
    ) -> SampleLoss:
        watching = Watching(self.arithmetic.bits, self.arithmetic.lenient, self.arithmetic.keeping)
        layers = self.problem.network.layers
        z = passage.z
        passed_on = a = activated(layers[first], z, watching)
        outs = [*passage.before, a]
        there = tuple(watching.signs)
        alone = len(wiring.uses_of_weights(self.problem.network, first + 1)) <= 1
        if (
            alone
            and known is not None
            and _is_passed_on(z, a, known, softmax_of(layers[first].activation) is not None)
        ):
            return replace(known, there=there)
        for layer in range(first + 1, len(layers)):
            incoming = self._incoming(outs, layer, watching)
            a = activated(layers[layer], self.summed(parameters, layer, incoming, watching), watching)
            outs.append(a)
        sample, given = self.problem.samples[number - 1], self._given[number]
        total: Value = ZERO
        for gradient, value in zip(given.upstream, a, strict=False):
            total = watching.add(total, watching.multiply(gradient, value))
        for term, y in zip(self.problem.losses, given.targets, strict=True):
            own = term_loss(term, outs[term.layer or -1], y, watching)
            if term.over_samples == "mean":
                own = own / flint.fmpq(len(self.samples))
            total = watching.add(total, own)
        if sample.weight is not None:
            total = watching.multiply(sample.weight.value, total)
        return SampleLoss(z, passed_on, total, there, tuple(watching.signs[len(there) :]))

    def summed(self, parameters: Parameters, place: int, a: Array, arithmetic: Arithmetic) -> Array:
        """z = W a + b, or W a − θ, of a layer (from 0)."""
        network, number = self.problem.network, place + 1
        if wiring.weightless(network, number):
            return a
        own, weights = network.layer(number), parameters.weights[wiring.owner(network, number) - 1]
        assert weights is not None
        z: Array = dot_product(weights.T if own.transposed else weights, a, arithmetic)
        constants = parameters.constants[place]
        if constants is None:
            return z
        spread = np.broadcast_to(constants, z.shape)
        return plus(z, negative(spread, arithmetic) if own.bias.subtracted else spread, arithmetic)  # type: ignore[no-any-return]

    def penalty(self, parameters: Parameters) -> Penalty:
        """What the size of the weights adds. Raises: Undecided."""
        regulariser = self.problem.regulariser
        if regulariser is None:
            return Penalty(ZERO)
        watching = Watching(self.arithmetic.bits, self.arithmetic.lenient, self.arithmetic.keeping)
        factor = regulariser.strength.value * regulariser.scale.value
        if regulariser.over_samples == "mean":
            factor /= len(self.samples)
        flat = [w for weights in parameters.weights if weights is not None for w in weights.reshape(-1)]
        size = _size(regulariser, flat, watching)
        return Penalty(watching.multiply(factor, size), tuple(watching.signs))


def _array(entries: Sequence[Entry]) -> Array:
    return given_values(given_array(entries))  # type: ignore[return-value]


def _size(regulariser: Regulariser, weights: Sequence[Value], arithmetic: Arithmetic) -> Value:
    """Σ w² of L2; Σ |w| of L1; of an elastic net Σ ratio |w| + (1 − ratio)/2 w²."""
    square = reduce(arithmetic.add, [arithmetic.multiply(w, w) for w in weights])
    if regulariser.name == "l2":
        return square
    size = reduce(arithmetic.add, [w if arithmetic.sign(w) >= 0 else arithmetic.negate(w) for w in weights])
    if regulariser.name == "l1":
        return size
    ratio = regulariser.settings["ratio"].value
    return arithmetic.add(arithmetic.multiply(ratio, size), arithmetic.multiply((1 - ratio) / 2, square))


def _is_passed_on(z: Array, a: Array, known: SampleLoss, whole: bool) -> bool:
    """Whether the activations are those that were known, by proof: the same rationals, or of the same sums."""
    return all(
        (new == old and isinstance(new, flint.fmpq) and isinstance(old, flint.fmpq))
        or (not whole and z[place] is known.z[place])
        for place, (new, old) in enumerate(zip(a, known.a, strict=True))
    )
