"""The lines of text that drawings are made of: names, equations, gradients, remarks."""

from __future__ import annotations

from nbsolve.compose.functions import activation_name, layer_name
from nbsolve.drawing.graph import Node, columns_of
from nbsolve.drawing.numbers import digits
from nbsolve.drawing.readings import Reading
from nbsolve.drawing.scene import Row, Span, row, written
from nbsolve.given import Entry, Given
from nbsolve.notation import Names
from nbsolve.phrases import PhraseId, phrase
from nbsolve.problem import wiring
from nbsolve.problem.model import Problem
from nbsolve.symbol import LOSS, Partial, Symbol, canonical

__all__ = [
    "HEAD",
    "NAME",
    "TEXT",
    "Rows",
    "given_spans",
    "heads",
    "shown_number",
    "target_rows",
]

TEXT, NAME, HEAD = 14.0, 16.0, 14.0
_LONGEST = 9


def shown_number(given: Given) -> tuple[str, str]:
    """`=` and a given as written; `≈` and four digits of a long one, such as ln(3) - 3.4 or a data file's."""
    text = str(given)
    return ("=", text) if len(text) <= _LONGEST else ("≈", f"{float(given.value):.4g}")


def given_spans(given: Given) -> tuple[Span, ...]:
    """A given set alone, with ≈ where it is not the whole number."""
    relation, number = shown_number(given)
    return (*([Span("≈")] if relation == "≈" else []), *digits(number))


class Rows:
    """Writes lines of text with the names of one problem. What has no number is written as its letter alone."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def name(self, symbol: Symbol, size: float = NAME, tone: str = "ink") -> Row:
        """x₁."""
        return row(written(self.names.name(symbol)), size, tone, canonical(symbol))

    def given(self, symbol: Symbol, entry: Entry | None, prefix: str = "") -> Row:
        """w₁ = 0.1 as the problem has it, w₁ where it has a letter."""
        spans = [Span(prefix)] if prefix else []
        spans += written(self.names.name(symbol))
        if isinstance(entry, Given):
            relation, number = shown_number(entry)
            spans += [Span(f" {relation} "), *digits(number)]
        return row(spans, TEXT, "value", canonical(symbol))

    def equation(self, symbol: Symbol, reading: Reading | None, tone: str = "value", prefix: str = "") -> Row:
        """w₁ = 0.1."""
        spans = [Span(prefix)] if prefix else []
        spans += written(self.names.name(symbol))
        if reading is not None:
            spans += [Span(f" {reading.relation} "), *reading.spans()]
        return row(spans, TEXT, tone, canonical(symbol))

    def marked_given(self, line: Row) -> Row:
        """a₁ = 0.6 given."""
        return row((*line.spans, Span(f" {phrase('drawing.marks.given')}")), line.size, line.tone, line.about)

    def gradient(self, symbol: Symbol, reading: Reading | None) -> Row:
        """∂ −0.00044, in the colour of its sign; ∂L/∂w₁ where it has no number."""
        about = canonical(Partial(LOSS, symbol))
        if reading is None:
            return row(self.partial(Partial(LOSS, symbol)), TEXT, "quiet", about)
        return row((Span("∂ "), *reading.spans()), TEXT, reading.sign, about)

    def partial(self, partial: Partial) -> tuple[Span, ...]:
        """∂L/∂w₁ in one line."""
        over, under = (written(self.names.name(symbol)) for symbol in (partial.of, partial.wrt))
        return (Span("∂"), *over, Span("/∂"), *under)

    def function(self, problem: Problem, node: Node) -> tuple[Row, ...]:
        """The activation of a unit, where the units of its layer have different ones."""
        activation = problem.network.layer(node[0]).activation
        if not activation.units:
            return ()
        name = activation_name(activation.of_unit(node[1]))
        return (self.words(name, about=canonical(Symbol.activation(*node)) + " function"),)

    def words(self, text: str, tone: str = "quiet", about: str = "mark") -> Row:
        """A remark."""
        return row((Span(text),), TEXT, tone, about)


def heads(problem: Problem, names: Names, loss: bool = True) -> tuple[tuple[Row, ...], ...]:
    """What stands above each column: its place in the network, and its activation."""
    columns = columns_of(problem.network)
    last = max(columns)
    found: list[tuple[Row, ...]] = [(_head(phrase("drawing.heads.input"), 0),)]
    for column in range(1, last + 1):
        own = [number for number in range(1, len(columns)) if columns[number] == column]
        key: PhraseId = "drawing.heads.hidden" if last == 2 else "drawing.heads.hidden_number"
        if column == last:
            key = "drawing.heads.output"
        rows = [_head(phrase(key, number=str(column)), own[0])]
        for number in own:
            activation = problem.network.layer(number).activation
            name = layer_name(problem.network.layer(number))
            if len(own) > 1:
                name = phrase("drawing.heads.of_layer", number=str(number), activation=name)
            if not activation.units:  # else it stands in each unit
                rows.append(_head(name, number))
        found.append(tuple(rows))
    if loss:
        end = phrase("drawing.heads.upstream" if problem.given_gradient else "drawing.heads.loss")
        found.append((row((Span(end),), HEAD, "quiet", "loss"),))
    return tuple(found)


def _head(text: str, layer: int) -> Row:
    return row((Span(text),), HEAD, "quiet", f"layer {layer}")


def target_rows(rows: Rows, problem: Problem) -> tuple[Row, ...]:
    """y₁ = 1 for each output of the only sample."""
    targets = problem.samples[0].target
    if len(problem.samples) != 1 or targets is None:
        return ()
    return tuple(
        rows.given(vector._replace(to=k), entry)
        for vector, entries in wiring.targets(problem.network, problem.samples[0])
        for k, entry in enumerate(entries, 1)
    )
