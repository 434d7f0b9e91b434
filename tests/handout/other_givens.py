"""Every given of computation graphs, updates and rules read back from a question sheet.

`python -m tests.handout.other_givens 300` does it for 300 problems. No number comes twice in a problem, so that the
ones that are read can be held against the places that they were given at: an array, and the number of the entry.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from fractions import Fraction
from random import Random
from typing import Any

import yaml

from nbsolve import load_problem, solve
from nbsolve.handout import Handout, typeset
from tests.handout.pdf import Node, Pdf

Found = dict[Fraction, tuple[str, tuple[int, ...]]]
"""Number → the name that stands before it or above it, and its place there: row and column, counted from 1."""
_NUMBER = r"−?\d+\.\d+"
_ENTRY = re.compile(rf"(.+?)([₀-₉,]*|_[\d,]+|_\w+_\d+\}}) = ({_NUMBER})")
_ARRAY = re.compile(rf"(.+) = \[((?:{_NUMBER}|[,; ])+)\]")
_HEADER = re.compile(r"(.+?)([₀-₉,]*)")


# ------------------------------------------------------------------ what is there


def read(data: bytes) -> Found:
    """The numbers of a sheet; one that is said twice has two places, and is an error."""
    pdf, found = Pdf(data), Found()

    def put(value: str, name: str, *place: int) -> None:
        number = Fraction(value.replace("−", "-"))
        if found.setdefault(number, (name, place)) != (name, place):
            raise AssertionError(f"{value} is {found[number]} and {name} {place}")

    tables = [node for node in pdf.tree if node.kind == "Table"]
    inside = {id(node) for table in tables for node in table}
    for node in pdf.tree:
        if node.kind != "Formula" or node.alt is None or id(node) in inside:
            continue
        if array := _ARRAY.fullmatch(node.alt):
            for r, row in enumerate(array[2].split("; "), 1):
                for c, value in enumerate(row.split(", "), 1):
                    put(value, array[1], r, c)
        elif entry := _ENTRY.fullmatch(node.alt):
            put(entry[3], entry[1], *lowered(entry[2]))
    for table in tables:
        _table(table, put)
    return found


def _table(table: Node, put: Callable[..., None]) -> None:
    head, *rows = ([_said(cell) for cell in row.nodes] for row in table if row.kind == "TR")
    numbered = head[1] in ("1", "11", "21", "31") or head[1].isdecimal()
    tens = numbered and rows[0][0] == "0"
    for label, *cells in rows:
        for name, cell in zip(head[1:], cells, strict=True):
            if not cell:
                continue
            if tens:
                put(cell, head[0], int(label) + int(name), 1)
            elif numbered:
                put(cell, head[0], int(label), int(name))
            else:
                column = _HEADER.fullmatch(name)
                assert column is not None
                if re.fullmatch(_NUMBER, cell):  # targets of rules are 0 and 1
                    put(cell, f"{column[1]} {label}", *lowered(column[2]))


def _said(cell: Node) -> str:
    formulas = [node for node in cell if node.kind == "Formula"]
    return (formulas[0].alt or "") if formulas else cell.seen.strip()


def lowered(text: str) -> list[int]:
    """The numbers that subscripts say; `_b_12}` of `m_{b_12}` as well."""
    said = unicodedata.normalize("NFKC", text)
    return [int(part) for part in re.findall(r"\d+", said)]


# ------------------------------------------------------------------ comparing


def arrays(node: Any) -> Iterator[list[Any]]:
    """The lists of numbers of a problem, matrices row by row, of three axes matrix by matrix."""
    if isinstance(node, dict):
        for value in node.values():
            yield from arrays(value)
    elif isinstance(node, list) and _depth(node) > 2:
        for part in node:
            yield from arrays(part)
    elif isinstance(node, list) and _depth(node) in (1, 2) and "." in str(node):
        yield node
    elif isinstance(node, list):
        for part in node:
            yield from arrays(part)


def _depth(node: Any) -> int:
    if isinstance(node, list):
        return 1 + max(map(_depth, node), default=0)
    return 0 if isinstance(node, str) else 9


def faults(text: str) -> list[str]:
    """What the question sheet of a problem leaves out, or says at another place."""
    tree = yaml.load(text, Loader=yaml.BaseLoader)
    found = read(typeset(Handout(solve(load_problem(text))).question()))
    numbers = {Fraction(one) for one in re.findall(r"-?\d+\.\d+", text)}
    wrong = [f"{float(one)} is missing" for one in sorted(numbers - found.keys())]
    for array in arrays({key: value for key, value in tree.items() if key not in ("optimiser", "training")}):
        rows = array if isinstance(array[0], list) else [[one] for one in array]
        places = {(r, c): Fraction(v) for r, row in enumerate(rows, 1) for c, v in enumerate(row, 1)}
        said = {found[value] for value in places.values() if value in found}
        names = {re.sub(r"[\d_{}]+", "", name) for name, _ in said}
        if len(names) > 1 + (tree["kind"] == "rule"):
            wrong.append(f"{array} stands under {sorted(names)}")
        for (r, c), value in places.items():
            _, place = found.get(value, ("", (r, c)))
            if not _same(place, r, c):
                wrong.append(f"{float(value)} is entry {r}, {c}, and stands at {place}")
    return wrong


def _same(place: tuple[int, ...], r: int, c: int) -> bool:
    """Whether a place means row r and column c; of vectors, and of a single row, it is one number, w₂₁ column 2."""
    return place in ((r, c), (c, r), (r,), (10 * c + r,)) or (r == 1 and place == (c,)) or not place


# ------------------------------------------------------------------ problems


def problems(count: int, seed: str = "other givens") -> Iterator[str]:
    """Random problems, the same ones every time."""
    rng = Random(seed)
    for _ in range(count):
        yield rng.choice((_graph, _update, _rule))(rng)


class _Numbers:
    """Numbers none of which comes twice, nested as a shape says."""

    def __init__(self, rng: Random) -> None:
        self.rng, self.taken = rng, set[str]()

    def array(self, *shape: int) -> str:
        if shape:
            return f"[{', '.join(self.array(*shape[1:]) for _ in range(shape[0]))}]"
        while True:
            text = f"{self.rng.choice(('', '-'))}{self.rng.randint(0, 9)}.{self.rng.randint(101, 99_999):05d}"
            if text not in self.taken:
                self.taken.add(text)
                return text


_WIDTHS = (1, 2, 5, 11, 12, 13, 20)


def _graph(rng: Random) -> str:
    new = _Numbers(rng).array
    n, m = rng.choice((*_WIDTHS, 61, 400)), rng.choice(_WIDTHS)
    if n * m > 400:
        m = 1
    return "\n".join(
        [
            "kind: graph",
            f"given: {{W: {new(m, n)}, x: {new(n)}, c: {new()}, T: {new(2, 2, rng.choice((1, 3, 15)))},"
            f' "h[0,j]": {new(m)}}}',
            "ranges: {t: 2}",
            "padding: {x: 0}",
            "equations:",
            '  "z[j]": sum(i, W[j,i]*x[i]) + c',
            '  "h[t,j]": tanh(h[t-1,j] + z[j])',
            "  s: sum(i, j, k, T[i,j,k])",
            '  "u[j]": h[2,j] + s',
            f"upstream: {new(m)}",
            "with_respect_to: [c]",
            "parts: [{label: a, ask: [dL/dc]}]",
            "",
        ]
    )


def _update(rng: Random) -> str:
    new = _Numbers(rng).array
    n, m = rng.choice((*_WIDTHS, 61, 130)), rng.choice(_WIDTHS)
    steps = rng.choice((1, 2, 3, 50 if n < 13 else 2))
    gradients = "".join(f"  - {{w: {new(n)}, b: {new(m)}, c: {new()}}}\n" for _ in range(steps))
    return (
        f"kind: update\nparameters: {{w: {new(n)}, b: {new(m)}, c: {new()}}}\ngradients:\n{gradients}"
        f"optimiser: {{momentum: {{learning_rate: {new().lstrip('-')}, beta: 1/2}}}}\n"
        f"state: {{t: 3, velocity: {{w: {new(n)}, b: {new(m)}, c: {new()}}}}}\n"
        "parts: [{label: a, ask: [c_new]}]\n"
    )


def _rule(rng: Random) -> str:
    new = _Numbers(rng).array
    inputs, units, samples = rng.choice((1, 2, 12, 20)), rng.choice((1, 2, 10)), rng.choice((2, 13, 60))
    rows = "".join(
        f"  - {{input: {new(inputs)}, target: [{', '.join([str(n % 2)] * units)}]}}\n" for n in range(samples)
    )
    return (
        f"kind: rule\nrule: {{perceptron: {{learning_rate: 1/2}}}}\nweights: {new(units, inputs)}\n"
        f"bias: {new(units)}\nepochs: 1\nsamples:\n{rows}parts: [{{label: a, ask: [accuracy]}}]\n"
    )


def main() -> None:
    """Read all of them and say what is missing."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    numbers = wrong = 0
    for position, text in enumerate(problems(count), 1):
        numbers += len(set(re.findall(r"-?\d+\.\d+", text)))
        found = faults(text)
        wrong += bool(found)
        for fault in found[:5]:
            print(f"problem {position}: {fault}")
    print(f"{numbers} givens of {count} question sheets read back, {wrong} sheets with faults")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
