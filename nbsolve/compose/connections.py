"""What a statement says of connections that are not those of a chain: what comes in, shared and missing weights."""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.compose.sentences import set_in, with_commas
from nbsolve.document import Inline, Math, Text
from nbsolve.expr import Quantity, literal
from nbsolve.phrases import PhraseId, listed, phrase, phrase_of
from nbsolve.problem import wiring
from nbsolve.problem.model import Network
from nbsolve.symbol import Symbol
from nbsolve.values import layer_activation

MOST_NAMED = 6
"""The page names the numbers of an input one by one up to this many, else the first and the last."""
__all__ = ["connections", "layers_in_words"]


def connections(network: Network) -> Iterator[Text]:
    """A sentence for each layer that a reader would otherwise take for the next one of a chain."""
    if len(network.named) > 1:
        yield _named(network)
    for layer, own in enumerate(network.layers, 1):
        if wiring.weightless(network, layer):
            names = layers_in_words(wiring.sources(network, layer))
            yield (phrase_of("combinations.", own.kind, "statement", layer=str(layer), sources=names),)
        elif own.sources:
            yield _sources(network, layer)
        if own.bias.folded is not None:
            yield _folded(network, layer)
        if own.same_as is not None:
            key: PhraseId = "statement.tied_transposed" if own.transposed else "statement.tied"
            weights = Math(Quantity(Symbol.weight(own.same_as)))
            yield set_in(key, layer=str(layer), other=str(own.same_as), weights=weights)
        if _gaps(network, layer):
            yield _missing(network, layer)


def _named(network: Network) -> Text:
    """Which numbers each of several inputs has."""
    said: list[Inline] = []
    for one in network.named:
        said += [", "] if said else []
        said.append(f"{one.name} (")
        numbers = wiring.numbers_of_input(network, one.name)
        far = len(numbers) > MOST_NAMED
        for n in (numbers[0], numbers[-1]) if far else numbers:
            said += [f" {phrase('statement.to')} " if far else ", "] if n != numbers[0] else []
            said.append(Math(Quantity(Symbol.input(n))))
        said.append(")")
    return set_in("statement.several_inputs", count=str(len(network.named)), inputs=said)


def _sources(network: Network, layer: int) -> Text:
    own = network.layer(layer)
    names = listed([name for source in own.sources for name in _names(network, layer, source)])
    if (len(own.sources) == 1 and not own.columns) or own.bias.folded is not None:
        return (phrase("statement.source_of_layer", layer=str(layer), sources=names),)
    key: PhraseId = "statement.sources_rows" if _by_rows(network) else "statement.sources_columns"
    return set_in(key, layer=str(layer), sources=names, columns=_columns(network, layer))


def _folded(network: Network, layer: int) -> Text:
    """Which quantity each column of the weights belongs to, the constant of the biases among them."""
    folded = network.layer(layer).bias.folded
    assert folded is not None
    constant = Math(Quantity(layer_activation(-layer, 1)), "=", literal(folded.input))
    key: PhraseId = "statement.folded_rows" if _by_rows(network) else "statement.folded_columns"
    return set_in(key, layer=str(layer), columns=_columns(network, layer), constant=constant)


def _by_rows(network: Network) -> bool:
    return network.layout == "x W + b"


def _columns(network: Network, layer: int) -> list[Inline]:
    written = network.layer(layer).columns
    return with_commas(
        Math(Quantity(layer_activation(source, unit)))
        for column, (source, unit) in enumerate(wiring.incoming(network, layer), 1)
        if not written or column in written
    )


def layers_in_words(layers: tuple[int, ...] | list[int]) -> str:
    """The inputs, layer 1 and layer 2."""
    return listed(
        [
            phrase("statement.the_inputs") if n == 0 else phrase("statement.layer", number=str(n))
            for n in layers
        ]
    )


def _names(network: Network, layer: int, source: int) -> list[str]:
    """What a source of a layer is called; of several inputs those that come in by their names."""
    taken = wiring.named_inputs(network, layer)
    if source == 0 and len(taken) < len(network.named):
        return [phrase("statement.the_input", name=one.name) for one in taken]
    return [layers_in_words([source])]


def _gaps(network: Network, layer: int) -> list[tuple[int, int]]:
    """The connections that do not exist, but for those with inputs that do not come in at all."""
    own = network.layer(layer)
    return sorted(gap for gap in own.missing if not own.columns or gap[1] in own.columns)


def _missing(network: Network, layer: int) -> Text:
    incoming, to_unit = [*wiring.incoming(network, layer)], f" {phrase('statement.to_unit')} "
    pairs = []
    for to, column in _gaps(network, layer):
        source = Math(Quantity(layer_activation(*incoming[column - 1])))
        pairs.append((source, to_unit, Math(Quantity(Symbol.pre_activation(layer, to)))))
    return set_in("statement.missing", layer=str(layer), pairs=with_commas(pairs))
