"""Steps of whole layers: the matrix formula, the matrices put in where they are small, the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from nbsolve.compose.lines import Lines
from nbsolve.compose.numbers import MOST_EXTRA, literal, member, members
from nbsolve.document import Derivation, Line, Result
from nbsolve.evaluate import evaluate
from nbsolve.expr import (
    Applied,
    Array,
    Atom,
    Expr,
    Function,
    Matrix,
    MatrixProduct,
    Operand,
    Quantity,
    Sum,
    Total,
    Variable,
    atoms,
    substitute,
    walk,
)
from nbsolve.rounding import Written
from nbsolve.step import Step
from nbsolve.symbol import Symbol, anchor

SMALL, MOST_OPERANDS, MOST_TERMS = 4, 4, 6
"""Larger matrices, and formulae of more of them, are not shown with their numbers put in."""
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
        value = step.value
        if not isinstance(value, np.ndarray):
            added = any(isinstance(node, Total) for node in walk(step.formula))
            return self._total(step) if added else self.lines.derivation(step)
        given = step.formula == Quantity(target)
        lines = [] if given else [Line((("=", self._written(step.formula)),), Quantity(target))]
        entries = [m for row in _shown(target, value) for m in row if m is not None]
        exact = all(self.lines.writer.operand(self.lines.values, m).exact for m in entries)
        boxed = target in self.lines.asked
        result = (
            self.array_of(target, value, self.lines.before_answer) if boxed else self.array(target, value)
        )
        numeric = None if given else self._with_numbers(step, value)
        if numeric is not None and numeric[1] != result:
            lines.append(Line((numeric,)))
        sign = "=" if exact else "≈"
        shorter = self.array_of(target, value, self._answer) if boxed else result
        if boxed and shorter != result:
            lines.append(Line(((sign, result), ("≈", Result(shorter, True)))))
        else:
            lines.append(Line(((sign, Result(result, boxed)),)))
        lines[0] = replace(lines[0], left=Quantity(target))
        prefix = f"it{self.lines.iteration}-"
        anchors = (
            prefix + anchor(target),
            *(prefix + anchor(m) for m in entries if value.size <= LIMIT * LIMIT),
        )
        return Derivation(tuple(lines), anchors)

    def _total(self, step: Step) -> Derivation:
        """Write one number that is a sum over a whole array: the gradient of a shared bias."""
        target, writer, values = step.target, self.lines.writer, self.lines.values
        written, answer = self.lines.written(target), writer.answer(values, target)
        lines = [Line((("=", self._written(step.formula)),), Quantity(target))]
        numeric = self._with_numbers(step, step.value)
        if numeric is not None:
            lines.append(Line((numeric,)))
        sign, boxed = "=" if written.exact else "≈", target in self.lines.asked
        if boxed and answer.text != written.text:
            last = Line(((sign, literal(written)), ("≈", Result(literal(answer), True))))
        else:
            last = Line(
                ((sign, Result(literal(written), boxed)),), note=self.lines.indistinguishable(written)
            )
        return Derivation((*lines, last), (f"it{self.lines.iteration}-{anchor(target)}",))

    def _with_numbers(self, step: Step, value: Operand) -> tuple[str, Expr] | None:
        """The formula with its matrices put in, with the digits it takes, and the relation before it.

        None where it would be too large.
        """
        operands = [self.lines.values[atom] for atom in atoms(step.formula)]
        arrays = [operand for operand in (*operands, value) if isinstance(operand, np.ndarray)]
        if any(max(array.shape) > SMALL for array in arrays) or len(operands) > MOST_OPERANDS:
            return None
        if any(isinstance(node, Applied | Function) for node in walk(step.formula)):
            return None
        entries = (
            [m for row in members(step.target, value) for m in row]
            if isinstance(value, np.ndarray)
            else [step.target]
        )
        if step.target not in self.lines.asked or self.lines.writer.each_step:
            goals = [[self.lines.writer.operand(self.lines.values, m) for m in entries]]
        else:
            goals = [[self.lines.before_answer(m) for m in entries], [self._answer(m) for m in entries]]
        for extra in range(MOST_EXTRA if not self.lines.writer.each_step else 1):
            printed = _Printed(self.lines, extra)
            found = np.asarray(evaluate(step.formula, printed, self.lines.solution.arithmetic)).ravel()
            if all(self.lines.agrees(x, w) for goal in goals for x, w in zip(found, goal, strict=True)):
                return self.lines.numeric_relation(step.formula, extra), self._numbers(step.formula, extra)
        return None

    def _numbers(self, formula: Expr, extra: int) -> Expr:
        def replaced(node: Expr) -> Expr | None:
            if not isinstance(node, Quantity):
                return None
            value = self.lines.values[node.atom]
            return self.array(node.atom, value, extra) if isinstance(value, np.ndarray) else None

        return self.lines.numbers(substitute(self._written(formula), replaced), extra)

    def array(self, atom: Atom, value: Array, extra: int = 0) -> Expr:
        """The array with its entries as they are written, as the file's layout has it."""
        writer, values = self.lines.writer, self.lines.values
        return self.array_of(atom, value, lambda entry: writer.operand(values, entry, extra))

    def array_of(self, atom: Atom, value: Array, write: Callable[[Atom], Written]) -> Expr:
        """The array with its entries as `write` has them."""
        return self._matrix(atom, value, lambda row: [_literal(entry, write) for entry in row])

    def _answer(self, entry: Atom) -> Written:
        return self.lines.writer.answer(self.lines.values, entry)

    def letters(self, atom: Atom, value: Array) -> Expr:
        """An array as a matrix of the names of its entries."""
        return self._matrix(atom, value, lambda row: [Quantity(entry) for entry in row if entry is not None])

    def _matrix(self, atom: Atom, value: Array, write: Callable[[list[Atom | None]], list[Expr]]) -> Expr:
        entries = _shown(atom, value)
        if value.ndim == 1 and self.inputs_first:
            entries = [[row[0] for row in entries]]
        elif value.ndim == 2 and self.inputs_first and _is_weight(atom):
            entries = [list(column) for column in zip(*entries, strict=True)]
        return Matrix(tuple(tuple(write(row)) for row in entries))

    def _written(self, formula: Expr) -> Expr:
        """The formula as the layout has it, long sums by their ends."""
        if self.inputs_first:
            formula = turned(formula)

        def shortened(node: Expr) -> Expr | None:
            if isinstance(node, Sum) and len(node.operands) > MOST_TERMS:
                return Sum((*node.operands[:2], Variable("…"), *node.operands[-2:]))
            return None

        return substitute(formula, shortened)


def _literal(entry: Atom | None, write: Callable[[Atom], Written]) -> Expr:
    return Variable("…") if entry is None else literal(write(entry))


def turned(formula: Expr) -> Expr:
    """The formula for rows that are inputs (x W + b): every product stands the other way round."""

    def reverse(node: Expr) -> Expr | None:
        if isinstance(node, MatrixProduct):
            return MatrixProduct(tuple(turned(operand) for operand in reversed(node.operands)))
        return None

    return substitute(formula, reverse)


@dataclass(frozen=True)
class _Printed:
    """Bindings to the numbers as they are printed, with `extra` digits."""

    lines: Lines
    extra: int

    def __getitem__(self, atom: Atom, /) -> Operand:
        value = self.lines.values[atom]
        if not isinstance(value, np.ndarray):
            return self.lines.operand(atom, self.extra).value
        printed = np.empty(value.shape, dtype=object)
        flat = printed.reshape(-1)
        for place, entry in enumerate(m for row in members(atom, value) for m in row):
            flat[place] = self.lines.operand(entry, self.extra).value
        return printed


def _is_weight(atom: Atom) -> bool:
    symbol = atom if isinstance(atom, Symbol) else atom.wrt
    return symbol.from_ is None and symbol.role.name == "WEIGHT"


def _shown(atom: Atom, array: Array) -> list[list[Atom | None]]:
    """The entries of first and last rows and columns, None where something is left out."""

    def ends(count: int) -> list[int | None]:
        numbers: list[int | None] = list(range(1, count + 1))
        return numbers if count <= LIMIT else [*numbers[:3], None, count]

    def entry(j: int | None, i: int | None) -> Atom | None:
        return None if j is None else member(atom, j, i)

    if array.ndim == 1:
        return [[entry(j, None)] for j in ends(array.shape[0])]
    columns = ends(array.shape[1])
    return [[entry(j, i) if i is not None else None for i in columns] for j in ends(array.shape[0])]
