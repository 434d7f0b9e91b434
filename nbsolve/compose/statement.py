"""The statement of a problem: its author's words or words made from the data, the data, the parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nbsolve.compose.conventions import loss_words
from nbsolve.compose.functions import activation_name, given_activations
from nbsolve.compose.matrices import LIMIT
from nbsolve.document import (
    Block,
    Bullets,
    Derivation,
    Heading,
    Inline,
    Line,
    Markdown,
    Math,
    Paragraph,
    Table,
    Text,
)
from nbsolve.expr import Atom, Expr, Matrix, Number, Quantity, Variable
from nbsolve.given import Entry, Given, Letter
from nbsolve.layers.dense import Dense
from nbsolve.listing import belongs_to_sample
from nbsolve.notation import Names
from nbsolve.phrases import phrase
from nbsolve.problem.model import Part, Problem
from nbsolve.schedule import batch_size
from nbsolve.solution import Solution
from nbsolve.symbol import Role, Symbol, number_of

MOST_SAMPLES = 12
"""Longer tables of samples are shown by their first and last ones."""


def statement(solution: Solution, names: Names) -> Iterator[Block]:
    """What is given and what is asked."""
    problem = solution.problem
    yield Heading(2, (phrase("sections.statement"),))
    yield Paragraph((Markdown(problem.statement),) if problem.statement else (_network(problem),))
    yield Paragraph((phrase("statement.weights"),))
    yield Derivation(tuple(_parameters(solution)))
    yield from _samples(solution)
    if problem.classes:
        yield Paragraph((phrase("statement.classes", listed=_shortened(problem.classes)),))
    constants = list(_constants(problem))
    if constants:
        yield Paragraph(
            tuple(piece for n, c in enumerate(constants) for piece in ([", "] if n else []) + list(c))
        )
    yield from (Paragraph(text) for text in given_activations(problem))
    own_losses = (term for term in problem.losses if term.formula is not None)
    yield from (Paragraph(loss_words(term, problem, kink=False)) for term in own_losses)
    if problem.parts:
        yield Bullets(
            tuple(_part(part, problem, names) for part in problem.parts),
            tuple(part.label for part in problem.parts),
        )
    if problem.source:
        yield Paragraph((Markdown(phrase("statement.source", source=problem.source)),))


def _network(problem: Problem) -> str:
    inputs = problem.network.inputs
    layers = []
    for index, layer in enumerate(problem.network.layers, start=1):
        kind = "layer_output" if index == len(problem.network.layers) else "layer_hidden"
        one = "_one" if layer.units == 1 else ""
        name = activation_name(layer.activation)
        layers.append(phrase(f"statement.{kind}{one}", count=str(layer.units), activation=name))
    words = (
        phrase("statement.input_one") if inputs == 1 else phrase("statement.input_many", count=str(inputs))
    )
    listed = f"{', '.join([words, *layers[:-1]])} {phrase('statement.and')} {layers[-1]}"
    return phrase("statement.network", listed=listed)


def _parameters(solution: Solution) -> Iterator[Line]:
    inputs_first = solution.problem.network.layout == "x W + b"
    for layer in solution.layers:
        weights = [list(row) for row in layer.layer.weights]
        letters = [[Quantity(layer.w(j, i)) for i in range(1, layer.inputs + 1)] for j in layer.units]
        if inputs_first:
            weights = [list(column) for column in zip(*weights, strict=True)]
            letters = [list(column) for column in zip(*letters, strict=True)]
        parts: list[tuple[str, Expr]] = []
        if len(weights) <= LIMIT and len(weights[0]) <= LIMIT:
            parts.append(("=", Matrix(tuple(tuple(row) for row in letters))))
        if not parts or not _all_letters(weights):
            parts.append(("=", matrix(weights, letters)))
        yield Line(tuple(parts), Quantity(layer.w()))
        yield from _constant(layer, inputs_first)


def _constant(layer: Dense, inputs_first: bool) -> Iterator[Line]:
    symbol = layer.constant()
    if symbol is None:
        return
    values = layer.layer.bias.values
    if symbol.shared or len(values) == 1:
        own = symbol if symbol.shared else layer.constant(1)
        assert own is not None
        if isinstance(values[0], Letter):
            return
        yield Line((("=", _literal(values[0])),), Quantity(own))
        return
    letters: list[Expr] = []
    for j in layer.units:
        own = layer.constant(j)
        assert own is not None
        letters.append(Quantity(own))
    parts: list[tuple[str, Expr]] = []
    if len(letters) <= LIMIT:
        parts.append(("=", Matrix((tuple(letters),) if inputs_first else tuple((x,) for x in letters))))
    if not parts or not _all_letters([list(values)]):
        cells = [list(values)] if inputs_first else [[value] for value in values]
        parts.append(("=", matrix(cells, [letters] if inputs_first else [[x] for x in letters])))
    yield Line(tuple(parts), Quantity(symbol))


def _all_letters(rows: list[list[Entry]]) -> bool:
    return all(isinstance(entry, Letter) for row in rows for entry in row)


def matrix(rows: Sequence[Sequence[Entry]], letters: Sequence[Sequence[Expr]]) -> Matrix:
    """Numbers as given, letters by their names, in brackets; large ones by their ends."""

    def ends(items: list) -> list:  # type: ignore[type-arg]
        return items if len(items) <= LIMIT else [*items[:3], None, items[-1]]

    written = [
        [
            letter if isinstance(entry, Letter) else _literal(entry)
            for entry, letter in zip(*both, strict=True)
        ]
        for both in zip(rows, letters, strict=True)
    ]
    shown: list[tuple[Expr, ...]] = []
    for row in ends(written):
        entries = ends(row) if row is not None else [None] * len(ends(written[0]))
        shown.append(tuple(Variable("…") if entry is None else entry for entry in entries))
    return Matrix(tuple(shown))


def _literal(given: Given) -> Number:
    return Number(given.value, given.text)


def _samples(solution: Solution) -> Iterator[Block]:
    problem = solution.problem
    width, outputs = problem.network.inputs, problem.network.layers[-1].units
    targets = problem.samples[0].target is not None
    if len(problem.samples) == 1:
        sample = problem.samples[0]
        pieces: list[Inline] = [phrase("statement.samples_one") + " "]
        given: list[tuple[Symbol, Entry]] = [
            *((Symbol(Role.INPUT, to=i), g) for i, g in enumerate(sample.input, start=1)),
            *((Symbol(Role.TARGET, to=k), g) for k, g in enumerate(sample.target or (), start=1)),
        ]
        if len(given) <= 2 * LIMIT:
            for position, (symbol, value) in enumerate(given):
                said = (
                    Math(Quantity(symbol))
                    if isinstance(value, Letter)
                    else Math(Quantity(symbol), "=", _literal(value))
                )
                pieces.extend([", ", said] if position else [said])
            yield Paragraph(tuple(pieces))
            return
        yield Paragraph((phrase("statement.samples_one"),))
        lines = [_column(Role.INPUT, sample.input)]
        if sample.target:
            lines.append(_column(Role.TARGET, sample.target))
        yield Derivation(tuple(lines))
        return
    yield Paragraph((phrase("statement.samples_many"),))
    wide = width + outputs > 2 * LIMIT
    inputs: list[Symbol | None] = [Symbol(Role.INPUT, to=i) for i in range(1, width + 1)]
    wanted: list[Symbol | None] = (
        [Symbol(Role.TARGET, to=k) for k in range(1, outputs + 1)] if targets else []
    )
    if wide:
        inputs, wanted = _ends(inputs), _ends(wanted)
    columns = [*inputs, *wanted]
    header: list[Text] = [(phrase("statement.number"),)]
    header.extend((Math(Quantity(symbol)),) if symbol else ("…",) for symbol in columns)
    rows: list[tuple[Text, ...]] = []
    numbers = list(range(1, len(problem.samples) + 1))
    if len(numbers) > MOST_SAMPLES:
        numbers = [*numbers[: MOST_SAMPLES - 2], 0, numbers[-1]]
    for number in numbers:
        if number == 0:
            rows.append(tuple(("…",) for _ in header))
            continue
        sample = problem.samples[number - 1]
        cells: list[Text] = [(str(number),)]
        for column in columns:
            if column is None:
                cells.append(("…",))
                continue
            side = sample.input if column.role is Role.INPUT else sample.target
            assert side is not None
            value = side[number_of(column.to) - 1]
            cells.append(
                (
                    Math(
                        Quantity(replace(column, sample=number))
                        if isinstance(value, Letter)
                        else _literal(value)
                    ),
                )
            )
        rows.append(tuple(cells))
    yield Table(tuple(header), tuple(rows), frozenset(range(len(header))))


def _column(role: Role, values: Sequence[Entry]) -> Line:
    """x = (a column of numbers and letters)."""
    letters = [[Quantity(Symbol(role, to=place))] for place in range(1, len(values) + 1)]
    return Line((("=", matrix([[value] for value in values], letters)),), Quantity(Symbol(role)))


def _shortened(names: tuple[str, ...]) -> str:
    """`1 cat, 2 dog`, in the order of the outputs; long lists by their first and last names."""
    listed = [f"{number} {name}" for number, name in enumerate(names, start=1)]
    if len(listed) > MOST_SAMPLES:
        listed = [*listed[: MOST_SAMPLES - 2], "…", listed[-1]]
    return ", ".join(listed)


def _ends(symbols: list[Symbol | None]) -> list[Symbol | None]:
    """The first three and the last, None for those left out between."""
    return symbols if len(symbols) <= LIMIT else [*symbols[:3], None, symbols[-1]]


def _constants(problem: Problem) -> Iterator[Text]:
    training = problem.training
    if training is not None:
        rate = training.optimiser.parameters["learning_rate"]
        yield (
            phrase("statement.learning_rate") + " ",
            Math(Quantity(Symbol(Role.LEARNING_RATE)), "=", _literal(rate)),
        )
        if training.iterations > 1:
            yield (phrase("statement.iterations", count=str(training.iterations)),)
    if problem.regulariser is not None:
        strength = _literal(problem.regulariser.strength)
        strength_words = phrase("statement.strength" if training is None else "statement.strength_too")
        yield (strength_words + " ", Math(Quantity(Symbol(Role.STRENGTH)), "=", strength))


def _part(part: Part, problem: Problem, names: Names) -> Text:
    pieces: list[Inline] = []
    if part.text:
        pieces.append(Markdown(part.text))
    else:
        batch = batch_size(problem) > 1
        for position, ask in enumerate(part.ask):
            if position:
                pieces.append(", " if position < len(part.ask) - 1 else f" {phrase('statement.and')} ")
            pieces.extend(_ask(ask, names, batch))
        if part.at is not None:
            pieces.append(" " + phrase("statement.at", number=str(part.at)))
    if part.marks is not None:
        pieces.append(f" ({marks(part.marks)})")
    return tuple(pieces)


def _ask(ask: str, names: Names, batch: bool) -> list[Inline]:
    try:
        return [phrase(f"statement.ask_{ask}")]
    except KeyError:
        return _quantity(names.resolve(ask), names, batch)


def _quantity(atom: Atom, names: Names, batch: bool) -> list[Inline]:
    """A quantity by its name; a vector or matrix by its entries, a large one by its first and last."""
    listed = list(names.entries(atom))
    said: list[Inline] = []
    if len(listed) > LIMIT:
        said = [phrase("statement.all_entries") + " ", Math(Quantity(atom)), ", "]
        said += [Math(Quantity(listed[0])), f" {phrase('statement.to')} ", Math(Quantity(listed[-1]))]
    else:
        for position, entry in enumerate(listed):
            said.extend([", "] if position else [])
            said.append(Math(Quantity(entry)))
    if batch and belongs_to_sample(atom):
        said.append(" " + phrase("statement.each_sample"))
    return said


def marks(given: Given) -> str:
    """`1 mark`, `4 marks`."""
    if given.text == "1":
        return phrase("statement.mark")
    return phrase("statement.marks", count=given.text)
