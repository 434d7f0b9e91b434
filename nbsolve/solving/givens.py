"""What is known before an iteration: the parameters that it starts from, and its samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from nbsolve.blocks.dense import Dense
from nbsolve.expr import Array, Atom
from nbsolve.given import Given
from nbsolve.problem import wiring
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.jacobian_vectors import PRODUCTS
from nbsolve.problem.model import LayerState, Problem, Training
from nbsolve.solving.rates import UPDATES, rates_given, setting
from nbsolve.symbol import LOSS, STRENGTH, Partial, Role, Symbol
from nbsolve.values import Values, given_array, layer_activation

__all__ = ["begun", "following", "given_parameters", "given_values", "own_rates_of", "states_of"]


def given_parameters(problem: Problem, layers: Sequence[Dense]) -> Values:
    """What the problem gives: weights and biases, its optimiser's settings and state, its penalty's strength.

    Beside them the vectors that the Jacobian of the outputs is multiplied by.
    """
    values = Values()
    for layer in layers:
        if not layer.tied:
            values.put_given(layer.w(), given_array(layer.layer.weights))
        if layer.layer.missing:
            values.put_given(Symbol(Role.MASK, layer.index), _mask(layer))
        if layer.layer.bias.folded is not None:
            own = layer_activation(-layer.index)
            values.put_given(own, given_array((layer.layer.bias.folded.input,)))
        constant = layer.constant()
        if constant is not None:
            given = layer.layer.bias.values
            values.put_given(constant, given_array(given[0] if constant.shared else given))
    if problem.training is not None:
        for name in optimiser_of(problem.training.optimiser).letters:
            values.put_given(setting(name), given_array(problem.training.optimiser.parameters[name]))
        for layer in layers:
            for symbol, texts in states_of(problem.training, layer):
                values.put_given(symbol, texts)
            for symbol, texts in own_rates_of(problem.training, layer):
                values.put_given(symbol, texts)
    for product in PRODUCTS.values():
        if vector := product.given(problem.jacobian):
            values.put_given(Symbol(product.vector), given_array(vector))
    if problem.regulariser is not None:
        values.put_given(STRENGTH, given_array(problem.regulariser.strength))
    return values


def given_values(
    problem: Problem, samples: Sequence[int], labels: Sequence[int | None]
) -> dict[Symbol | Partial, Given]:
    """The values of units that stand for what the network would compute, of an iteration's samples."""
    return {
        symbol._replace(sample=label): given
        for place, label in zip(samples, labels, strict=True)
        for symbol, given in wiring.given_values(problem.samples[place - 1])
    }


def _mask(layer: Dense) -> Array:
    """1 for every connection that exists, 0 for the others."""
    mask = np.full((len(layer.units), layer.inputs), Given.read("1"), dtype=object)
    for j, i in layer.layer.missing:
        mask[j - 1, i - 1] = Given.read("0")
    return mask


def own_rates_of(training: Training, layer: Dense) -> Iterator[tuple[Symbol, Array]]:
    """The learning rates of each trained array of a layer's parameters, where they have their own."""
    if training.own_rates:
        own = training.own_rates[layer.index - 1]
        for parameter in layer.parameters:
            if np.any(parameter.trained):
                part = own.weights if parameter.symbol.role is Role.WEIGHT else own.bias
                yield parameter.symbol.state("rate"), _spread(part, layer, parameter.symbol)


def states_of(training: Training, layer: Dense) -> Iterator[tuple[Symbol, Array]]:
    """What the optimiser keeps for each trained array of a layer's parameters at the start: as given, or 0."""
    zero = LayerState(weights=Given.read("0"), bias=Given.read("0"))
    for equation in optimiser_of(training.optimiser).kept:
        given = training.state.get(equation.name)
        own = zero if given is None else given[layer.index - 1]
        for parameter in layer.parameters:
            if np.any(parameter.trained):
                part = own.weights if parameter.symbol.role is Role.WEIGHT else own.bias
                yield parameter.symbol.state(equation.name), _spread(part, layer, parameter.symbol)


def _spread(part: object, layer: Dense, symbol: Symbol) -> Array:
    """The given numbers as an array of the parameter's shape; one number stands for all."""
    if not isinstance(part, Given):
        return given_array(part[0] if symbol.shared else part)  # type: ignore[index]
    units = len(layer.units)
    shape = (units, layer.inputs) if symbol.role is Role.WEIGHT else () if symbol.shared else (units,)
    return np.full(shape, part, dtype=object)


def begun(
    parameters: Values,
    problem: Problem,
    number: int,
    samples: Sequence[int],
    labels: Sequence[int | None],
) -> Values:
    """The parameters; inputs, targets and given gradients of an iteration's samples (their numbers in the file)."""
    values = Values()
    values.stored.update(parameters.stored)
    values.unrounded.update(parameters.unrounded)
    values.givens.update(parameters.givens)
    training = problem.training
    if training is not None:
        for symbol, given in rates_given(training, number):
            values.put_given(symbol, given_array(given))
    if training is not None and (optimiser_of(training.optimiser).equations or training.schedule is not None):
        made = training.updates + number
        values.put_given(UPDATES, given_array(Given.read(str(made))))
    for place, label in zip(samples, labels, strict=True):
        sample = problem.samples[place - 1]
        values.put_given(Symbol.input(sample=label), given_array(sample.input))
        if sample.target is not None:
            for vector, entries in wiring.targets(problem.network, sample):
                values.put_given(vector._replace(sample=label), given_array(entries))
        if sample.upstream is not None:
            output = layer_activation(len(problem.network.layers), sample=label)
            values.put_given(Partial(LOSS, output), given_array(sample.upstream))
    return values


def following(parameters: Values, values: Values, new: Mapping[Atom, Atom]) -> Values:
    """The parameters of the next iteration: those of this one, new where it has found `new` ones."""
    found = Values()
    for symbol, value in parameters.stored.items():
        source = new.get(symbol) or symbol
        found.stored[symbol] = values.stored.get(source, value)
        if source in values.unrounded:
            found.unrounded[symbol] = values.unrounded[source]
        if source in values.givens:
            found.givens[symbol] = values.givens[source]
    return found
