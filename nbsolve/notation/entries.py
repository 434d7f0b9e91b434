"""Whole vectors and matrices: the entries of `delta[1]`, `dL/dW[2]` or `x`, and which quantities there can be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from nbsolve.problem import wiring
from nbsolve.problem.functions import softmax_of
from nbsolve.problem.model import Bias, Network
from nbsolve.symbol import PARAMETERS, Partial, Role, Symbol, Unit, canonical

__all__ = ["HAVE_NEW", "absence", "entries", "own_bias"]

Atom = Symbol | Partial
_OF_UNITS = frozenset({Role.PRE_ACTIVATION, Role.ACTIVATION, Role.DELTA})
_OF_INPUTS = frozenset({Role.INPUT, Role.RIGHT_VECTOR, Role.VECTOR_JACOBIAN})
_OF_OUTPUTS = frozenset({Role.TARGET, Role.ERROR, Role.OUTPUT_LOSS, Role.LEFT_VECTOR, Role.JACOBIAN_VECTOR})
_OF_ONE_LAYER = frozenset({Role.OUTPUT_LOSS, Role.LEFT_VECTOR, Role.JACOBIAN_VECTOR})
"""What there is only where there is a single output layer."""
_ALONE = frozenset(
    {
        Role.LOSS, Role.SAMPLE_LOSS, Role.EPOCH_LOSS, Role.LOSS_DECREASE, Role.PENALTY, Role.LEARNING_RATE,
        Role.STRENGTH,
    }
)  # fmt: skip
HAVE_NEW = frozenset({*PARAMETERS, Role.PRE_ACTIVATION, Role.ACTIVATION, Role.LOSS, Role.SAMPLE_LOSS})
"""What has another value after an update."""


def entries(atom: Atom, network: Network) -> Iterator[Atom]:
    """The entries of a whole vector or matrix, unit by unit; a single quantity is its own only entry.

    ∂a/∂z of a layer that works unit by unit are the derivatives of each unit, of softmax the whole Jacobian.
    """
    if isinstance(atom, Symbol):
        yield from _of_symbol(atom, network)
        return
    of, wrt = atom.of, atom.wrt
    unit_by_unit = of.role is Role.ACTIVATION and softmax_of(network.layer(of.layer or 1).activation) is None
    for one, other in product(_of_symbol(of, network), _of_symbol(wrt, network)):
        local = wrt.role is Role.PRE_ACTIVATION and of.to is None and wrt.to is None
        if unit_by_unit and local and one.to != other.to:
            continue
        if of.role is Role.PRE_ACTIVATION and wrt.role in PARAMETERS and not _uses(one, other):
            continue
        yield Partial(one, other)


def _of_symbol(symbol: Symbol, network: Network) -> Iterator[Symbol]:
    if symbol.role is Role.STATE:
        states = (one.state(symbol.state_name, symbol.new) for one in _of_symbol(symbol.parameter, network))
        yield from states
        return
    symbol = own_bias(symbol, network)
    if symbol.shared or symbol.role not in (*PARAMETERS, *_OF_UNITS, *_OF_OUTPUTS, *_OF_INPUTS):
        yield symbol
        return
    sources: list[Unit | None] = [symbol.from_]
    if symbol.role is Role.WEIGHT and symbol.from_ is None:
        sources = list(range(1, wiring.width(network, symbol.layer or 1) + 1))
    missing = network.layer(symbol.layer or 1).missing if symbol.role is Role.WEIGHT else frozenset()
    for to in [symbol.to] if symbol.to is not None else range(1, _size(symbol, network) + 1):
        yield from (symbol._replace(to=to, from_=source) for source in sources if (to, source) not in missing)


def own_bias(symbol: Symbol, network: Network) -> Symbol:
    """A bias as its layer has it: `b[1]` is the one that all units share, or the vector of each unit's own."""
    if symbol.role is Role.STATE:
        return own_bias(symbol.parameter, network).state(symbol.state_name, symbol.new)
    if symbol.role is not Role.BIAS:
        return symbol
    if _bias(symbol, network).shared:
        return symbol._replace(to=None, shared=True)
    return symbol._replace(shared=False)


def absence(atom: Atom, network: Network) -> str | None:
    """Why the network has no such quantity; None where it has."""
    if isinstance(atom, Symbol):
        return _absence(atom, network)
    of, wrt = atom.of, atom.wrt
    for symbol in (of, wrt):
        if reason := _absence(symbol, network):
            return reason
    if of.new or of.change or wrt.new or wrt.change:
        return "derivatives are taken before the update"
    sound = {
        Role.LOSS: wrt.role in (*PARAMETERS, Role.PRE_ACTIVATION, Role.ACTIVATION, Role.INPUT),
        Role.OUTPUT_LOSS: wrt.role is Role.ACTIVATION,
        Role.ACTIVATION: (wrt.role is Role.PRE_ACTIVATION and of.layer == wrt.layer)
        or (wiring.ends(network) == (of.layer,) and _is_before(wrt, len(network.layers))),
        Role.PRE_ACTIVATION: (wrt.role in PARAMETERS and _of_own_layer(of, wrt, network))
        or (wrt.role in (Role.ACTIVATION, Role.INPUT) and _comes_in(wrt, of.layer or 1, network)),
    }  # fmt: skip
    if not sound.get(of.role, False):
        return f"the derivative of {canonical(of)} with respect to {canonical(wrt)} is not among them"
    return None


def _is_before(symbol: Symbol, layer: int) -> bool:
    """Whether it is an input, or an activation of an earlier layer."""
    earlier = symbol.role is Role.ACTIVATION and (symbol.layer or layer) < layer
    return symbol.role is Role.INPUT or earlier


def _absence(symbol: Symbol, network: Network) -> str | None:
    if symbol.role is Role.STATE:
        return (
            _absence(symbol.parameter, network) if symbol.stem else "a state belongs to a parameter: m_W[1]"
        )
    if (symbol.new and symbol.role not in HAVE_NEW) or (symbol.change and symbol.role not in PARAMETERS):
        return f"{symbol.role.value} has no new value and no change"
    if symbol.new and symbol.change:
        return "a new value or a change, not both"
    if symbol.role in _ALONE:
        indexed = (symbol.layer, symbol.to, symbol.from_) != (None, None, None)
        return f"{symbol.role.value} is a single number: it has no index" if indexed else None
    ends = wiring.ends(network)
    if symbol.role in _OF_OUTPUTS and (len(ends) > 1 or symbol.layer is not None):
        several = len(ends) > 1
        if several and symbol.role in _OF_ONE_LAYER:
            return "the network has several output layers, each with a loss of its own"
        wanted = " or ".join(f"{symbol.role.value}[{end}]" for end in ends) if several else symbol.role.value
        if not (symbol.layer in ends if several else symbol.layer is None):
            return f"the network has {_counted(len(ends), 'output layer')}: {wanted}"
    if symbol.role in _OF_INPUTS or symbol.role in _OF_OUTPUTS:
        count = _size(symbol, network)
        what = "input" if symbol.role in _OF_INPUTS else "output"
        return None if _within(symbol.to, count) else f"the network has {_counted(count, what)}"
    if symbol.role not in (*PARAMETERS, *_OF_UNITS):
        return f"{symbol.role.value} is no quantity that can be asked for"
    layer, depth = symbol.layer, len(network.layers)
    if layer is None or not 1 <= layer <= depth:
        return f"the network has {_counted(depth, 'layer')}"
    if symbol.role in (Role.BIAS, Role.THRESHOLD):
        bias = _bias(symbol, network)
        if bias.absent:
            return f"layer {layer} has no biases"
        if bias.subtracted != (symbol.role is Role.THRESHOLD):
            found = f"thresholds: theta[{layer}]" if bias.subtracted else f"biases: b[{layer}]"
            return f"layer {layer} has {found}"
    if not _within(symbol.to, _size(symbol, network)):
        return f"layer {layer} has {_counted(_size(symbol, network), 'unit')}"
    if symbol.role is Role.WEIGHT:
        return _absent_weight(symbol, layer, network)
    return None if symbol.from_ is None else "only weights have an index for where they come from"


def _absent_weight(symbol: Symbol, layer: int, network: Network) -> str | None:
    own, below = network.layer(layer), wiring.width(network, layer)
    if wiring.weightless(network, layer):
        return f"layer {layer} has no weights"
    if own.same_as is not None:
        return f"layer {layer} uses the weights of layer {own.same_as}: W[{own.same_as}]"
    if not _within(symbol.from_, below):
        if own.bias.folded is not None:
            return f"layer {layer} has {_counted(below, 'input')}, the constant of its bias among them"
        if own.sources:
            return f"layer {layer} has {_counted(below, 'input')}"
        source = wiring.source(network, layer)
        return (
            f"layer {source} has {_counted(below, 'unit')}"
            if source
            else f"the network has {_counted(below, 'input')}"
        )
    if (symbol.to, symbol.from_) in own.missing:
        return "this connection does not exist"
    return None


def _of_own_layer(z: Symbol, parameter: Symbol, network: Network) -> bool:
    """Whether a pre-activation is found with a parameter: one of its layer, or of the layer that it is tied to."""
    if parameter.role is not Role.WEIGHT or z.layer is None:
        return z.layer == parameter.layer and _uses(z, parameter)
    own = network.layer(z.layer)
    if (own.same_as or z.layer) != parameter.layer:
        return False
    return _uses(z, parameter._replace(to=parameter.from_) if own.transposed else parameter)


def _comes_in(unit: Symbol, layer: int, network: Network) -> bool:
    """Whether an activation or an input comes into a layer."""
    source = 0 if unit.role is Role.INPUT else unit.layer or 0
    return source in wiring.sources(network, layer)


def _uses(z: Symbol, parameter: Symbol) -> bool:
    """Whether a unit's weighted sum contains a parameter of its layer."""
    return parameter.shared or z.to is None or parameter.to is None or z.to == parameter.to


def _within(place: Unit | None, count: int) -> bool:
    return place is None or (isinstance(place, int) and 1 <= place <= count)


def _bias(symbol: Symbol, network: Network) -> Bias:
    return network.layer(symbol.layer or 1).bias


def _size(symbol: Symbol, network: Network) -> int:
    if symbol.role in _OF_INPUTS:
        return network.inputs
    if symbol.role in _OF_OUTPUTS:
        return _width(symbol.layer or len(network.layers), network)
    return _width(symbol.layer or 1, network)


def _width(layer: int, network: Network) -> int:
    return network.layer(layer).units if layer else network.inputs


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
