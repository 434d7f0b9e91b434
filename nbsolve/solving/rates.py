"""The learning rate of an update: as given, from a list, or by a schedule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nbsolve.catalogue import SCHEDULES
from nbsolve.errors import DomainError
from nbsolve.expr import Expr, Quantity, with_variables
from nbsolve.given import Given
from nbsolve.problem.model import GraphTraining, Training
from nbsolve.recorder import Recorder, forms
from nbsolve.step import Rule
from nbsolve.symbol import LEARNING_RATE, Role, Symbol, canonical

__all__ = ["RATE", "UPDATES", "rate_formula", "rates_given", "setting", "updating", "write_rate"]

RATE = LEARNING_RATE


def setting(name: str) -> Symbol:
    """One of the settings of an optimiser or a schedule, where formulae call it by a letter."""
    return Symbol(Role.SETTING, stem=name)


UPDATES = setting("t")
"""The number of an update, counted from the first one that the optimiser made."""


@contextmanager
def updating(parameter: Symbol) -> Iterator[None]:
    """What has no value in the block is said of the update of this parameter, or array of them."""
    try:
        yield
    except DomainError as error:
        found = error.within(f"the update of {canonical(parameter)}")
        found.in_update = True
        raise found from error


def rates_given(training: Training | GraphTraining, number: int) -> Iterator[tuple[Symbol, Given]]:
    """What is known of the learning rate of an iteration: itself, or what the schedule makes it from."""
    rate = training.optimiser.parameters["learning_rate"]
    if training.schedule is None:
        yield RATE, training.rates[number - 1] if training.rates else rate
        return
    record, own = SCHEDULES[training.schedule.name], training.schedule.parameters
    yield setting("start"), rate
    yield from ((setting(name), own[name]) for name in record.letters)
    if record.every is not None:
        made = training.updates + number - 1
        yield setting("k"), Given.read(str(made // int(own[record.every].text)))


def rate_formula(name: str) -> Expr:
    """The formula of a schedule in the letters of its settings."""
    record = SCHEDULES[name]
    slots: dict[str, Expr] = {one: Quantity(setting(one)) for one in ("start", "t", "k", *record.letters)}
    return with_variables(record.rate, slots)


def write_rate(recorder: Recorder, training: Training | GraphTraining) -> None:
    """Write down the learning rate where a schedule gives it, once."""
    if training.schedule is not None and RATE not in recorder.values.stored:
        recorder.write(Rule.LEARNING_RATE, RATE, forms(rate_formula(training.schedule.name)))
