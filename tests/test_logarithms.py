"""Logarithms that are known exactly: read, calculated with, printed, held against SymPy; where they may stand."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import flint
import pytest
import sympy

from nbsolve import WorkedSolution, load_problem, solve
from nbsolve.arithmetic import Arithmetic
from nbsolve.arithmetic.ladder import LADDER
from nbsolve.asking.answers import Answer
from nbsolve.asking.lost_digits import lost_digits
from nbsolve.errors import ProblemError
from nbsolve.given import Given
from nbsolve.logarithms import Logarithm
from nbsolve.problem.model import Problem
from nbsolve.render import text as as_text

TEXTS = (
    "ln(3)",
    "-ln(3)",
    "2*ln(3)",
    "0.5 ln(3)",
    "ln(4) - 0.3",
    "0.3 - ln 4",
    "ln(9)/2",
    "1/2 ln(1/3) + 1",
    "ln(0.25)",
    "107/3000 + ln(5)",
)
NETWORK = """\
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.3, -0.2], [0.5, 0.4]], bias: [ln(4) + 0.1, -ln(4) - 1.3]}
    - {units: 1, activation: sigmoid, weights: [[0.5, -0.5]], bias: [ln(3) - 0.3]}
samples: [{input: [1, 2], target: [1]}]
loss: binary_cross_entropy
"""
PENCIL = NETWORK.replace("-ln(4) - 1.3", "ln(1/4) - 1.3")


def symbolic(text: str) -> Any:
    """What SymPy reads, spaces before ln being products."""
    plain = text.replace("5 ln", "5*ln").replace("2 ln", "2*ln").replace("ln 4", "ln(4)")
    return sympy.sympify(plain, rational=True)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_means_what_sympy_reads(text: str) -> None:
    given = Given.read(text)
    assert given.text == text
    assert float(given) == pytest.approx(float(symbolic(text)), rel=1e-15)
    assert isinstance(given.value, Logarithm)
    again = Given.read(str(given.value)).value
    assert given.value.equals(again)


@pytest.mark.parametrize(
    ("left", "right"), list(itertools.product(TEXTS, ("ln(3)", "ln(4) - 0.3", "-3/4", "2")))
)
def test_sums_and_multiples_stay_exact(left: str, right: str) -> None:
    one, other = Given.read(left).value, Given.read(right).value
    for found, expected in ((one + other, f"({left}) + ({right})"), (one - other, f"({left}) - ({right})")):
        wanted = sympy.expand_log(symbolic(expected), force=True).expand()
        assert isinstance(found, flint.fmpq) == bool(wanted.is_rational)
        assert isinstance(found, flint.fmpq | Logarithm)
        assert abs(float(symbolic(str(found))) - float(wanted)) < 1e-14
    if isinstance(other, flint.fmpq):
        assert isinstance(one * other, Logarithm)
        assert float(one * other) == pytest.approx(float(symbolic(left) * symbolic(right)), rel=1e-14)


def test_functions_of_logarithms_are_rational() -> None:
    arithmetic = Arithmetic()
    three = Given.read("ln(3)").value
    assert arithmetic.exp(three) == 3
    assert arithmetic.exp(-three) == flint.fmpq(1, 3)
    assert arithmetic.tanh(Given.read("ln(2)").value) == flint.fmpq(3, 5)
    assert arithmetic.tanh(three / 2) == flint.fmpq(1, 2)
    assert arithmetic.ln(flint.fmpq(9)) / three == 2
    assert isinstance(arithmetic.exp(three / 2), flint.arb)
    assert isinstance(three * three, flint.arb)
    assert not isinstance(three * three, Logarithm)
    assert isinstance(arithmetic.exp(three + 1), flint.arb)


def test_the_sigmoid_of_a_logarithm_is_exact_on_the_page() -> None:
    problem = load_problem(PENCIL)
    assert isinstance(problem, Problem)
    assert problem.rounding.logarithms == "kept"
    worked = solve(problem)
    values = {one.quantity: one for one in worked.entries()}
    assert values["a[1][1]"].printed == "0.8"
    assert values["a[1][2]"].printed == "0.2"
    assert values["a[2][1]"].printed == "0.75"
    assert values["dL/dW[2][1][1]"].printed == "-0.2"
    text = as_text.render(worked.document())
    assert "= [ ln(4) ] ≈ 1.386" in text
    assert "ln(4) + 0.1" in text
    assert "= 1/(1 + exp(−ln(3)))" in text
    assert "= [ 0.75 ]" in text
    assert "[ -ln(0.75) ]" in text or "[ ln(4/3) ]" in text


def test_decimals_on_demand_and_where_no_given_has_a_logarithm() -> None:
    decimal = as_text.render(solve(load_problem(PENCIL + "rounding: {logarithms: decimal}\n")).document())
    assert "≈ 1.38629" in decimal
    plain = PENCIL.replace("ln(4) + 0.1", "1").replace("ln(1/4) - 1.3", "2").replace("ln(3) - 0.3", "3")
    problem = load_problem(plain)
    assert isinstance(problem, Problem)
    assert problem.rounding.logarithms == "decimal"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ln(4) + 0.1", "ln(0)", "not positive"),
        ("ln(4) + 0.1", "-ln(4) - 1", "write a positive term first"),
        ("ln(4) + 0.1", "ln(x)", "is 'ln\\(x\\)'"),
        ("ln(4) + 0.1", "ln(1/0)", "divides by 0"),
        ("loss: b", "training: {optimiser: {sgd: {learning_rate: ln(3)}}}\nloss: b", "has a logarithm"),
    ],
)
def test_what_is_no_number_is_said(old: str, new: str, said: str) -> None:
    with pytest.raises(ProblemError, match=said):
        load_problem(PENCIL.replace(old, new))


def test_a_rule_refuses_logarithms() -> None:
    with pytest.raises(ProblemError, match="has a logarithm"):
        load_problem(
            "kind: rule\nrule: perceptron\nweights: [ln(3), 0]\nbias: 0\n"
            "samples: [{input: [1, 2], target: 1}, {input: [2, 1], target: 0}]\nuntil: {epochs: 1}\n"
        )


def test_a_graph_takes_them() -> None:
    worked = solve(
        load_problem("kind: graph\ngiven: {x: ln(3), y: 2}\nequations: {f: exp(x) * y + tanh(x)}\n")
    )
    found = {one.quantity: Fraction(str(one.exact)) for one in worked.entries() if isinstance(one, Answer)}
    assert found["f"] == Fraction("6.8")
    assert found["df/dx"] == Fraction("6.36")


def test_more_bits_lose_nothing() -> None:
    """A page that needs a second arithmetic still has ln(5), not 1.609438 (ln(5) + 0.18 − 0.18)."""
    given: Any = Given.read("ln(5) + 0.18").value
    for arithmetic in LADDER:
        with arithmetic.working():
            total = arithmetic.add(given, flint.fmpq(-18, 100))
            assert isinstance(total, Logarithm), arithmetic
            assert isinstance(arithmetic.multiply(flint.fmpq(2), given), Logarithm)
            assert arithmetic.exp(total) == 5


def test_a_new_parameter_beside_a_given_logarithm_is_no_lost_digit() -> None:
    worked = solve(
        load_problem(PENCIL + "training: {optimiser: {sgd: {learning_rate: 0.5}}, iterations: 1}\n")
    )
    assert isinstance(worked, WorkedSolution)
    assert list(lost_digits(worked.entries(everything=True), worked.solution)) == []
