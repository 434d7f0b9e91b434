"""The error signal ∂L/∂z of a layer: the upstream gradient times the derivative of the activation.

∂L/∂z_j = ∂L/∂a_j · f′(z_j) unit by unit; ∂L/∂z_j = Σ_k ∂L/∂a_k · ∂a_k/∂z_j through a Jacobian (softmax).
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 6.5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nbsolve.expr import Atom, Expr, Function, Hadamard, Negation, Product, Quantity, Sum, product, total
from nbsolve.layers.gradient import LOSS, Explanation, Gradient, unit_of
from nbsolve.recorder import Recorder, forms
from nbsolve.step import Form, Reason, Rule
from nbsolve.symbol import Partial

if TYPE_CHECKING:
    from nbsolve.layers.dense import Dense


def backward(
    layer: Dense,
    recorder: Recorder,
    how: Explanation,
    upstream: Gradient,
    cancelled: Callable[[int | None], Expr | None],
    sample: int | None,
) -> Gradient:
    """Write down the error signals of one sample; returns the formula of ∂L/∂z for what builds on it.

    `cancelled` gives ∂L/∂z_k where the loss and the activation of the output simplify together.
    """
    slope = layer.derivative(None, sample)
    written = Gradient(
        how.as_gradient(layer.index, None, sample),
        lambda j: how.as_gradient(layer.index, j, sample),
        lambda j: Quantity(Partial(LOSS, layer.z(j, sample))),
    )
    if how.way == "local_derivatives" and not layer.activation.vector:
        recorder.write(
            Rule.LOCAL_DERIVATIVE,
            Partial(layer.a(None, sample), layer.z(None, sample)),
            forms(slope),
            [Partial(layer.a(j, sample), layer.z(j, sample)) for j in layer.units],
            lambda atom: forms(layer.derivative(unit_of(atom), sample)),
            sample,
        )
    if layer.activation.vector or cancelled(None) is not None:
        _write_output_signal(layer, recorder, how, upstream, cancelled, sample)
        return written
    closed = Gradient(
        Hadamard((upstream.whole, slope)),
        lambda j: product(upstream.unit(j), layer.derivative(j, sample)),
        lambda j: product(upstream.chain(j), Quantity(Partial(layer.a(j, sample), layer.z(j, sample)))),
    )
    if how.way == "delta" or how.named(layer.index):
        _write_delta(layer, recorder, how, closed, sample)
        return written
    if how.way == "paths":
        return closed

    def factor(unit: int | None) -> Quantity:
        return Quantity(Partial(layer.a(unit, sample), layer.z(unit, sample)))

    return Gradient(
        Hadamard((upstream.whole, factor(None))),
        lambda j: product(upstream.unit(j), factor(j)),
        closed.chain,
    )


def _write_delta(
    layer: Dense, recorder: Recorder, how: Explanation, closed: Gradient, sample: int | None
) -> None:
    def delta(atom: Atom) -> tuple[Form, ...]:
        j = unit_of(atom)
        partials = [
            Quantity(Partial(LOSS, layer.a(j, sample))),
            Quantity(Partial(layer.a(j, sample), layer.z(j, sample))),
        ]
        return forms(
            how.oriented(product(*partials)),
            how.oriented(closed.unit(j)),
            reasons=(Reason.CHAIN_RULE, Reason.LOCAL_DERIVATIVES),
        )

    recorder.write(
        Rule.DELTA,
        how.signal(layer.index, None, sample),
        forms(how.oriented(closed.whole)),
        [how.signal(layer.index, j, sample) for j in layer.units],
        delta,
        sample,
    )


def _write_output_signal(
    layer: Dense,
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
        j = unit_of(atom)
        if layer.activation.vector:
            through = range(1, layer.layer.units + 1)
            letters = total(
                *(
                    Product(
                        (
                            Quantity(Partial(LOSS, layer.a(k, sample))),
                            Quantity(Partial(layer.a(k, sample), layer.z(j, sample))),
                        )
                    )
                    for k in through
                )
            )
            factors = total(*(product(of(k), layer.jacobian(k, j, sample)) for k in through))
        else:
            letters = product(
                Quantity(Partial(LOSS, layer.a(j, sample))),
                Quantity(Partial(layer.a(j, sample), layer.z(j, sample))),
            )
            factors = product(of(j), layer.derivative(j, sample))
        steps = [
            Form(how.oriented(letters), Reason.CHAIN_RULE),
            Form(how.oriented(factors), Reason.LOCAL_DERIVATIVES),
        ]
        unit_short = cancelled(j)
        if unit_short is not None:
            steps.append(Form(how.oriented(unit_short), Reason.CANCELLATION))
        return tuple(steps)

    members = [how.signal(layer.index, j, sample) for j in layer.units]
    target = how.signal(layer.index, None, sample)
    if short is not None:
        recorder.write(Rule.OUTPUT_SIGNAL, target, forms(how.oriented(short)), members, unit_forms, sample)
        return
    # J^T g for the Jacobian J = diag(p) − p p^T comes to p ⊙ (g − p·g).
    p = Quantity(layer.a(None, sample))
    inner = Function("dot", (p, upstream.whole))
    whole = Hadamard((p, Sum((upstream.whole, Negation((inner,))))))
    recorder.write(Rule.OUTPUT_SIGNAL, target, forms(how.oriented(whole)), members, unit_forms, sample)
