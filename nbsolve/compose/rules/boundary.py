"""The decision boundary of each unit: its equation, solved for an input, which way the weights point, the axes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import flint

from nbsolve.compose.rules.epochs import EpochBlocks
from nbsolve.compose.rules.letters import input_, prediction, weight, weighted_sum, z
from nbsolve.compose.sentences import set_in
from nbsolve.compose.written_numbers import literal
from nbsolve.document import Block, Derivation, Heading, Line, Math, Paragraph, Result, Text
from nbsolve.expr import Expr, Matrix, Negation, Quantity, Sum, number, product, quotient, total
from nbsolve.phrases import phrase
from nbsolve.rounding import Written
from nbsolve.rules.boundary import Boundary, boundary
from nbsolve.rules.training import border_of
from nbsolve.symbol import Symbol

__all__ = ["BoundaryBlocks", "fraction", "vector"]

Q = flint.fmpq
_LONG = 1000
"""Fractions with larger numbers are written as decimals."""


@dataclass(frozen=True)
class BoundaryBlocks:
    """Writes the boundaries of a training."""

    epochs: EpochBlocks

    def blocks(self) -> Iterator[Block]:
        """The equation of each unit's boundary."""
        yield Heading(2, (phrase("rule.boundary"),))
        border = literal(self.epochs.lines.operand(border_of(self.epochs.trained.problem)))
        yield Paragraph((phrase("rule.boundary_words") + " ", Math(Quantity(z(1)), "=", border), ":"))
        for unit in self.epochs.units:
            if len(self.epochs.units) > 1:
                yield Heading(3, (phrase("rule.unit", number=str(unit)),))
            yield from self._boundary(unit, border)

    def _boundary(self, unit: int, border: Expr) -> Iterator[Block]:
        trained = self.epochs.trained
        found = boundary(trained, unit)
        if not found.exists:
            yield Paragraph((phrase("rule.no_boundary"),))
            return
        lines = [Line((("=", border),), left=weighted_sum(trained.problem, unit))]
        left, exact = self.equation(found)
        explicit = self.explicit(found)
        lines.append(Line((("=" if exact else "≈", Result(number(0), explicit is None)),), left=left))
        if explicit is not None:
            symbol, right, exactly = explicit
            lines.append(Line((("=" if exactly else "≈", Result(right, True)),), left=Quantity(symbol)))
        yield Derivation(tuple(lines), anchors=(f"boundary-{unit}",))
        yield Paragraph(self._normal(unit, found))
        axes = self._axes(found)
        if axes:
            yield Paragraph(axes)

    def equation(self, found: Boundary) -> tuple[Expr, bool]:
        """2 x_1 + x_2 − 3, and whether its numbers are exact."""
        terms: list[Expr] = []
        exact = True
        for i, value in enumerate(found.weights, 1):
            if value != 0:
                terms.append(self._term(value, Quantity(input_(i))))
        if found.constant != 0:
            terms.append(self._term(found.constant, None))
        for value in (*found.weights, found.constant):
            exact = exact and self._written(value).exact
        return total(*terms), exact

    def explicit(self, found: Boundary) -> tuple[Symbol, Expr, bool] | None:
        """x_2 = −2 x_1 + 3, or x_1 = 3/2; None for other than two inputs."""
        if len(found.weights) != 2:
            return None
        both = found.explicit
        if both is None:
            value = found.intercepts[0]
            assert value is not None
            return input_(1), fraction(value), True
        slope, intercept = both
        terms: list[Expr] = []
        if slope != 0:
            terms.append(self._ratio(slope, Quantity(input_(1))))
        if intercept != 0 or not terms:
            terms.append(self._ratio(intercept, None))
        return (
            input_(2),
            (Sum(tuple(terms)) if len(terms) > 1 else terms[0]),
            all(_short(value) or self._written(value).exact for value in both),
        )

    def _term(self, value: Q, of: Expr | None) -> Expr:
        """2 x_1, x_2, −3: a term with its sign."""
        size: Expr = literal(self._written(abs(value)))
        whole = size if of is None else of if abs(value) == 1 else product(size, of)
        return Negation((whole,)) if value < 0 else whole

    def _ratio(self, value: Q, of: Expr | None) -> Expr:
        """A term of a quotient: as a fraction where that is short."""
        if not _short(value):
            return self._term(value, of)
        size = fraction(abs(value))
        whole = size if of is None else of if abs(value) == 1 else product(size, of)
        return Negation((whole,)) if value < 0 else whole

    def _written(self, value: Q) -> Written:
        return self.epochs.lines.operand(value)

    def _normal(self, unit: int, found: Boundary) -> Text:
        """Which way the weights point, and what is predicted there."""
        problem = self.epochs.trained.problem
        entries = Matrix(tuple((literal(self._written(value)),) for value in found.weights))
        symbols = Matrix(tuple((Quantity(weight(unit, i)),) for i in range(1, len(found.weights) + 1)))
        high = Math(Quantity(prediction(unit)), "=", literal(problem.classes[1]))
        relation = "=" if all(self._written(value).exact for value in found.weights) else "≈"
        return set_in("rule.normal", weights=Math(symbols, relation, entries), upper=high)

    def _axes(self, found: Boundary) -> Text:
        """Where a line meets the axes."""
        where = found.intercepts
        if len(where) != 2 or None in where or found.constant == 0:
            return ()
        places = []
        for i, value in enumerate(where, 1):
            assert value is not None
            exact = _short(value) or self._written(value).exact
            number = fraction(value) if _short(value) else literal(self._written(value))
            places.append(Math(Quantity(input_(i)), "=" if exact else "≈", number))
        return set_in("rule.axes", first=places[0], second=places[1])


def _short(value: Q) -> bool:
    return abs(int(value.p)) < _LONG and int(value.q) < _LONG


def fraction(value: Q) -> Expr:
    """3/2, with its sign before it."""
    if value.q == 1:
        return number(value)
    size = quotient(number(Q(abs(int(value.p)))), number(Q(int(value.q))))
    return Negation((size,)) if value < 0 else size


def vector(point: Sequence[Q]) -> Expr:
    """A column of fractions."""
    return Matrix(tuple((fraction(value),) for value in point))
