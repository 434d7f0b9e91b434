"""The shape a person would write: the shortest of many equal ones, and proved equal to what it replaces.

SymPy proposes: as it stands, cancelled, factored, over one denominator, collected, simplified, once with the
functions as closed letters and once opened. `shortest` takes the one with the least to write and accepts it only
where it agrees with the formula that it replaces at many points (`nbsolve.formula.sampling`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from nbsolve.derivation import Domain
from nbsolve.expr import (
    Applied,
    Cases,
    Expr,
    Function,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    product,
    substitute,
    walk,
)
from nbsolve.formula.bridge import Bridge, NotAFormula, as_decimal, usual_place
from nbsolve.formula.pieces import in_pieces
from nbsolve.formula.sampling import same

MOST_PARTS = 150
"""Larger formulae stay as they are."""
MOST_IN_ALL = 600
"""Beyond it nothing is simplified, not even case by case: nobody reads that much."""
MOST_OPENED = 40
"""Functions of larger formulae are not opened: SymPy would think too long."""
LARGEST_POWER = 12
"""Higher powers are not multiplied out."""
LARGEST_FACTORED = 10**18
"""Formulae with longer numbers are not factored, nor brought to any other shape."""
LARGEST_ROOT = 100
"""z^(1/1000) makes a polynomial of degree 1000 out of z."""
STEEPEST = 1000
"""Opened, e^(1000 z) is a polynomial of degree 1000 in e^z: larger factors stay closed."""
FARTHEST = 80
"""Opened, e^(z + 80/2) is one of degree 80 in the root of e, which is factored: larger terms stay closed."""


_EXPONENTIAL = frozenset({"exp", "sinh", "cosh", "tanh", "sigmoid", "softplus"})
_WAVES = frozenset({"sin", "cos", "sinh", "cosh"})
MOST_LETTERS = 6
"""By so many letters and closed functions terms are collected."""
GROWTH = 1.5
STRANGE = 5.0
"""What a function counts more that the formula did not have."""


def simplified(expression: Expr, author: Expr, variable: Variable, domains: Mapping[str, Domain]) -> Expr:
    """The shortest shape found, equal to the expression; the expression itself where nothing is shorter.

    Parts that the `author` wrote in a certain order keep it.
    """
    if _is_large(expression, MOST_IN_ALL):
        return expression
    branched = _branch_by_branch(expression, author, variable, domains)
    found = shortest(branched, author, domains)
    pieces = in_pieces(expression, variable, domains, lambda piece: shortest(piece, author, domains))
    if pieces is not None and length(pieces) < length(found) and same(expression, pieces, domains):
        found = pieces
    if found == expression:
        return expression
    return found if length(found) <= length(expression) and same(expression, found, domains) else expression


def shortest(expression: Expr, author: Expr, domains: Mapping[str, Domain]) -> Expr:
    """The shortest of the shapes that SymPy proposes; none where there is too much to think about."""
    if isinstance(expression, Cases) or _is_large(expression):
        return expression
    known = _functions(expression) | _functions(author)
    arguments = {operand for function in known for operand in function.children}

    def effort(e: Expr) -> float:
        strange = sum(1 for f in _functions(e) - known if not (_is_tanh(f) and f.children[0] in arguments))
        return length(e) + STRANGE * strange

    proposals = sorted(dict.fromkeys(_proposals(expression, author)), key=effort)
    for proposal in proposals:
        if effort(proposal) > effort(expression):
            break
        if same(expression, proposal, domains):
            return proposal
    return expression


def _is_large(e: Expr, most: int = MOST_PARTS) -> bool:
    return next(islice(walk(e), most, None), None) is not None


def _functions(e: Expr) -> set[Expr]:
    return {node for node in walk(e) if isinstance(node, Function | Applied)}


def _is_tanh(e: Expr) -> bool:
    """sinh / cosh is written tanh by everybody."""
    return isinstance(e, Function) and e.name == "tanh"


def length(expression: Expr) -> float:
    """How long a formula is in writing: letters, signs, names of functions, fraction bars."""
    own = sum(length(child) for child in expression.children)
    match expression:
        case Number(value, text):
            return 1.0 + 0.5 * (len(text or str(value)) - 1)
        case Sum(operands):
            return own + len(operands) - 1 - sum(isinstance(term, Negation) for term in operands)
        case Product(operands):
            return own + 0.25 * (len(operands) - 1)
        case Quotient() | Power():
            return own + 0.5
        case Cases(branches):
            return own + 2.0 * len(branches)
    return own + 1.0


def _proposals(expression: Expr, author: Expr) -> Iterator[Expr]:
    import sympy

    nodes = [*walk(expression)]
    decimals = any(isinstance(node, Number) and "." in (node.text or "") for node in nodes)
    yield _folded(expression, frozenset(walk(author)), decimals)
    tame = all(_is_tame(node) and not _is_long(node) for node in nodes)
    ways = [Bridge(sympy, True, False, decimals)]
    if any(isinstance(node, Function) and node.name == "sign" for node in nodes):
        ways.append(Bridge(sympy, True, True, decimals))
    opened = sum(len([*walk(node.expanded)]) if isinstance(node, Applied) else 1 for node in nodes)
    distinctions = any(isinstance(node, Cases) for node in nodes) or _bends_within_bends(
        (*nodes, *walk(author))
    )
    hard = distinctions or _has_steep_exponentials(nodes) or _has_waves_of_more_than_a_sum(nodes)
    if opened <= MOST_OPENED and not hard:
        ways.append(Bridge(sympy, False, False, decimals))
    for bridge in ways:
        bridge.learn(author)
        bridge.learn_sums(expression)
        try:
            start = bridge.there(expression)
        except NotAFormula:
            continue
        for shape in _shapes(sympy, start, tame, opened=not bridge.closed):
            try:
                yield bridge.back(shape)
            except NotAFormula:
                continue


def _folded(expression: Expr, author: frozenset[Expr], decimals: bool) -> Expr:
    """The factors of each product in their usual order, numbers multiplied: 0.044715 · 3 z² as 0.134145 z²."""
    if expression in author:
        return expression
    children = tuple(_folded(child, author, decimals) for child in expression.children)
    new = expression.rebuilt(children) if children else expression
    if not isinstance(new, Product):
        return new
    numbers = [factor for factor in new.operands if isinstance(factor, Number)]
    rest = sorted((f for f in new.operands if not isinstance(f, Number)), key=usual_place)
    if len(numbers) > 1:
        value = numbers[0].value
        for other in numbers[1:]:
            value *= other.value
        numbers = [Number(value, as_decimal(value) if decimals else None)]
    return product(*numbers, *rest)


def _bends_within_bends(nodes: Iterable[Expr]) -> bool:
    """Whether a maximum, minimum or size stands within another: SymPy's time doubles with every level."""
    return any(_is_bend(inner) for node in nodes if _is_bend(node) for inner in [*walk(node)][1:])


def _has_steep_exponentials(nodes: Iterable[Expr]) -> bool:
    """Whether a function that SymPy writes with powers of e holds numbers beyond STEEPEST or FARTHEST."""
    return any(
        (isinstance(inner, Number) and (abs(inner.value.p) > STEEPEST or inner.value.q > STEEPEST**2))
        or (isinstance(inner, Sum) and any(map(_is_far, inner.operands)))
        for node in nodes
        if isinstance(node, Function | Applied) and getattr(node, "name", "") in _EXPONENTIAL
        for inner in walk(node)
    )


def _is_far(term: Expr) -> bool:
    number = term.operands[0] if isinstance(term, Negation) else term
    return isinstance(number, Number) and abs(number.value.p) > FARTHEST


def _has_waves_of_more_than_a_sum(nodes: Iterable[Expr]) -> bool:
    """Whether a sine or cosine is taken of powers or functions: SymPy factors polynomials in all of these."""
    return any(
        isinstance(inner, Power | Function | Applied)
        for node in nodes
        if isinstance(node, Function) and node.name in _WAVES
        for inner in [*walk(node)][1:]
    )


def _is_bend(e: Expr) -> bool:
    return isinstance(e, Function) and e.name in ("abs", "max", "min")


def _is_tame(node: Expr) -> bool:
    if not isinstance(node, Power):
        return True
    exponent = node.operands[1]
    if not isinstance(exponent, Number):
        return True
    return abs(exponent.value) <= LARGEST_POWER and exponent.value.q <= LARGEST_ROOT


def _is_long(node: Expr) -> bool:
    """Whether it is a number of so many digits that SymPy would look for its factors too long."""
    return isinstance(node, Number) and max(abs(node.value.p), node.value.q) > LARGEST_FACTORED


def _shapes(sympy: Any, start: Any, tame: bool, opened: bool) -> Iterator[Any]:
    """Shapes that have grown far beyond the start are not looked at."""
    yield start
    if not tame:
        return
    operations = [sympy.cancel, sympy.factor, sympy.together, sympy.factor_terms, sympy.expand]
    operations.append(lambda shape: sympy.factor_terms(shape, clear=False))
    if opened:
        operations.append(sympy.simplify)
    most = GROWTH * sympy.count_ops(start) + 8
    seen = {start}
    for operation in operations:
        try:
            shape = operation(start)
        except (sympy.PolynomialError, sympy.CoercionFailed, NotImplementedError, RecursionError, TypeError):
            continue
        if shape in seen or sympy.count_ops(shape) > most:
            continue
        seen.add(shape)
        yield shape
    expanded = sympy.expand_mul(start)
    if (expanded.is_Add or expanded.is_Mul) and sympy.count_ops(expanded) <= most:
        for letter in sorted(expanded.free_symbols, key=str)[:MOST_LETTERS]:
            yield sympy.collect(expanded, letter)


def _branch_by_branch(
    expression: Expr, author: Expr, variable: Variable, domains: Mapping[str, Domain]
) -> Expr:
    """Distinctions keep their conditions; what holds in each case is simplified by itself."""

    def replaced(node: Expr) -> Expr | None:
        if not isinstance(node, Cases):
            return None
        return Cases(
            tuple(
                (simplified(value, author, variable, domains), condition)
                for value, condition in node.branches
            )
        )

    return substitute(expression, replaced)


__all__ = ["length", "shortest", "simplified"]
