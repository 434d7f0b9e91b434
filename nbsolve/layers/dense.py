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

from nbsolve.catalogue import ACTIVATIONS, Activation
from nbsolve.expr import (
    Applied,
    Atom,
    Brace,
    Expr,
    Function,
    Hadamard,
    MatrixProduct,
    Negation,
    Product,
    Quantity,
    Sum,
    Total,
    Transpose,
    collected,
    number,
    product,
    quotient,
    total,
    with_variables,
)
from nbsolve.layers.gradient import Explanation, Gradient
from nbsolve.objective import literal
from nbsolve.problem.model import DenseLayer
from nbsolve.recorder import Recorder, forms
from nbsolve.step import Form, Reason, Rule
from nbsolve.symbol import Partial, Role, Symbol
from nbsolve.values import layer_activation

LOSS = Symbol(Role.LOSS)
MOST_SHARES = 8
"""Paths whose shares are written down one by one; more are added up in one line."""


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
        """The catalogue's record."""
        return ACTIVATIONS[self.layer.activation.name]

    # ------------------------------------------------------------------ symbols

    def z(self, unit: int | None = None, sample: int | None = None, new: bool = False) -> Symbol:
        """z_j, or the vector z."""
        return Symbol(Role.PRE_ACTIVATION, self.index, unit, sample=sample, new=new)

    def a(self, unit: int | None = None, sample: int | None = None, new: bool = False) -> Symbol:
        """a_j, or the vector a."""
        return layer_activation(self.index, unit, sample, new)

    def source(self, unit: int | None = None, sample: int | None = None, new: bool = False) -> Symbol:
        """The activation that comes in, a_i of the layer before."""
        return layer_activation(self.index - 1, unit, sample, new)

    def w(self, to: int | None = None, from_: int | None = None, new: bool = False) -> Symbol:
        """The weight to unit `to` from input `from_`, or the matrix W."""
        return Symbol(Role.WEIGHT, self.index, to, from_, new=new)

    def constant(self, unit: int | None = None, new: bool = False) -> Symbol | None:
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
            j = _unit(atom)
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
            z = Quantity(self.z(_unit(atom), sample, new))
            if self.activation.vector:
                others = [Function("exp", (Quantity(self.z(k, sample, new)),)) for k in self.units]
                return forms(quotient(Function("exp", (z,)), total(*others)))
            return forms(self._function(z))

        vector = Quantity(self.z(None, sample, new))
        exponentials = Function("exp", (vector,))
        recorder.write(
            Rule.ACTIVATION,
            self.a(None, sample, new),
            forms(
                quotient(exponentials, Total((exponentials,)))
                if self.activation.vector
                else self._function(vector)
            ),
            [self.a(j, sample, new) for j in self.units],
            activate,
            sample,
        )

    def _signed(self, constant: Expr) -> Expr:
        return Negation((constant,)) if self.layer.bias.kind == "threshold" else constant

    def _parameters(self) -> dict[str, Expr]:
        return {name: literal(given) for name, given in self.layer.activation.parameters.items()}

    def _function(self, z: Expr) -> Expr:
        if self.activation.name == "linear":
            return z
        definition = with_variables(self.activation.definition, self._parameters())
        return Applied(self.activation.function, definition, (("z", z),))

    # ------------------------------------------------------------------ local derivatives

    def derivative(self, unit: int | None, sample: int | None) -> Expr:
        """f′(z_j) in the shape in which people write it: from the output where there is such a formula."""
        record = self.activation
        z, a = Quantity(self.z(unit, sample)), Quantity(self.a(unit, sample))
        if record.from_output is None:
            definition = with_variables(record.derivative, self._parameters())
            return Applied(record.function, definition, (("z", z),), primes=1)
        definition = with_variables(record.from_output, self._parameters())
        return Applied(record.function, definition, (("z", z), ("a", a)), primes=1)

    def jacobian(self, of: int, wrt: int, sample: int | None) -> Expr:
        """∂a_k/∂z_j of softmax: a_k (1 − a_k) for k = j, −a_k a_j otherwise."""
        a_k, a_j = Quantity(self.a(of, sample)), Quantity(self.a(wrt, sample))
        if of == wrt:
            return Product((a_k, Sum((number(1), Negation((a_k,))))))
        return Negation((Product((a_k, a_j)),))

    # ------------------------------------------------------------------ backward

    def backward(
        self,
        recorder: Recorder,
        how: Explanation,
        upstream: Gradient,
        cancelled: Callable[[int | None], Expr | None],
        sample: int | None,
    ) -> Gradient:
        """Write down the error signals of one sample; returns the formula of ∂L/∂z for what builds on it.

        `cancelled` gives ∂L/∂z_k where the loss and the activation of the output simplify together.
        """
        slope = self.derivative(None, sample)
        written = Gradient(
            how.as_gradient(self.index, None, sample),
            lambda j: how.as_gradient(self.index, j, sample),
            lambda j: Quantity(Partial(LOSS, self.z(j, sample))),
        )
        if how.way == "local_derivatives" and not self.activation.vector:
            recorder.write(
                Rule.LOCAL_DERIVATIVE,
                Partial(self.a(None, sample), self.z(None, sample)),
                forms(slope),
                [Partial(self.a(j, sample), self.z(j, sample)) for j in self.units],
                lambda atom: forms(self.derivative(_unit(atom), sample)),
                sample,
            )
        if self.activation.vector or cancelled(None) is not None:
            self._write_output_signal(recorder, how, upstream, cancelled, sample)
            return written
        closed = Gradient(
            Hadamard((upstream.whole, slope)),
            lambda j: product(upstream.unit(j), self.derivative(j, sample)),
            lambda j: product(upstream.chain(j), Quantity(Partial(self.a(j, sample), self.z(j, sample)))),
        )
        if how.way == "delta" or how.named(self.index):
            self._write_delta(recorder, how, closed, sample)
            return written
        if how.way == "paths":
            return closed

        def factor(unit: int | None) -> Quantity:
            return Quantity(Partial(self.a(unit, sample), self.z(unit, sample)))

        return Gradient(
            Hadamard((upstream.whole, factor(None))),
            lambda j: product(upstream.unit(j), factor(j)),
            closed.chain,
        )

    def _write_delta(
        self, recorder: Recorder, how: Explanation, closed: Gradient, sample: int | None
    ) -> None:
        def delta(atom: Atom) -> tuple[Form, ...]:
            j = _unit(atom)
            partials = [
                Quantity(Partial(LOSS, self.a(j, sample))),
                Quantity(Partial(self.a(j, sample), self.z(j, sample))),
            ]
            return forms(
                how.oriented(product(*partials)),
                how.oriented(closed.unit(j)),
                reasons=(Reason.CHAIN_RULE, Reason.LOCAL_DERIVATIVES),
            )

        recorder.write(
            Rule.DELTA,
            how.signal(self.index, None, sample),
            forms(how.oriented(closed.whole)),
            [how.signal(self.index, j, sample) for j in self.units],
            delta,
            sample,
        )

    def _write_output_signal(
        self,
        recorder: Recorder,
        how: Explanation,
        upstream: Gradient,
        cancelled: Callable[[int | None], Expr | None],
        sample: int | None,
    ) -> None:
        """∂L/∂z where it is written down whatever the way: after a cancellation, or through a Jacobian."""
        short = cancelled(None)
        of = upstream.unit if short is None or upstream.spelled is None else upstream.spelled

        def unit_forms(atom: Atom) -> tuple[Form, ...]:
            j = _unit(atom)
            if self.activation.vector:
                through = range(1, self.layer.units + 1)
                letters = total(
                    *(
                        Product(
                            (
                                Quantity(Partial(LOSS, self.a(k, sample))),
                                Quantity(Partial(self.a(k, sample), self.z(j, sample))),
                            )
                        )
                        for k in through
                    )
                )
                factors = total(*(product(of(k), self.jacobian(k, j, sample)) for k in through))
            else:
                letters = product(
                    Quantity(Partial(LOSS, self.a(j, sample))),
                    Quantity(Partial(self.a(j, sample), self.z(j, sample))),
                )
                factors = product(of(j), self.derivative(j, sample))
            steps = [
                Form(how.oriented(letters), Reason.CHAIN_RULE),
                Form(how.oriented(factors), Reason.LOCAL_DERIVATIVES),
            ]
            unit_short = cancelled(j)
            if unit_short is not None:
                steps.append(Form(how.oriented(unit_short), Reason.CANCELLATION))
            return tuple(steps)

        members = [how.signal(self.index, j, sample) for j in self.units]
        target = how.signal(self.index, None, sample)
        if short is not None:
            recorder.write(
                Rule.OUTPUT_SIGNAL, target, forms(how.oriented(short)), members, unit_forms, sample
            )
            return
        # J^T g for the Jacobian J = diag(p) − p p^T comes to p ⊙ (g − p·g).
        p = Quantity(self.a(None, sample))
        inner = Function("dot", (p, upstream.whole))
        whole = Hadamard((p, Sum((upstream.whole, Negation((inner,))))))
        recorder.write(Rule.OUTPUT_SIGNAL, target, forms(how.oriented(whole)), members, unit_forms, sample)

    def upstream(
        self, recorder: Recorder, how: Explanation, signal: Gradient, sample: int | None
    ) -> Gradient:
        """∂L/∂a of the layer before; written down unless the way is `paths`."""
        weights = Quantity(self.w())
        matrix = MatrixProduct((Transpose((weights,)), signal.whole))
        added = collected if how.way == "paths" else total

        def paths(i: int, of: Callable[[int], Expr], note: bool) -> Expr:
            terms = [product(of(j), Quantity(self.w(j, i))) for j in self.units]
            if note and len(terms) > 1:
                terms = [
                    Brace(t, "through", (self.a(j, sample),)) for j, t in zip(self.units, terms, strict=True)
                ]
            return added(*terms)

        def chain(i: int) -> Expr:
            return added(
                *(
                    product(signal.chain(j), Quantity(Partial(self.z(j, sample), self.source(i, sample))))
                    for j in self.units
                )
            )

        closed = Gradient(matrix, lambda i: paths(i, signal.unit, False), chain)
        if how.way == "paths":
            return closed
        if how.sign < 0 and how.way == "delta":
            # δ = −∂L/∂z throughout: the layer before takes −Σ w δ, whose sign its own δ turns round.
            def plain(j: int | None) -> Expr:
                return Quantity(how.signal(self.index, j, sample))

            return Gradient(
                Negation((MatrixProduct((Transpose((weights,)), plain(None))),)),
                lambda i: Negation((paths(i, plain, False),)),
                chain,
            )
        sources = range(1, self.inputs + 1)
        target = Partial(LOSS, self.source(None, sample))
        written = Gradient(
            Quantity(target),
            lambda i: Quantity(Partial(LOSS, self.source(i, sample))),
            lambda i: Quantity(Partial(LOSS, self.source(i, sample))),
        )
        members = [Partial(LOSS, self.source(i, sample)) for i in sources]
        if (
            how.way == "local_derivatives"
            and 1 < self.layer.units <= MOST_SHARES
            and self.inputs <= MOST_SHARES
        ):
            self._write_shares(recorder, signal, sample)

            def shares(i: int) -> Expr:
                return total(*(Quantity(self._share(i, j, sample)) for j in self.units))

            recorder.write_units(
                Rule.PATH_SUM,
                members,
                lambda atom: (
                    Form(chain(_unit(atom)), Reason.CHAIN_RULE),
                    Form(shares(_unit(atom)), Reason.FACTORS),
                ),
                sample,
            )
            return written
        recorder.write(
            Rule.PATH_SUM,
            target,
            forms(matrix),
            members,
            lambda atom: forms(
                chain(_unit(atom)),
                paths(_unit(atom), signal.unit, True),
                reasons=(Reason.CHAIN_RULE, Reason.FACTORS),
            ),
            sample,
        )
        return written

    def _share(self, source: int, through: int, sample: int | None) -> Symbol:
        return Symbol(Role.SHARE, self.index - 1, source, through, sample=sample)

    def _write_shares(self, recorder: Recorder, signal: Gradient, sample: int | None) -> None:
        def share(atom: Atom) -> tuple[Form, ...]:
            assert isinstance(atom, Symbol)
            assert atom.to is not None
            assert atom.from_ is not None
            i, j = atom.to, atom.from_
            step = Quantity(Partial(self.z(j, sample), self.source(i, sample)))
            return forms(
                product(signal.chain(j), step),
                product(signal.unit(j), Quantity(self.w(j, i))),
                reasons=(Reason.CHAIN_RULE, Reason.FACTORS),
            )

        members = [self._share(i, j, sample) for i in range(1, self.inputs + 1) for j in self.units]
        recorder.write_units(Rule.PATH_SHARE, members, share, sample)


def _unit(atom: Atom) -> int:
    unit = atom.to if isinstance(atom, Symbol) else atom.wrt.to
    assert unit is not None
    return unit
