"""The starts of recurrences by the names that a file may have for them."""

from __future__ import annotations

from nbsolve.checking.oracle.graph_reading import Graph, entries, entry


def plain(graph: Graph, written: str) -> list[str]:
    """The entries that `h`, `h[2,1]` or the start of a recurrence, `h[0]` or `h[0,1]`, means."""
    name, _, inside = written.replace(" ", "").removesuffix("]").partition("[")
    if not inside:
        return [*entries(name, graph.shapes[name])]
    place = tuple(map(int, inside.split(",")))
    for given, start in graph.starts.items():
        if start.array == name and place == (start.place,):
            return [*entries(given, graph.shapes[given])]
        if start.array == name and place[start.axis : start.axis + 1] == (start.place,):
            return [entry(given, (*place[: start.axis], *place[start.axis + 1 :]))]
    return [entry(name, place)]
