"""What is known before an iteration: the parameters that it starts from, and its samples."""

from __future__ import annotations

from collections.abc import Sequence

from nbsolve.blocks.dense import Dense
from nbsolve.problem.model import Problem
from nbsolve.symbol import Partial, Role, Symbol
from nbsolve.values import Values, given_array, layer_activation

__all__ = ["begun", "given_parameters"]


def given_parameters(problem: Problem, layers: Sequence[Dense]) -> Values:
    """The weights and biases that the problem gives, its learning rate and the strength of its penalty."""
    values = Values()
    for layer in layers:
        values.put_given(layer.w(), given_array(layer.layer.weights))
        constant = layer.constant()
        if constant is not None:
            given = layer.layer.bias.values
            values.put_given(constant, given_array(given[0] if constant.shared else given))
    if problem.training is not None:
        rate = problem.training.optimiser.parameters["learning_rate"]
        values.put_given(Symbol(Role.LEARNING_RATE), given_array(rate))
    if problem.regulariser is not None:
        values.put_given(Symbol(Role.STRENGTH), given_array(problem.regulariser.strength))
    return values


def begun(
    parameters: Values, problem: Problem, samples: Sequence[int], labels: Sequence[int | None]
) -> Values:
    """The parameters; inputs, targets and given gradients of an iteration's samples (their numbers in the file)."""
    values = Values()
    values.stored.update(parameters.stored)
    values.unrounded.update(parameters.unrounded)
    values.givens.update(parameters.givens)
    for place, label in zip(samples, labels, strict=True):
        sample = problem.samples[place - 1]
        values.put_given(Symbol(Role.INPUT, sample=label), given_array(sample.input))
        if sample.target is not None:
            values.put_given(Symbol(Role.TARGET, sample=label), given_array(sample.target))
        if sample.upstream is not None:
            output = layer_activation(len(problem.network.layers), sample=label)
            values.put_given(Partial(Symbol(Role.LOSS), output), given_array(sample.upstream))
    return values
