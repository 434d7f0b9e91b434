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
from nbsolve.catalogue.operations import elementwise, unit_by_unit, weighted_sum
from nbsolve.catalogue.softmaxes import Softmax
from nbsolve.expr import literals
from nbsolve.graph import Graph, Operation
from nbsolve.problem import wiring
from nbsolve.problem.functions import activation_of, softmax_of
from nbsolve.problem.model import Choice, DenseLayer, Network
from nbsolve.step import Members
from nbsolve.symbol import LOSS, Index, Role, Symbol, Unit, number_of
from nbsolve.values import layer_activation

__all__ = ["LOSS", "Dense", "Parameter"]


@dataclass(frozen=True)
class Parameter:
    """One array of parameters: its symbol, its single members, and which of them are trained."""

    symbol: Symbol
    members: Sequence[Symbol]
    trained: Any  # a truth value for all, or a numpy array of them

    def is_trained(self, member: Symbol) -> bool:
        """Whether one of its members is trained."""
        flags = np.asarray(self.trained)
        places = [number_of(place) - 1 for place in (member.to, member.from_) if place is not None]
        return bool(flags[tuple(places)] if flags.ndim else flags)


def unchanged(operation: Operation) -> Operation:
    """The operation itself."""
    return operation


@dataclass(frozen=True)
class Dense:
    """Layer number `index` of a network; `change` puts other operations for its own."""

    index: int
    network: Network
    change: Callable[[Operation], Operation] = unchanged

    @property
    def layer(self) -> DenseLayer:
        """What the problem says of it."""
        return self.network.layer(self.index)

    @cached_property
    def inputs(self) -> int:
        """How many activations come in."""
        return wiring.width(self.network, self.index)

    @property
    def tied(self) -> bool:
        """Whether its weights are those of another layer."""
        return self.layer.same_as is not None

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
        return self.softmax is not None

    @cached_property
    def softmax(self) -> Softmax | None:
        """The function of all units at once; None where each unit has its own."""
        return softmax_of(self.layer.activation)

    # ------------------------------------------------------------------ symbols

    def z(self, unit: Unit | None = None, sample: int | None = None, new: bool = False) -> Symbol:
        """z_j, or the vector z."""
        return Symbol.pre_activation(self.index, unit, sample=sample, new=new)

    def a(self, unit: Unit | None = None, sample: int | None = None, new: bool = False) -> Symbol:
        """a_j, or the vector a."""
        return layer_activation(self.index, unit, sample, new)

    def sources(self, sample: int | None = None, new: bool = False) -> tuple[Symbol, ...]:
        """The vectors of activations that come in, one below the other."""
        layers = wiring.sources(self.network, self.index)
        return tuple(layer_activation(layer, None, sample, new) for layer in layers)

    def source(self, unit: Unit, sample: int | None = None, new: bool = False) -> Symbol:
        """The activation that comes in by a column of the weights."""
        if isinstance(unit, Index):
            (array,) = (one for one in self.sources(sample, new) if one.role is not Role.CONSTANT)
            return array._replace(to=unit)
        layer, own = self._incoming[unit - 1]
        return layer_activation(layer, own, sample, new)

    @cached_property
    def _incoming(self) -> tuple[tuple[int, int], ...]:
        return tuple(wiring.incoming(self.network, self.index))

    def w(self, to: Unit | None = None, from_: Unit | None = None, new: bool = False) -> Symbol:
        """The weight to unit `to` by column `from_`, or the matrix W."""
        return wiring.weight(self.network, self.index, to, from_, new)

    def constant(self, unit: Unit | None = None, new: bool = False) -> Symbol | None:
        """b_j, θ_j or the layer's shared bias; None where there is none."""
        return wiring.constant(self.network, self.index, unit, new)

    @property
    def parameters(self) -> Iterator[Parameter]:
        """The layer's weights, then its biases, its thresholds or its shared bias."""
        if not self.tied:
            weights = Members(lambda: wiring.own_weights(self.network, self.index))
            yield Parameter(self.w(), weights, self._trained_weights)
        constant = self.constant()
        if constant is not None:
            shared = self.layer.bias.shared
            members = (constant,) if shared else tuple(constant._replace(to=j) for j in self.units)
            trained = self.layer.bias.trainable
            yield Parameter(constant, members, bool(np.all(np.array(trained))) if shared else _mask(trained))

    @cached_property
    def _trained_weights(self) -> Any:
        trained = self.layer.weights_trainable
        if not self.layer.missing:
            return _mask(trained)
        mask = np.array(np.broadcast_to(trained, (self.layer.units, self.inputs)), dtype=bool)
        for j, i in self.layer.missing:
            mask[j - 1, i - 1] = False
        return mask

    @property
    def held(self) -> tuple[Symbol, ...]:
        """The layer's parameters that are not trained."""
        return tuple(
            member
            for parameter in self.parameters
            if not np.all(parameter.trained)
            for member in parameter.members
            if not parameter.is_trained(member)
        )

    # ------------------------------------------------------------------ the graph

    @cached_property
    def activate(self) -> Operation:
        """The activation as an operation, with this layer's parameters of the function."""
        if self.softmax is not None:
            return self.softmax.operation
        if not self.layer.activation.units:
            return _elementwise(self.layer.activation)
        return unit_by_unit([_elementwise(choice) for choice in self.layer.activation.units])

    def add(self, graph: Graph, sample: int | None = None, new: bool = False) -> None:
        """Add the layer's arrays, and the two operations that find z and a of one sample."""
        units, tied = self.layer.units, self.layer.transposed
        shape = (self.inputs, units) if tied else (units, self.inputs)
        weights = graph.array(self.w(new=new), *shape)
        sources = self.sources(sample, new)
        for layer, source in zip(wiring.sources(self.network, self.index), sources, strict=True):
            graph.array(source, wiring.width_of(self.network, layer))
        bias, constant = self.layer.bias, self.constant(new=new)
        own: dict[str, Symbol] = {}
        if constant is not None:
            own["b"] = graph.array(constant, *(() if bias.shared else (units,)))
        owner = wiring.owner(self.network, self.index)
        missing = self.network.layer(owner).missing
        if missing:
            own["M"] = graph.array(Symbol(Role.MASK, owner), *shape)
            graph.missing |= {self.network_weight(owner, place, new) for place in missing}
        plain = weighted_sum(bias.kind, tied, bool(missing))
        weigh = self.change(plain)
        if UPDATED in weigh.axes:
            if self.tied:  # they are updated when all that uses them has been gone through
                weigh = plain
            else:
                own[UPDATED] = graph.array(self.w(new=True), *shape)
        z = graph.node(weigh, self.z(None, sample, new), sample, W=weights, x=sources, **own)
        graph.node(self.change(self.activate), self.a(None, sample, new), sample, z=z)

    @staticmethod
    def network_weight(layer: int, place: tuple[int, int], new: bool) -> Symbol:
        """A weight by its own place in its matrix."""
        return Symbol.weight(layer, *place, new=new)


def _elementwise(choice: Choice) -> Operation:
    parameters = literals(choice.parameters)
    return elementwise(activation_of(choice), parameters, everywhere=choice.formula is None)


def _mask(trained: Any) -> Any:
    return trained if isinstance(trained, bool) else np.array(trained, dtype=bool)
