"""Numbers made of indices in a formula, j − 1 and 2 t + 1, and what is left of them in an instance."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import eq, ge, gt, le, lt, mul, ne

import flint

from nbsolve.arithmetic import ONE, ZERO
from nbsolve.expr import (
    Cases,
    Comparison,
    Expr,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    number,
    product,
    substitute,
    walk,
)
from nbsolve.expr.general import IndexNumber
from nbsolve.formula.limits import LARGEST_EXPONENT
from nbsolve.formula.tokens import FormulaError
from nbsolve.symbol import Affine

__all__ = ["check_exponents", "counted", "without_units"]

_HOLDS = {"<": lt, ">": gt, "≤": le, "≥": ge, "=": eq, "≠": ne}


def counted(formula: Expr) -> Expr:
    """The formula with each sum of indices and whole numbers as one `IndexNumber`: x^(j − 1) has one exponent."""

    def lettered(node: Expr) -> Expr | None:
        return node.written if isinstance(node, IndexNumber) else None

    def whole(node: Expr) -> Expr | None:
        found = _affine(node) if isinstance(node, Sum | Product | Negation) else None
        terms = () if found is None else tuple((letter, n) for letter, n in found[0].items() if n)
        return (
            IndexNumber(Affine("", terms, found[1]), substitute(node, lettered)) if found and terms else None
        )

    return substitute(formula, whole)


def without_units(formula: Expr) -> Expr:
    """The instance of such a formula as a person writes it: x for x¹, no factors of 1, only the case that holds."""

    def short(node: Expr) -> Expr | None:
        match node:
            case Cases(branches):
                return _decided(branches)
            case Power((_, Number(value))) if value == ZERO:
                return number(1)
            case Power((base, Number(value))) if value == ONE:
                return without_units(base)
            case Product(factors):
                return product(*map(without_units, factors))
        return None

    return substitute(formula, short)


def _decided(branches: tuple[tuple[Expr, Comparison | None], ...]) -> Expr | None:
    """The value of the first case, where numbers alone say that it holds; None where they say nothing."""
    for place, (value, condition) in enumerate(branches):
        match condition:
            case None:
                return without_units(value)
            case Comparison(Number(left), relation, Number(right)):
                if _HOLDS[relation](left, right):
                    return without_units(value)
            case _:
                return Cases(branches[place:]) if place else None
    return None


def check_exponents(formula: Expr, lengths: Mapping[str, int]) -> None:
    """Raise FormulaError where an exponent of indices gets too large; `lengths` says how far letters run."""
    for node in walk(formula):
        if not isinstance(node, Power) or not any(
            isinstance(one, IndexNumber) for one in walk(node.operands[1])
        ):
            continue
        largest = _bound(node.operands[1], lengths)
        if largest is not None and largest > LARGEST_EXPONENT:
            raise FormulaError(
                f"an exponent goes up to {int(largest):,}", 1, f"exponents of at most {LARGEST_EXPONENT}"
            )


def _bound(node: Expr, lengths: Mapping[str, int]) -> flint.fmpq | None:
    """A number that the size of a formula of indices and numbers does not exceed; None with other letters."""
    match node:
        case Number(value):
            return abs(value)
        case IndexNumber(Affine(_, terms, shift)):
            return flint.fmpq(sum(abs(factor) * lengths[letter] for letter, factor in terms) + abs(shift))
        case IndexNumber(place):
            return flint.fmpq(lengths[place.name])
        case Quotient((above, Number(value))) if value != ZERO:
            size = _bound(above, lengths)
            return None if size is None else size / abs(value)
        case Sum() | Product() | Quotient() | Negation():
            sizes = [size for size in (_bound(child, lengths) for child in node.children) if size is not None]
            if len(sizes) < len(node.children):
                return None
            if isinstance(node, Product):
                return reduce(mul, sizes)
            return sizes[0] if isinstance(node, Quotient) else sum(sizes, ZERO)
    return None


def _affine(node: Expr) -> tuple[dict[str, int], int] | None:
    """The factor of each index letter, and what is added; None for a formula that is no sum of such."""
    match node:
        case IndexNumber(Affine(_, terms, shift)):
            return dict(terms), shift
        case IndexNumber(place):
            return {place.name: 1}, 0
        case Number(value) if value.q == 1:
            return {}, int(value)
        case Negation((inner,)):
            return _multiplied(_affine(inner), -1)
        case Product((first, second)):
            left, right = _affine(first), _affine(second)
            if left and right and not left[0]:
                return _multiplied(right, left[1])
            return _multiplied(left, right[1]) if left and right and not right[0] else None
        case Sum(operands):
            letters: dict[str, int] = {}
            total = 0
            for part in map(_affine, operands):
                if part is None:
                    return None
                letters |= {letter: letters.get(letter, 0) + n for letter, n in part[0].items()}
                total += part[1]
            return letters, total
    return None


def _multiplied(found: tuple[dict[str, int], int] | None, size: int) -> tuple[dict[str, int], int] | None:
    return found and ({letter: size * n for letter, n in found[0].items()}, size * found[1])
