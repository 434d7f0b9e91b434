"""A derivative taken rule by rule: each line applies one rule, until nothing is left to be taken.

    (f + g)′ = f′ + g′        (f g)′ = f′ g + f g′        (f / g)′ = (f′ g − f g′) / g²
    (fⁿ)′ = n fⁿ⁻¹ f′         (cᶠ)′ = cᶠ ln c · f′        f(u)′ = f′(u) u′
    max, min and distinctions case by case

At a kink a branch's own derivative holds: that of the case whose condition is true there; max(c, u) and
min(c, u) with a constant c have slope 0 where both are equal, |u| and sign(u) have slope 0 where u = 0.
The derivatives of variables (1) and constants (0) are put in at once, as everybody does.
"""

from __future__ import annotations

from collections.abc import Callable

import flint

from nbsolve.arithmetic import ONE, ZERO
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
    Quotient,
    Sum,
    Variable,
    number,
    product,
    quotient,
    total,
    walk,
)
from nbsolve.expr.general import Derivative
from nbsolve.formula.functions import catalogued
from nbsolve.step import Form, Reason

zero, one, two = number(0), number(1), number(2)


def differentiated(definition: Expr, variable: Variable, partial: bool = False) -> tuple[Form, ...]:
    """d/dv [definition] = … = a formula without derivatives, one rule a line."""
    line: Expr = Derivative(definition, variable, partial)
    forms = [Form(line)]
    while (first := _first(line)) is not None:
        reason = _reason(first)
        line = _applied_to_all(line, reason)
        forms.append(Form(line, reason))
    return tuple(forms)


def depends(expression: Expr, variable: Expr) -> bool:
    """Whether the variable occurs."""
    return any(node == variable for node in walk(expression))


def _first(expression: Expr) -> Derivative | None:
    return next((node for node in walk(expression) if isinstance(node, Derivative)), None)


def _applied_to_all(expression: Expr, reason: Reason) -> Expr:
    """The rule applied to every derivative that it fits; around them, factors of 1 and terms of 0 go."""
    if isinstance(expression, Derivative):
        if _reason(expression) is not reason:
            return expression
        found = _rule(expression)
        # −β z loses its sign and its β in one line.
        return _applied_to_all(found, reason) if reason is Reason.CONSTANT_FACTOR else found
    children = expression.children
    new = tuple(_applied_to_all(child, reason) for child in children)
    if all(after is before for after, before in zip(new, children, strict=True)):
        return expression
    return _tidy(expression.rebuilt(new))


def _tidy(e: Expr) -> Expr:
    match e:
        case Product(operands):
            return times(*operands)
        case Sum(operands):
            return added(*operands)
        case Negation((inner,)):
            return minus(inner)
        case Quotient((above, below)):
            return over(above, below)
    return e


# ------------------------------------------------------------------------------------- building


def times(*factors: Expr) -> Expr:
    """The product; 0 where a factor is 0; minus signs in front."""
    if any(_is(factor, ZERO) for factor in factors):
        return zero
    negative = sum(isinstance(factor, Negation) for factor in factors) % 2
    bare = [factor.operands[0] if isinstance(factor, Negation) else factor for factor in factors]
    found = product(*bare)
    return Negation((found,)) if negative else found


def added(*terms: Expr) -> Expr:
    """The sum, flat; terms of 0 go."""
    flat = [part for term in terms for part in (term.operands if isinstance(term, Sum) else (term,))]
    return total(*flat)


def minus(e: Expr) -> Expr:
    """−e; 0 for 0 and f for −(−f)."""
    if _is(e, ZERO):
        return zero
    return e.operands[0] if isinstance(e, Negation) else Negation((e,))


def over(above: Expr, below: Expr) -> Expr:
    """above / below; 0 for 0, the numerator's sign in front."""
    if _is(above, ZERO) or _is(below, ONE):
        return above
    if isinstance(above, Negation):
        return Negation((quotient(above.operands[0], below),))
    return quotient(above, below)


def power(base: Expr, exponent: Expr) -> Expr:
    """base ^ exponent; the base itself for the exponent 1, 1 for 0."""
    if _is(exponent, ONE):
        return base
    return one if _is(exponent, ZERO) else Power((base, exponent))


def square(e: Expr) -> Expr:
    """e²."""
    return Power((e, two))


def _is(e: Expr, value: flint.fmpq) -> bool:
    return isinstance(e, Number) and bool(e.value == value)


# ------------------------------------------------------------------------------------- the rules


def _reason(d: Derivative) -> Reason:
    """The rule of differentiation that applies next to this derivative."""
    body, v = d.body, d.variable
    if body == v or not depends(body, v):
        return Reason.DIFFERENTIATED
    match body:
        case Sum():
            return Reason.SUM_RULE
        case Negation():
            return Reason.CONSTANT_FACTOR
        case Product(operands):
            several = sum(depends(factor, v) for factor in operands) > 1
            return Reason.PRODUCT_RULE if several else Reason.CONSTANT_FACTOR
        case Quotient((_, below)):
            return Reason.QUOTIENT_RULE if depends(below, v) else Reason.CONSTANT_FACTOR
        case Power((base, exponent)):
            if depends(exponent, v):
                if depends(base, v):
                    return Reason.REWRITTEN
                return Reason.DIFFERENTIATED if exponent == v else Reason.CHAIN_RULE
            return Reason.POWER_RULE if base == v else Reason.POWER_AND_CHAIN_RULE
        case Cases() | Function(name="max" | "min"):
            return Reason.CASE_BY_CASE
        case Function(_, (inner,)) | Applied(_, _, ((_, inner),)):
            return Reason.DIFFERENTIATED if inner == v else Reason.CHAIN_RULE
    raise TypeError(f"no rule for the derivative of {type(body).__name__}")


def _rule(d: Derivative) -> Expr:
    body, v = d.body, d.variable

    def taken(part: Expr) -> Expr:
        if part == v:
            return one
        return Derivative(part, v, d.partial) if depends(part, v) else zero

    match body:
        case Sum(operands):
            return total(*(_of_term(term, taken) for term in operands))
        case Negation((inner,)):
            return minus(taken(inner))
        case Product(operands):
            return _of_product(operands, v, taken)
        case Quotient((above, below)):
            return _of_quotient(above, below, v, taken)
        case Power((base, exponent)):
            return _of_power(base, exponent, v, taken)
        case Cases(branches):
            return Cases(tuple((taken(value), condition) for value, condition in branches))
        case Function(name="max" | "min"):
            return _of_extreme(body, v, taken)
        case Function(_, (inner,)) | Applied(_, _, ((_, inner),)):
            return times(known_derivative(body), taken(inner))
    return taken(body)


def _of_term(term: Expr, taken: Callable[[Expr], Expr]) -> Expr:
    return minus(taken(term.operands[0])) if isinstance(term, Negation) else taken(term)


def _of_product(operands: tuple[Expr, ...], v: Expr, taken: Callable[[Expr], Expr]) -> Expr:
    """Constants stay in front; each other factor is differentiated in its turn, the rest left as it is."""
    constants = [factor for factor in operands if not depends(factor, v)]
    varying = [factor for factor in operands if depends(factor, v)]
    terms = [
        times(*varying[:place], taken(factor), *varying[place + 1 :]) for place, factor in enumerate(varying)
    ]
    return times(*constants, added(*terms))


def _of_quotient(above: Expr, below: Expr, v: Expr, taken: Callable[[Expr], Expr]) -> Expr:
    if not depends(below, v):
        return over(taken(above), below)
    if not depends(above, v):
        return over(minus(times(above, taken(below))), square(below))
    second = minus(times(above, taken(below)))
    return over(added(times(taken(above), below), second), square(below))


def _of_power(base: Expr, exponent: Expr, v: Expr, taken: Callable[[Expr], Expr]) -> Expr:
    logarithm = Function("ln", (base,))
    if depends(exponent, v) and depends(base, v):
        # f^g is e^(g ln f): then the chain rule.
        return taken(Function("exp", (product(exponent, logarithm),)))
    if depends(exponent, v):
        return times(Power((base, exponent)), logarithm, taken(exponent))
    return times(exponent, power(base, _one_less(exponent)), taken(base))


def _one_less(exponent: Expr) -> Expr:
    if isinstance(exponent, Number):
        return number(exponent.value - 1)
    if isinstance(exponent, Negation) and isinstance(exponent.operands[0], Number):
        return number(-exponent.operands[0].value - 1)
    if isinstance(exponent, Quotient) and all(isinstance(part, Number) for part in exponent.operands):
        above, below = (part.value for part in exponent.operands if isinstance(part, Number))
        return number(above / below - 1)
    return Sum((exponent, Negation((one,))))


def _of_extreme(e: Function, v: Expr, taken: Callable[[Expr], Expr]) -> Expr:
    """max(c, u): u′ where u > c, 0 otherwise; max(u, w): u′ where u ≥ w, w′ otherwise."""
    first, second = e.operands[0], e.operands[1]
    if len(e.operands) > 2:
        second = Function(e.name, e.operands[1:])
    beyond = ">" if e.name == "max" else "<"
    if not depends(first, v):
        return Cases(((taken(second), Comparison(second, beyond, first)), (zero, None)))
    if not depends(second, v):
        return Cases(((taken(first), Comparison(first, beyond, second)), (zero, None)))
    least = {">": "≥", "<": "≤"}[beyond]
    return Cases(((taken(first), Comparison(first, least, second)), (taken(second), None)))


def known_derivative(e: Function | Applied) -> Expr:
    """f′(u) for f(u), from the table. Raises: KeyError for a function that it does not have."""
    if isinstance(e, Applied):
        return _APPLIED[e.name](e.argument)
    return _FUNCTIONS[e.name](e.operands[0])


def _f(name: str, u: Expr) -> Expr:
    return Function(name, (u,))


_FUNCTIONS: dict[str, Callable[[Expr], Expr]] = {
    "exp": lambda u: _f("exp", u),
    "ln": lambda u: quotient(one, u),
    "sqrt": lambda u: quotient(one, Product((two, _f("sqrt", u)))),
    "tanh": lambda u: Sum((one, Negation((square(_f("tanh", u)),)))),
    "sinh": lambda u: _f("cosh", u),
    "cosh": lambda u: _f("sinh", u),
    "sin": lambda u: _f("cos", u),
    "cos": lambda u: Negation((_f("sin", u),)),
    "atan": lambda u: quotient(one, Sum((one, square(u)))),
    "erf": lambda u: Product(
        (quotient(two, _f("sqrt", Function("pi", ()))), _f("exp", Negation((square(u),))))
    ),
    "abs": lambda u: _f("sign", u),
    "sign": lambda u: zero,
}
_APPLIED: dict[str, Callable[[Expr], Expr]] = {
    "sigmoid": lambda u: Product(
        (catalogued("sigmoid", u), Sum((one, Negation((catalogued("sigmoid", u),)))))
    ),
    "relu": lambda u: Cases(((one, Comparison(u, ">", zero)), (zero, None))),
    "softplus": lambda u: catalogued("sigmoid", u),
}
