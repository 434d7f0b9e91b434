"""A formula with kinks written piece by piece: 1/6 if |z| < 3, 0 otherwise.

Where the formula changes between its cases must be numbers (z + 3 > 0 does at −3). Between two such places no
distinction is left; at the place itself the piece holds that has the formula's own value there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

import flint

from nbsolve.arithmetic import Undecided
from nbsolve.derivation import Domain
from nbsolve.errors import DomainError
from nbsolve.evaluate import evaluate
from nbsolve.expr import (
    Applied,
    Cases,
    Comparison,
    Expr,
    Function,
    Negation,
    Number,
    Sum,
    Variable,
    number,
    substitute,
    walk,
    with_variables,
)
from nbsolve.formula.sampling import ARITHMETIC, same, value_at

MOST_PLACES = 6
_Piece = tuple[Expr, flint.fmpq, bool, bool]
"""A piece, where it ends on the right, whether it holds there, whether the next one does."""
_Roots = dict[Expr, list[flint.fmpq] | None]


def in_pieces(
    expression: Expr,
    variable: Variable,
    domains: Mapping[str, Domain],
    simplify: Callable[[Expr], Expr],
) -> Expr | None:
    """The formula as one distinction between its pieces; None where its places are not a few numbers."""
    places = switching_places(expression, variable)
    if not places or len(places) > MOST_PLACES:
        return None
    stops = [places[0] - 2, *places, places[-1] + 2]
    pieces = []
    for low, high in pairwise(stops):
        piece = resolved(expression, variable, (low + high) / 2)
        if piece is None:
            return None
        pieces.append(simplify(piece))
    others = {name: domain for name, domain in domains.items() if name != variable.name}
    found: list[_Piece] = []
    for piece, after, place in zip(pieces, pieces[1:], places, strict=False):
        left, here, right = (_at(e, variable, place) for e in (piece, expression, after))
        left_holds, right_holds = same(here, left, others), same(here, right, others)
        if piece == after and left_holds:
            continue
        if not (left_holds or right_holds):
            return None
        found.append((piece, place, left_holds, right_holds))
    if not found:
        return pieces[-1]
    return _distinction(found, pieces[-1], variable)


def _at(e: Expr, variable: Variable, place: flint.fmpq) -> Expr:
    return with_variables(e, {variable.name: Number(place)})


def _distinction(found: list[_Piece], last: Expr, v: Variable) -> Expr:
    if len(found) == 1:
        piece, place, left_holds, _ = found[0]
        return Cases(((last, Comparison(v, ">" if left_holds else "≥", number(place))), (piece, None)))
    if len(found) == 2 and found[0][0] == last and found[0][1] == -found[1][1]:
        (_, _, outer_low, inner_low), (inner, high, inner_high, outer_high) = found
        if (outer_low and outer_high) or (inner_low and inner_high):
            relation = "<" if outer_low and outer_high else "≤"
            return Cases(((inner, Comparison(Function("abs", (v,)), relation, number(high))), (last, None)))
    rows: list[tuple[Expr, Comparison | None]] = [
        (piece, Comparison(v, "≤" if left_holds else "<", number(place)))
        for piece, place, left_holds, _ in found
    ]
    return Cases((*rows, (last, None)))


# ------------------------------------------------------------------------------------- where it changes


def switches(expression: Expr) -> Iterator[Expr]:
    """The expressions whose sign decides between the cases of a formula."""
    for node in walk(expression):
        match node:
            case Comparison(left, _, right):
                yield Sum((left, Negation((right,))))
            case Function("abs" | "sign", (inner,)):
                yield inner
            case Function("max" | "min", operands):
                for place, one in enumerate(operands):
                    yield from (Sum((one, Negation((other,)))) for other in operands[place + 1 :])
            case Applied("relu"):
                yield node.argument


def switching_places(expression: Expr, variable: Variable) -> list[flint.fmpq] | None:
    """The places in ascending order; None where one of them is not a rational number."""
    places: list[flint.fmpq] = []
    known: _Roots = {}
    for switch in dict.fromkeys(switches(expression)):
        roots = _roots(switch, variable, known)
        if roots is None:
            return None
        for root in roots:
            if root not in places:
                places.append(root)
    return sorted(places)


def _roots(switch: Expr, variable: Variable, known: _Roots) -> list[flint.fmpq] | None:
    """Where a piecewise linear function is 0; None where it is not such. What was found is `known` from then on.

    (Switches stand within switches: without this, each level would double the work.)
    """
    if switch not in known:
        known[switch] = _roots_of(switch, variable, known)
    return known[switch]


def _roots_of(switch: Expr, variable: Variable, known: _Roots) -> list[flint.fmpq] | None:
    if any(isinstance(node, Variable) and node != variable for node in walk(switch)):
        return None
    inner: list[flint.fmpq] = []
    for inner_switch in dict.fromkeys(switches(switch)):
        roots = _roots(inner_switch, variable, known)
        if roots is None:
            return None
        inner.extend(roots)
    stops = sorted([flint.fmpq(-1000), *inner, flint.fmpq(1000)])
    found = []
    for low, high in pairwise(stops):
        if low == high:
            continue
        line = _line(switch, variable, low, high)
        if line is None:
            return None
        start, slope = line
        if slope == 0:
            continue
        root = low - start / slope
        if low <= root <= high:
            found.append(root)
    return found


def _line(e: Expr, v: Variable, low: flint.fmpq, high: flint.fmpq) -> tuple[flint.fmpq, flint.fmpq] | None:
    """A piece's value at `low` and its slope, where it is a straight line with rational numbers up to `high`."""
    span = high - low
    values = []
    for part in (flint.fmpq(0), flint.fmpq(1, 3), flint.fmpq(5, 7), flint.fmpq(1)):
        try:
            value = value_at(e, {v.name: low + part * span})
        except (DomainError, Undecided):
            return None
        if not isinstance(value, flint.fmpq):
            return None
        values.append((part, value))
    start, slope = values[0][1], (values[3][1] - values[0][1]) / span
    if any(value != start + slope * part * span for part, value in values):
        return None
    return start, slope


# ------------------------------------------------------------------------------------- one piece


def resolved(expression: Expr, variable: Variable, place: flint.fmpq) -> Expr | None:
    """The formula without distinctions, as it holds around the place; None where that cannot be told."""

    def sign(e: Expr) -> int:
        with ARITHMETIC.working():
            value = evaluate(_at(e, variable, place), {}, ARITHMETIC)
            return ARITHMETIC.sign(value)  # type: ignore[arg-type]

    def replaced(node: Expr) -> Expr | None:
        match node:
            case Cases(branches):
                for value, condition in branches:
                    if condition is None or _holds(condition, sign):
                        return substitute(value, replaced)
            case Function("abs", (inner,)):
                inside = substitute(inner, replaced)
                return inside if sign(inner) > 0 else Negation((inside,))
            case Function("sign", (inner,)):
                return number(sign(inner))
            case Function("max" | "min" as name, operands):
                best = operands[0]
                for other in operands[1:]:
                    above = sign(Sum((other, Negation((best,)))))
                    best = other if above == (1 if name == "max" else -1) else best
                return substitute(best, replaced)
            case Applied("relu"):
                return substitute(node.argument, replaced) if sign(node.argument) > 0 else number(0)
        return None

    try:
        return substitute(expression, replaced)
    except (DomainError, Undecided, TypeError):
        return None


def _holds(condition: Comparison, sign: Callable[[Expr], int]) -> bool:
    difference = sign(Sum((condition.left, Negation((condition.right,)))))
    return {
        "<": difference < 0, "≤": difference <= 0, "=": difference == 0,
        "≥": difference >= 0, ">": difference > 0, "≠": difference != 0,
    }[condition.relation]  # fmt: skip


__all__ = ["in_pieces", "resolved", "switches", "switching_places"]
