"""What comes into each layer of a network, and by which weights: the one place that knows.

Layers count from 1, 0 is the input. The columns of a layer's weights belong to the units that come in, those of its
first source before those of its second. A bias that is folded into the weights of layer l is the weight of one more
source, −l, which is the constant 1 (or −1).
"""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.catalogue import COMBINATIONS, Combination
from nbsolve.given import Entry, Given
from nbsolve.problem.model import NamedInput, Network, Sample
from nbsolve.symbol import Role, Symbol, Unit, parse_canonical

__all__ = [
    "column_of",
    "combination",
    "constant",
    "constants",
    "constants_of",
    "ends",
    "feeds_the_next",
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
    "parameters_of",
    "source",
    "sources",
    "takes",
    "targets",
    "users",
    "uses_of_weights",
    "weight",
    "weightless",
    "weights_of",
    "width",
    "width_of",
]


def sources(network: Network, layer: int) -> tuple[int, ...]:
    """The layers whose activations come in, in the order of the columns; −layer is the constant of the bias."""
    own = network.layer(layer)
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
    columns, own, found = network.layer(layer).columns, [*incoming(network, layer)], []
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
    """Whether a layer takes what comes in unit by unit, without weights."""
    return combination(network, layer) is not None


def combination(network: Network, layer: int) -> Combination | None:
    """How a layer without weights takes what comes in; None of one with weights."""
    return COMBINATIONS.get(network.layer(layer).kind)


def users(network: Network, layer: int) -> list[int]:
    """The layers that take the activations of this one."""
    return [later for later in range(layer + 1, len(network.layers) + 1) if layer in sources(network, later)]


def source(network: Network, layer: int) -> int:
    """The layer whose activations come into one of a chain; of several the first."""
    return next(one for one in sources(network, layer) if one >= 0)


def feeds_the_next(network: Network, layer: int) -> bool:
    """Whether the activations go to the very next layer and to no other, by weights of which none is missing."""
    later = layer + 1
    return (
        users(network, layer) == [later]
        and not weightless(network, later)
        and not network.layer(later).missing
    )


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
    return network.layer(layer).units if layer else network.inputs


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
    columns = network.layer(layer).columns
    return not columns or column_of(network, layer, unit) in columns


# ---------------------------------------------------------------------------------------- weights


def owner(network: Network, layer: int) -> int:
    """The layer that has the weights of this one: another, earlier one where they are tied."""
    return network.layer(layer).same_as or layer


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
    own = network.layer(layer)
    if own.same_as is None:
        return Symbol.weight(layer, to, column, new=new)
    place = (column, to) if own.transposed else (to, column)
    return Symbol.weight(own.same_as, *place, new=new)


def _place(network: Network, layer: int, to: int, column: int) -> tuple[int, int]:
    return (column, to) if network.layer(layer).transposed else (to, column)


def is_missing(network: Network, layer: int, to: int, column: int) -> bool:
    """Whether there is no such connection."""
    missing = network.layer(owner(network, layer)).missing
    return bool(missing) and _place(network, layer, to, column) in missing


def given_weight(network: Network, layer: int, to: int, column: int) -> Entry:
    """What the problem gives of a weight."""
    j, i = _place(network, layer, to, column)
    return network.layer(owner(network, layer)).weights[j - 1][i - 1]


def is_trained(network: Network, layer: int, to: int, column: int) -> bool:
    """Whether a weight is updated."""
    trainable = network.layer(owner(network, layer)).weights_trainable
    j, i = _place(network, layer, to, column)
    return trainable if isinstance(trainable, bool) else trainable[j - 1][i - 1]


def own_weights(network: Network, layer: int) -> Iterator[Symbol]:
    """The weights that are a layer's own and exist, unit by unit."""
    yield from (symbol for symbol, _ in weights_of(network, layer))


def weights_of(network: Network, layer: int) -> Iterator[tuple[Symbol, Entry]]:
    """The weights that are a layer's own and exist, unit by unit, with what the problem gives of each."""
    own = network.layer(layer)
    for j, row in enumerate(own.weights, start=1):
        for i, entry in enumerate(row, start=1):
            if (j, i) not in own.missing:
                yield Symbol.weight(layer, j, i), entry


def constant(network: Network, layer: int, unit: Unit | None = None, new: bool = False) -> Symbol | None:
    """The bias or threshold of a unit, or the bias that all units share; the whole vector without a unit.

    None where there is none.
    """
    bias = network.layer(layer).bias
    if bias.absent:
        return None
    if bias.shared:
        return Symbol.shared_bias(layer, new=new)
    return Symbol(Role.THRESHOLD if bias.subtracted else Role.BIAS, layer, unit, new=new)


def constants_of(network: Network, layer: int) -> Iterator[tuple[Symbol, Entry]]:
    """A layer's biases or thresholds one by one, a shared one once; with what the problem gives of each."""
    for unit, entry in enumerate(network.layer(layer).bias.values, start=1):
        own = constant(network, layer, unit)
        assert own is not None
        yield own, entry


def parameters_of(network: Network, layer: int) -> Iterator[tuple[Symbol, Entry]]:
    """A layer's own weights unit by unit, then its biases or thresholds (a shared one once), as they are given."""
    yield from weights_of(network, layer)
    yield from constants_of(network, layer)


def is_chain(network: Network) -> bool:
    """Whether each layer takes the activations of the one before, by weights of its own with none missing.

    One of the weights may be that of a constant, which is the bias.
    """
    return not any(layer.sources or layer.same_as or layer.missing for layer in network.layers)
