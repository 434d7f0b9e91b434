"""Steps of whole layers: the matrix formula, the matrices put in where they are small, the result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nbsolve.compose.lines import Lines, literal, members
from nbsolve.document import Derivation, Line, Result
from nbsolve.expr import Applied, Atom, Expr, Hadamard, Matrix, MatrixProduct, Quantity, Variable, substitute
from nbsolve.step import Step
from nbsolve.symbol import Symbol, anchor

LIMIT = 6
"""Larger matrices are shown by their first and last rows and columns."""


@dataclass(frozen=True)
class MatrixLines:
    """Writes a layer's step with matrices; `inputs_first` where the rows of the matrices are inputs (x W + b)."""

    lines: Lines
    inputs_first: bool

    def derivation(self, step: Step) -> Derivation:
        """target = formula = numbers = result."""
        target = step.target
        lines = [Line((("=", self._written(step.formula)),), Quantity(target))]
        value = step.value
        if not isinstance(value, np.ndarray):
            return self.lines.derivation(step)
        entries = [m for row in members(target, value) for m in row]
        exact = all(self.lines.writer.operand(self.lines.values, m).exact for m in entries)
        result = self.array(target, value)
        boxed = all(m in self.lines.asked for m in entries)
        lines.append(Line((("=" if exact else "≈", Result(result, boxed)),)))
        prefix = f"it{self.lines.iteration}-"
        anchors = (prefix + anchor(target), *(prefix + anchor(m) for m in entries if len(entries) <= LIMIT * LIMIT))
        return Derivation(tuple(lines), anchors)

    def array(self, atom: Atom, value: np.ndarray) -> Expr:  # type: ignore[type-arg]
        """The array with its entries as they are written, as the file's layout has it."""
        entries = members(atom, value)
        if value.ndim == 1 and self.inputs_first:
            entries = [[row[0] for row in entries]]
        elif value.ndim == 2 and self.inputs_first and _is_weight(atom):
            entries = [list(column) for column in zip(*entries, strict=True)]
        rows = [self._entries(row) for row in _shortened(entries)]
        return Matrix(tuple(tuple(row) for row in rows))

    def _entries(self, row: list[Atom | None]) -> list[Expr]:
        return [
            Variable("…") if member is None else literal(self.lines.writer.operand(self.lines.values, member))
            for member in row
        ]

    def _written(self, formula: Expr) -> Expr:
        """The formula as the layout has it: with rows as inputs every product stands the other way round."""

        def turned(node: Expr) -> Expr | None:
            if isinstance(node, MatrixProduct) and self.inputs_first:
                return MatrixProduct(tuple(substitute(o, turned) for o in reversed(node.operands)))
            if isinstance(node, Applied) and node.name == "loss":
                return None
            if isinstance(node, Hadamard):
                return Hadamard(tuple(substitute(o, turned) for o in node.operands))
            return None

        return substitute(formula, turned)


def _is_weight(atom: Atom) -> bool:
    symbol = atom if isinstance(atom, Symbol) else atom.wrt
    return symbol.from_ is None and symbol.role.name == "WEIGHT"


def _shortened(entries: list[list[Atom]]) -> list[list[Atom | None]]:
    """First and last rows and columns, None where something is left out."""

    def ends(items: list) -> list:  # type: ignore[type-arg]
        return items if len(items) <= LIMIT else [*items[:3], None, items[-1]]

    rows: list[list[Atom | None]] = []
    for row in ends(entries):
        rows.append(ends(row) if row is not None else [None] * len(ends(entries[0])))
    return rows
