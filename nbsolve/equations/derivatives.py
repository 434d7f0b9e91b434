"""The local derivatives of an operation that a formula is, rule by rule, as a person writes them.

They are written through what the node finds where its formula occurs in them: σ′(z) as a (1 − a), (e^x)′ as y, and
those of a share of a sum through the shares: p_k (1 − p_k) and −p_k p_j of a softmax.

Conventions: max and min pass the gradient of a tie to the first operand, and none of a tie with a constant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import TypeGuard

from nbsolve.expr import (
    Applied,
    Cases,
    Comparison,
    Expr,
    Function,
    Negation,
    Number,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    Variable,
    atoms,
    number,
    product,
    substitute,
    walk,
    with_variables,
)
from nbsolve.formula.differentiate import added, depends, differentiated, minus, over, times
from nbsolve.graph import Operation
from nbsolve.graph.operation import OUT, UPSTREAM, Entry, Local, Slot
from nbsolve.step import Rule
from nbsolve.symbol import Symbol

__all__ = ["operation_of", "slopes"]

_KINKED = ("max", "min", "abs", "relu", "sign")
_SHORT = (Function, Applied)
"""Formulae that are named by what they find where they occur in their own derivative."""


def operation_of(name: str, formula: Expr, slots: Mapping[str, Symbol]) -> Operation:
    """The formula of one entry as an operation on single quantities, with its local derivatives."""
    letters = {symbol: Variable(slot) for slot, symbol in slots.items()}
    into: dict[str, Expr] = {slot: Entry(slot) for slot in slots}
    local = {
        slot: Local(with_variables(derivative, into), Slot(UPSTREAM))
        for slot, derivative in _derivatives(_lettered(formula, letters), letters.values())
    }
    entry = with_variables(_lettered(formula, letters), into)
    return Operation(name, Rule.NODE, dict.fromkeys(slots, ()), (), entry, entry, local)


def slopes(formula: Expr, left: Expr | None = None) -> dict[Symbol, Expr]:
    """∂formula/∂q for each quantity q that it reads, said through `left` where it occurs in its own derivative."""
    read = dict.fromkeys(atom for atom in atoms(formula) if isinstance(atom, Symbol))
    letters = {symbol: Variable(f"operand_{n}") for n, symbol in enumerate(read)}
    back: dict[str, Expr] = {letter.name: Quantity(symbol) for symbol, letter in letters.items()}
    names = {letter.name: symbol for symbol, letter in letters.items()}

    def said(node: Expr) -> Expr | None:
        return (left or formula) if node == Entry(OUT) else None

    return {
        names[slot]: with_variables(substitute(derivative, said), back)
        for slot, derivative in _derivatives(_lettered(formula, letters), letters.values())
    }


def _lettered(formula: Expr, letters: Mapping[Symbol, Variable]) -> Expr:
    return substitute(
        formula,
        lambda node: letters.get(node.atom) if isinstance(node, Quantity) else None,  # type: ignore[arg-type]
    )


def _derivatives(lettered: Expr, letters: Iterable[Variable]) -> Iterator[tuple[str, Expr]]:
    """The derivative with respect to each letter, with `Entry(OUT)` where the formula occurs in it."""
    decided = substitute(lettered, _by_cases)
    yield from ((letter.name, _derivative(decided, lettered, letter.name)) for letter in letters)


@cache
def _derivative(decided: Expr, formula: Expr, slot: str) -> Expr:
    found = Entry(OUT)
    derivative = _of_share(formula, Variable(slot))
    if derivative is None:
        derivative = _tidied(differentiated(decided, Variable(slot))[-1].expression)

    def said(node: Expr) -> Expr | None:
        match node:
            case Negation((Number(value),)):
                return number(-value)
            case Sum(operands):  # x − 1, not x + (−1)
                return Sum(tuple(one if _is_less(one) else substitute(one, said) for one in operands))
        return found if node == formula and isinstance(formula, _SHORT) else None

    return substitute(derivative, said)


def _of_share(formula: Expr, variable: Variable) -> Expr | None:
    """The derivative of p = u/(u + v + …), a share of a sum: (u′ − p (u′ + v′ + …))/(u + v + …).

    Of powers of e, e^s/(e^s + e^t + …), it is p (s′ − p s′ − q t′ − …) with the other shares q; p (1 − p) s′ and
    −p q t′ where the variable stands in one of them alone. None for other formulae, and where there are cases.
    """
    match formula:
        case Quotient((part, Sum(terms) as whole)) if part in terms and not _distinguishes(formula):
            pass
        case _:
            return None
    share = Entry(OUT)

    def slope(of: Expr) -> Expr:
        return _tidied(differentiated(of, variable)[-1].expression)

    powers = [one.operands[0] for one in terms if isinstance(one, Function) and one.name == "exp"]
    if len(powers) < len(terms):
        both = added(slope(part), minus(times(share, slope(whole))))
        return _tidied(over(both, whole))
    shares = [share if one == part else Quotient((one, whole)) for one in terms]
    acting = [
        (own, slope(power)) for own, power in zip(shares, powers, strict=True) if depends(power, variable)
    ]
    match acting:
        case [(own, inner)] if own == share:
            return times(share, Sum((number(1), Negation((share,)))), inner)
        case [(own, inner)]:
            return minus(times(share, own, inner))
    own_slope = next((inner for own, inner in acting if own == share), number(0))
    return times(share, added(own_slope, *(minus(times(own, inner)) for own, inner in acting)))


def _distinguishes(formula: Expr) -> bool:
    return any(isinstance(node, Cases) or getattr(node, "name", "") in _KINKED for node in walk(formula))


def _tidied(e: Expr) -> Expr:
    """What a person would not leave: numbers that cancel, fractions within fractions, √v², cases within cases.

    o − y for 2 (o − y)/2 and for 0.5 · 2 (o − y); 1/(2 x) for (1/x)/2; −u/(2 √v v) for −u · 1/(2 √v) / √v².
    """
    e = e.rebuilt(tuple(map(_tidied, e.children))) if e.children else e
    match e:
        case Power((Function("sqrt", (inner,)), Number(value))) if value == 2:
            return inner
        case Quotient((Negation((above,)), below)):
            return Negation((_tidied(Quotient((above, below))),))
        case Quotient((Quotient((above, first)), Number() as below)):
            return Quotient((above, product(below, first)))
        case Quotient((Product(factors), Number() as under)) if under in factors:
            place = factors.index(under)
            return times(*factors[:place], *factors[place + 1 :])
        case Quotient((Product(factors), below)):
            within = [one.operands[1] for one in factors if _is_inverse(one)]
            rest = [one for one in factors if not _is_inverse(one)]
            return Quotient((product(*rest) if rest else number(1), product(*within, below))) if within else e
        case Product(factors) if any(_is_inverse_of_letter(one) for one in factors):  # y/p, not y · 1/p
            within = [one.operands[1] for one in factors if _is_inverse_of_letter(one)]
            return Quotient(
                (times(*(one for one in factors if not _is_inverse_of_letter(one))), product(*within))
            )
        case Product(factors) if (first_of_two := _inverses(factors)) is not None:
            return times(*factors[:first_of_two], *factors[first_of_two + 2 :])
        case Cases((*first, (Cases(inner), None))):
            return _tidied(Cases((*first, *inner)))
        case Cases((*_, (before, _), (last, None)) as branches) if before == last and len(branches) > 2:
            return _tidied(Cases((*branches[:-2], branches[-1])))
    return e


def _inverses(factors: Sequence[Expr]) -> int | None:
    """The place of the first two factors in a row that are numbers whose product is 1, where there are any."""
    for place, both in enumerate(pairwise(factors)):
        match both:
            case (Quotient((Number(above), Number(under))), Number(value)) if above * value == under:
                return place
            case (Number(first), Number(value)) if first * value == 1:
                return place
    return None


def _is_inverse(factor: Expr) -> TypeGuard[Quotient]:
    return isinstance(factor, Quotient) and factor.operands[0] == number(1)


def _is_inverse_of_letter(factor: Expr) -> TypeGuard[Quotient]:
    return _is_inverse(factor) and not isinstance(factor.operands[1], Number)


def _is_less(term: Expr) -> bool:
    """Whether a term of a sum is a number taken away."""
    return isinstance(term, Negation) and isinstance(term.operands[0], Number)


def _by_cases(node: Expr) -> Expr | None:
    """max(a, b, c) as a where a ≥ max(b, c), else b where b ≥ c, else c; at a tie with a constant that holds."""
    if not isinstance(node, Function) or node.name not in ("max", "min"):
        return None
    operands = [substitute(operand, _by_cases) for operand in node.operands]
    beyond, least = (">", "≥") if node.name == "max" else ("<", "≤")
    if len(operands) == 2 and _constant(operands[1]) and not _constant(operands[0]):
        return Cases(((operands[0], Comparison(operands[0], beyond, operands[1])), (operands[1], None)))
    original = sorted(zip(node.operands, operands, strict=True), key=lambda pair: not _constant(pair[0]))
    branches: list[tuple[Expr, Comparison | None]] = []
    for place, (operand, value) in enumerate(original[:-1], 1):
        others = tuple(other for other, _ in original[place:])
        rest = others[0] if len(others) == 1 else Function(node.name, others)
        branches.append((value, Comparison(operand, least, rest)))
    return Cases((*branches, (original[-1][1], None)))


def _constant(expression: Expr) -> bool:
    return not any(isinstance(node, Variable) for node in walk(expression))
