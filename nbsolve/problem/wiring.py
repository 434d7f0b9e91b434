"""What comes into each layer of a network, and by which weights: the one place that knows.

Layers count from 1, 0 is the input. The columns of a layer's weights belong to the units that come in, those of its
first source before those of its second. A bias that is folded into the weights of layer l is the weight of one more
source, −l, which is the constant 1 (or −1).
"""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.given import Entry, Given
from nbsolve.problem.model import NamedInput, Network, Sample
from nbsolve.symbol import Symbol, Unit, parse_canonical

__all__ = [
    "column_of",
    "constants",
    "ends",
    "given_values",
    "given_weight",
    "incoming",
    "is_chain",
    "is_missing",
    "is_trained",
    "named_inputs",
    "numbers_of_input",
    "own_weights",
    "owner",
    "sources",
    "takes",
    "targets",
    "users",
    "uses_of_weights",
    "weight",
    "weightless",
    "width",
    "width_of",
]


def sources(network: Network, layer: int) -> tuple[int, ...]:
    """The layers whose activations come in, in the order of the columns; −layer is the constant of the bias."""
    own = network.layers[layer - 1]
    layers = own.sources or (layer - 1,)
    if own.bias.folded is None:
        return layers
    return (-layer, *layers) if own.bias.folded.column == "first" else (*layers, -layer)


def constants(network: Network) -> Iterator[int]:
    """The constants that biases are the weights of: −l for layer l."""
    yield from (-number for number, layer in enumerate(network.layers, 1) if layer.bias.folded is not None)


def named_inputs(network: Network, layer: int) -> list[NamedInput]:
    """The named inputs of the network that come into a layer; [] where there are none."""
    if 0 not in sources(network, layer):
        return []
    columns, own, found = network.layers[layer - 1].columns, [*incoming(network, layer)], []
    before = 0
    for one in network.named:
        if not columns or own.index((0, before + 1)) + 1 in columns:
            found.append(one)
        before += one.size
    return found


def numbers_of_input(network: Network, name: str) -> range:
    """Which of all numbers that come in, from 1, belong to an input."""
    at = [one.name for one in network.named].index(name)
    before = sum(one.size for one in network.named[:at])
    return range(before + 1, before + network.named[at].size + 1)


def weightless(network: Network, layer: int) -> bool:
    """Whether a layer takes what comes in unit by unit, without weights: its sum, or the largest of it."""
    return network.layers[layer - 1].kind != "dense"


def users(network: Network, layer: int) -> list[int]:
    """The layers that take the activations of this one."""
    return [later for later in range(layer + 1, len(network.layers) + 1) if layer in sources(network, later)]


def ends(network: Network) -> tuple[int, ...]:
    """The output layers: those whose activations no layer takes."""
    used = {source for layer in range(1, len(network.layers) + 1) for source in sources(network, layer)}
    return tuple(layer for layer in range(1, len(network.layers) + 1) if layer not in used)


def targets(network: Network, sample: Sample) -> Iterator[tuple[Symbol, tuple[Entry, ...]]]:
    """The targets of each output layer of a sample; the vector has a layer where there are several of them."""
    rest = sample.target or ()
    several = len(ends(network)) > 1
    for end in ends(network) if rest else ():
        units = width_of(network, end)
        yield Symbol.target(layer=end if several else None), rest[:units]
        rest = rest[units:]


def given_values(sample: Sample) -> Iterator[tuple[Symbol, Given]]:
    """The values of units that a sample gives: each with its pre-activation or activation."""
    for name, given in sample.given.items():
        symbol = parse_canonical(name)
        assert isinstance(symbol, Symbol)
        yield symbol, given


def width_of(network: Network, layer: int) -> int:
    """How many activations a layer has, the input among them; a constant has one."""
    if layer < 0:
        return 1
    return network.layers[layer - 1].units if layer else network.inputs


def width(network: Network, layer: int) -> int:
    """How many activations come into a layer, each with a weight for every unit."""
    if weightless(network, layer):
        return 0
    return sum(width_of(network, source) for source in sources(network, layer))


def incoming(network: Network, layer: int) -> Iterator[tuple[int, int]]:
    """The unit, by its layer and its number, of each column of a layer's weights."""
    for source in () if weightless(network, layer) else sources(network, layer):
        yield from ((source, unit) for unit in range(1, width_of(network, source) + 1))


def column_of(network: Network, layer: int, unit: tuple[int, int]) -> int:
    """The column of a unit that comes into a layer. Raises ValueError where it does not."""
    return [*incoming(network, layer)].index(unit) + 1


def takes(network: Network, layer: int, unit: tuple[int, int]) -> bool:
    """Whether a unit, by its layer and its number, comes into a layer that takes some of what its layer has."""
    columns = network.layers[layer - 1].columns
    return not columns or column_of(network, layer, unit) in columns


# ---------------------------------------------------------------------------------------- weights


def owner(network: Network, layer: int) -> int:
    """The layer that has the weights of this one: another, earlier one where they are tied."""
    return network.layers[layer - 1].same_as or layer


def uses_of_weights(network: Network, layer: int) -> list[int]:
    """The layers that use the weights of this one, itself among them."""
    return [
        user
        for user in range(1, len(network.layers) + 1)
        if owner(network, user) == layer and not weightless(network, user)
    ]


def weight(
    network: Network, layer: int, to: Unit | None = None, column: Unit | None = None, new: bool = False
) -> Symbol:
    """The weight of a layer to unit `to` from what its column stands for; the whole matrix without both."""
    own = network.layers[layer - 1]
    if own.same_as is None:
        return Symbol.weight(layer, to, column, new=new)
    place = (column, to) if own.transposed else (to, column)
    return Symbol.weight(own.same_as, *place, new=new)


def _place(network: Network, layer: int, to: int, column: int) -> tuple[int, int]:
    return (column, to) if network.layers[layer - 1].transposed else (to, column)


def is_missing(network: Network, layer: int, to: int, column: int) -> bool:
    """Whether there is no such connection."""
    missing = network.layers[owner(network, layer) - 1].missing
    return bool(missing) and _place(network, layer, to, column) in missing


def given_weight(network: Network, layer: int, to: int, column: int) -> Entry:
    """What the problem gives of a weight."""
    j, i = _place(network, layer, to, column)
    return network.layers[owner(network, layer) - 1].weights[j - 1][i - 1]


def is_trained(network: Network, layer: int, to: int, column: int) -> bool:
    """Whether a weight is updated."""
    trainable = network.layers[owner(network, layer) - 1].weights_trainable
    j, i = _place(network, layer, to, column)
    return trainable if isinstance(trainable, bool) else trainable[j - 1][i - 1]


def own_weights(network: Network, layer: int) -> Iterator[Symbol]:
    """The weights that are a layer's own and exist, unit by unit."""
    own = network.layers[layer - 1]
    for j in range(1, len(own.weights) + 1):
        for i in range(1, len(own.weights[0]) + 1):
            if (j, i) not in own.missing:
                yield Symbol.weight(layer, j, i)


def is_chain(network: Network) -> bool:
    """Whether each layer takes the activations of the one before, by weights of its own with none missing.

    One of the weights may be that of a constant, which is the bias.
    """
    return not any(layer.sources or layer.same_as or layer.missing for layer in network.layers)
