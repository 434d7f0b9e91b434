"""Every given read back from a question sheet: `python -m tests.handout.givens 300` does it for 300 problems.

The sheet is read from the PDF alone: tables from its structure tree, formulae from their alternative texts (whose
digits must be those that are seen), data files from its attachments. What has to be there is read off the YAML.
"""

from __future__ import annotations

import csv
import io
import random
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import yaml

from nbsolve import load_problem, solve
from nbsolve.handout import Handout, typeset
from tests.handout.pdf import Node, Pdf

Place = tuple[str, int, int, int]
"""Array (`W1`, `b1`, `x`, `y`), sample (0 for a parameter), row, column; a vector has one column."""
_VALUE = r"−?\d*\.?\d+(?:·10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?(?:/\d+)?"
_ENTRY = re.compile(rf"([a-zA-Z])([₀-₉,]+)(?:⁽([⁰-⁹¹²³]+)⁾)?(?:\[(\d+)\])? = ({_VALUE})")
_ARRAY = re.compile(r"([WbθxXy])(?:⁽([⁰-⁹¹²³]+)⁾)? = (.*)")
_NAME = re.compile(r"([a-zA-Z])(?:⁽([⁰-⁹¹²³]+)⁾)?")
_INDEXED = re.compile(r"([xy])([₀-₉]+)")


# ------------------------------------------------------------------ what has to be there


def expected(text: str) -> dict[Place, Fraction]:
    """Every number of the problem's arrays, at its place in the file's own layout."""
    node = yaml.load(text, Loader=yaml.BaseLoader)
    found: dict[Place, Fraction] = {}
    for layer, one in enumerate(node["network"]["layers"], 1):
        for row, values in enumerate(one["weights"], 1):
            for column, value in enumerate(values, 1):
                found[f"W{layer}", 0, row, column] = Fraction(value)
        for row, value in enumerate(one.get("bias", []), 1):
            found[f"b{layer}", 0, row, 1] = Fraction(value)
    for number, sample in enumerate(node["samples"], 1):
        for letter, key in (("x", "input"), ("y", "target")):
            for row, value in enumerate(sample.get(key, []), 1):
                found[letter, number, row, 1] = Fraction(value)
    return found


# ------------------------------------------------------------------ what is there


class Sheet:
    """The givens of a PDF, each with its place; a place that comes twice with two values is an error."""

    def __init__(self, data: bytes) -> None:
        self.pdf = Pdf(data)
        self.found: dict[Place, Fraction] = {}
        self.weights: dict[tuple[int, int, int], Fraction] = {}
        """Weights that stand alone: layer, input, unit."""
        self.tens: dict[tuple[str, int], Fraction] = {}
        """Weight matrices of one row or column: array, number of the entry."""
        tables = [node for node in self.pdf.tree if node.kind == "Table"]
        inside = {id(node) for table in tables for node in table}
        for node in self.pdf.tree:
            if node.kind == "Formula" and node.alt is not None and id(node) not in inside:
                self._formula(node)
        for table in tables:
            self._table(table)
        for name, file in self.pdf.file.attachments.items():
            self._file(name, file.get_file().read_bytes().decode("utf-8"))

    def _put(self, place: Place, value: str) -> None:
        number = plain(value)
        if self.found.setdefault(place, number) != number:
            raise AssertionError(f"{place} is {self.found[place]} and {number}")

    def _formula(self, node: Node) -> None:
        alt = node.alt or ""
        seen = unicodedata.normalize("NFKC", node.seen)
        for match in _ENTRY.finditer(alt):
            letter, indices, layer, sample, value = match.groups()
            row = lowered(indices)
            self._seen(value, seen)
            if letter == "w":  # from, to
                i, j = row if len(row) == 2 else map(int, str(row[0]))
                self.weights[raised(layer), i, j] = plain(value)
                continue
            place = (letter, int(sample or 1)) if layer is None else (f"{letter}{raised(layer)}", 0)
            self._put((*place, row[-1], 1), value)
        array = _ARRAY.fullmatch(alt)
        if array is None:
            return
        rows = array[3].rpartition(" = ")[2]
        if not re.fullmatch(rf"\[(?:{_VALUE}|[, ;])+\]", rows):
            return
        self._seen(rows, seen)
        cells = [row.split(", ") for row in rows[1:-1].split("; ")]
        name = array[1] if array[2] is None else f"{array[1]}{raised(array[2])}"
        if name[0] != "W" and len(cells) == 1:
            cells = [[cell] for cell in cells[0]]
        sample = 1 if array[2] is None else 0
        for r, values in enumerate(cells, 1):
            for c, cell in enumerate(values, 1):
                self._put((name, sample, r, c), cell)

    def _seen(self, said: str, seen: str) -> None:
        """The digits that are said are digits that are seen."""
        missing = Counter(filter(str.isdigit, unicodedata.normalize("NFKC", said)))
        missing -= Counter(filter(str.isdigit, seen))
        assert not missing, f"{said} is said, {seen} is seen"

    def _table(self, table: Node) -> None:
        rows = [[_said(cell) for cell in row.nodes] for part in table for row in [part] if part.kind == "TR"]
        header = rows[0]
        if header[0] == "No.":
            names = [_INDEXED.fullmatch(cell) for cell in header[1:]]
            for number, *cells in rows[1:]:
                for name, cell in zip(names, cells, strict=True):
                    assert name is not None
                    self._put((name[1], int(number), lowered(name[2])[0], 1), cell)
            return
        name = _NAME.fullmatch(header[0])
        if name is None:
            return
        array = name[1] if name[2] is None else f"{name[1]}{raised(name[2])}"
        for label, *cells in rows[1:]:
            for column, cell in zip(header[1:], cells, strict=True):
                if array[0] == "W" and rows[1][0] != "0":
                    self._put((array, 0, int(label), int(column)), cell)
                elif cell and array[0] == "W":
                    self.tens[array, int(label) + int(column)] = plain(cell)
                elif cell:
                    sample = 1 if name[2] is None else 0
                    self._put((array, sample, int(label) + int(column), 1), cell)

    def _file(self, name: str, text: str) -> None:
        assert name in self.pdf.tree.seen.replace(" ", ""), f"{name} is attached and not named"
        rows = list(csv.reader(io.StringIO(text)))
        array = re.fullmatch(r".*-([A-Za-z0-9]+)\.csv", name)
        assert array is not None
        if array[1] == "samples":
            for number, row in enumerate(rows[1:], 1):
                for column, cell in zip(rows[0], row, strict=True):
                    self._put((column[0], number, int(column[1:]), 1), cell)
            return
        vector = array[1][0] != "W"
        for r, row in enumerate(rows, 1):
            for c, cell in enumerate(row, 1):
                at = (r if len(rows) > 1 else c, 1) if vector else (r, c)
                self._put((array[1], int(array[1] in ("x", "y")), *at), cell)


def _said(cell: Node) -> str:
    formulas = [node for node in cell if node.kind == "Formula"]
    return (formulas[0].alt or "") if formulas else cell.seen.strip()


def plain(text: str) -> Fraction:
    """A printed number: `−0.5`, `1/3`, `2·10⁻³`."""
    text = text.replace("−", "-").replace("·10", "e")
    return Fraction(unicodedata.normalize("NFKC", text).replace("−", "-").replace("⁻", "-"))


def raised(text: str) -> int:
    """The number that superscripts say."""
    return int(unicodedata.normalize("NFKC", text))


def lowered(text: str) -> list[int]:
    """The numbers that subscripts say."""
    said = unicodedata.normalize("NFKC", text)
    return [int(part) for part in said.split(",")] if "," in said else [int(said)]


# ------------------------------------------------------------------ comparing


def faults(text: str) -> list[str]:
    """What the question sheet of a problem leaves out or says differently."""
    return faults_of(Sheet(typeset(Handout(solve(load_problem(text))).question())), text)


def faults_of(sheet: Sheet, text: str) -> list[str]:
    """What a question sheet leaves out or says differently."""
    wanted = expected(text)
    turned = turned_arrays(sheet, wanted)
    found = {
        (name, sample, *((column, row) if name in turned else (row, column))): value
        for (name, sample, row, column), value in sheet.found.items()
    }
    units_first = sheet_layout(wanted) == "unit"
    for (layer, i, j), value in sheet.weights.items():
        found[f"W{layer}", 0, *((j, i) if units_first else (i, j))] = value
    for (name, number), value in sheet.tens.items():
        single_row = max(place[2] for place in wanted if place[0] == name) == 1
        found[name, 0, *((1, number) if single_row else (number, 1))] = value
    missing = [f"{place} = {value} is missing" for place, value in wanted.items() if place not in found]
    wrong = [
        f"{place} is {value}, the sheet says {found[place]}"
        for place, value in wanted.items()
        if place in found and found[place] != value
    ]
    return [*missing, *wrong]


def turned_arrays(sheet: Sheet, wanted: dict[Place, Fraction]) -> set[str]:
    """Weight matrices that the sheet shows with rows and columns exchanged: it says so before each of them."""
    turned = set()
    words = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", sheet.pdf.tree.seen))
    said = re.findall(r"W ?\((\d+)\)[^:.]{0,30}?, one row for each (unit|input)", words)
    node_layout = sheet_layout(wanted)
    for layer, row in said:
        if row != node_layout:
            turned.add(f"W{layer}")
    return turned


def sheet_layout(wanted: dict[Place, Fraction]) -> str:
    """What a row of the file's weights is: as many rows as there are biases are units."""
    rows = max(place[2] for place in wanted if place[0] == "W1")
    biases = [place for place in wanted if place[0] == "b1"]
    return "unit" if rows == len(biases) else "input"


# ------------------------------------------------------------------ problems


def wide_problem(rng: random.Random) -> str:
    """One or two layers of up to forty units, up to forty samples, numbers of all kinds."""
    inputs_first = rng.random() < 0.4
    widths = [rng.choice((1, 2, 5, 7, 11, 13, 17, 25, 40)) for _ in range(rng.choice((2, 3)))]
    if inputs_first and widths[0] == widths[1]:
        widths[0] += 1
    layers = []
    for inputs, units in pairwise(widths):
        shape = (inputs, units) if inputs_first else (units, inputs)
        weights = [[_number(rng) for _ in range(shape[1])] for _ in range(shape[0])]
        bias = [_number(rng) for _ in range(units)]
        layers.append(
            f"    - {{units: {units}, activation: tanh, weights: {_list(weights)}, bias: {_list(bias)}}}"
        )
    samples = []
    for _ in range(rng.choice((1, 1, 2, 12, 13, 40))):
        given, wanted = ([_number(rng) for _ in range(width)] for width in (widths[0], widths[-1]))
        samples.append(f"  - {{input: {_list(given)}, target: {_list(wanted)}}}")
    return "\n".join(
        [
            "title: Wide",
            "network:",
            f"  inputs: {widths[0]}",
            f"  layout: {'x W + b' if inputs_first else 'W x + b'}",
            "  layers:",
            *layers,
            "samples:",
            *samples,
            "loss: squared_error",
            "parts: [{label: a, ask: [loss]}]",
            "",
        ]
    )


def _list(values: list[Any]) -> str:
    return f"[{', '.join(_list(value) if isinstance(value, list) else value for value in values)}]"


def _number(rng: random.Random) -> str:
    kind = rng.random()
    sign = rng.choice(("", "", "-"))
    if kind < 0.05:
        return f"{sign}{rng.randint(1, 9)}/{rng.randint(2, 9)}"
    if kind < 0.08:
        return f"{sign}{rng.randint(1, 99) / 10}e-{rng.randint(1, 3)}"
    if kind < 0.2:
        return f"{sign}{rng.randint(0, 120)}"
    return f"{sign}{rng.randint(0, 3)}.{rng.randint(0, 10 ** rng.choice((1, 2, 3, 8))):d}"


def problems(count: int, seed: str = "givens") -> Iterator[str]:
    """Random problems, the same ones every time."""
    rng = random.Random(seed)
    for _ in range(count):
        yield wide_problem(rng)


def main() -> None:
    """Read all of them and say what is missing."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    numbers = wrong = 0
    for position, text in enumerate(problems(count), 1):
        numbers += len(expected(text))
        found = faults(text)
        wrong += bool(found)
        for fault in found[:5]:
            print(f"problem {position}: {fault}")
    print(f"{numbers} givens of {count} question sheets read back, {wrong} sheets with faults")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
