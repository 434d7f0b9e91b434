"""The drawing of a computation graph: its equations as gates, its quantities as wires, with numbers where known."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nbsolve.asking.writing import Writer
from nbsolve.drawing.gates import Circuit, Gate, Lettering, Wire, circuit_drawing
from nbsolve.drawing.scene import Span, written
from nbsolve.equations.building import Built, gate_of, operands_of
from nbsolve.equations.names import GraphNames
from nbsolve.equations.unrolled import Unrolled
from nbsolve.expr import Applied, Atom, Expr, Function, Power, Quantity, Quotient, Sum, atoms, walk
from nbsolve.expr.general import IndexedSum
from nbsolve.graph import Node
from nbsolve.render import text
from nbsolve.symbol import Partial, Symbol

if TYPE_CHECKING:
    from nbsolve.drawing import Drawing
    from nbsolve.equations.solving import GraphIteration, GraphSolution

__all__ = ["draw_graph"]

MOST_SHOWN = 4
"""Entries of an array whose numbers stand at its wire."""
MOST_LETTERS = 18
"""A longer formula stands on the page."""
_BELOW = re.compile(r"(?:(?<=Σ)|(?<=max)|(?<=min))_(\w+)=1…\d+|_\{([^{}]*)\}|_([A-Za-z]+)")
"""What stands below the line; where a sum ends stands on the page, too."""
_INDEX = (0.76, 0.2)
"""The size of an index, and how far below the line it stands."""


def draw_graph(
    built: Built,
    names: GraphNames,
    title: str,
    solution: GraphSolution | None = None,
    iteration: GraphIteration | None = None,
    gradients: bool = False,
) -> Drawing:
    """The graph; with a `solution` and one of its iterations the values, and the gradients where wanted."""
    problem = built.problem
    writer = None if solution is None else Writer(solution)

    def numbers(targets: Sequence[Atom], shape: Sequence[int]) -> str:
        if writer is None or iteration is None or len(targets) > MOST_SHOWN:
            return ""
        if not all(target in iteration.values.stored for target in targets):
            return ""
        texts = [_minus(writer.answer(iteration.values, target).text) for target in targets]
        return texts[0] if len(texts) == 1 else f"({_in_rows(texts, shape)})"

    unrolled = Unrolled(built)
    wires = []
    for name in problem.shapes:
        for wire, entries in unrolled.wires(name).items():
            back = [Partial(names.objective, entry) for entry in entries]
            letter = written(names.name(unrolled.named(name, entries)))
            shape = unrolled.shape(name)
            wires.append(
                Wire(wire, letter, numbers(entries, shape), numbers(back, shape) if gradients else "")
            )
    brief = _is_long(built, names, unrolled)
    gates = tuple(_gate(built, names, unrolled, *own, brief) for own in unrolled.gates())
    of = unrolled.wire(built.objective[-1])
    data: dict[str, object] = {}
    if iteration is not None:
        data = {"drawing": "circuit", "of": of, "iteration": iteration.number}
    if data and unrolled.axes:
        data["axes"] = json.dumps(unrolled.axes)
    return circuit_drawing(Circuit(gates, tuple(wires), of), title, data)


def _in_rows(texts: Sequence[str], shape: Sequence[int]) -> str:
    """Entries with commas between them, and semicolons between the rows of a matrix."""
    columns = shape[-1]
    rows = [texts[start : start + columns] for start in range(0, len(texts), columns)]
    return "; ".join(map(", ".join, rows))


def _gate(
    built: Built, names: GraphNames, unrolled: Unrolled, wire: str, nodes: Sequence[Node], brief: bool
) -> Gate:
    """The gate that finds a wire, with what it reads; `brief`: a function without its argument, tanh(…)."""
    general, formula = built.general[_name(nodes)], _formula(built, unrolled, nodes)
    kind = gate_of(built, _name(nodes)) if len(nodes) == 1 or not unrolled.axes else None
    if kind is not None and not (kind == "subtract" and len(formula.children) > 2):
        read = [atom for part in formula.children for atom in atoms(part) if isinstance(atom, Symbol)]
        return Gate(kind, "", tuple(_each_once(read, unrolled)), wire)
    operands = dict.fromkeys(unrolled.wire(one) for node in nodes for one in operands_of(node).values())
    if len(nodes) > 1 and _is_softmax(built.graph.formula(nodes[0], nodes[0].target)):
        return Gate("function", "softmax", tuple(operands), wire)
    letters = _written(general if _too_long(formula, names) else formula, names)
    function = isinstance(general, Function | Applied)
    if brief and isinstance(general, Function | Applied):
        letters = _of_something(general)
    kind = "power" if isinstance(general, Power) else "function" if function else "formula"
    return Gate(kind, letters, tuple(operands), wire)


def _each_once(read: Sequence[Symbol], unrolled: Unrolled) -> Iterator[str]:
    """The wires of what is read: two for x · x, one for two entries of an array that has one wire."""
    seen: dict[str, Symbol] = {}
    for symbol in read:
        wire = unrolled.wire(symbol)
        if seen.setdefault(wire, symbol) == symbol:
            yield wire


def _formula(built: Built, unrolled: Unrolled, nodes: Sequence[Node]) -> Expr:
    """The formula of a gate: that of the only entry of a step, or the general one."""
    alone = unrolled.axes and len(nodes) == 1
    return built.graph.formula(nodes[0], nodes[0].target) if alone else built.general[_name(nodes)]


def _name(nodes: Sequence[Node]) -> str:
    return nodes[0].operation.name


def _is_long(built: Built, names: GraphNames, unrolled: Unrolled) -> bool:
    """Whether a function has too long an argument: then none of those of a recurrence shows its own."""
    formulae = (_formula(built, unrolled, nodes) for _, nodes in unrolled.gates())
    return bool(unrolled.axes) and any(
        _too_long(one, names) for one in formulae if isinstance(one, Function | Applied)
    )


def _written(formula: Expr, names: GraphNames) -> Lettering:
    """What is written in a gate: the name of a function of one quantity, a short formula, what a long one begins
    with.
    """
    match formula:
        case Function(_, (Quantity(),)) | Applied(_, _, ((_, Quantity()),)):
            return _called(formula)
    words = text.printer(names).print(formula)
    if not _too_long(formula, names):
        return tuple(_spans(words))
    if isinstance(formula, Function | Applied):
        return _of_something(formula)
    if any(isinstance(node, IndexedSum) for node in walk(formula)):
        return "Σ"
    return "…/…" if isinstance(formula, Quotient) else _begun(words)


def _called(function: Function | Applied) -> str:
    return "σ" if function.name == "sigmoid" else function.name


def _of_something(function: Function | Applied) -> str:
    return f"{_called(function)}(…)"


def _too_long(formula: Expr, names: GraphNames) -> bool:
    """Whether a formula has no room in a gate."""
    return sum(len(span.text) for span in _spans(text.printer(names).print(formula))) > MOST_LETTERS


def _spans(words: str) -> Iterator[Span]:
    """The words, with what stands below the line in small letters."""
    end = 0
    for found in _BELOW.finditer(words):
        if found.start() > end:
            yield Span(words[end : found.start()])
        yield Span(next(filter(None, found.groups())), *_INDEX)
        end = found.end()
    if words[end:]:
        yield Span(words[end:])


def _is_softmax(formula: Expr) -> bool:
    """Whether it is e^s/(e^s + e^t + …)."""
    match formula:
        case Quotient((Function("exp") as part, Sum(terms))):
            return part in terms and all(isinstance(one, Function) and one.name == "exp" for one in terms)
    return False


def _begun(words: str) -> str:
    """How a formula begins, up to an operator outside of all brackets, `u·v + …`."""
    depth, ends = 0, [0]
    for place, sign in enumerate(words):
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0 and sign in "+−·" and 0 < place < MOST_LETTERS - 1:
            ends.append(place + 1)
    return f"{words[: ends[-1]]} …".replace("· …", "·…").strip()


def _minus(written: str) -> str:
    return written.replace("-", "−")
