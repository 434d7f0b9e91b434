"""The dense layer: z = W a + b (or W a − θ), a = f(z); backwards by the chain rule.

Forward, with W of shape (units, inputs): z_j = Σ_i w_ji a_i + b_j.
Backward, given the upstream gradient ∂L/∂a_j:
  error signal       ∂L/∂z_j = ∂L/∂a_j · f′(z_j)
  parameters         ∂L/∂w_ji = ∂L/∂z_j · a_i,  ∂L/∂b_j = ∂L/∂z_j,  ∂L/∂θ_j = −∂L/∂z_j
  the layer before   ∂L/∂a_i = Σ_j ∂L/∂z_j · w_ji
What of this is written down on the way (and hence rounded, where each step is rounded) depends on how the
problem wants it explained: see `Explanation`.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 6.5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nbsolve.arithmetic import short
from nbsolve.catalogue import Activation
from nbsolve.errors import DomainError
from nbsolve.evaluate import evaluate
from nbsolve.expr import (
    Applied,
    Array,
    Atom,
    Expr,
    Function,
    MatrixProduct,
    Negation,
    Operand,
    Product,
    Quantity,
    Sum,
    Total,
    number,
    quotient,
    total,
    with_variables,
)
from nbsolve.layers import paths, signals
from nbsolve.layers.gradient import LOSS, Explanation, Gradient, unit_of
from nbsolve.objective import literal
from nbsolve.problem.functions import activation_of
from nbsolve.problem.model import DenseLayer
from nbsolve.recorder import Recorder, forms
from nbsolve.step import Form, Rule
from nbsolve.symbol import Role, Symbol, Unit
from nbsolve.values import layer_activation


@dataclass(frozen=True)
class Dense:
    """Layer number `index` of a network, with `inputs` inputs."""

    index: int
    inputs: int
    layer: DenseLayer

    @property
    def units(self) -> range:
        """The numbers of the layer's units, from 1."""
        return range(1, self.layer.units + 1)

    @property
    def activation(self) -> Activation:
        """The catalogue's record, or that of the author's own formula."""
        return activation_of(self.layer.activation)

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

    # ------------------------------------------------------------------ forward

    def forward(self, recorder: Recorder, sample: int | None = None, new: bool = False) -> None:
        """Write down z and a of one sample."""
        source, constant = Quantity(self.source(None, sample, new)), self.constant(None, new)
        pre_activation: Expr = MatrixProduct((Quantity(self.w(new=new)), source))
        if constant is not None:
            pre_activation = Sum((pre_activation, self._signed(Quantity(constant))))

        def linear(atom: Atom) -> tuple[Form, ...]:
            j = unit_of(atom)
            terms: list[Expr] = [
                Product((Quantity(self.w(j, i, new)), Quantity(self.source(i, sample, new))))
                for i in range(1, self.inputs + 1)
            ]
            own = self.constant(j, new)
            return forms(total(*terms, *([] if own is None else [self._signed(Quantity(own))])))

        recorder.write(
            Rule.PRE_ACTIVATION,
            self.z(None, sample, new),
            forms(pre_activation),
            [self.z(j, sample, new) for j in self.units],
            linear,
            sample,
        )

        def activate(atom: Atom) -> tuple[Form, ...]:
            z = Quantity(self.z(unit_of(atom), sample, new))
            if self.activation.vector:
                others = [Function("exp", (Quantity(self.z(k, sample, new)),)) for k in self.units]
                return forms(quotient(Function("exp", (z,)), total(*others)))
            return forms(self._function(z))

        vector = Quantity(self.z(None, sample, new))
        exponentials = Function("exp", (vector,))
        whole = (
            quotient(exponentials, Total((exponentials,)))
            if self.activation.vector
            else self._function(vector)
        )
        members = [self.a(j, sample, new) for j in self.units]
        try:
            recorder.write(
                Rule.ACTIVATION, self.a(None, sample, new), forms(whole), members, activate, sample
            )
        except DomainError as error:
            raise self._undefined(recorder, sample, error, new=new) from error

    def _undefined(
        self,
        recorder: Recorder,
        sample: int | None,
        error: DomainError,
        *,
        slope: bool = False,
        new: bool = False,
    ) -> DomainError:
        """The error for a function without a value: which function, at which pre-activation of which unit."""
        what = f"the derivative of {self.activation.name}" if slope else self.activation.name
        where = ""
        for j in self.units:
            z = Quantity(self.z(j, sample, new))
            try:
                recorder.require(self.derivative(j, sample) if slope else self._function(z))
            except DomainError as own:
                value = short(recorder.values[z.atom])  # type: ignore[arg-type]
                where, error = f" for the pre-activation {value} of unit {j} of layer {self.index}", own
                break
        found = DomainError(f"{what} is not defined{where}: it needs {error}")
        found.sample = sample
        return found

    def _signed(self, constant: Expr) -> Expr:
        return Negation((constant,)) if self.layer.bias.kind == "threshold" else constant

    @cached_property
    def _formulae(self) -> tuple[Expr, Expr]:
        """The activation's definition and its derivative, with the parameters of this layer filled in."""
        record = self.activation
        parameters = {name: literal(given) for name, given in self.layer.activation.parameters.items()}
        slope = record.derivative if record.from_output is None else record.from_output
        return with_variables(record.definition, parameters), with_variables(slope, parameters)

    def _function(self, z: Expr) -> Expr:
        if self.activation.name == "linear":
            return z
        return Applied(self.activation.function, self._formulae[0], (("z", z),))

    # ------------------------------------------------------------------ local derivatives

    def derivative(self, unit: Unit | None, sample: int | None) -> Expr:
        """f′(z_j) in the shape in which people write it: from the output where there is such a formula."""
        record = self.activation
        if unit is not None and self._formulae[1] == number(1):
            return number(1)
        entries: tuple[tuple[str, Expr], ...] = (("z", Quantity(self.z(unit, sample))),)
        if record.from_output is not None:
            entries = (*entries, ("a", Quantity(self.a(unit, sample))))
        return Applied(record.function, self._formulae[1], entries, primes=1)

    def jacobian(self, of: Unit, wrt: Unit, sample: int | None) -> Expr:
        """∂a_k/∂z_j of softmax: a_k (1 − a_k) for k = j, −a_k a_j otherwise."""
        a_k, a_j = Quantity(self.a(of, sample)), Quantity(self.a(wrt, sample))
        if of == wrt:
            return Product((a_k, Sum((number(1), Negation((a_k,))))))
        return Negation((Product((a_k, a_j)),))

    @staticmethod
    def jacobian_of(p: Operand) -> Array:
        """The values of softmax's Jacobian diag(p) − p pᵀ, shape (units, units), from its output p."""
        assert isinstance(p, np.ndarray)
        jacobian = -np.multiply.outer(p, p)
        for k, share in enumerate(p):
            jacobian[k, k] = share * (1 - share)
        return jacobian

    # ------------------------------------------------------------------ backward

    def backward(
        self,
        recorder: Recorder,
        how: Explanation,
        upstream: Gradient,
        cancelled: Callable[[int | None], Expr | None],
        sample: int | None,
    ) -> Gradient:
        """Write down the error signals of one sample; see `nbsolve.layers.signals`."""
        if self.layer.activation.formula is not None:
            try:
                evaluate(self.derivative(None, sample), recorder.values, recorder.arithmetic)
            except DomainError as error:
                raise self._undefined(recorder, sample, error, slope=True) from error
        return signals.backward(self, recorder, how, upstream, cancelled, sample)

    def upstream(
        self, recorder: Recorder, how: Explanation, signal: Gradient, sample: int | None
    ) -> Gradient:
        """Write down ∂L/∂a of the layer before; see `nbsolve.layers.paths`."""
        return paths.upstream(self, recorder, how, signal, sample)


__all__ = ["LOSS", "Dense"]
