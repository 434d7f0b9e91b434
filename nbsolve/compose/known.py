"""Parts of formulae with lines of their own: e^z or b^z and their sum (softmax), σ(z), softplus(z), Φ(z), φ(z)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from nbsolve.arithmetic import Arithmetic, ball
from nbsolve.asking.writing import scalar
from nbsolve.catalogue import is_named
from nbsolve.evaluate import evaluate
from nbsolve.expr import (
    Applied,
    Cases,
    Expr,
    Function,
    Hadamard,
    Known,
    Matrix,
    Negation,
    Number,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    Total,
    Variable,
    number,
    substitute,
    total,
    walk,
)
from nbsolve.step import Rule, Step
from nbsolve.symbol import Role, Symbol
from nbsolve.values import Values

FAR = 230
"""Beyond e^230 (10^100) and e^−230 a calculator gives no value: the largest pre-activation is subtracted."""


def named(expression: Expr) -> Expr:
    """The expression with σ(z), softplus(z), Φ(z) and φ(z) as values that are known."""
    return substitute(expression, lambda node: Known(node, node.expanded) if is_named(node) else None)


def known_in(expression: Expr) -> Iterator[Known]:
    """What is known in an expression, each after what it is made of."""
    for child in expression.children:
        yield from known_in(child)
    if isinstance(expression, Known):
        yield expression


def shared_out(step: Step, arithmetic: Arithmetic) -> Expr:
    """The formula of a step; a share of softmax as e^z or b^z over the sum S, both known; ln S in its logarithm."""
    formula = step.formula
    if step.rule is not Rule.ACTIVATION:
        return formula
    match formula:
        case Quotient(((Function("exp", (own,)) | Power((Number(), own))) as raised, Sum(powers))):
            logarithm = False
        case Sum((own, Negation((Function("ln", (Sum((Function("exp") as raised, *_) as powers),)),)))):
            logarithm = True
        case _:
            return formula
    if any(_with_exponent(raised, power.children[-1]) != power for power in powers if power.children):
        return formula
    exponents = [power.children[-1] for power in powers]
    largest = _subtracted(raised, exponents, step.values, arithmetic)

    def exponential(z: Expr) -> Expr:
        if largest is None:
            power = _with_exponent(raised, z)
        elif z == largest:
            return number(1)
        else:
            power = _with_exponent(raised, Sum((z, Negation((largest,)))))
        return Known(power, power)

    assert isinstance(step.target, Symbol)
    added = Known(_sum_of(step.target), total(*map(exponential, exponents)))
    if not logarithm:
        return Quotient((exponential(own), added))
    shifted = (own,) if largest is None else (own, Negation((largest,)))
    return Sum((*shifted, Negation((Function("ln", (added,)),))))


def _with_exponent(power: Expr, exponent: Expr) -> Expr:
    """e^z or b^z with another exponent."""
    return power.rebuilt((*power.children[:-1], exponent))


def _subtracted(
    power: Expr, exponents: Sequence[Expr], values: Values, arithmetic: Arithmetic
) -> Expr | None:
    """The largest exponent, where its power is too large or too small for a calculator."""
    sizes = [float(ball(scalar(evaluate(z, values, arithmetic))).mid()) for z in exponents]
    place = int(np.argmax(sizes))
    match power:
        case Power((Number(base), _)):
            sizes[place] *= np.log(float(base))
    return exponents[place] if abs(sizes[place]) > FAR else None


def whole_parts(step: Step) -> Expr:
    """The formula of a whole layer: e^z and their sum for softmax, and f′(z) in a product, as known values."""
    formula = step.formula
    match formula:
        case Quotient(((Function("exp") | Power((Number(), _))) as power, Total())):
            exponential = Known(power, power)
            assert isinstance(step.target, Symbol)
            return Quotient((exponential, Known(_sum_of(step.target), Total((exponential,)))))
        case Sum((own, Negation((Function("ln", (Total((Function("exp") as power,)),)),)))):
            exponential = Known(power, power)
            assert isinstance(step.target, Symbol)
            added = Known(_sum_of(step.target), Total((exponential,)))
            return Sum((own, Negation((Function("ln", (added,)),))))
        case Applied():
            return _spelled(formula)
        case Matrix():  # a function of its own for each unit
            return formula
    return substitute(formula, _as_part)


def _as_part(node: Expr) -> Expr | None:
    """f′(z) and p · g as known values."""
    if isinstance(node, Applied):
        return Known(node, _spelled(node))
    if isinstance(node, Matrix):
        return Known(node, node)
    return Known(node, node) if isinstance(node, Function) and node.name == "dot" else None


def _is_of_one_entry(node: Expr) -> bool:
    """Whether something is decided: by cases, or by a function of several numbers (the larger of two)."""
    return isinstance(node, Cases) or (isinstance(node, Function) and len(node.operands) > 1)


def _spelled(function: Applied) -> Expr:
    """f(z) of a vector: by Φ(z), φ(z) or σ(z) where those are in it, whose values are known then.

    Not where entries may fall under different cases: such a formula is true of one entry, not of the whole.
    """
    nodes = [*walk(function.definition)]
    if not any(map(is_named, nodes)) or any(map(_is_of_one_entry, nodes)):
        return function

    def replaced(node: Expr) -> Expr | None:
        if is_named(node):
            return Known(node, node)
        if isinstance(node, Product):  # entry by entry
            return Hadamard(tuple(substitute(factor, replaced) for factor in node.operands))
        return None

    return substitute(function.expanded, replaced)


def _sum_of(activation: Symbol) -> Quantity:
    letter = Symbol(Role.EXPONENTIAL_SUM, activation.layer, sample=activation.sample, new=activation.new)
    return Quantity(letter)


def is_shifted(node: Known) -> bool:
    """Whether it is e^(z − m) or b^(z − m), where m is the largest z."""
    return isinstance(node.body, Function | Power) and isinstance(node.body.operands[-1], Sum)


def is_tabulated(node: Known) -> bool:
    """Whether its value comes from a table or from a key of a calculator rather than from a formula: Φ."""
    return isinstance(node.name, Applied) and node.name.name == "normal_distribution"


def without_parts(formula: Expr) -> Expr:
    """The formula without what has lines of its own."""
    return substitute(formula, lambda node: Variable("") if isinstance(node, Known) else None)


def uppermost(formula: Expr) -> tuple[Known, ...]:
    """The known parts of a formula that stand in no other known part."""
    found: dict[Known, None] = {}

    def taken(node: Expr) -> Expr | None:
        if not isinstance(node, Known):
            return None
        found[node] = None
        return node

    substitute(formula, taken)
    return tuple(found)
