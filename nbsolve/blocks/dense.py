"""The dense layer: z = W a + b (or W a − θ), then a = f(z).

Shapes: W (units, inputs), a of the layer before (inputs,), b, θ, z and a (units,).
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 6.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nbsolve.catalogue import Activation
from nbsolve.catalogue.changes import UPDATED
from nbsolve.catalogue.operations import SOFTMAX, elementwise, unit_by_unit, weighted_sum
from nbsolve.graph import Graph, Operation
from nbsolve.objective import literal
from nbsolve.problem.functions import activation_of
from nbsolve.problem.model import Choice, DenseLayer
from nbsolve.step import Members
from nbsolve.symbol import Role, Symbol, Unit
from nbsolve.values import layer_activation

__all__ = ["LOSS", "Dense", "Parameter"]

LOSS = Symbol(Role.LOSS)


@dataclass(frozen=True)
class Parameter:
    """One array of parameters: its symbol, its single members, and which of them are trained."""

    symbol: Symbol
    members: Sequence[Symbol]
    trained: Any  # a truth value for all, or a numpy array of them


def unchanged(operation: Operation) -> Operation:
    """The operation itself."""
    return operation


@dataclass(frozen=True)
class Dense:
    """Layer number `index` of a network, with `inputs` inputs; `change` puts other operations for its own."""

    index: int
    inputs: int
    layer: DenseLayer
    change: Callable[[Operation], Operation] = unchanged

    @property
    def units(self) -> range:
        """The numbers of the layer's units, from 1."""
        return range(1, self.layer.units + 1)

    def function(self, unit: int) -> Activation:
        """The activation of one unit: the catalogue's record, or that of the author's own formula."""
        return activation_of(self.layer.activation.of_unit(unit))

    @cached_property
    def functions(self) -> tuple[tuple[Choice, Activation], ...]:
        """The activations of the layer, each once, as the problem chose them and as records."""
        return tuple((choice, activation_of(choice)) for choice in self.layer.activation.each_once)

    @property
    def joint(self) -> bool:
        """Whether the activation of each unit depends on every pre-activation of the layer (softmax)."""
        return self.functions[0][1].vector

    # ------------------------------------------------------------------ symbols

    def z(self, unit: Unit | None = None, sample: int | None = None, new: bool = False) -> Symbol:
        """z_j, or the vector z."""
        return Symbol(Role.PRE_ACTIVATION, self.index, unit, sample=sample, new=new)

    def a(self, unit: Unit | None = None, sample: int | None = None, new: bool = False) -> Symbol:
        """a_j, or the vector a."""
        return layer_activation(self.index, unit, sample, new)

    def source(self, unit: Unit | None = None, sample: int | None = None, new: bool = False) -> Symbol:
        """The activation that comes in, a_i of the layer before."""
        return layer_activation(self.index - 1, unit, sample, new)

    def w(self, to: Unit | None = None, from_: Unit | None = None, new: bool = False) -> Symbol:
        """The weight to unit `to` from input `from_`, or the matrix W."""
        return Symbol(Role.WEIGHT, self.index, to, from_, new=new)

    def constant(self, unit: Unit | None = None, new: bool = False) -> Symbol | None:
        """b_j, θ_j or the layer's shared bias; None where there is none."""
        kind = self.layer.bias.kind
        if kind == "absent":
            return None
        if kind == "shared":
            return Symbol(Role.BIAS, self.index, shared=True, new=new)
        role = Role.THRESHOLD if kind == "threshold" else Role.BIAS
        return Symbol(role, self.index, unit, new=new)

    @property
    def parameters(self) -> Iterator[Parameter]:
        """The layer's weights, then its biases, its thresholds or its shared bias."""
        sources = range(1, self.inputs + 1)
        weights = Members(lambda: (self.w(j, i) for j in self.units for i in sources))
        yield Parameter(self.w(), weights, _mask(self.layer.weights_trainable))
        constant = self.constant()
        if constant is not None:
            shared = self.layer.bias.kind == "shared"
            members = (constant,) if shared else tuple(constant._replace(to=j) for j in self.units)
            trained = self.layer.bias.trainable
            yield Parameter(constant, members, bool(np.all(np.array(trained))) if shared else _mask(trained))

    @property
    def held(self) -> tuple[Symbol, ...]:
        """The layer's parameters that are not trained."""
        return tuple(
            member
            for parameter in self.parameters
            if not np.all(parameter.trained)
            for member, trained in zip(
                parameter.members,
                np.broadcast_to(np.ravel(parameter.trained), len(parameter.members)),
                strict=True,
            )
            if not trained
        )

    # ------------------------------------------------------------------ the graph

    @cached_property
    def activate(self) -> Operation:
        """The activation as an operation, with this layer's parameters of the function."""
        if self.joint:
            return SOFTMAX
        if not self.layer.activation.units:
            return _elementwise(self.layer.activation)
        return unit_by_unit([_elementwise(choice) for choice in self.layer.activation.units])

    def add(self, graph: Graph, sample: int | None = None, new: bool = False) -> None:
        """Add the layer's arrays, and the two operations that find z and a of one sample."""
        units = self.layer.units
        weights = graph.array(self.w(new=new), units, self.inputs)
        source = graph.array(self.source(None, sample, new), self.inputs)
        kind, constant = self.layer.bias.kind, self.constant(new=new)
        own: dict[str, Symbol] = {}
        if constant is not None:
            own["b"] = graph.array(constant, *(() if kind == "shared" else (units,)))
        weigh = self.change(weighted_sum(kind))
        if UPDATED in weigh.axes:
            own[UPDATED] = graph.array(self.w(new=True), units, self.inputs)
        z = graph.node(weigh, self.z(None, sample, new), sample, W=weights, x=source, **own)
        graph.node(self.change(self.activate), self.a(None, sample, new), sample, z=z)


def _elementwise(choice: Choice) -> Operation:
    parameters = {name: literal(given) for name, given in choice.parameters.items()}
    return elementwise(activation_of(choice), parameters, everywhere=choice.formula is None)


def _mask(trained: Any) -> Any:
    return trained if isinstance(trained, bool) else np.array(trained, dtype=bool)
