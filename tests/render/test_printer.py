"""What is printed can be read back: no tree loses its value on paper."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import flint
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nbsolve.expr import (
    Applied,
    Brace,
    Comparison,
    Expr,
    FactorReference,
    Function,
    Matrix,
    Negation,
    Number,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    Variable,
    number,
)
from nbsolve.render import latex_math, text
from nbsolve.render.mathml import formulas as mathml
from nbsolve.render.typst import math
from nbsolve.symbol import parse_canonical
from tests.render import notation
from tests.render.reading import STAND_INS, doubled, from_latex, from_text

NAMES = notation.names()
ATOMS = [
    parse_canonical(name)
    for name in ("x[1]", "a[1][1]", "W[1][2][1]", "L", "dL/da[2][1]", "da/dz[1][1]", "W_new[1][1][1]", "eta")
]
VALUES = dict(
    zip(ATOMS, map(Fraction, ("2/3", "-5/7", "11", "-13/5", "17/3", "-19", "23/2", "1/9")), strict=True)
)
LITERALS = ["0.5", "-0.5", "3", "-2", "0", "1", "1/3", "-1/3", "2e-3", "-4e-2", "1.50", ".5"]


def one(strategy: st.SearchStrategy[Expr], kind: type[Expr]) -> st.SearchStrategy[Expr]:
    return strategy.map(lambda operand: kind((operand,)))  # type: ignore[call-arg]


def many(strategy: st.SearchStrategy[Expr], kind: type[Expr]) -> st.SearchStrategy[Expr]:
    return st.lists(strategy, min_size=2, max_size=3).map(lambda operands: kind(tuple(operands)))  # type: ignore[call-arg]


def called(strategy: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    single = st.sampled_from(["exp", "ln", "tanh", "sqrt", "abs"])
    return st.one_of(
        st.tuples(single, strategy).map(lambda drawn: Function(drawn[0], (drawn[1],))),
        st.tuples(strategy, strategy).map(lambda operands: Function("max", operands)),
        strategy.map(lambda operand: Function("log", (number(2), operand))),
        st.tuples(strategy, st.integers(0, 1)).map(
            lambda drawn: Applied("sigmoid", Variable("z"), (("z", drawn[0]),), primes=drawn[1])
        ),
    )


def larger(strategy: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    exponents = st.sampled_from([2, 3, -2]).map(number)
    return st.one_of(
        many(strategy, Sum),
        many(strategy, Product),
        one(strategy, Negation),
        st.tuples(strategy, strategy).map(Quotient),
        st.tuples(strategy, exponents).map(Power),
        called(strategy),
        st.tuples(st.integers(1, 20), strategy).map(lambda drawn: FactorReference(*drawn)),
        strategy.map(lambda body: Brace(body, "through", (ATOMS[1],))),
    )


LEAVES: st.SearchStrategy[Expr] = st.one_of(
    st.sampled_from(ATOMS).map(Quantity),
    st.sampled_from(LITERALS).map(notation.literal),
    st.fractions(-3, 3, max_denominator=9).map(lambda f: Number(flint.fmpq(f.numerator, f.denominator))),
)
TREES = st.recursive(LEAVES, larger, max_leaves=10)


def value(expression: Expr) -> Fraction:
    """The value with the stand-in functions, by the meaning of the nodes."""
    if isinstance(expression, Number):
        return Fraction(int(expression.value.p), int(expression.value.q))
    if isinstance(expression, Quantity):
        return VALUES[expression.atom]
    parts = [value(child) for child in expression.children]
    if isinstance(expression, Function):
        return STAND_INS[expression.name](*parts)
    if isinstance(expression, Applied):
        return STAND_INS["sigma" + "'" * expression.primes](*parts)
    if isinstance(expression, Product):
        out = Fraction(1)
        for part in parts:
            out *= part
        return out
    rules: dict[type[Expr], Callable[..., Any]] = {
        Sum: lambda *terms: sum(terms),
        Negation: lambda x: -x,
        Quotient: lambda top, bottom: top / bottom,
        Power: lambda base, exponent: base ** int(exponent),
        FactorReference: lambda body: body,
        Brace: lambda body: body,
    }
    return Fraction(rules[type(expression)](*parts))


@given(TREES)
def test_what_is_printed_has_the_value_of_the_tree(expression: Expr) -> None:
    try:
        expected = value(expression)
    except ZeroDivisionError:
        assume(False)
    latex = latex_math.printer(NAMES).print(expression)
    words = text.printer(NAMES).print(expression)
    assert doubled(latex) is None
    assert from_latex(latex, {NAMES.latex(atom): VALUES[atom] for atom in ATOMS}) == expected, latex
    assert from_text(words, {NAMES.plain(atom): VALUES[atom] for atom in ATOMS}) == expected, words


@pytest.mark.parametrize("bad", ["x^{2}^{3}", "x_1_2", "a^{(1)}_{1}^{2}", "x^2'", r"\frac{x^{2}^{3}}{y}"])
def test_doubled_scripts_are_found(bad: str) -> None:
    with contextlib.suppress(ValueError):
        assert doubled(bad) is not None


def test_single_scripts_are_not() -> None:
    assert doubled(r"a_1^{(1)}\,x^{2} + \sigma'(z)^{2}") is None


def test_a_node_without_a_rule_is_an_error() -> None:
    class Unknown(Expr):
        pass

    for make in (latex_math.printer, text.printer):
        with pytest.raises(TypeError, match="Unknown"):
            make(NAMES).print(Sum((number(1), Unknown())))


X, ZERO = Variable("x"), number(0)
POSITIVE = Comparison(X, ">", ZERO)


@pytest.mark.parametrize(
    "expression",
    [
        Sum((X, POSITIVE)),
        Sum((POSITIVE, X)),
        Sum((X, Negation((POSITIVE,)))),
        Product((X, POSITIVE)),
        Quotient((POSITIVE, X)),
        Quotient((X, POSITIVE)),
        Power((X, POSITIVE)),
        Function("exp", (POSITIVE,)),
        Comparison(POSITIVE, "=", ZERO),
        Matrix(((X, POSITIVE),)),
    ],
)
@pytest.mark.parametrize(
    ("dialect", "mark"), [(text, "1["), (latex_math, r"\mathbb{1}"), (mathml, "𝟙"), (math, "bb(1)")]
)
def test_a_condition_within_a_formula_is_1_or_0(dialect: Any, mark: str, expression: Expr) -> None:
    assert mark in dialect.printer(NAMES).print(expression)
