"""Which quantities a network has: single ones, those that only some solutions use, whole vectors and matrices."""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.problem import wiring
from nbsolve.problem.model import Network
from nbsolve.symbol import LEARNING_RATE, LOSS, Role, Symbol

__all__ = ["auxiliary", "of_outputs", "parameters", "scalars", "wholes"]


def of_outputs(network: Network, role: Role) -> Iterator[Symbol]:
    """The targets (or errors) of all outputs; they have a layer where there are several output layers."""
    several = len(wiring.ends(network)) > 1
    for end in wiring.ends(network):
        yield from (Symbol(role, end if several else None, k) for k in range(1, network.layer(end).units + 1))


def scalars(network: Network) -> Iterator[Symbol]:
    """Every scalar quantity of a forward pass and its training, in the order of a forward pass."""
    yield from (Symbol.input(i) for i in range(1, network.inputs + 1))
    yield from of_outputs(network, Role.TARGET)
    for number, layer in enumerate(network.layers, 1):
        for unit in range(1, layer.units + 1):
            yield Symbol.pre_activation(number, unit)
            yield Symbol.activation(number, unit)
        yield from parameters(network, number)
    yield LOSS
    yield LEARNING_RATE


def parameters(network: Network, layer: int) -> Iterator[Symbol]:
    """The parameters of layer l: weights unit by unit, then biases or thresholds (a shared one once)."""
    yield from (symbol for symbol, _ in wiring.parameters_of(network, layer))


def auxiliary(network: Network) -> Iterator[Symbol]:
    """Quantities that only some solutions use: errors, δ, the loss of one output, penalty and so on."""
    yield from of_outputs(network, Role.ERROR)
    if len(wiring.ends(network)) == 1:
        yield from of_outputs(network, Role.OUTPUT_LOSS)
    for layer, units in enumerate((layer.units for layer in network.layers), 1):
        yield from (Symbol.delta(layer, unit) for unit in range(1, units + 1))
    for role in (Role.EPOCH_LOSS, Role.SAMPLE_LOSS, Role.PENALTY, Role.STRENGTH):
        yield Symbol(role)


def wholes(network: Network) -> Iterator[Symbol]:
    """The whole vectors and matrices: of inputs, targets, outputs' errors and losses, of each layer."""
    yield Symbol.input()
    several = len(wiring.ends(network)) > 1
    for role in (Role.TARGET, Role.ERROR):
        yield from (Symbol(role, end if several else None) for end in wiring.ends(network))
    for number, layer in enumerate(network.layers, 1):
        if layer.weights:
            yield Symbol.weight(number)
        if layer.missing:
            yield Symbol(Role.MASK, number)
        for role in (Role.PRE_ACTIVATION, Role.ACTIVATION, Role.DELTA):
            yield Symbol(role, number)
        constant = wiring.constant(network, number)
        if constant is not None and not constant.shared:
            yield constant
