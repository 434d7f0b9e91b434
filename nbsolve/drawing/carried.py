"""What a picture writes where an activation is carried past a layer, to one that takes it later."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx

from nbsolve.catalogue import COMBINATIONS
from nbsolve.drawing.content import Content, Unit, Wiring
from nbsolve.drawing.rows import TEXT, Rows
from nbsolve.drawing.scene import Span, row
from nbsolve.phrases import phrase, phrase_of

__all__ = ["with_carried"]


def with_carried(content: Content, graph: nx.DiGraph, rows: Rows) -> Content:
    """The content with a place for each activation that is carried past a layer, and the lines that lead there.

    What a path runs along is dark there too.
    """
    nodes = [(node, data) for node, data in graph.nodes(data=True) if "carries" in data]
    joined = {data["joined"] for _, _, data in graph.edges(data=True) if "joined" in data}
    if not nodes and not joined:
        return content
    units, wires = dict(content.units), dict(content.wires)
    for node, data in nodes:
        faded = all(
            wires[node, after].kind == "faded" for after in graph.succ[node] if (node, after) in wires
        )
        name = rows.name(data["symbols"][-1], TEXT, "faded" if faded else "quiet")
        units[node] = Unit(((replace(name, about=f"{name.about} past layer {node[0]}"),),), "carried")
    for before, after, data in graph.edges(data=True):
        if "carries" in data:
            sign = COMBINATIONS[data["joined"]].sign if "joined" in data else "="
            equals = row((Span(sign),), TEXT, "quiet", f"{data['about']} equals")
            wires[before, after] = Wiring((equals,), "carried", short=(equals,))
    words = [phrase("drawing.legend.carried")] if nodes else []
    words += [phrase_of("combinations.", kind, "legend") for kind in COMBINATIONS if kind in joined]
    legend = (*content.legend, ("carried", ", ".join(words)))
    return replace(content, units=units, wires=wires, legend=legend)
