"""What a program of a network computes, as assignments of expressions: forward pass, loss, backward pass.

A batch is a matrix with one row for each sample. The expressions come from the catalogue's records; their letters
are the names of the program's variables: x, y, W1, b1, z1, a1, da1 and dz1 (∂L/∂a, ∂L/∂z), dW1, db1. Beside the
usual functions there are `softmax`, `log_softmax`, `sum_samples`, `sum_outputs` (which keeps its axis), `total`,
`count`, `column` (of one output, which keeps its axis) and `columns` (beside each other), `beside` (arrays) and
`part` (some columns).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from nbsolve.expr import (
    Expr,
    Function,
    MatrixProduct,
    Negation,
    Product,
    Sum,
    Transpose,
    Variable,
    number,
    product,
    total,
)
from nbsolve.given import Given
from nbsolve.problem import wiring
from nbsolve.problem.model import DenseLayer, Problem
from nbsolve.programs.activations import Activations
from nbsolve.programs.arrays import Array, arrays_of, by_columns, existing
from nbsolve.programs.objective import Objective, X, total_of
from nbsolve.programs.updating import Assignment, UpdateRule

__all__ = ["Computation", "Mask"]


@dataclass(frozen=True)
class Mask:
    """Ones and zeros, and what the ones are for."""

    flags: tuple[int, ...] | tuple[tuple[int, ...], ...]
    ones: str


@dataclass(frozen=True)
class Computation:
    """The calculation of one batch, in variables."""

    problem: Problem

    @property
    def depth(self) -> int:
        """The number of the last layer."""
        return len(self.problem.network.layers)

    def layer(self, n: int) -> DenseLayer:
        """A layer by its number, from 1."""
        return self.problem.network.layer(n)

    @cached_property
    def arrays(self) -> tuple[Array, ...]:
        """The arrays of parameters, layer by layer."""
        return tuple(arrays_of(self.problem))

    @cached_property
    def activations(self) -> Activations:
        """The activations as functions of the program."""
        return Activations(self.problem.network)

    @cached_property
    def objective(self) -> Objective:
        """What is differentiated."""
        return Objective(self.problem)

    @cached_property
    def masks(self) -> Mapping[str, Mask]:
        """What is 1 for the units that have a function, for the weights that exist, and 0 for the others."""
        masks = self.activations.masks.items()
        of_units = {name: Mask(flags, "units that have this function") for name, flags in masks}
        return of_units | {
            f"M{n}": Mask(existing(self.problem, n), "weights that exist")
            for n in range(1, self.depth + 1)
            if self.layer(n).missing
        }

    # ------------------------------------------------------------------ forward

    @cached_property
    def forward(self) -> tuple[Assignment, ...]:
        """z and a of each layer."""
        found: list[Assignment] = []
        for n in range(1, self.depth + 1):
            bias = self.layer(n).bias
            z: Expr = self._sum(n)
            if bias.subtracted:
                z = Sum((z, Negation((Variable(f"theta{n}"),))))
            elif bias.added:
                z = Sum((z, Variable(f"b{n}")))
            a = self.activations.value(n)
            found += [(f"z{n}", self._or_given(z, f"z{n}")), (f"a{n}", self._or_given(a, f"a{n}"))]
        return tuple(found)

    def _or_given(self, computed: Expr, name: str) -> Expr:
        """What is computed, or given where the problem gives it."""
        return Function("given", (computed, Variable(f"given_{name}"))) if name in self.given else computed

    @cached_property
    def given(self) -> Mapping[str, tuple[tuple[Given | None, ...], ...]]:
        """The values of units that are given, by the name of their array, a row for each sample; None elsewhere."""
        names = dict.fromkeys(name for sample in self.problem.samples for name in sample.given)
        layers = {(name[0], int(name[2 : name.index("]")])) for name in names}
        return {
            f"{letter}{n}": tuple(
                tuple(sample.given.get(f"{letter}[{n}][{j}]") for j in range(1, self.layer(n).units + 1))
                for sample in self.problem.samples
            )
            for letter, n in sorted(layers)
        }

    def _sum(self, n: int) -> Expr:
        """The weighted sums of a layer, or the sum of what comes in."""
        combination = wiring.combination(self.problem.network, n)
        if combination is not None:
            return combination.of(self._parts(n))
        return MatrixProduct((self._incoming(n), self._weights_of(n, down=True)))

    def _parts(self, n: int) -> tuple[Expr, ...]:
        """What comes into a layer from each source: the input, activations, the constant of its biases."""

        def part(source: int) -> Expr:
            folded = self.layer(n).bias.folded
            if source < 0 and folded is not None:
                return number(folded.input.rational)
            return Variable(f"a{source}") if source else X

        return tuple(map(part, wiring.sources(self.problem.network, n)))

    def _incoming(self, n: int) -> Expr:
        """What comes into a layer, a row for each sample."""
        parts = self._parts(n)
        return parts[0] if len(parts) == 1 else Function("beside", parts)

    def _weights_of(self, n: int, down: bool) -> Expr:
        """The weights of a layer: (inputs, units) where values go `down`, (units, inputs) for gradients."""
        layer = self.layer(n)
        owner = wiring.owner(self.problem.network, n)
        weights: Expr = Variable(f"W{owner}")
        if self.layer(owner).missing:
            weights = Product((weights, Variable(f"M{owner}")))
        return (
            weights if (by_columns(self.problem) is down) is not layer.transposed else Transpose((weights,))
        )

    # ------------------------------------------------------------------ backward

    @cached_property
    def backward(self) -> tuple[Assignment, ...]:
        """∂L/∂a and ∂L/∂z of each layer from the last to the first, and the gradients of its parameters."""
        return tuple(self._backward())

    def _backward(self) -> Iterator[Assignment]:
        for n in range(self.depth, 0, -1):
            end = n in self.objective.ends
            cancelled = self.objective.cancelled(n) if end else None
            if cancelled is not None:
                yield f"dz{n}", cancelled
            else:
                yield f"da{n}", self.objective.upstream(n) if end else self.upstream(n)
                yield f"dz{n}", self.activations.signal(n)
            yield from self._gradients(n)

    def upstream(self, n: int) -> Expr:
        """∂L/∂a of a layer (0: ∂L/∂x) from the layers that take its activations."""
        return total(*(self._share(n, user) for user in wiring.users(self.problem.network, n)))

    def _share(self, n: int, user: int) -> Expr:
        """What a layer's activations get back from one of the layers that take them."""
        network = self.problem.network
        combination = wiring.combination(network, user)
        if combination is not None:
            place = wiring.sources(network, user).index(n)
            return product(Variable(f"dz{user}"), combination.slope(self._parts(user), place))
        body: Expr = MatrixProduct((Variable(f"dz{user}"), self._weights_of(user, down=False)))
        sources = wiring.sources(network, user)
        if len(sources) == 1:
            return body
        first = sum(wiring.width_of(network, source) for source in sources[: sources.index(n)])
        last = first + wiring.width_of(network, n)
        return Function("part", (body, number(first), number(last)))

    def _gradients(self, n: int) -> Iterator[Assignment]:
        dz: Expr = Variable(f"dz{n}")
        for array in self.arrays:
            if array.layer != n:
                continue
            if array.weight:
                uses = wiring.uses_of_weights(self.problem.network, n)
                gradient: Expr = total(*map(self._use, uses))
                if self.layer(n).missing:
                    gradient = Product((gradient, Variable(f"M{n}")))
                penalty = self.objective.of_weights(array)
                if penalty is not None:
                    gradient = Sum((gradient, penalty))
            else:
                bias = self.layer(n).bias
                gradient = total_of(dz) if bias.shared else Function("sum_samples", (dz,))
                gradient = Negation((gradient,)) if bias.subtracted else gradient
            yield array.gradient, gradient

    def _use(self, n: int) -> Expr:
        """What the gradient of the weights gets from one of the layers that use them."""
        dz, source = Variable(f"dz{n}"), self._incoming(n)
        turned = by_columns(self.problem) is not self.layer(n).transposed
        return MatrixProduct((Transpose((source,)), dz) if turned else (Transpose((dz,)), source))

    # ------------------------------------------------------------------ update

    @property
    def rule(self) -> UpdateRule:
        """The rule by which a problem that is trained changes its parameters."""
        assert self.problem.training is not None
        return UpdateRule(self.problem.training)

    @property
    def held_in_part(self) -> bool:
        """Whether some entries of an array move and others do not, so that the norm has no short formula."""
        training = self.problem.training
        clipped = training is not None and training.optimiser.clip == "norm"
        return clipped and any(own.trained is not None for own in self.arrays)
