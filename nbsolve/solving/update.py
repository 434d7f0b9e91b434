"""The update of a layer's parameters: what the optimiser keeps for each of them, then the new parameter.

All parameters are updated from the gradients that the same, old parameters gave (simultaneous update); what is held
keeps its value.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, sections 8.3 to 8.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nbsolve.blocks.dense import Dense, Parameter
from nbsolve.expr import (
    Atom,
    Expr,
    Function,
    MatrixProduct,
    Negation,
    Power,
    Product,
    Quantity,
    Stacked,
    Sum,
    Total,
    Transpose,
    literal,
    number,
    product,
    total,
    with_variables,
)
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import Training
from nbsolve.recorder import Held, Recorder, forms
from nbsolve.solving.gradient import Explanation
from nbsolve.solving.rates import UPDATES, setting, updating, write_rate
from nbsolve.step import Form, Members, Rule
from nbsolve.symbol import LEARNING_RATE, LOSS, Partial, Role, Symbol, number_of

__all__ = ["NORM", "UPDATES", "change_of", "setting", "write_norm", "write_rate", "write_update"]

NORM = Symbol(Role.SETTING, stem="norm")
"""The norm of the gradients of all parameters."""
_MOST_SQUARES = 12
"""The most gradients whose squares are written one by one."""


def _slots(training: Training, wrt: Symbol, done: int) -> dict[str, Expr]:
    """What the placeholders of a formula stand for after `done` equations of the optimiser."""
    record, optimiser = optimiser_of(training.optimiser), training.optimiser
    slots: dict[str, Expr] = {
        name: Quantity(setting(name)) if name in record.letters else literal(given)
        for name, given in optimiser.parameters.items()
    }
    slots |= {
        "learning_rate": Quantity(wrt.state("rate") if training.own_rates else LEARNING_RATE),
        "gradient": Quantity(Partial(LOSS, wrt)),
        "parameter": Quantity(wrt),
        "t": Quantity(UPDATES),
        "norm": Quantity(NORM),
    }
    for place, equation in enumerate(record.equations):
        old, new = (Quantity(wrt.state(equation.name, flag)) for flag in (False, equation.kept))
        slots[equation.name] = new if place < done else old
        slots[f"old_{equation.name}"] = old
    return slots


def change_of(training: Training, wrt: Symbol) -> Expr:
    """What an update adds to a parameter, or to an array of them, by the optimiser's record."""
    record = optimiser_of(training.optimiser)
    return with_variables(record.change, _slots(training, wrt, len(record.equations)))


def write_norm(recorder: Recorder, layers: Sequence[Dense]) -> None:
    """Write down the norm of the gradients of all parameters that move: √Σ (∂L/∂p)²."""
    moving = [one for layer in layers for one in layer.parameters if np.any(one.trained)]
    whole = (
        all(np.all(one.trained) for one in moving) and sum(len(one.members) for one in moving) > _MOST_SQUARES
    )
    squares: list[Expr] = []
    for parameter in moving:
        if whole:
            square = Power((Quantity(Partial(LOSS, parameter.symbol)), number(2)))
            squares.append(square if parameter.symbol.shared else Total((square,)))
        else:
            squares += [Power((Quantity(Partial(LOSS, one)), number(2))) for one in _trained(parameter)]
    recorder.write(Rule.GRADIENT_NORM, NORM, forms(Function("sqrt", (total(*squares),))))


def _write_equations(recorder: Recorder, training: Training, parameter: Parameter, members: Members) -> None:
    """Write down what the optimiser finds for each entry of a parameter before it changes it."""
    for place, equation in enumerate(optimiser_of(training.optimiser).equations):

        def formula(wrt: Symbol, formula: Expr = equation.formula, place: int = place) -> Expr:
            return with_variables(formula, _slots(training, wrt, place))

        def states(name: str = equation.name, new: bool = equation.kept) -> list[Symbol]:
            return [member.state(name, new) for member in members]

        def unit_forms(atom: Atom, formula: Callable[[Symbol], Expr] = formula) -> tuple[Form, ...]:
            assert isinstance(atom, Symbol)
            return forms(formula(atom.parameter))

        old = parameter.symbol
        with updating(old):
            recorder.write(
                Rule.OPTIMISER_STATE,
                old.state(equation.name, equation.kept),
                forms(formula(old)),
                Members(states),
                unit_forms,
                held=_held(parameter, old.state(equation.name)) if equation.kept else None,
            )


def _held(parameter: Parameter, source: Symbol) -> Held | None:
    """Which entries keep the value that they have in `source`; None where all are trained."""
    trained = np.asarray(parameter.trained)
    return None if np.all(trained) else (~trained, source)


def write_update(
    recorder: Recorder,
    layer: Dense,
    training: Training,
    how: Explanation,
    changes: bool,
    textbook: bool,
    signals: bool = False,
) -> None:
    """Write down the new parameters: w + change, with the change as a step of its own where it is asked for.

    `textbook`: Δw = η δ a straight from the error signal δ = −∂L/∂z (one sample, no penalty);
    `signals`: the same in the update itself, w + η δ a.
    """
    rate = Quantity(LEARNING_RATE)

    def change(wrt: Symbol) -> Expr:
        return change_of(training, wrt)

    def straight(wrt: Symbol) -> Expr:
        signal = Quantity(how.signal(layer.z(wrt.to)))
        if wrt.role is Role.WEIGHT:
            source = Quantity(layer.source(number_of(wrt.from_)))
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
        _write_equations(recorder, training, parameter, members)
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

        held = _held(parameter, old)
        with updating(old):
            recorder.write(
                Rule.PARAMETER_UPDATE,
                new,
                forms(Sum((Quantity(old), step))),
                _with(members, "new"),
                update,
                held=held,
            )
        if recorder.recording and not changes:
            recorder.derive(delta, change(old))
        if recorder.recording and held is not None:
            recorder.clear(delta, held[0])


def _matrix_change(layer: Dense, how: Explanation, old: Symbol, rate: Expr) -> Expr:
    signal = Quantity(how.signal(layer.z()))
    if old.role is Role.WEIGHT:
        return Product((rate, MatrixProduct((signal, Transpose((_incoming(layer),))))))
    if old.shared:
        return Product((rate, Total((signal,))))
    return Negation((Product((rate, signal)),)) if old.role is Role.THRESHOLD else Product((rate, signal))


def _incoming(layer: Dense) -> Expr:
    parts = tuple(Quantity(source) for source in layer.sources())
    return parts[0] if len(parts) == 1 else Stacked(parts)


def _with(members: Members, flag: str) -> Members:
    return Members(lambda: (member._replace(**{flag: True}) for member in members))


def _trained(parameter: Parameter) -> list[Symbol]:
    if np.ndim(parameter.trained) == 0:
        return list(parameter.members)
    return [member for member in parameter.members if parameter.is_trained(member)]


def _old(atom: Atom) -> Symbol:
    assert isinstance(atom, Symbol)
    return atom._replace(new=False, change=False)
