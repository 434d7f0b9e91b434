"""The gradients of a layer's parameters, summed over a batch, and their update.

∂L/∂w_ji = Σ_s ∂L/∂z_j^[s] · a_i^[s] (+ the penalty's share), ∂L/∂b_j = Σ_s ∂L/∂z_j^[s], a shared bias sums
over the units too, a threshold has the opposite sign. All parameters are updated from the gradients that the
same, old parameters gave (simultaneous update); what is held keeps its value.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, sections 6.5 and 8.3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from nbsolve.blocks.dense import LOSS, Dense, Parameter
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
from nbsolve.graph import Graph
from nbsolve.objective import literal
from nbsolve.problem.model import Choice
from nbsolve.recorder import Recorder, forms
from nbsolve.solving.backward import Users, chain, entry_formula, whole_formula
from nbsolve.solving.gradient import Explanation, Gradient
from nbsolve.step import Form, Members, Reason, Rule
from nbsolve.symbol import Partial, Role, Symbol

Penalty = Callable[[Symbol], Expr]
Found = Mapping[Symbol, Gradient]


def write_gradients(
    recorder: Recorder,
    graph: Graph,
    arrays: Iterable[Symbol],
    found: Found,
    penalty: Penalty | None = None,
    written: bool = True,
) -> None:
    """Write down (or, where nobody asks for them, only compute) the gradients with respect to given arrays.

    `penalty` is the derivative of the loss's penalty with respect to a weight, or to an array of them.
    """
    for array in arrays:
        users: Users = [(node, slot, found[node.target]) for node, slot in graph.users(array)]
        own = penalty if array.role is Role.WEIGHT else None
        whole = total(*whole_formula(graph, users))
        if own is not None:
            whole = Sum((whole, own(array)))
        target = Partial(LOSS, array)

        def unit_forms(atom: Atom, users: Users = users, own: Penalty | None = own) -> tuple[Form, ...]:
            assert isinstance(atom, Partial)
            more = [] if own is None else [own(atom.wrt)]
            letters = [*chain(graph, users, atom.wrt), *more]
            factors = [*entry_formula(graph, users, atom.wrt, graph.local), *more]
            return forms(total(*letters), total(*factors), reasons=(Reason.CHAIN_RULE, Reason.FACTORS))

        if written:
            members = Members(lambda array=array: (Partial(LOSS, entry) for entry in graph.entries(array)))  # type: ignore[misc]
            recorder.write(Rule.PARAMETER_GRADIENT, target, forms(whole), members, unit_forms)
        else:
            recorder.derive(target, whole)


def change_of(optimiser: Choice, wrt: Symbol) -> Expr:
    """What an update adds to a parameter, or to an array of them, by the optimiser's record."""
    slots: dict[str, Expr] = {name: literal(given) for name, given in optimiser.parameters.items()}
    slots |= {
        "learning_rate": Quantity(Symbol(Role.LEARNING_RATE)),
        "gradient": Quantity(Partial(LOSS, wrt)),
        "parameter": Quantity(wrt),
    }
    return with_variables(OPTIMISERS[optimiser.name].change, slots)


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

    def change(wrt: Symbol) -> Expr:
        return change_of(optimiser, wrt)

    def straight(wrt: Symbol) -> Expr:
        signal = Quantity(how.signal(layer.z(wrt.to)))
        if wrt.role is Role.WEIGHT:
            source = Quantity(layer.source(wrt.from_, None))
            return Product((rate, signal, source))
        if wrt.shared:
            return Product((rate, total(*(Quantity(how.signal(layer.z(j))) for j in layer.units))))
        product_ = Product((rate, signal))
        return Negation((product_,)) if wrt.role is Role.THRESHOLD else product_

    for parameter in layer.parameters:
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


def _matrix_change(layer: Dense, how: Explanation, old: Symbol, rate: Expr) -> Expr:
    signal = Quantity(how.signal(layer.z()))
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
