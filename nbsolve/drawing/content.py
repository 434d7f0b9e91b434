"""What a drawing writes and how it marks it, before anything has a place: units, wires, the loss, the legend."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from nbsolve.drawing.graph import Node
from nbsolve.drawing.scene import Row

__all__ = ["Content", "Edge", "Unit", "Wiring", "faded_unit", "faded_wiring"]

Edge = tuple[Node, Node]


@dataclass(frozen=True, slots=True)
class Unit:
    """A box of rows in groups (bias, pre-activation, activation), and how it is drawn."""

    groups: tuple[tuple[Row, ...], ...]
    kind: str = "unit"


@dataclass(frozen=True, slots=True)
class Wiring:
    """A wire: its rows (the value, below it the gradient), its kind and its width."""

    rows: tuple[Row, ...] = ()
    kind: str = "edge"
    width: float = 1.4


@dataclass(frozen=True)
class Content:
    """One picture's worth. `exits` are the wires from the outputs to the loss; `legend` pairs a kind of wire
    (or "") with its meaning; `notes` are said below the legend.
    """

    title: str
    heads: tuple[tuple[Row, ...], ...]
    units: dict[Node, Unit]
    wires: dict[Edge, Wiring]
    loss: Unit | None = None
    exits: dict[Node, Wiring] = field(default_factory=dict)
    backwards: bool = False
    legend: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def faded_unit(unit: Unit) -> Unit:
    """The unit in the background."""
    groups = tuple(tuple(row.toned("faded") for row in group) for group in unit.groups)
    return Unit(groups, "faded")


def faded_wiring(wiring: Wiring) -> Wiring:
    """The wire in the background."""
    return replace(
        wiring,
        rows=tuple(row.toned("faded") for row in wiring.rows),
        kind="faded",
        width=min(1.2, wiring.width),
    )
