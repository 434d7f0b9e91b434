"""The gradients that an explanation has no need of, for those who ask: every ∂L/∂a, ∂a/∂z and ∂L/∂z, and ∂L/∂x.

∂L/∂z_j = ∂L/∂a_j · f′(z_j) and ∂L/∂a_i = Σ_j ∂L/∂z_j · w_ji, whatever the way of explaining.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 6.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nbsolve.expr import Atom, Expr, MatrixProduct, Negation, Product, Quantity, Transpose, product, total
from nbsolve.layers.dense import LOSS, Dense
from nbsolve.layers.gradient import Explanation, unit_of
from nbsolve.objective import Objective
from nbsolve.recorder import Recorder, forms
from nbsolve.step import Form, Rule
from nbsolve.symbol import Partial, Role, Symbol


def complete(
    recorder: Recorder, layers: Sequence[Dense], how: Explanation, objective: Objective, label: int | None
) -> None:
    """Write down, for one sample, what the backward pass did not."""
    output = layers[-1]
    seeing = objective.seeing(recorder.values, recorder.arithmetic)
    _write(
        recorder,
        Rule.LOSS_DERIVATIVE,
        Partial(LOSS, output.a(None, label)),
        seeing.derivatives(label),
        [Partial(LOSS, output.a(k, label)) for k in output.units],
        lambda atom: seeing.derivative(unit_of(atom), label),
        label,
    )
    for layer in reversed(layers):
        write_local_derivatives(recorder, layer, label)
        _error_signals(recorder, layer, how, label)
        _upstream(recorder, layer, label)


def write_local_derivatives(recorder: Recorder, layer: Dense, label: int | None) -> None:
    """Write down ∂a/∂z of a layer, unless the explanation has."""
    a, z = layer.a(None, label), layer.z(None, label)
    if layer.activation.vector:
        if a in recorder.values.stored:
            recorder.derive_value(Partial(a, z), layer.jacobian_of(recorder.values[a]))
        return
    _write(
        recorder,
        Rule.LOCAL_DERIVATIVE,
        Partial(a, z),
        layer.derivative(None, label),
        [Partial(layer.a(j, label), layer.z(j, label)) for j in layer.units],
        lambda atom: layer.derivative(unit_of(atom), label),
        label,
    )


def _error_signals(recorder: Recorder, layer: Dense, how: Explanation, label: int | None) -> None:
    """∂L/∂z, and δ = −∂L/∂z where the problem's δ means that."""
    a, z = layer.a(None, label), layer.z(None, label)
    signal, in_z = how.signal(layer.index, None, label), Partial(LOSS, z)
    members = [Partial(LOSS, layer.z(j, label)) for j in layer.units]
    if signal in recorder.values.stored and signal != in_z:
        recorder.copy_signed(signal, in_z, how.sign)
        recorder.describe(
            Rule.DELTA,
            in_z,
            forms(how.as_gradient(layer.index, None, label)),
            members,
            lambda atom: forms(how.as_gradient(layer.index, unit_of(atom), label)),
            label,
        )
    else:
        _write(
            recorder,
            Rule.DELTA,
            in_z,
            Product((Quantity(Partial(LOSS, a)), layer.derivative(None, label))),
            members,
            lambda atom: product(
                Quantity(Partial(LOSS, layer.a(unit_of(atom), label))), layer.derivative(unit_of(atom), label)
            ),
            label,
        )
    if how.sign < 0:
        _write(
            recorder,
            Rule.DELTA,
            Symbol(Role.DELTA, layer.index, sample=label),
            Negation((Quantity(in_z),)),
            [Symbol(Role.DELTA, layer.index, j, sample=label) for j in layer.units],
            lambda atom: Negation((Quantity(Partial(LOSS, layer.z(unit_of(atom), label))),)),
            label,
        )


def _upstream(recorder: Recorder, layer: Dense, label: int | None) -> None:
    """∂L/∂a of the layer before, or ∂L/∂x."""
    in_z = Quantity(Partial(LOSS, layer.z(None, label)))

    def paths(atom: Atom) -> Expr:
        return total(
            *(
                Product((Quantity(Partial(LOSS, layer.z(j, label))), Quantity(layer.w(j, unit_of(atom)))))
                for j in layer.units
            )
        )

    _write(
        recorder,
        Rule.PATH_SUM,
        Partial(LOSS, layer.source(None, label)),
        MatrixProduct((Transpose((Quantity(layer.w()),)), in_z)),
        [Partial(LOSS, layer.source(i, label)) for i in range(1, layer.inputs + 1)],
        paths,
        label,
    )


def _write(
    recorder: Recorder,
    rule: Rule,
    target: Atom,
    formula: Expr,
    members: Sequence[Atom],
    unit: Callable[[Atom], Expr],
    label: int | None,
) -> None:
    """Write the step down unless the explanation has."""
    if target in recorder.values.stored:
        return

    def unit_forms(atom: Atom) -> tuple[Form, ...]:
        return forms(unit(atom))

    recorder.write(rule, target, forms(formula), members, unit_forms, label)
