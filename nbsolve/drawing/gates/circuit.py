"""A computation graph as it is drawn: gates, and the quantities that run along the wires between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from nbsolve.drawing.scene import Span

__all__ = ["KINDS", "Circuit", "Gate", "Lettering", "Wire"]

Lettering = str | tuple[Span, ...]
"""What is written: plain text (a number, a single letter), or text as a drawing sets it."""

KINDS = ("add", "subtract", "multiply", "divide", "max", "min", "power", "function", "formula")
"""What gates do, and with that how they pass a gradient on."""


@dataclass(frozen=True, slots=True)
class Gate:
    """An operation: what it does, what is written in it, the quantities it takes, the one that it finds.

    `text` may be "" where the kind has a sign (+, ×, −, ÷, max, min). What is taken twice is listed twice.
    """

    kind: str
    text: Lettering
    operands: tuple[str, ...]
    finds: str


@dataclass(frozen=True, slots=True)
class Wire:
    """A quantity: its canonical name, its letter, its value and its gradient (either may be "", not known yet)."""

    quantity: str
    letter: Lettering
    value: Lettering = ""
    gradient: Lettering = ""


@dataclass(frozen=True)
class Circuit:
    """Gates in the order in which they are computed; what no gate finds is given. `of` is differentiated."""

    gates: tuple[Gate, ...]
    wires: tuple[Wire, ...]
    of: str

    @cached_property
    def finders(self) -> dict[str, Gate]:
        """The gate that finds each quantity."""
        return {gate.finds: gate for gate in self.gates}

    @cached_property
    def named(self) -> dict[str, Wire]:
        """The wires by their quantities."""
        return {wire.quantity: wire for wire in self.wires}

    @property
    def given(self) -> tuple[Wire, ...]:
        """The quantities that no gate finds."""
        return tuple(wire for wire in self.wires if wire.quantity not in self.finders)

    @property
    def has_gradients(self) -> bool:
        """Whether any gradient is known."""
        return any(wire.gradient for wire in self.wires)
