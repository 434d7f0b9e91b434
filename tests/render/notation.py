"""A bracketed notation for expression trees, so that fixture files can say what is printed.

(- a[1][1] y[1])          a sum, its later terms subtracted
(* -0.5 (^ x[1] 2))       a product, a power
(call relu z[1][1])       a named function; (call' sigmoid z[1][1]) its derivative
(cases 1 (> z[1][1] 0) 0) 1 if z > 0, else 0
(matrix (1 2) (3 4)) (mm A B) (had A B) (T A)
(stack a[1] x) (columns 1 2 W[2]) (rows 1 2 W[2])
(brace a[1][1] expr) (ref 3 expr) (known name expr)
"""

from __future__ import annotations

import re
from typing import Any

import flint

from nbsolve.evaluate.elementary import FUNCTIONS
from nbsolve.expr import (
    Applied,
    Brace,
    Cases,
    Columns,
    Comparison,
    Expr,
    FactorReference,
    Function,
    Hadamard,
    Known,
    Matrix,
    MatrixProduct,
    Negation,
    Number,
    Power,
    Product,
    Quantity,
    Quotient,
    Stacked,
    Sum,
    Total,
    Transpose,
    Variable,
)
from nbsolve.given import Given
from nbsolve.notation import Names
from nbsolve.symbol import parse_canonical
from tests.building import layer, problem

MANY: dict[str, Any] = {"+": Sum, "*": Product, "mm": MatrixProduct, "had": Hadamard, "stack": Stacked}
TWO: dict[str, Any] = {"/": Quotient, "^": Power}
ONE: dict[str, Any] = {"neg": Negation, "T": Transpose, "total": Total}
RELATIONS = ("<", "≤", "=", "≥", ">", "≠")
Tree = str | list["Tree"]


def names() -> Names:
    """The names of a 2-2-1 network in the indexed notation."""
    layers = [
        layer([["0.1", "0.2"], ["0.3", "0.4"]], bias=["0.1", "0.2"]),
        layer([["0.5", "0.6"]], bias=["0.1"]),
    ]
    return Names.of(problem(layers, [(["1", "2"], ["1"])]))


def read(text: str) -> Expr:
    """The tree. Raises ValueError for anything else than one bracketed expression."""
    tokens = re.findall(r"[()]|[^\s()]+", text)
    tree, end = _tree(tokens, 0)
    if end != len(tokens):
        raise ValueError(f"more than one expression: {text}")
    return _expr(tree)


def _tree(tokens: list[str], at: int) -> tuple[Tree, int]:
    if tokens[at] != "(":
        return tokens[at], at + 1
    parts: list[Tree] = []
    at += 1
    while tokens[at] != ")":
        part, at = _tree(tokens, at)
        parts.append(part)
    return parts, at + 1


def literal(text: str) -> Number:
    """A number as it is written."""
    value = Given.read(text).rational
    return Number(flint.fmpq(value), text)


def _expr(tree: Tree) -> Expr:
    if isinstance(tree, str):
        return _leaf(tree)
    head, *rest = tree
    if not isinstance(head, str):
        raise ValueError(f"an expression begins with its name: {tree}")
    if head == "matrix":
        return Matrix(tuple(tuple(_expr(entry) for entry in row) for row in rest))
    if head == "brace":
        return Brace(_expr(rest[1]), "through", (parse_canonical(str(rest[0])),))
    if head == "ref":
        return FactorReference(int(str(rest[0])), _expr(rest[1]))
    if head == "known":
        return Known(_expr(rest[0]), _expr(rest[1]))
    if head in ("columns", "rows"):
        return Columns(_expr(rest[2]), int(str(rest[0])), int(str(rest[1])), head == "rows")
    if head in ("call", "call'"):
        entries = (("z", _expr(rest[1])),)
        return Applied(str(rest[0]), Variable("z"), entries, primes=len(head) - 4)
    parts = tuple(_expr(part) for part in rest)
    if head == "-":
        return Sum((parts[0], *(Negation((part,)) for part in parts[1:])))
    if head == "cases":
        return _cases(parts)
    if head in RELATIONS:
        return Comparison(parts[0], head, parts[1])
    if head in FUNCTIONS:
        return Function(head, parts)
    if head in TWO and len(parts) != 2:
        raise ValueError(f"two parts: {tree}")
    made: Expr = ({**MANY, **TWO, **ONE})[head](parts)
    return made


def _cases(parts: tuple[Expr, ...]) -> Cases:
    branches: list[tuple[Expr, Comparison | None]] = []
    for position in range(0, len(parts) - 1, 2):
        condition = parts[position + 1]
        assert isinstance(condition, Comparison)
        branches.append((parts[position], condition))
    return Cases((*branches, (parts[-1], None)))


def _leaf(text: str) -> Expr:
    if re.match(r"-?[.\d]", text):
        return literal(text)
    if text.startswith("?"):
        return Variable(text[1:])
    return Quantity(parse_canonical(text))
