"""Which class a network's output stands for: one layer of one unit, targets of two classes, a border."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import flint

from nbsolve.given import Given, Letter, known
from nbsolve.problem import wiring
from nbsolve.problem.cursor import Cursor, listing
from nbsolve.problem.model import Network, Part, Problem, Sample
from nbsolve.problem.parts import CLASS_WORDS

__all__ = ["Border", "border_of", "check_classes", "classifies"]

_CLASSES = (("0", "1"), ("-1", "1"))
_BETWEEN: dict[str, str] = {
    "sigmoid": "0",
    **dict.fromkeys(("tanh", "softsign", "arctan", "hard_tanh"), "-1"),
}
"""Activations that are halfway between two classes at z = 0, and the lower of the two."""


@dataclass(frozen=True, slots=True)
class Border:
    """The upper class is predicted where a ≥ `activation`, that is where z ≥ `z`."""

    classes: tuple[Given, Given]
    activation: Given
    z: Given


def classifies(parts: Sequence[Part]) -> bool:
    """Whether any part asks for a class."""
    return any(word in CLASS_WORDS for part in parts for word in part.ask)


def border_of(problem: Problem) -> Border | None:
    """The border of a problem; None where its output stands for no class."""
    return _border(problem.network, problem.samples)


def check_classes(
    root: Cursor, network: Network, samples: tuple[Sample, ...], parts: tuple[Part, ...]
) -> None:
    """A fault where a class is asked for that the network does not give."""
    if not classifies(parts) or _border(network, samples) is not None:
        return
    bipolar = f"{listing([*_BETWEEN][1:], 'or')} with −1 and 1"
    word = next(word for part in parts for word in part.ask if word in CLASS_WORDS)
    root.key_fault(
        "parts",
        f"{word} is asked, but this network's output stands for no class",
        expected=f"one layer of one unit: sigmoid with the targets 0 and 1; {bipolar}; linear with either",
    )


def _border(network: Network, samples: tuple[Sample, ...]) -> Border | None:
    layer = network.layers[0]
    plain = not wiring.weightless(network, 1) and layer.bias.folded is None
    if len(network.layers) != 1 or layer.units != 1 or not plain or samples[0].target is None:
        return None
    entries = [*layer.weights[0], *layer.bias.values]
    entries += [entry for sample in samples for entry in (*sample.input, *(sample.target or ()))]
    if any(isinstance(entry, Letter) for entry in entries):
        return None
    targets = {known(entry).value for sample in samples for entry in sample.target or ()}
    for low, high in _CLASSES:
        if targets <= {flint.fmpq(int(low)), flint.fmpq(int(high))} and flint.fmpq(int(low)) in targets:
            middle = Given.read("0.5" if low == "0" else "0")
            both = Given.read(low), Given.read(high)
            if layer.activation.name == "linear":
                return Border(both, middle, middle)
            if _BETWEEN.get(layer.activation.name) == low:
                return Border(both, middle, Given.read("0"))
    return None
