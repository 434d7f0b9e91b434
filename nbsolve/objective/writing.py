"""The loss of a batch written down step by step; where it is not defined, which prediction is to blame."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from nbsolve.arithmetic import short
from nbsolve.errors import DomainError
from nbsolve.expr import Expr
from nbsolve.objective.derivative import output_derivative, output_derivatives
from nbsolve.objective.outputs import Objective
from nbsolve.objective.penalty import penalty
from nbsolve.objective.value import batch_loss, parts, sample_loss, term_loss
from nbsolve.problem.functions import loss_of
from nbsolve.recorder import Recorder, forms
from nbsolve.step import Form, Reason, Rule
from nbsolve.symbol import Role, Symbol
from nbsolve.values import layer_activation


def write_loss(objective: Objective, recorder: Recorder, new: bool = False) -> None:
    """Write down the loss, its terms where there are several, and the penalty.

    Raises: DomainError, naming loss and predictions, for a prediction that the loss is not defined for.
    """
    slope = False
    try:
        _write_loss(objective, recorder, new)
        if not new and any(term.formula is not None for term in objective.problem.losses):
            slope = True
            for head, sample in itertools.product(objective.heads, objective.samples):
                recorder.require(output_derivatives(head, sample))
    except DomainError as error:
        raise _undefined(objective, recorder, new, slope, error) from error


def _undefined(
    objective: Objective, recorder: Recorder, new: bool, slope: bool, error: DomainError
) -> DomainError:
    """Which loss (or the slope of which) is not defined, for which prediction of which output and sample."""
    heads = objective.seeing(recorder.values, recorder.arithmetic).heads
    for head, sample in itertools.product(heads, objective.samples):
        found = _undefined_of(head, recorder, new, slope, sample)
        if found is not None:
            return found
    return error


def _undefined_of(
    objective: Objective, recorder: Recorder, new: bool, slope: bool, sample: int | None
) -> DomainError | None:
    """The prediction of one sample for which the loss of this output layer is not defined; None where it is."""
    names = " + ".join(term.written for term in objective.terms)
    names = f"the derivative of {names}" if slope else names
    of_layer = "" if objective.head is None else f" of layer {objective.head}"
    for k in range(1, objective.outputs + 1):
        alone = replace(objective, samples=(sample,))
        formulae = [output_derivative(alone, k, sample)] if slope else parts(alone, k, sample, new)
        try:
            for formula in formulae:
                recorder.require(formula)
        except DomainError as own:
            prediction = np.asarray(
                recorder.values[layer_activation(objective.depth, None, sample, new)]
            ).ravel()
            if all(loss_of(term).separable for term in objective.terms):
                prediction = prediction[k - 1 : k]
            single = objective.outputs > 1 and prediction.size == 1
            where = (f" of output {k}" if single else "") + of_layer
            listed = ", ".join(short(value) for value in prediction[:6])
            found = DomainError(f"{names} is not defined for the prediction {listed}{where}: it needs {own}")
            found.sample = sample
            return found
    return None


def _write_loss(objective: Objective, recorder: Recorder, new: bool) -> None:
    both = (objective, objective.seeing(recorder.values, recorder.arithmetic))

    def written(formulae: Iterable[Expr]) -> tuple[Form, ...]:
        """The loss through the predictions, and through z where one of them is saturated."""
        return forms(*formulae, reasons=(Reason.DEFINITION, Reason.SATURATED))

    for sample in objective.samples:
        if len(objective.problem.losses) > 1:
            for index, term in enumerate(objective.problem.losses, start=1):
                symbol = Symbol(Role.TERM_LOSS, to=index, sample=sample, new=new)
                own = written(term_loss(of.of(term), term, sample, new) for of in both)
                recorder.write(Rule.TERM_LOSS, symbol, own, sample=sample)
        if len(objective.samples) > 1:
            symbol = Symbol(Role.SAMPLE_LOSS, sample=sample, new=new)
            own = written(sample_loss(of, sample, new) for of in both)
            recorder.write(Rule.SAMPLE_LOSS, symbol, own, sample=sample)
    problem = objective.problem
    if problem.regulariser is not None:
        whole = Symbol(Role.PENALTY, new=new)
        unit = penalty(problem, len(objective.samples), new)
        recorder.write(
            Rule.PENALTY,
            whole,
            forms(penalty(problem, len(objective.samples), new, matrix=True)),
            (whole,),
            lambda atom: forms(unit),
        )
    recorder.write(Rule.LOSS, Symbol(Role.LOSS, new=new), written(batch_loss(of, new) for of in both))
