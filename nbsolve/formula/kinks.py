"""Where a formula jumps or has only one-sided derivatives, and what its derivative is taken as there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import flint

from nbsolve.arithmetic import Undecided, ball
from nbsolve.derivation import Domain
from nbsolve.errors import DomainError
from nbsolve.expr import (
    Expr,
    Function,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    number,
    substitute,
    walk,
    with_variables,
)
from nbsolve.formula.bridge import Bridge, NotAFormula
from nbsolve.formula.pieces import switches, switching_places
from nbsolve.formula.sampling import Point, random_points, value_at

_STEP = flint.fmpq(1, 2**100)
_POINTS = 4
MOST_DEGREE = 2
"""Kinks are sought where a line or a parabola crosses 0."""


def kinks_of(
    definition: Expr, slope: Expr, variable: Variable, domains: Mapping[str, Domain]
) -> tuple[Expr, ...]:
    """The places of kinks and jumps, as formulae in the other letters; a smooth joint is none."""
    others = {name: domain for name, domain in domains.items() if name != variable.name}
    found: list[Expr] = []
    numbers = switching_places(definition, variable)
    places = _places(definition, variable) if numbers is None else map(number, numbers)
    for place in places:
        breaks = any(
            _breaks(formula, variable, place, point)
            for formula in (definition, slope)
            for point in _points(others)
        )
        if breaks and place not in found:
            found.append(place)
    return tuple(found)


def slope_at(slope: Expr, variable: Variable, place: Expr, domains: Mapping[str, Domain]) -> Expr | None:
    """The derivative taken at a kink where it is the same number whatever the other letters are; None otherwise."""
    others = {name: domain for name, domain in domains.items() if name != variable.name}
    here = with_variables(slope, {variable.name: place})
    values = []
    for point in _points(others):
        try:
            value = value_at(here, point)
        except (DomainError, Undecided):
            return None
        if not isinstance(value, flint.fmpq):
            return None
        values.append(value)
    return number(values[0]) if all(value == values[0] for value in values) else None


def _points(domains: Mapping[str, Domain]) -> list[Point]:
    return [*random_points(domains, _POINTS)]


def _breaks(formula: Expr, variable: Variable, place: Expr, point: Point) -> bool:
    try:
        at = value_at(place, point)
        if not isinstance(at, flint.fmpq):
            return False
        sides = [ball(value_at(formula, {**point, variable.name: at + step})) for step in (-_STEP, _STEP)]
    except (DomainError, Undecided):
        return False
    return bool(abs(sides[0] - sides[1]) > flint.arb(2) ** -40)


def _places(definition: Expr, variable: Variable) -> Iterator[Expr]:
    import sympy

    for switch in switches(definition):
        for straight in _without_sizes(switch):
            if _degree(straight, variable) > MOST_DEGREE:
                continue
            bridge = Bridge(sympy, closed=True)
            try:
                line = sympy.Poly(bridge.there(straight), bridge.there(variable))
                if 1 <= line.degree() <= MOST_DEGREE and _is_closed(line, bridge, variable):
                    roots = sorted(sympy.roots(line), key=sympy.default_sort_key)
                    yield from (bridge.back(root) for root in roots if root.is_real is not False)
            except (NotAFormula, sympy.PolynomialError, sympy.CoercionFailed):
                continue


def _degree(e: Expr, variable: Variable) -> int:
    """The degree of a polynomial before anything cancels; beyond MOST_DEGREE for what is none."""
    match e:
        case Variable():
            return int(e == variable)
        case Sum(operands):
            return max(_degree(one, variable) for one in operands)
        case Product(operands):
            return sum(_degree(one, variable) for one in operands)
        case Negation((inner,)):
            return _degree(inner, variable)
        case Quotient((above, below)):
            return _degree(above, variable) + (MOST_DEGREE + 1) * (variable in walk(below))
        case Power((base, Number(exponent))) if exponent.q == 1 and exponent >= 0:
            return _degree(base, variable) * int(exponent.p)
    return (MOST_DEGREE + 1) * (variable in walk(e))


def _is_closed(line: object, bridge: Bridge, variable: Variable) -> bool:
    """Whether no function hides the variable."""
    return not any(
        variable in walk(function)
        for function in bridge.functions_in(line.free_symbols)  # type: ignore[attr-defined]
    )


def _without_sizes(switch: Expr) -> Iterator[Expr]:
    """|u| − 1 as u − 1 and as −u − 1."""
    sizes = [node for node in walk(switch) if isinstance(node, Function) and node.name == "abs"]
    if not sizes:
        yield switch
        return
    size, inner = sizes[0], sizes[0].operands[0]
    for shape in (inner, Negation((inner,))):

        def replaced(node: Expr, shape: Expr = shape) -> Expr | None:
            return shape if node == size else None

        yield from _without_sizes(substitute(switch, replaced))
