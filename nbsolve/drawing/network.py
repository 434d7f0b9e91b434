"""What the drawing `network` writes: symbols, and the givens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import networkx as nx

from nbsolve.drawing.carried import with_carried
from nbsolve.drawing.content import Content, Unit, Wiring
from nbsolve.drawing.graph import MOST_UNITS, units_of, weights_of
from nbsolve.drawing.rows import NAME, TEXT, Rows, given_spans, heads, target_rows
from nbsolve.drawing.scene import Row, Span, row, written
from nbsolve.given import Given
from nbsolve.notation import Names
from nbsolve.phrases import phrase
from nbsolve.problem.model import Problem
from nbsolve.symbol import LOSS, Symbol, canonical

__all__ = ["left_out", "network_content", "sizes_text"]


def _given_values(problem: Problem, symbols: Sequence[Symbol], rows: Rows) -> Iterator[Row]:
    """The values of a unit that the only sample gives instead of what the network would compute."""
    known = problem.samples[0].given if len(problem.samples) == 1 else {}
    for symbol in symbols:
        if canonical(symbol) in known:
            yield rows.marked_given(rows.given(symbol, known[canonical(symbol)]))


def network_content(graph: nx.DiGraph, problem: Problem, names: Names) -> Content:
    """Symbols, and the givens: inputs, weights, biases and targets; letters where no number is given."""
    rows, complete = Rows(names), bool(graph.graph["complete"])
    units, wires = {}, {}
    for node, data in units_of(graph):
        symbols = data["symbols"]
        if node[0] == 0:
            group: list[Row] = [rows.name(symbols[0])]
            if isinstance(data["value"], Given):
                group.append(row(given_spans(data["value"]), TEXT, "value", canonical(symbols[0]) + " value"))
            units[node] = Unit((tuple(group),), "input")
            continue
        before, after = (written(names.name(symbol)) for symbol in symbols)
        groups: list[tuple[Row, ...]] = [
            (
                row((*before, Span(" → "), *after), NAME, "ink", canonical(symbols[0])),
                *rows.function(problem, node),
            )
        ]
        groups += [(line,) for line in _given_values(problem, symbols, rows)]
        if data["bias"] is not None:
            value = data["bias_value"] if complete else None
            bias = [rows.given(data["bias"], value, data["bias_sign"] + " ")]
            if data["held"]:
                bias.append(rows.words(phrase("drawing.marks.held")))
            groups.insert(0, tuple(bias))
        units[node] = Unit(tuple(groups))
    for source, target, data in weights_of(graph):
        label = (rows.given(data["symbol"], data["weight"]),) if complete else ()
        wires[source, target] = Wiring(label, "held" if data["held"] else "edge")
    held = any(wiring.kind == "held" for wiring in wires.values())
    legend = (("held", phrase("drawing.legend.does_not_learn")),) if held else ()
    title = phrase("drawing.titles.network", sizes=sizes_text(names))
    notes = () if complete else (left_out(graph, names, phrase("drawing.notes.weights_not_written")),)
    loss = _symbolic_loss(problem, rows)
    exits = {node: Wiring() for node in graph if node[0] in names.ends}
    columns = heads(problem, names, loss is not None)
    content = Content(title, columns, units, wires, loss, exits, legend=legend, notes=notes)
    return with_carried(content, graph, rows)


def left_out(graph: nx.DiGraph, names: Names, what: str) -> str:
    """What a picture of a large network does not show."""
    slots = {"sizes": sizes_text(names), "count": str(graph.graph["edges"]), "what": what}
    text = phrase("drawing.notes.connections", **slots)
    drawn = [sum(node[0] == layer for node, _ in units_of(graph)) for layer in range(len(names.sizes))]
    some = any(map(int.__gt__, names.sizes, drawn))
    return f"{text} · {phrase('drawing.notes.ellipsis')}" if some else text


def sizes_text(names: Names) -> str:
    """784-128-10."""
    return "-".join(map(str, names.sizes))


def _symbolic_loss(problem: Problem, rows: Rows) -> Unit | None:
    if not problem.losses:
        return None
    groups: list[tuple[Row, ...]] = [(rows.name(LOSS),)]
    targets = target_rows(rows, problem)
    if 0 < len(targets) <= MOST_UNITS:
        groups.insert(0, targets)
    return Unit(tuple(groups), "loss")
