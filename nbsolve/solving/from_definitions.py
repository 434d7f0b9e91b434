"""Activations and losses of given numbers from their records alone, with nothing of what the engine found."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np

from nbsolve.arithmetic import Arithmetic, Value
from nbsolve.evaluate import evaluate
from nbsolve.expr import Applied, Array, Expr, Quantity, literal, with_variables
from nbsolve.problem.functions import activation_of, loss_of, softmax_of
from nbsolve.problem.model import Choice, DenseLayer, LossTerm
from nbsolve.symbol import Role, Symbol

_Z, _A, _Y = (Symbol(role) for role in (Role.PRE_ACTIVATION, Role.ACTIVATION, Role.TARGET))


def activated(layer: DenseLayer, z: Array, arithmetic: Arithmetic) -> Array:
    """a = f(z), entry by entry or as a whole: each unit by its own activation where they differ."""
    if layer.activation.units:
        own = (
            _applied(choice, z[place : place + 1], arithmetic)
            for place, choice in enumerate(layer.activation.units)
        )
        return np.concatenate([*own])
    return _applied(layer.activation, z, arithmetic)


def _applied(choice: Choice, z: Array, arithmetic: Arithmetic) -> Array:
    """An activation of all these pre-activations."""
    softmax = softmax_of(choice)
    if softmax is not None:
        return evaluate(softmax.of_all(Quantity(_Z)), {_Z: z}, arithmetic)  # type: ignore[return-value]
    record = activation_of(choice)
    result = np.empty(z.shape, dtype=object)
    definition = _with_values(record.definition, choice.parameters)
    result[:] = evaluate(Applied(record.name, definition, (("z", Quantity(_Z)),)), {_Z: z}, arithmetic)
    return result


def term_loss(term: LossTerm, a: Array, y: Array, arithmetic: Arithmetic) -> Value:
    """weight · scale · the sum or mean over the outputs, for one sample."""
    record = loss_of(term)
    definition = _with_values(record.definition, term.parameters)
    factor = term.weight.value * term.scale.value
    both = (("a", Quantity(_A)), ("y", Quantity(_Y)))
    value: Value
    if record.entries:
        named = {f"a_{k}": Quantity(_A._replace(to=k)) for k in range(1, len(a) + 1)}
        named |= {f"y_{k}": Quantity(_Y._replace(to=k)) for k in range(1, len(y) + 1)}
        values = {_A._replace(to=k): x for k, x in enumerate(a, 1)} | {
            _Y._replace(to=k): x for k, x in enumerate(y, 1)
        }
        filled = with_variables(definition, dict(named))
        value = evaluate(filled, values, arithmetic)  # type: ignore[assignment, arg-type]
    elif record.separable:
        found = evaluate(Applied("loss", definition, both), {_A: a, _Y: y}, arithmetic)
        value = reduce(arithmetic.add, found)  # type: ignore[arg-type]
        if term.over_outputs == "mean":
            factor /= len(a)
    else:
        value = evaluate(Applied("loss", definition, (), both), {_A: a, _Y: y}, arithmetic)  # type: ignore[assignment]
    if term.log_base is not None:
        value = arithmetic.divide(value, arithmetic.ln(term.log_base.value))
    return arithmetic.multiply(factor, value)


def _with_values(definition: Expr, parameters: Mapping[str, object]) -> Expr:
    values: dict[str, Expr] = {name: literal(given) for name, given in parameters.items()}  # type: ignore[arg-type]
    return with_variables(definition, values) if values else definition
