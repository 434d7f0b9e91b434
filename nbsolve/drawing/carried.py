"""What a picture writes where an activation is carried past a layer, to one that takes it later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import networkx as nx

from nbsolve.catalogue import COMBINATIONS
from nbsolve.drawing.content import Content, Edge, Unit, Wiring, faded_unit, faded_wiring
from nbsolve.drawing.graph import Node
from nbsolve.drawing.rows import TEXT, Rows
from nbsolve.drawing.scene import Span, row
from nbsolve.phrases import phrase, phrase_of

__all__ = ["with_carried"]


def with_carried(
    content: Content, graph: nx.DiGraph, rows: Rows, on_a_path: Callable[[Edge], bool] | None = None
) -> Content:
    """The content with a place for each activation that is carried past a layer, and the lines that lead there.

    `on_a_path` says of the units that a connection joins, however far it is carried, whether a path runs along it:
    its lines are then as dark as that path, and the others in the background.
    """
    nodes = [(node, data) for node, data in graph.nodes(data=True) if "carries" in data]
    joined = {data["joined"] for _, _, data in graph.edges(data=True) if "joined" in data}
    if not nodes and not joined:
        return content
    units, wires = dict(content.units), dict(content.wires)
    for node, data in nodes:
        if on_a_path is None:
            onward = [wires[node, after].kind for after in graph.succ[node] if (node, after) in wires]
            faded = bool(onward) and all(kind == "faded" for kind in onward)
        else:
            faded = not any(map(on_a_path, _joined(graph, data["carries"], node)))
        name = rows.name(data["symbols"][-1], TEXT, "faded" if faded else "quiet")
        units[node] = Unit(((replace(name, about=f"{name.about} past layer {node[0]}"),),), "carried")
        if faded and on_a_path is not None:
            units[node] = faded_unit(units[node])
    for before, after, data in graph.edges(data=True):
        if "carries" in data:
            sign = COMBINATIONS[data["joined"]].sign if "joined" in data else "="
            equals = row((Span(sign),), TEXT, "quiet", f"{data['about']} equals")
            line = Wiring((equals,), "carried", short=(equals,))
            if on_a_path is not None:
                ends = _joined(graph, data["carries"], after)
                dark = any(map(on_a_path, ends))
                line = replace(line, kind="path", width=3.0) if dark else faded_wiring(line)
            wires[before, after] = line
    words = [phrase("drawing.legend.carried")] if nodes else []
    words += [phrase_of("combinations.", kind, "legend") for kind in COMBINATIONS if kind in joined]
    legend = (*content.legend, ("carried" if on_a_path is None else "", ", ".join(words)))
    return replace(content, units=units, wires=wires, legend=legend)


def _joined(graph: nx.DiGraph, start: Node, place: Node) -> Iterator[Edge]:
    """The connections of a unit that lead through a place: another unit, or where a layer is passed by."""
    if "carries" not in graph.nodes[place]:
        yield start, place
        return
    for after in graph.succ[place]:
        yield from _joined(graph, start, after)
