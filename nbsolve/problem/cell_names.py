"""The names that letters in cells give to their quantities."""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.given import Entry, Letter
from nbsolve.problem import wiring
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.model import Network, Notation, Sample
from nbsolve.symbol import Role, Symbol, canonical


def with_cell_names(
    root: Cursor, notation: Notation, network: Network, samples: tuple[Sample, ...]
) -> Notation:
    """The notation with the letters that stand in cells; a name in `notation` itself comes first.

    In a batch the same letter would name the quantities of several samples: that is a fault.
    """
    names: dict[str, str] = {}
    for symbol, entry in _cells(network, samples):
        if not isinstance(entry, Letter) or entry.name is None:
            continue
        if len(samples) > 1 and symbol.role in (Role.INPUT, Role.TARGET):
            root.key_fault(
                "samples",
                f"the letter {entry.name} occurs in one of {len(samples)} samples",
                expected="a single sample, or symbolic: letters are then told apart by the sample's number",
            )
            return notation
        names[canonical(symbol)] = entry.name
    return notation.model_copy(update={"names": {**names, **notation.names}}) if names else notation


def _cells(network: Network, samples: tuple[Sample, ...]) -> Iterator[tuple[Symbol, Entry]]:
    """Every cell and the quantity it stands for."""
    for layer in range(1, len(network.layers) + 1):
        yield from wiring.parameters_of(network, layer)
    for sample in samples:
        for vector, side in ((Symbol.input(), sample.input), *wiring.targets(network, sample)):
            for to, entry in enumerate(side, 1):
                yield vector._replace(to=to), entry
