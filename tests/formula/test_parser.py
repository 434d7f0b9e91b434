"""A formula is read as it is meant, and what is no formula is refused with its column and with advice."""

from __future__ import annotations

import random
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp

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
    number,
)
from nbsolve.formula import FormulaError, parse_formula
from nbsolve.given import Given
from tests.formula.formulae import ACTIVATIONS, LOSSES, POSITIVE
from tests.formula.oracle import near, of_text, of_tree
from tests.formula.written import written

z = Variable("z")


def parsed(text: str, *parameters: str) -> Expr:
    return parse_formula(text, ("z",), parameters)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("z", z),
        ("0.50*z", Product((Number(number(1).value / 2, "0.50"), z))),
        ("-z^2", Negation((Power((z, number(2))),))),
        ("(-z)^2", Power((Negation((z,)), number(2)))),
        ("2^3^z", Power((number(2), Power((number(3), z))))),
        ("z**2", Power((z, number(2)))),
        ("1-z-2", Sum((number(1), Negation((z,)), Negation((number(2),))))),
        ("z/2/3", Quotient((Quotient((z, number(2))), number(3)))),
        ("z/2*3", Product((Quotient((z, number(2))), number(3)))),
        ("2*z/3", Quotient((Product((number(2), z)), number(3)))),
        ("-2*z", Negation((Product((number(2), z)),))),
        ("z*-2", Product((z, Negation((number(2),))))),
        ("--z", z),
        ("log(z)", Function("ln", (z,))),
        ("e^-z", Function("exp", (Negation((z,)),))),
        ("max(0, z, pi)", Function("max", (number(0), z, Function("pi", ())))),
    ],
)
def test_tree(text: str, tree: Expr) -> None:
    assert parsed(text) == tree


def test_functions_of_the_catalogue_keep_their_names() -> None:
    tree = parsed("relu(z)")
    assert isinstance(tree, Applied)
    assert (tree.name, tree.argument) == ("relu", z)


def test_nested_distinctions_are_one() -> None:
    tree = parsed("where(z < 0, 1, where(z == 0, 2, 3))")
    assert isinstance(tree, Cases)
    assert [c.relation if c else None for _, c in tree.branches] == ["<", "=", None]


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "empty"),
        ("   ", 1, "empty"),
        ("2z", 2, "2*z"),
        ("2(z)", 2, "2*(…)"),
        ("z(1+z)", 2, "z is not a function"),
        ("(z)(z)", 4, "(…)*(…)"),
        ("z z", 3, "z*z"),
        ("tahn(z)", 1, "did you mean tanh?"),
        ("sigmoid(betta*z)", 9, "did you mean beta?"),
        ("x+1", 1, "the variable is z"),
        ("z+", 3, "the end of the formula"),
        ("(z", 3, "to close the parenthesis of column 1"),
        ("z)", 2, "')'"),
        ("exp", 4, "exp(…)"),
        ("exp(z, 2)", 1, "2 arguments"),
        ("max(z)", 1, "max(…, …)"),
        ("z > 0", 3, "where(z > 0"),
        ("where(z, 1, 2)", 8, "< <= > >="),
        ("where(0 < z < 1, 1, 2)", 13, "nest a second one"),
        ("where(z > 0, 1)", 15, "','"),
        ("z − 1", 3, "type a plain -"),
        ("z²", 2, "type ^2"),
        ("z·2", 2, "type *"),
        ("|z|", 1, "abs(…)"),
        ("1e999*z", 1, "too large"),
        ("1..5", 3, "operator"),
        ("z^1001", 2, "at most 100"),
        ("10^10^10", 3, "too large"),
        ("2^(1/0)", 5, "division by zero"),
        ("max(ln(-1), 2)", 5, "the logarithm of a number that is not positive"),
        ("min(1/0, z)", 6, "a division by zero"),
        ("z*sqrt(1-2)", 3, "the square root of a negative number"),
        ("where(z > 0, z, (-8)^(1/3))", 21, "a fractional power of a negative number"),
        ("1e400", 1, "less than 10^400"),
        ("1e200*1e200", 6, "less than 10^400"),
        ("exp(1000)", 1, "less than 10^400"),
        ("((((2)^100)^100)^100)^100", 12, "less than 10^400"),
        ("((((z)^100)^100)^100)^100", 12, "at most 1000 together"),
        ("(z*z^99)^99", 9, "at most 1000 together"),
        ("__import__('os')", 12, "no texts"),
        ("z.__class__", 2, "no parts"),
        ("z[0]", 2, "type ( and )"),
        ("lambda: z", 7, "':'"),
        ("z if z else z", 3, "z*if"),
        ("exec(z)", 1, "unknown function 'exec'"),
        ("eval(z)", 1, "unknown function 'eval'"),
        ("z;z", 2, "one formula"),
        ("z\x00", 2, "code 0"),
        ("(" * 900, 41, "nested too deeply"),
        ("-" * 30 + "z*" + "-" * 50 + "z", 72, "nested too deeply"),
        ("/".join("z" * 90), 1, "within one another"),
        ("+".join("z" * 300), 1, "at most 200"),
        ("(" * 10_000 + "z" + ")" * 10_000, 1, "too long"),
    ],
)
def test_refused(text: str, column: int, words: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parsed(text, "beta")
    assert caught.value.column == column
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"column {column}: ")


def test_values_of_parameters_count_where_they_are_known() -> None:
    values = {"beta": Given.read("-2"), "n": Given.read("1e9")}
    for text, words in (("z*ln(beta)", "the logarithm of a number"), ("z^n", "exponent is too large")):
        assert parse_formula(text, ("z",), [*values])
        with pytest.raises(FormulaError, match=words):
            parse_formula(text, ("z",), values)


ALL = {**ACTIVATIONS, **POSITIVE, **LOSSES}


@pytest.mark.parametrize("name", ALL)
def test_value(name: str) -> None:
    """What is read has the value that Python's grammar and mpmath give, and so has what is written again."""
    text, parameters = ALL[name]
    variables = ("a", "y") if name in LOSSES else ("z",)
    tree = parse_formula(text, variables, parameters)
    again = parse_formula(written(tree), variables, parameters)
    numbers = random.Random(name)
    for _ in range(12):
        low = -3.0 if name in ACTIVATIONS else 0.01
        high = 0.99 if name in LOSSES else 3.0
        point = {variable: mp.mpf(numbers.uniform(low, high)) for variable in variables}
        point |= {parameter: mp.mpf(value) for parameter, value in parameters.items()}
        value = of_text(text, point)
        assert near(of_tree(tree, point), value)
        assert near(of_tree(again, point), value)


PIECES = st.sampled_from(
    [
        "z", "beta", "1", "0.5", "2e3", "e", "pi", "+", "-", "*", "/", "^", "**", "(", ")", ",", "<", ">=", "==",
        "exp", "ln(", "tanh(", "max(", "where(", "abs(", "sigmoid(", " ", "__class__", ".", "'", "−", "σ", "1/0",
        "\n", "x", "import", "%", "²",
    ]
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
def test_anything_is_a_formula_or_refused(text: str) -> None:
    column, again = 1, "z"
    try:
        again = written(parsed(text, "beta"))
    except FormulaError as error:
        column = error.column
    assert 1 <= column <= len(text) + 1
    assert again


FORMULAE: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["z", "beta", "2", "0.25", "pi", "1/3"]),
        st.tuples(FORMULAE, st.sampled_from("+-*"), FORMULAE).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        st.tuples(FORMULAE, st.sampled_from("+-*"), FORMULAE).map("".join),
        FORMULAE.map(lambda t: f"-{t}"),
        FORMULAE.map(lambda t: f"tanh({t})"),
        FORMULAE.map(lambda t: f"({t})^2"),
        FORMULAE.map(lambda t: f"({t})/(1+abs({t}))"),
        st.tuples(FORMULAE, FORMULAE).map(lambda t: f"where({t[0]} > {t[1]}, {t[0]}, {t[1]}*2)"),
    )
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(FORMULAE)
def test_what_is_written_is_read_back(text: str) -> None:
    """parse(write(parse(text))) has the same value, and writing it once more the same text."""
    try:
        tree = parsed(text, "beta")
    except FormulaError as error:
        if not any(words in str(error) for words in ("at most", "has no value", "too large")):
            raise
        return
    again = parsed(written(tree), "beta")
    point = {"z": mp.mpf("0.7"), "beta": mp.mpf("-1.3")}
    assert near(of_tree(tree, point), of_text(text, point))
    assert near(of_tree(again, point), of_text(text, point))


def test_the_deepest_formula_stays_within_the_stack() -> None:
    """What is just allowed can be evaluated and written far from the limit of recursion."""
    text = "z"
    while True:
        try:
            parsed(f"1/(1+{text})")
        except FormulaError:
            break
        text = f"1/(1+{text})"
    tree = parsed(text)
    frames = sys.getrecursionlimit()
    sys.setrecursionlimit(600)
    try:
        assert parsed(written(tree)) == tree
    finally:
        sys.setrecursionlimit(frames)
