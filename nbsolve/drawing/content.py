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
    """A wire: its rows (the value, below it the gradient), its kind and its width; `short` are the rows that may
    stand alone where there is no room for all.
    """

    rows: tuple[Row, ...] = ()
    kind: str = "edge"
    width: float = 1.4
    short: tuple[Row, ...] = ()

    def form(self, number: int) -> Wiring:
        """The wire with its rows as they are (0), with their numbers alone (1), with its `short` ones (2)."""
        rows = self.short if number > 1 else self.rows
        return replace(self, rows=tuple(line.parted()[-1] if number else line for line in rows))


@dataclass(frozen=True)
class Content:
    """One picture's worth. `exits` are the wires from the outputs to the loss; `legend` pairs a kind of wire
    (or "") with its meaning; `notes` are said below the legend. `shorter` has a note for each shorter form that the
    labels of wires may have where there is no room: it says what they then are.
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
    shorter: tuple[str, ...] = ()

    def form(self, number: int) -> Content:
        """The content with the labels of its wires as they are (0), or in one of their shorter forms."""
        if number == 0:
            return self
        wires = {edge: wiring.form(number) for edge, wiring in self.wires.items()}
        return replace(self, wires=wires, notes=(*self.notes, self.shorter[number - 1]))


def faded_unit(unit: Unit) -> Unit:
    """The unit in the background."""
    groups = tuple(tuple(row.toned("faded") for row in group) for group in unit.groups)
    return Unit(groups, "faded")


def faded_wiring(wiring: Wiring) -> Wiring:
    """The wire in the background."""
    return replace(
        wiring,
        rows=tuple(row.toned("faded") for row in wiring.rows),
        short=tuple(row.toned("faded") for row in wiring.short),
        kind="faded",
        width=min(1.2, wiring.width),
    )
