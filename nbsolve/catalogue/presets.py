"""Notations to start from, one record each: how weights are counted, and in which letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["PRESETS", "Preset"]


@dataclass(frozen=True)
class Preset:
    """A weight is its letter with `indices` as subscript, in their order, and the layer as superscript.

    `letter` is the weight's where a problem sets none. `numbered`: weights, biases and units are numbered
    through the whole network instead, unit by unit.
    """

    name: str
    indices: tuple[Literal["from", "to"], ...] = ("from", "to")
    letter: str | None = None
    numbered: bool = False


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset("indexed"),
        Preset("flat", numbered=True),
        Preset("matrix", indices=("to", "from"), letter="W"),
    )
}
