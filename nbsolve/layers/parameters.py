"""The gradients of a layer's parameters, summed over a batch, and their update.

∂L/∂w_ji = Σ_s ∂L/∂z_j^[s] · a_i^[s] (+ the penalty's share), ∂L/∂b_j = Σ_s ∂L/∂z_j^[s], a shared bias sums
over the units too, a threshold has the opposite sign. All parameters are updated from the gradients that the
same, old parameters gave (simultaneous update); what is held keeps its value.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, sections 6.5 and 8.3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nbsolve.catalogue import OPTIMISERS
from nbsolve.expr import (
    Atom,
    Expr,
    MatrixProduct,
    Negation,
    Product,
    Quantity,
    Sum,
    Total,
    Transpose,
    number,
    product,
    total,
    with_variables,
)
from nbsolve.layers.dense import LOSS, Dense
from nbsolve.layers.gradient import Explanation, Gradient
from nbsolve.problem.model import Choice
from nbsolve.recorder import Recorder, forms
from nbsolve.step import Form, Members, Reason, Rule
from nbsolve.symbol import Partial, Role, Symbol, number_of

Signals = Sequence[tuple[int | None, Gradient]]
Penalty = Callable[[Symbol], Expr]


@dataclass(frozen=True)
class Parameter:
    """One array of parameters: its symbol, its single members, and which of them are trained."""

    symbol: Symbol
    members: Sequence[Symbol]
    trained: Any  # a truth value for all, or a numpy array of them


def parameters(layer: Dense) -> Iterator[Parameter]:
    """The layer's weights, then its biases, its thresholds or its shared bias."""
    sources = range(1, layer.inputs + 1)
    weights = Members(lambda: (layer.w(j, i) for j in layer.units for i in sources))
    yield Parameter(layer.w(), weights, _mask(layer.layer.weights_trainable))
    constant = layer.constant()
    if constant is not None:
        shared = layer.layer.bias.kind == "shared"
        members = (constant,) if shared else tuple(constant._replace(to=j) for j in layer.units)
        trained = layer.layer.bias.trainable
        yield Parameter(constant, members, bool(np.all(np.array(trained))) if shared else _mask(trained))


def write_gradients(
    recorder: Recorder, layer: Dense, signals: Signals, penalty: Penalty | None, written: bool = True
) -> None:
    """Write down (or, where nobody asks for them, only compute) the gradients of a layer's parameters."""
    for parameter in parameters(layer):
        weight = parameter.symbol.role is Role.WEIGHT
        whole = (_weights if weight else _constants)(layer, signals)
        if weight and penalty is not None:
            whole = Sum((whole, penalty(parameter.symbol)))
        target = Partial(LOSS, parameter.symbol)

        def unit_forms(atom: Atom, weight: bool = weight) -> tuple[Form, ...]:
            assert isinstance(atom, Partial)
            wrt = atom.wrt
            chain, factors = (_weight_terms if weight else _constant_terms)(layer, signals, wrt)
            if weight and penalty is not None:
                chain, factors = [*chain, penalty(wrt)], [*factors, penalty(wrt)]
            return forms(total(*chain), total(*factors), reasons=(Reason.CHAIN_RULE, Reason.FACTORS))

        if written:
            members = Members(lambda of=parameter.members: (Partial(LOSS, member) for member in of))  # type: ignore[misc]
            recorder.write(Rule.PARAMETER_GRADIENT, target, forms(whole), members, unit_forms)
        else:
            recorder.derive(target, whole)


def _weights(layer: Dense, signals: Signals) -> Expr:
    return total(
        *(
            MatrixProduct((signal.whole, Transpose((Quantity(layer.source(None, sample)),))))
            for sample, signal in signals
        )
    )


def _constants(layer: Dense, signals: Signals) -> Expr:
    kind = layer.layer.bias.kind
    terms = [Total((signal.whole,)) if kind == "shared" else signal.whole for _, signal in signals]
    return total(*(Negation((term,)) if kind == "threshold" else term for term in terms))


def _weight_terms(layer: Dense, signals: Signals, w: Symbol) -> tuple[list[Expr], list[Expr]]:
    j = number_of(w.to)
    chain = [product(signal.chain(j), Quantity(Partial(layer.z(j, sample), w))) for sample, signal in signals]
    factors = [product(signal.unit(j), Quantity(layer.source(w.from_, sample))) for sample, signal in signals]
    return chain, factors


def _constant_terms(layer: Dense, signals: Signals, b: Symbol) -> tuple[list[Expr], list[Expr]]:
    units = layer.units if b.shared else [number_of(b.to)]
    chain: list[Expr] = []
    factors: list[Expr] = []
    for sample, signal in signals:
        for j in units:
            chain.append(product(signal.chain(j), Quantity(Partial(layer.z(j, sample), b))))
            unit = signal.unit(j)
            factors.append(Negation((unit,)) if b.role is Role.THRESHOLD else unit)
    return chain, [_plain(factor) for factor in factors]


def _plain(factor: Expr) -> Expr:
    """−(−x) written as x."""
    if isinstance(factor, Negation) and isinstance(factor.operands[0], Negation):
        return factor.operands[0].operands[0]
    return factor


def write_update(
    recorder: Recorder,
    layer: Dense,
    optimiser: Choice,
    how: Explanation,
    changes: bool,
    textbook: bool,
    signals: bool = False,
) -> None:
    """Write down the new parameters: w + change, with the change as a step of its own where it is asked for.

    `textbook`: Δw = η δ a straight from the error signal δ = −∂L/∂z (one sample, no penalty);
    `signals`: the same in the update itself, w + η δ a.
    """
    rate = Quantity(Symbol(Role.LEARNING_RATE))
    record = OPTIMISERS[optimiser.name]

    def change(wrt: Symbol) -> Expr:
        gradient = Quantity(Partial(LOSS, wrt))
        return with_variables(record.change, {"learning_rate": rate, "gradient": gradient})

    def straight(wrt: Symbol) -> Expr:
        signal = Quantity(how.signal(layer.index, wrt.to, None))
        if wrt.role is Role.WEIGHT:
            source = Quantity(layer.source(wrt.from_, None))
            return Product((rate, signal, source))
        if wrt.shared:
            return Product((rate, total(*(Quantity(how.signal(layer.index, j, None)) for j in layer.units))))
        product_ = Product((rate, signal))
        return Negation((product_,)) if wrt.role is Role.THRESHOLD else product_

    for parameter in parameters(layer):
        old = parameter.symbol
        new, delta = old._replace(new=True), old._replace(change=True)
        if not np.any(parameter.trained):
            recorder.keep(new, old)
            if recorder.recording:
                recorder.derive(delta, product(number(0), Quantity(old)))
            continue
        members = Members(lambda parameter=parameter: _trained(parameter))  # type: ignore[misc]
        if changes:
            whole = _matrix_change(layer, how, old, rate) if textbook else change(old)
            unit = straight if textbook else change
            recorder.write(
                Rule.PARAMETER_CHANGE,
                delta,
                forms(whole),
                _with(members, "change"),
                lambda atom, unit=unit: forms(unit(_old(atom))),  # type: ignore[misc]
            )
        moved = straight if signals else change
        step = Quantity(delta) if changes else change(old)
        if signals and not changes:
            step = _matrix_change(layer, how, old, rate)

        def update(atom: Atom, moved: Callable[[Symbol], Expr] = moved) -> tuple[Form, ...]:
            wrt = _old(atom)
            return forms(Sum((Quantity(wrt), Quantity(wrt._replace(change=True)) if changes else moved(wrt))))

        held = None if np.all(parameter.trained) else ~np.asarray(parameter.trained)
        recorder.write(
            Rule.PARAMETER_UPDATE,
            new,
            forms(Sum((Quantity(old), step))),
            _with(members, "new"),
            update,
            held=None if held is None else (held, old),
        )
        if recorder.recording and not changes:
            recorder.derive(delta, change(old))
        if recorder.recording and held is not None:
            recorder.clear(delta, held)


def held_members(layer: Dense) -> tuple[Symbol, ...]:
    """The layer's parameters that are not trained."""
    return tuple(
        member
        for parameter in parameters(layer)
        if not np.all(parameter.trained)
        for member, flag in zip(
            parameter.members,
            np.broadcast_to(np.ravel(parameter.trained), len(parameter.members)),
            strict=True,
        )
        if not flag
    )


def _matrix_change(layer: Dense, how: Explanation, old: Symbol, rate: Expr) -> Expr:
    signal = Quantity(how.signal(layer.index, None, None))
    if old.role is Role.WEIGHT:
        return Product((rate, MatrixProduct((signal, Transpose((Quantity(layer.source()),))))))
    if old.shared:
        return Product((rate, Total((signal,))))
    return Negation((Product((rate, signal)),)) if old.role is Role.THRESHOLD else Product((rate, signal))


def _with(members: Members, flag: str) -> Members:
    return Members(lambda: (member._replace(**{flag: True}) for member in members))


def _trained(parameter: Parameter) -> list[Symbol]:
    flags = np.ravel(parameter.trained)
    if flags.size == 1:
        return list(parameter.members)
    return [member for member, flag in zip(parameter.members, flags, strict=True) if flag]


def _old(atom: Atom) -> Symbol:
    assert isinstance(atom, Symbol)
    return atom._replace(new=False, change=False)


def _mask(trained: Any) -> Any:
    return trained if isinstance(trained, bool) else np.array(trained, dtype=bool)
