"""Steps on the given quantities of a graph: what the optimiser keeps for each of them, then the new value.

Down the gradient as the optimiser's record has it; up by the opposite of its change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from nbsolve.equations.building import entries_of
from nbsolve.expr import (
    Expr,
    Function,
    Negation,
    Power,
    Product,
    Quantity,
    literal,
    number,
    total,
    with_variables,
)
from nbsolve.given import Given
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import GraphProblem, GraphTraining, UpdateProblem
from nbsolve.recorder import Recorder, forms
from nbsolve.solving.rates import rates_given, updating, write_rate
from nbsolve.solving.update import NORM, UPDATES, setting
from nbsolve.step import Rule
from nbsolve.symbol import LEARNING_RATE, Partial, Role, Symbol

__all__ = ["RATE", "opposite", "owner_of", "parameters_of", "put_settings", "start", "state", "write_updates"]

RATE = LEARNING_RATE


def state(parameter: Symbol, name: str, new: bool = False) -> Symbol:
    """What the optimiser keeps for a quantity, or finds for it on the way: `m_w`."""
    return parameter._replace(role=Role.STATE, stem=f"{name}_{parameter.stem}", new=new)


def owner_of(problem: GraphProblem | UpdateProblem, symbol: Symbol) -> Symbol:
    """The quantity that a state belongs to, and any other quantity itself."""
    if symbol.role is not Role.STATE or problem.training is None:
        return symbol
    choices = (problem.training.optimiser, problem.training.compare_with)
    for equation in (e for choice in choices if choice for e in optimiser_of(choice).equations):
        name = symbol.stem.removeprefix(f"{equation.name}_")
        if name != symbol.stem and name in problem.shapes:
            return symbol._replace(role=Role.NODE, stem=name, new=False)
    return symbol


def parameters_of(problem: GraphProblem | UpdateProblem) -> Iterator[Symbol]:
    """The quantities that are trained, entry by entry."""
    names = () if problem.training is None else problem.training.parameters
    for name in names:
        yield from entries_of(name, problem.shapes[name])


def start(problem: GraphProblem | UpdateProblem) -> dict[Symbol, Given]:
    """What the optimiser keeps before the first step: what is given, or 0."""
    if problem.training is None:
        return {}
    record, given = optimiser_of(problem.training.optimiser), problem.training.state
    found: dict[Symbol, Given] = {}
    for name in problem.training.parameters:
        entries = entries_of(name, problem.shapes[name])
        for equation in record.kept:
            own = given.get(equation.name, {}).get(name, (Given.read("0"),) * len(entries))
            kept = (state(parameter, equation.name) for parameter in entries)
            found.update(zip(kept, own, strict=True))
    return found


def put_settings(recorder: Recorder, training: GraphTraining) -> None:
    """Bind the learning rate and the optimiser's other settings, and the number of the update."""
    record = optimiser_of(training.optimiser)
    settings = {setting(name): training.optimiser.parameters[name] for name in record.letters}
    settings |= dict(rates_given(training, recorder.number))
    settings[UPDATES] = Given.of(training.updates + recorder.number)
    for symbol, given in settings.items():
        text = np.empty((), dtype=object)
        text[()] = given
        recorder.values.put_given(symbol, text)


def write_updates(recorder: Recorder, problem: GraphProblem | UpdateProblem, objective: Symbol) -> None:
    """Write down the state and the new value of each parameter."""
    training = problem.training
    assert training is not None
    record = optimiser_of(training.optimiser)
    write_rate(recorder, training)
    if training.optimiser.clip == "norm":
        squares = [Power((Quantity(Partial(objective, one)), number(2))) for one in parameters_of(problem)]
        recorder.write(Rule.GRADIENT_NORM, NORM, forms(Function("sqrt", (total(*squares),))))
    for parameter in parameters_of(problem):
        slots = dict(_settings(training)) | {
            "gradient": Quantity(Partial(objective, parameter)),
            "parameter": Quantity(parameter),
        }
        for equation in record.equations:
            slots[equation.name] = slots[f"old_{equation.name}"] = Quantity(state(parameter, equation.name))
        with updating(parameter):
            for equation in record.equations:
                target = state(parameter, equation.name, equation.kept)
                recorder.write(Rule.OPTIMISER_STATE, target, forms(with_variables(equation.formula, slots)))
                slots[equation.name] = Quantity(target)
            change = with_variables(record.change, slots)
            step = opposite(change) if training.direction == "ascent" else change
            recorder.write(
                Rule.PARAMETER_UPDATE, parameter._replace(new=True), forms(total(Quantity(parameter), step))
            )


def _settings(training: GraphTraining) -> Mapping[str, Expr]:
    record = optimiser_of(training.optimiser)
    slots: dict[str, Expr] = {
        name: Quantity(setting(name)) if name in record.letters else literal(given)
        for name, given in training.optimiser.parameters.items()
    }
    return slots | {"learning_rate": Quantity(RATE), "t": Quantity(UPDATES), "norm": Quantity(NORM)}


def opposite(change: Expr) -> Expr:
    """The step of ascent: −change, of −η·g the product η·g itself."""
    match change:
        case Negation((inner,)):
            return inner
        case Product((Negation((first,)), *rest)):
            return Product((first, *rest))
    return Negation((change,))
