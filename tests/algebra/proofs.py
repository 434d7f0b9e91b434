"""Proofs by computer algebra: the difference of each side and the one before it simplifies to 0.

A case distinction is proved branch by branch: the branch is that of a random point, the algebra is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy

from tests.algebra.checker import Checker
from tests.algebra.matrices import Matrix, Value, single
from tests.algebra.page import Chain, Display, read_condition
from tests.algebra.points import Point
from tests.algebra.scalars import Dual, Proof, Scalar, rational
from tests.algebra.tree import Remainder, walk

BRANCHES = 3
LIMIT = 400
"""Differences with more operations than this are left to the random points."""


def exact(value: Fraction) -> Proof:
    """A number of a formula."""
    return Proof(rational(value), sympy.Rational(value.numerator, value.denominator))


def proving(point: Point) -> Point:
    """This point with a SymPy letter for each free letter."""
    known = {"n", "label", "rival"} | ({"y"} if ("label",) in point.free else set())
    values = {
        place: exact(value)
        if place[0] in known
        else Proof(
            rational(value),
            sympy.Symbol("_".join(map(str, place)), real=True, positive=place in (("T",), ("b",)) or None),
        )
        for place, value in point.free.items()
    }
    return Point(point.world, point.number, point.kind, point.free, "proof", exact, values)


def proved(checker: Checker, pages: Sequence[Display], branches: int = BRANCHES) -> tuple[int, int]:
    """How many sides SymPy proves equal to the side before them, and how many there are."""
    done = whole = 0
    for display in pages:
        for chain in display.chains:
            for n in range(1, len(chain.items)):
                whole += 1
                done += _proved(checker, display, chain, n, branches)
    return done, whole


def _proved(checker: Checker, display: Display, chain: Chain, n: int, wanted: int) -> bool:
    left, right = (checker.node(item.tokens) for item in chain.items[n - 1 : n + 1])
    if any(isinstance(part, Remainder) for node in (left, right) for part in walk(node)):
        return False
    conditions = [read_condition(tokens, checker.world.alphabet) for tokens in display.conditions]
    branches = 0
    for number in range(40):
        point = proving(checker.world.point(number))
        for indices in checker.placings([checker.node(item.tokens) for item in chain.items], point):
            if not all(point.evaluator(indices).holds(condition) for condition in conditions):
                continue
            values = [_value(point, node, indices) for node in (left, right)]
            if not _same(*values):
                return False
            branches += 1
        if branches >= wanted:
            return True
    return False


def _value(point: Point, node: Any, indices: Mapping[str, int]) -> Value:
    return point.evaluator(indices)(node)


def _same(left: Value, right: Value) -> bool:
    left, right = single(left), single(right)
    if isinstance(left, Matrix) and isinstance(right, Matrix):
        return all(_zero(a, b) for a, b in zip(left.entries, right.entries, strict=True))
    return not isinstance(left, Matrix) and not isinstance(right, Matrix) and _zero(left, right)


def _zero(left: Scalar, right: Scalar) -> bool:
    difference = _formula(left) - _formula(right)
    if difference == 0:
        return True
    if sympy.count_ops(difference) > LIMIT:
        return False
    for attempt in (sympy.expand, sympy.cancel, sympy.simplify, _without_logarithms):
        if attempt(difference.rewrite(sympy.exp)) == 0:
            return True
    return False


def _without_logarithms(difference: Any) -> Any:
    """Logarithms of products taken apart, where the factors are known to be positive."""
    return sympy.simplify(sympy.expand_log(difference))


def _formula(value: Scalar) -> Any:
    while isinstance(value, Dual):
        value = value.value
    return value.formula if isinstance(value, Proof) else sympy.nsimplify(value)
