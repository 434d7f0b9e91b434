"""Gradients checked against the loss alone: difference quotients, with nothing of what the engine found.

The loss of a batch is evaluated from the definitions (catalogue and problem, forward only) with one parameter
moved by ±h, in the solution's own exact arithmetic, so that every digit of a quotient is certain. The signs of what
decides between cases are watched: a quotient across a kink says nothing about the derivative, and
one that starts from a kink has two sides.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 11.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce

import flint
import numpy as np

from nbsolve.arithmetic import ZERO, Arithmetic, Value, power_of_ten
from nbsolve.errors import DomainError
from nbsolve.evaluate import dot_product, evaluate, negative, plus
from nbsolve.expr import Applied, Array, Expr, Quantity, with_variables
from nbsolve.objective import literal
from nbsolve.problem.functions import activation_of, loss_of
from nbsolve.problem.model import DenseLayer, LossTerm, Problem
from nbsolve.symbol import Role, Symbol
from nbsolve.values import given_array, given_values

_Z, _A, _Y = (Symbol(role) for role in (Role.PRE_ACTIVATION, Role.ACTIVATION, Role.TARGET))
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
    """Weights (units, inputs) of each layer, and its biases or thresholds (units,): one that is shared (1,)."""

    weights: tuple[Array, ...]
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
        return Parameters(tuple(arrays[1]), tuple(arrays[0]))  # type: ignore[arg-type]


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


Losses = tuple[Sequence[SampleLoss], Value]
"""What each sample adds, and the penalty."""


@dataclass(frozen=True)
class Batch:
    """The loss of some samples (their numbers in the file) as a function of the parameters."""

    problem: Problem
    samples: Sequence[int]
    arithmetic: Arithmetic

    def sums(self, parameters: Parameters) -> list[list[tuple[Array, Array]]]:
        """For each sample and layer, what comes in and the pre-activations. Raises: Undecided, DomainError."""
        found = []
        for number in self.samples:
            a: Array = given_values(given_array(self.problem.samples[number - 1].input))  # type: ignore[assignment]
            own = []
            for layer in range(len(self.problem.network.layers)):
                z = self.summed(parameters, layer, a, self.arithmetic)
                own.append((a, z))
                a = _activated(self.problem.network.layers[layer], z, self.arithmetic)
            found.append(own)
        return found

    def loss(
        self,
        parameters: Parameters,
        first: int,
        pre_activations: Sequence[Array],
        before: Sequence[SampleLoss] | None = None,
    ) -> list[SampleLoss]:
        """The loss without its penalty, given the pre-activations of layer `first` (from 0) for each sample.

        `before` is the loss of parameters that differ in no layer after it: a sample that the layer passes on
        exactly as it did then adds what it added then. Raises: DomainError, Undecided.
        """
        known: Sequence[SampleLoss | None] = before or [None] * len(self.samples)
        return [
            self._sample_loss(parameters, first, number, z, same)
            for number, z, same in zip(self.samples, pre_activations, known, strict=True)
        ]

    def _sample_loss(
        self, parameters: Parameters, first: int, number: int, z: Array, known: SampleLoss | None
    ) -> SampleLoss:
        watching = Watching(self.arithmetic.bits, self.arithmetic.lenient, self.arithmetic.keeping)
        layers = self.problem.network.layers
        passed_on = a = _activated(layers[first], z, watching)
        there = tuple(watching.signs)
        if known is not None and _is_passed_on(z, a, known, activation_of(layers[first].activation).vector):
            return replace(known, there=there)
        for layer in range(first + 1, len(layers)):
            a = _activated(layers[layer], self.summed(parameters, layer, a, watching), watching)
        target = self.problem.samples[number - 1].target
        y: Array = given_values(given_array(target))  # type: ignore[assignment]
        total: Value = ZERO
        for term in self.problem.losses:
            own = _term(term, a, y, watching)
            if term.over_samples == "mean":
                own = own / flint.fmpq(len(self.samples))
            total = watching.add(total, own)
        return SampleLoss(z, passed_on, total, there, tuple(watching.signs[len(there) :]))

    def summed(self, parameters: Parameters, layer: int, a: Array, arithmetic: Arithmetic) -> Array:
        """z = W a + b, or W a − θ."""
        z: Array = dot_product(parameters.weights[layer], a, arithmetic)
        constants = parameters.constants[layer]
        if constants is None:
            return z
        spread = np.broadcast_to(constants, z.shape)
        threshold = self.problem.network.layers[layer].bias.kind == "threshold"
        return plus(z, negative(spread, arithmetic) if threshold else spread, arithmetic)  # type: ignore[no-any-return]

    def penalty(self, parameters: Parameters) -> Value:
        """What the size of the weights adds."""
        arithmetic, regulariser = self.arithmetic, self.problem.regulariser
        if regulariser is None:
            return ZERO
        factor = regulariser.strength.value * regulariser.scale.value
        if regulariser.over_samples == "mean":
            factor /= len(self.samples)
        squares = [arithmetic.multiply(w, w) for weights in parameters.weights for w in weights.reshape(-1)]
        return arithmetic.multiply(factor, reduce(arithmetic.add, squares))


def _is_passed_on(z: Array, a: Array, known: SampleLoss, whole: bool) -> bool:
    """Whether the activations are those that were known, by proof: the same rationals, or of the same sums."""
    return all(
        (new == old and isinstance(new, flint.fmpq) and isinstance(old, flint.fmpq))
        or (not whole and z[place] is known.z[place])
        for place, (new, old) in enumerate(zip(a, known.a, strict=True))
    )


def _activated(layer: DenseLayer, z: Array, arithmetic: Arithmetic) -> Array:
    record = activation_of(layer.activation)
    result = np.empty(z.shape, dtype=object)
    if record.vector:
        powers = [arithmetic.exp(value) for value in z]
        whole = reduce(arithmetic.add, powers)
        for place, power in enumerate(powers):
            result[place] = arithmetic.divide(power, whole)
        return result
    definition = _with_values(record.definition, layer.activation.parameters)
    result[:] = evaluate(Applied(record.name, definition, (("z", Quantity(_Z)),)), {_Z: z}, arithmetic)
    return result


def _term(term: LossTerm, a: Array, y: Array, arithmetic: Arithmetic) -> Value:
    """weight · scale · the sum or mean over the outputs, for one sample."""
    record = loss_of(term)
    definition = _with_values(record.definition, term.parameters)
    factor = term.weight.value * term.scale.value
    both = (("a", Quantity(_A)), ("y", Quantity(_Y)))
    if record.separable:
        found = evaluate(Applied("loss", definition, both), {_A: a, _Y: y}, arithmetic)
        value: Value = reduce(arithmetic.add, found)  # type: ignore[arg-type]
        if term.over_outputs == "mean":
            factor /= len(a)
    else:
        value = evaluate(Applied("loss", definition, (), both), {_A: a, _Y: y}, arithmetic)  # type: ignore[assignment]
    if term.log_base is not None:
        value = arithmetic.divide(value, arithmetic.ln(term.log_base.value))
    return arithmetic.multiply(factor, value)


def _with_values(definition: Expr, parameters: Mapping[str, object]) -> Expr:
    values: dict[str, Expr] = {name: literal(given) for name, given in parameters.items()}  # type: ignore[arg-type]
    return with_variables(definition, values) if values else definition


# ------------------------------------------------------------------ quotients


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
    def _sums(self) -> list[list[tuple[Array, Array]]]:
        return self.batch.sums(self.parameters)

    @cached_property
    def _known(self) -> dict[int, Losses]:
        return {}

    @cached_property
    def _penalty(self) -> Value:
        return self.batch.penalty(self.parameters)

    def _here(self, first: int) -> Losses:
        """The loss itself, from a layer on."""
        if first not in self._known:
            sums = [own[first][1] for own in self._sums]
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
            for one, other in zip(here[0], side[0], strict=True)
        ]
        kink, crossed = any(left for left, _ in changes), any(passed for _, passed in changes)
        return Quotients(central, left, right, kink, crossed)

    def _difference(self, one: Losses, other: Losses) -> Value:
        """How much larger one loss is; exactly 0 where nothing was touched."""
        add, negate = self.arithmetic.add, self.arithmetic.negate
        pairs = [*((x.value, y.value) for x, y in zip(one[0], other[0], strict=True)), (one[1], other[1])]
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

    def _moved_sums(self, move: Move, moved: Parameters, first: int, h: flint.fmpq) -> Iterator[Array]:
        """The pre-activations of the first layer that is touched; where it is one parameter, of its unit alone."""
        ((_, weight), places), *others = move.items()
        for own in self._sums:
            source, before = own[first]
            if others or len(places) > 1 or (not weight and len(self._constants(moved, first)) < len(before)):
                yield self.batch.summed(moved, first, source, self.arithmetic)
                continue
            (place,) = places
            z = before.copy()
            by: Value = self.arithmetic.multiply(h, source[place[1]]) if weight else h
            if not weight and self.batch.problem.network.layers[first].bias.kind == "threshold":
                by = -h
            z[place[0]] = self.arithmetic.add(z[place[0]], by)
            yield z

    @staticmethod
    def _constants(parameters: Parameters, layer: int) -> Array:
        constants = parameters.constants[layer]
        assert constants is not None
        return constants

    def _size(self, value: Value, less: Value = ZERO) -> Value:
        return self.arithmetic.size(self.arithmetic.add(value, self.arithmetic.negate(less)))


def _changes(here: Signs, there: Signs) -> tuple[bool, bool]:
    """Whether something left 0 between two points, and whether something passed it."""
    left = passed = False
    for a, b in zip(here, there, strict=False):
        if a != b:
            left, passed = left or a == 0, passed or a != 0
            if len(here) != len(there):  # what follows belongs to other cases
                break
    return left, passed
