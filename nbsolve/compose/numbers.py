"""Numbers put into formulae: each operand as it is written, with the digits that the result needs.

A printed line, put into a calculator, gives exactly the printed value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain

import flint
import numpy as np

from nbsolve.arithmetic import Undecided, Value, settled
from nbsolve.asking.writing import Solved, Writer, scalar
from nbsolve.compose.known import named
from nbsolve.compose.written_numbers import MOST_EXTRA, composite, decimals_of, literal, plain, signed_sum
from nbsolve.errors import DomainError
from nbsolve.evaluate import branch, evaluate
from nbsolve.expr import (
    Applied,
    Array,
    Atom,
    Brace,
    Cases,
    Expr,
    FactorReference,
    Known,
    Matrix,
    Negation,
    Operand,
    Product,
    Quantity,
    Sum,
    kinds,
    number,
    substitute,
)
from nbsolve.logarithms import Logarithm
from nbsolve.rounding import Written
from nbsolve.symbol import Partial, Role, Symbol
from nbsolve.values import Values

LOST_DIGITS = 6
MOST_TERMS = 6
"""Sums of more terms do not get a line with the value of each term."""


Key = Atom | Known
"""What has digits of its own: a quantity, or a part of a formula that has its own line."""
More = int | Mapping[Key, int]
"""How many more digits the numbers of a line have than where they were found: each one, or all of them."""


@dataclass(frozen=True)
class Numbers:
    """Puts the numbers of one iteration into formulae.

    `needs` are the digits beyond the usual ones that later lines need of a quantity, which it then has everywhere.
    """

    solution: Solved
    values: Values
    needs: Mapping[Key, int] = field(default_factory=dict, kw_only=True)

    @cached_property
    def writer(self) -> Writer:
        """How values are written."""
        return Writer(self.solution)

    def numbers(self, expression: Expr, extra: More = 0) -> Expr:
        """The expression with every quantity as it is written, functions and cases decided."""
        return self.put_into(self.decided(expression), extra)

    def put_into(self, decided: Expr, extra: More = 0) -> Expr:
        """A decided expression with every quantity as it is written."""
        return plain(substitute(decided, partial(self._put, extra)))

    def _put(self, extra: More, node: Expr) -> Expr | None:
        if isinstance(node, Quantity):
            return self._literal(node.atom, extra)
        if isinstance(node, Known):
            return literal(self.operand(node, of_key(extra, node)))
        if isinstance(node, (Brace, FactorReference)):
            return substitute(node.body, partial(self._put, extra))
        return None

    def collapsed(self, decided: Expr, extra: int) -> Expr:
        """The expression with the value of each difference that the digits shown could not give."""

        def replaced(node: Expr) -> Expr | None:
            if isinstance(node, Sum) and self._cancels(node):
                return literal(self.writer.result(self._scalar(node), extra))
            return node if isinstance(node, Known) else None

        return substitute(decided, replaced)

    def _scalar(self, node: Expr) -> Value:
        return scalar(evaluate(node, self.values, self.solution.arithmetic))

    def _cancels(self, node: Sum) -> bool:
        """Whether the terms cancel to less than a millionth of the largest."""
        sizes = [self.solution.arithmetic.magnitude(self._scalar(part)) for part in (node, *node.operands)]
        largest = max((size for size in sizes[1:] if size is not None), default=None)
        return sizes[0] is not None and largest is not None and sizes[0] < largest - LOST_DIGITS

    def _literal(self, atom: Atom, extra: More) -> Expr:
        places = self.places(atom)
        if not isinstance(places, list):
            return literal(self.written_as(places, of_key(extra, places)))
        return Matrix(tuple(tuple(literal(self.operand(m, of_key(extra, m))) for m in row) for row in places))

    def places(self, atom: Atom) -> Atom | list[list[Atom]]:
        """What has the digits of a quantity: see `key`; of an array its entries."""
        known = self.values.places
        found = known.get(atom)
        if found is None:
            value = self.values[atom]
            found = known[atom] = members(atom, value) if isinstance(value, np.ndarray) else self.key(atom)
        return found

    def operand(self, key: Key, extra: int = 0) -> Written:
        """A quantity as it is written in any line, with `extra` more digits."""
        return self.written_as(key if isinstance(key, Known) else self.key(key), extra)

    def written_as(self, key: Key, extra: int) -> Written:
        """What has digits of its own (see `key`), as it is written."""
        digits = self.needs.get(key, 0) + extra
        known = self.values.written
        written = known.get((key, digits))
        if written is None:
            if isinstance(key, Known):
                written = self.writer.result(self._scalar(key), digits)
            else:
                written = self.writer.operand(self.values, key, digits)
            known[key, digits] = written
        return written

    def needed(self, key: Key) -> int:
        """The digits beyond the usual ones that later lines need of it."""
        return self.needs.get(key if isinstance(key, Known) else self.key(key), 0)

    def key(self, atom: Atom) -> Atom:
        """The quantity whose value it is: a for ∂z/∂w, w for ∂z/∂a; itself where its value is its own."""
        return atom if isinstance(atom, Symbol) else self.values.same_as(atom) or atom

    def keys(self, decided: Expr) -> Iterator[Key]:
        """What has digits in the line with numbers of a decided formula: of arrays the entries."""
        found: dict[Key, None] = {}
        left = [decided]
        while left:
            node = left.pop()
            if isinstance(node, Known):
                found[node] = None
            elif isinstance(node, Quantity):
                places = self.places(node.atom)
                found.update(dict.fromkeys(chain(*places) if isinstance(places, list) else (places,)))
            else:
                left.extend(node.children[::-1])
        yield from found

    def gives(self, line: Expr, *results: Written, extra: More = 0) -> bool:
        """Whether a line, its quantities put in with `extra` more digits, shows the results on a calculator."""
        try:
            value = scalar(evaluate(line, Printed(self, extra), self.solution.arithmetic))
            return all(self.agrees(value, result) for result in results)
        except (DomainError, Undecided):
            return False

    def agrees(self, value: Value, result: Written) -> bool:
        """Whether a calculator that finds `value` shows the written result."""
        if isinstance(result.value, Logarithm):
            return result.value.equals(value)
        return self.solution.arithmetic.rounds_to(value, decimals_of(result.text), result.value)

    def numeric_relation(self, keys: Iterable[Key], extra: More = 0) -> str:
        """= where every number in the line is the quantity itself, ≈ where one is rounded."""
        return "=" if all(self.is_exact(key, of_key(extra, key)) for key in keys) else "≈"

    def is_exact(self, key: Key, extra: int = 0) -> bool:
        """Whether it is written as it is; what is rounded at its step is."""
        return (self.writer.each_step and not isinstance(key, Known)) or self.operand(key, extra).exact

    def equals(self, line: Expr, result: Written) -> bool:
        """Whether the line is the written result exactly."""
        try:
            value = evaluate(line, Values(), self.solution.arithmetic)
        except (DomainError, Undecided):
            return False
        if isinstance(result.value, Logarithm):
            return result.value.equals(value)
        return not isinstance(value, np.ndarray) and settled(value) == result.value

    def terms(self, formula: Expr, line: Expr, goals: list[Written]) -> tuple[tuple[str, Expr], ...] | None:
        """The line with each term of a sum computed, and its relation; () where there is nothing to compute.

        None where the terms do not follow from the operands printed in `line`, which then needs more digits.
        """
        if not isinstance(formula, Sum) or not isinstance(line, Sum) or len(formula.operands) > MOST_TERMS:
            return ()
        if not any(composite(term) for term in formula.operands):
            return ()
        arithmetic = self.solution.arithmetic
        values = [settled(scalar(evaluate(term, self.values, arithmetic))) for term in formula.operands]
        for extra in range(MOST_EXTRA):
            written = [self.writer.result(scalar(value), extra) for value in values]
            middle = signed_sum(written)
            if not self.gives(middle, *goals):
                continue
            if not all(self.gives(t, w) for t, w in zip(line.operands, written, strict=True)):
                return None
            return (("=" if all(term.exact for term in written) else "≈", middle),)
        return ()

    def decided(self, expression: Expr) -> Expr:
        """The expression with its functions spelled out and its case distinctions decided."""
        found = kinds(expression)
        if Cases in found:
            return substitute(expression, self._decided)
        return substitute(expression, self._spelled_out) if Applied in found else expression

    def _decided(self, node: Expr) -> Expr | None:
        if self.vanishes(node):
            return number(0)
        return self.decided(named(self.branch(node))) if isinstance(node, Cases) else self._spelled_out(node)

    def _spelled_out(self, node: Expr) -> Expr | None:
        if isinstance(node, Known):
            return node
        return self.decided(named(node.expanded)) if isinstance(node, Applied) else None

    def vanishes(self, node: Expr) -> bool:
        """Whether it is a product with a case distinction whose branch is 0 (an inactive hinge)."""
        if not isinstance(node, (Product, Negation)):
            return False
        for factor in node.operands:
            if self.vanishes(factor) or (isinstance(factor, Cases) and self.branch(factor) == number(0)):
                return True
        return False

    def branch(self, cases: Cases) -> Expr:
        """The formula of a case distinction that holds here."""
        return branch(cases, self.values, self.solution.arithmetic)


class Printed(dict[Atom, Operand]):
    """Bindings to the numbers of a line as they are printed, with `extra` more digits."""

    def __init__(self, numbers: Numbers, extra: More) -> None:
        self.numbers, self.extra = numbers, extra

    def __missing__(self, atom: Atom) -> Operand:
        places = self.numbers.places(atom)
        value: Operand
        if isinstance(places, list):
            rows = [[_short(self._written(entry).value) for entry in row] for row in places]
            entries = np.array(rows, dtype=object)
            value = entries[:, 0] if entries.shape[1] == 1 else entries
        else:
            value = _short(self.numbers.written_as(places, of_key(self.extra, places)).value)
        self[atom] = value
        return value

    def _written(self, key: Key) -> Written:
        return self.numbers.operand(key, of_key(self.extra, key))

    def number(self, value: flint.fmpq) -> Operand:
        """The value of a number that stands in the line."""
        return _short(value)

    def known(self, node: Known) -> Operand:
        """The value of a part that has a line of its own."""
        return _short(self._written(node).value)


def _short(value: Operand) -> Operand:
    """A printed number; as a ball where it is as small as 10⁻⁹⁰⁰⁰⁰, whose rational would take seconds to add."""
    return settled(value) if isinstance(value, flint.fmpq) else value


def member(atom: Atom, j: int, i: int | None) -> Atom:
    """Entry j of a vector (i is None), or entry j, i of a matrix."""
    if isinstance(atom, Partial) and atom.of.role is Role.ACTIVATION and atom.of.to is None:
        return Partial(atom.of._replace(to=j), atom.wrt._replace(to=j if i is None else i))
    if isinstance(atom, Partial):
        return Partial(atom.of, atom.wrt._replace(to=j, from_=i))
    return atom._replace(to=j, from_=i)


def members(atom: Atom, array: Array) -> list[list[Atom]]:
    """The entries of a vector (one a row) or matrix, as atoms."""
    columns = [None] if array.ndim == 1 else range(1, array.shape[1] + 1)
    return [[member(atom, j, i) for i in columns] for j in range(1, array.shape[0] + 1)]


def of_key(more: More, key: Key) -> int:
    """How many more digits one of a line's numbers has."""
    return more if isinstance(more, int) else more.get(key, 0)
