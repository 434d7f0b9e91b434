"""Steps of whole layers: the matrix formula, the matrices put in where they are small, the result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nbsolve.arithmetic import Arithmetic
from nbsolve.compose.calculator import more_digits, take_over
from nbsolve.compose.known import known_in, uppermost, whole_parts, without_parts
from nbsolve.compose.layout import LIMIT, Layout
from nbsolve.compose.lines import Lines
from nbsolve.compose.numbers import Key, members
from nbsolve.compose.written_numbers import MOST_EXTRA, literal, plain
from nbsolve.document import Derivation, Inline, Line, Result
from nbsolve.evaluate import evaluate
from nbsolve.expr import (
    Applied,
    Array,
    Atom,
    Expr,
    Function,
    Known,
    Matrix,
    Operand,
    Quantity,
    Stacked,
    Sum,
    Total,
    Variable,
    atoms,
    substitute,
    walk,
)
from nbsolve.rounding import Written
from nbsolve.step import Step
from nbsolve.symbol import anchor

SMALL, MOST_OPERANDS, MOST_TERMS = 4, 4, 6
"""Larger matrices, and formulae of more of them, are not shown with their numbers put in."""


@dataclass(frozen=True)
class MatrixLines:
    """Writes a layer's step with matrices."""

    lines: Lines
    layout: Layout

    def derivation(self, step: Step) -> Derivation:
        """target = formula = numbers = result; what the formula uses and has no line yet stands above."""
        target = step.target
        value = step.value
        if not isinstance(value, np.ndarray):
            added = any(isinstance(node, Total) for node in walk(step.formula))
            return self._total(step) if added else self.lines.derivation(step)
        given = step.formula == Quantity(target)
        formula = whole_parts(step)
        boxed = target in self.lines.asked
        write = self.lines.before_answer if boxed else self.lines.operand
        result = self.layout.numbers(target, value, write)
        found = None if given else self._with_numbers(formula, target, value)
        above = () if found is None else tuple(self._known_lines(formula))
        lines: list[Line] = []
        if not given:
            shown = [step.formula] if found is None or isinstance(step.formula, Applied) else []
            shown += [formula] if found is not None and formula != step.formula else []
            lines.append(
                Line(tuple(("=", self._written(form)) for form in shown or [formula]), Quantity(target))
            )
        if found is not None and found.part[1] != result:
            lines.append(Line((found.part,), note=self._beyond_above(found)))
        entries = [m for row in self.layout.entries_shown(target, value) for m in row if m is not None]
        copied = self.lines.writer.each_step and not given and isinstance(formula, Quantity)
        sign = "=" if copied or all(self.lines.operand(m).exact for m in entries) else "≈"
        shorter = self.layout.numbers(target, value, self._answer) if boxed else result
        if boxed and shorter != result:
            lines.append(Line(((sign, result), ("≈", Result(shorter, True)))))
        else:
            lines.append(Line(((sign, Result(result, boxed)),)))
        lines[0] = replace(lines[0], left=Quantity(target))
        prefix = f"it{self.lines.iteration}-"
        anchors = (
            prefix + anchor(target),
            *(
                prefix + anchor(m)
                for m in entries
                if value.size <= LIMIT * LIMIT and not self.layout.is_missing(m)
            ),
        )
        return Derivation((*above, *lines), anchors)

    def _total(self, step: Step) -> Derivation:
        """Write one number that is a sum over a whole array: the gradient of a shared bias."""
        target, writer, values = step.target, self.lines.writer, self.lines.values
        written, answer = self.lines.written(target), writer.answer(values, target)
        formula = whole_parts(step)
        found = self._with_numbers(formula, target, step.value)
        above = () if found is None else tuple(self._known_lines(formula))
        lines = [Line((("=", self._written(step.formula)),), Quantity(target))]
        if found is not None:
            lines.append(Line((found.part,), note=self._beyond_above(found)))
        sign, boxed = "=" if written.exact else "≈", target in self.lines.asked
        if boxed and answer.text != written.text:
            last = Line(((sign, literal(written)), ("≈", Result(literal(answer), True))))
        else:
            last = Line(
                ((sign, Result(literal(written), boxed)),), note=self.lines.indistinguishable(written)
            )
        return Derivation((*above, *lines, last), (f"it{self.lines.iteration}-{anchor(target)}",))

    # ------------------------------------------------------------------ numbers

    def learn(self, step: Step, needs: dict[Key, int]) -> None:
        """Note the digits that a step's line needs of what it uses; later steps are learnt before earlier ones."""
        formula = whole_parts(step) if step.forms else None
        found = None if formula is None else self._with_numbers(formula, step.target, step.value)
        if formula is None or found is None:
            return
        parts = tuple(dict.fromkeys(known_in(formula)))
        take_over(needs, dict.fromkeys((*self._entries(formula), *uppermost(formula)), found.extra))
        for node in reversed(parts):
            below = self._part_with_numbers(node)
            if below is not None:
                inner = (*self._entries(node.body), *uppermost(node.body))
                take_over(needs, dict.fromkeys(inner, below.extra))

    def _known_lines(self, formula: Expr) -> Iterator[Line]:
        """A line for each part of a formula that has a value of its own and had no line before."""
        for node in dict.fromkeys(known_in(formula)):
            if node not in self.lines.said:
                self.lines.said.add(node)
                yield self._known_line(node)

    def _known_line(self, node: Known) -> Line:
        found = self._part_with_numbers(node)
        parts: list[tuple[str, Expr | Result]] = (
            [] if node.name == node.body else [("=", self._written(node.body))]
        )
        if found is not None:
            parts.append(found.part)
        parts.append(("=" if self._is_exact(node, 0) else "≈", Result(self._known(node, 0))))
        return Line(
            tuple(parts), self._written(node.name), note=() if found is None else self._beyond_above(found)
        )

    def _part_with_numbers(self, node: Known) -> _Found | None:
        return self._with_numbers(node.body, node, evaluate(node, self.lines.values, self._arithmetic))

    @property
    def _arithmetic(self) -> Arithmetic:
        return self.lines.solution.arithmetic

    def _with_numbers(self, formula: Expr, target: Key, value: Operand) -> _Found | None:
        """The formula with its matrices put in, with the digits it takes.

        None where it would be too large.
        """
        if isinstance(formula, Applied | Function | Matrix) or (
            isinstance(formula, Total) and isinstance(target, Known)
        ):
            return None  # of the vector that stands above
        operands = [self.lines.values[atom] for atom in atoms(formula)]
        arrays = [operand for operand in (*operands, value) if isinstance(operand, np.ndarray)]
        if any(max(array.shape) > SMALL for array in arrays) or len(operands) > MOST_OPERANDS:
            return None
        goals = self._goals(target, value)
        rounded = self.lines.writer.each_step and not any(known_in(formula)) and not isinstance(target, Known)
        for extra in range(1 if rounded else MOST_EXTRA):
            printed = _Printed(self, extra)
            found = np.asarray(evaluate(formula, printed, self._arithmetic))
            # a function may be the same number for all entries
            found = np.broadcast_to(found, np.asarray(value).shape).ravel()
            if all(self.lines.agrees(x, w) for goal in goals for x, w in zip(found, goal, strict=True)):
                exact = all(self.lines.is_exact(m, extra) for m in self._entries(formula)) and all(
                    self._is_exact(node, extra) for node in uppermost(formula)
                )
                relation = "=" if exact else "≈"
                return _Found(formula, (relation, self._numbers(formula, extra)), extra)
        return None

    def _goals(self, target: Key, value: Operand) -> list[list[Written]]:
        """What a calculator has to show: the written results, and the answers where they are asked for."""
        if isinstance(target, Known):
            return [self._written_known(target, value, 0)]
        entries = (
            [m for row in members(target, value) for m in row] if isinstance(value, np.ndarray) else [target]
        )
        if target not in self.lines.asked or self.lines.writer.each_step:
            return [[self.lines.operand(m) for m in entries]]
        return [[self.lines.before_answer(m) for m in entries], [self._answer(m) for m in entries]]

    def _entries(self, formula: Expr) -> list[Atom]:
        """The quantities and the entries of arrays whose numbers are put into a formula."""
        inside = atoms(without_parts(formula))
        found: list[Atom] = []
        for atom in inside:
            value = self.lines.values[atom]
            whole = isinstance(value, np.ndarray)
            found += [m for row in members(atom, value) for m in row] if whole else [atom]  # type: ignore[arg-type]
        return found

    def _written_known(self, node: Known, value: Operand, extra: int) -> list[Written]:
        digits = self.lines.needs.get(node, 0) + extra
        return [self.lines.writer.result(entry, digits) for entry in np.asarray(value).ravel()]

    def _is_exact(self, node: Known, extra: int) -> bool:
        value = evaluate(node, self.lines.values, self._arithmetic)
        return all(one.exact for one in self._written_known(node, value, extra))

    def known_printed(self, node: Known, extra: int) -> Operand:
        """The value of a known part as it is printed."""
        value = evaluate(node, self.lines.values, self._arithmetic)
        written = self._written_known(node, value, extra)
        if not isinstance(value, np.ndarray):
            return written[0].value
        printed = np.empty(value.shape, dtype=object)
        printed.reshape(-1)[:] = [one.value for one in written]
        return printed

    def _known(self, node: Known, extra: int) -> Expr:
        value = evaluate(node, self.lines.values, self._arithmetic)
        numbers = [literal(one) for one in self._written_known(node, value, extra)]
        if not isinstance(value, np.ndarray):
            return numbers[0]
        return self.layout.vector(numbers)

    def _numbers(self, formula: Expr, extra: int) -> Expr:
        def replaced(node: Expr) -> Expr | None:
            if isinstance(node, Known):
                return self._known(node, extra)
            if not isinstance(node, Quantity):
                return None
            value = self.lines.values[node.atom]
            if isinstance(value, np.ndarray):
                return self.array(node.atom, value, extra)
            return literal(self.lines.operand(node.atom, extra))

        numbers = substitute(substitute(self.layout.turned(formula), _shortened), replaced)
        return plain(substitute(numbers, self._one_below_the_other))

    def _one_below_the_other(self, node: Expr) -> Expr | None:
        """Vectors of numbers as one."""
        if not isinstance(node, Stacked):
            return None
        parts = [part for part in node.operands if isinstance(part, Matrix)]
        return self.layout.vector([entry for part in parts for row in part.rows for entry in row])

    def _beyond_above(self, found: _Found) -> tuple[Inline, ...]:
        """A word about the arrays that have more digits than the lines that found them."""
        if not found.extra:
            return ()
        names = [
            Quantity(atom)
            for atom in atoms(without_parts(found.formula))
            if any(
                self.lines.operand(m, found.extra) != self.lines.operand(m)
                for m in self._entries(Quantity(atom))
            )
        ]
        used = uppermost(found.formula)
        return more_digits([*names, *(node.name for node in used)])

    def array(self, atom: Atom, value: Array, extra: int = 0) -> Expr:
        """The array with its entries as they are written, as the file's layout has it."""
        return self.layout.numbers(atom, value, lambda entry: self.lines.operand(entry, extra))

    def _answer(self, entry: Atom) -> Written:
        return self.lines.writer.answer(self.lines.values, entry)

    def _written(self, formula: Expr) -> Expr:
        """The formula as the layout has it, long sums by their ends."""
        return substitute(self.layout.written(formula), _shortened)


def _shortened(node: Expr) -> Expr | None:
    if isinstance(node, Sum) and len(node.operands) > MOST_TERMS:
        return Sum((*node.operands[:2], Variable("…"), *node.operands[-2:]))
    return None


@dataclass(frozen=True)
class _Found:
    """A formula with its numbers, which have `extra` more digits than the lines that found them."""

    formula: Expr
    part: tuple[str, Expr]
    extra: int


@dataclass(frozen=True)
class _Printed:
    """Bindings to the numbers as they are printed, with `extra` digits."""

    matrices: MatrixLines
    extra: int

    def __getitem__(self, atom: Atom, /) -> Operand:
        lines = self.matrices.lines
        value = lines.values[atom]
        if not isinstance(value, np.ndarray):
            return lines.operand(atom, self.extra).value
        printed = np.empty(value.shape, dtype=object)
        flat = printed.reshape(-1)
        for place, entry in enumerate(m for row in members(atom, value) for m in row):
            flat[place] = lines.operand(entry, self.extra).value
        return printed

    def known(self, node: Known) -> Operand:
        """The value of a part that has a line of its own."""
        return self.matrices.known_printed(node, self.extra)
