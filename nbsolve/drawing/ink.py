"""Colours, dashes and fills, the same for every backend. Signs and states never rest on colour alone.

What a page in the dark shows instead of each colour stands in its style sheet (templates/static/nbsolve.css).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FILLS", "GROUND", "MARKS", "WIRES", "Fill", "Stroke", "tone"]

GROUND = "#ffffff"


@dataclass(frozen=True, slots=True)
class Stroke:
    """A wire's colour and dashes, and the colour of its arrowhead."""

    colour: str
    dash: str = ""
    head: str = "#374151"


@dataclass(frozen=True, slots=True)
class Fill:
    """A box: ground, border, width of the border, dashes."""

    fill: str
    stroke: str = "#1f2937"
    width: float = 1.6
    dash: str = ""


WIRES = {
    "edge": Stroke("#6b7280"),
    "held": Stroke("#6b7280", "1.5 4"),
    "positive": Stroke("#1d4ed8"),
    "negative": Stroke("#b45309", "8 4"),
    "zero": Stroke("#9ca3af", "1.5 4"),
    "carried": Stroke("#6b7280", "2 3"),
    "faded": Stroke("#d1d5db", head="#d1d5db"),
    "path": Stroke("#111827"),
    "active": Stroke("#111827"),
    "divider": Stroke("#d1d5db"),
    "grid": Stroke("#d1d5db"),
    "axis": Stroke("#6b7280"),
    "level": Stroke("#6b7280"),
    "ground": Stroke(GROUND),
    "curve": Stroke("#1d4ed8", head="#1d4ed8"),
    "slope": Stroke("#9a3412", "7 3.5", head="#9a3412"),
    "third": Stroke("#14532d", "2 3"),
    "fourth": Stroke("#111827", "10 3 2 3"),
    "tangent": Stroke("#111827"),
    "drop": Stroke("#6b7280", "1.5 3"),
}
FILLS = {
    "input": Fill("#f3f4f6"),
    "unit": Fill("#ffffff"),
    "dead": Fill("#e5e7eb", "#6b7280", dash="4 3"),
    "carried": Fill("#ffffff", "#6b7280", 1.2, "2 3"),
    "faded": Fill("#ffffff", "#d1d5db", 1.2),
    "active": Fill("#fffbeb", "#111827", 2.6),
    "loss": Fill("#f0fdf4"),
    "frame": Fill("none", "#6b7280", 1.0),
}
MARKS = {
    "point": Fill("#111827", "#111827", 1.0),
    "slope point": Fill("#ffffff", "#9a3412", 1.6),
    "upper": Fill("#1d4ed8", "#1d4ed8", 1.6),
    "lower": Fill("#ffffff", "#9a3412", 2.0),
    "curve filled": Fill("#1d4ed8", "#1d4ed8", 1.6),
    "curve hollow": Fill("#ffffff", "#1d4ed8", 1.6),
    "third filled": Fill("#14532d", "#14532d", 1.6),
    "fourth filled": Fill("#111827", "#111827", 1.6),
    "slope filled": Fill("#9a3412", "#9a3412", 1.6),
    "slope hollow": Fill("#ffffff", "#9a3412", 1.6),
}
_TONES = {
    "ink": "#111827",
    "quiet": "#4b5563",
    "value": "#14532d",
    "positive": "#1d4ed8",
    "negative": "#9a3412",
    "gradient": "#9a3412",
    "zero": "#4b5563",
    "faded": "#6b7280",
    "active": "#111827",
}
"""Text colours, each of contrast 4.5 : 1 or more on every ground it stands on."""


def tone(name: str) -> str:
    """The colour of a tone of text."""
    return _TONES[name]
