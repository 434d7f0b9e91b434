"""The numbers of the lines in a table below the network, where labels would not be clear of other lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import networkx as nx

from nbsolve.drawing.content import Content, Edge
from nbsolve.drawing.graph import weights_of
from nbsolve.drawing.legend import MARGIN
from nbsolve.drawing.rows import TEXT
from nbsolve.drawing.scene import Label, Row, Span, row, written

__all__ = ["table_of", "table_widths"]

_ABOVE, _GAP, _SPACE, _HIGH = 14.0, 28.0, 10.0, 1.5 * TEXT


def table_widths(graph: nx.DiGraph, contents: Sequence[Content]) -> tuple[float, ...]:
    """The widths of the table's columns, with room for each of the contents; none where lines have no numbers."""
    entries = [_entry(graph, content, edge) for content in contents for edge in _listed(graph)]
    widths = ([line.width for line in entry] for entry in entries if len(entry) > 1)
    return tuple(map(max, zip_longest(*widths, fillvalue=0.0)))


def table_of(
    graph: nx.DiGraph, content: Content, width: float, y: float, widths: Sequence[float]
) -> tuple[list[Label], float]:
    """A line of text for each line of the network, in columns; and where the table ends."""
    edges = _listed(graph)
    count = len(edges)
    if not widths or not count:
        return [], y
    wide = sum(widths) + _SPACE * (len(widths) - 1)
    across = max(1, min(count, int((width - 2 * MARGIN + _GAP) / (wide + _GAP))))
    down = -(-count // across)
    left = (width - across * wide - (across - 1) * _GAP) / 2
    labels = []
    for number, edge in enumerate(edges):
        x = left + number // down * (wide + _GAP)
        middle = y + _ABOVE + (number % down + 0.5) * _HIGH
        for line, room in zip(_entry(graph, content, edge), widths, strict=False):
            if line.spans:
                labels.append(Label((x + line.width / 2, middle), (line,)))
            x += room + _SPACE
    return labels, y + _ABOVE + down * _HIGH


def _listed(graph: nx.DiGraph) -> list[Edge]:
    return [(a, b) for a, b, _ in weights_of(graph)]


def _entry(graph: nx.DiGraph, content: Content, edge: Edge) -> tuple[Row, ...]:
    return (_ends(graph, edge), *(content.wires[edge].rows if edge in content.wires else ()))


def _ends(graph: nx.DiGraph, edge: Edge) -> Row:
    """x₁ → a₂: the units that a line joins."""
    units = graph.edges[edge]["ends"]
    before, after = (written(graph.graph["names"].name(graph.nodes[node]["symbols"][-1])) for node in units)
    return row((*before, Span(" → "), *after), TEXT, "quiet", "ends")
