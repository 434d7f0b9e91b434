"""Derivatives line by line: each line equals the one before, the last one what mpmath and SymPy find."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise

import flint
import pytest
import sympy
from mpmath import mp

import nbsolve.formula.differentiate as rules
from nbsolve.expr import Expr, Negation, Number, Sum, Variable, substitute, walk
from nbsolve.expr.general import Derivative
from nbsolve.formula import (
    Derived,
    OwnFunction,
    activation_derivation,
    derived_activation,
    derived_loss,
    loss_derivation,
    parse_formula,
    slope_at,
)
from nbsolve.formula.differentiate import differentiated
from nbsolve.given import Given
from nbsolve.step import Reason
from tests.formula.formulae import ACTIVATIONS, LOSSES, POSITIVE
from tests.formula.oracle import near, of_text, of_tree, slope
from tests.formula.written import written

POINTS = 12
IN_Z = {**ACTIVATIONS, **POSITIVE}
ALL = {**IN_Z, **LOSSES}
Point = dict[str, mp.mpf]


def own(name: str) -> OwnFunction:
    text, parameters = ALL[name]
    return OwnFunction(name, text, tuple((key, Given.read(value)) for key, value in parameters.items()))


def derived(name: str) -> Derived:
    return derived_loss(own(name)) if name in LOSSES else derived_activation(own(name))


def variable(name: str) -> str:
    return "a" if name in LOSSES else "z"


def points(name: str, count: int = POINTS) -> Iterator[Point]:
    """Random points off the kinks; kinks are numbers with few digits."""
    numbers = random.Random(name)
    low = -3.0 if name in ACTIVATIONS else 0.01
    high = 0.99 if name in LOSSES else 3.0
    for _ in range(count):
        point = {v: mp.mpf(numbers.uniform(low, high)) for v in (("a", "y") if name in LOSSES else ("z",))}
        yield point | {key: mp.mpf(value) for key, value in ALL[name][1].items()}


def wrong_lines(name: str, found: Derived) -> list[str]:
    """Lines that are not equal to the line before, or results that are not the derivative."""
    faults: list[str] = []
    text, _ = ALL[name]
    v = variable(name)
    for point in points(name):
        true = slope(lambda place, point=point: of_text(text, {**point, v: place}), point[v])  # type: ignore[misc]
        try:
            values = [of_tree(form.expression, point) for form in found.forms]
        except ZeroDivisionError:
            faults.append("a line without a value")
            continue
        for (before, after), form in zip(pairwise(values), found.forms[1:], strict=True):
            if not near(after, before):
                faults.append(f"{form.reason}: {form.expression}")
        if not near(values[-1], true):
            faults.append(f"{written(found.slope)} is not the derivative of {text}")
    return faults


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", ALL)
def test_every_line_equals_the_one_before(name: str) -> None:
    found = derived(name)
    assert not wrong_lines(name, found)
    assert isinstance(found.forms[0].expression, Derivative)
    assert not any(isinstance(node, Derivative) for node in walk(found.slope))
    assert found.forms[0].reason is Reason.DEFINITION
    assert all(form.reason is not Reason.DEFINITION for form in found.forms[1:])


BREAKING = ("max", "min", "where", "abs", "sign(", "relu")
SMOOTH = [name for name, (text, _) in ALL.items() if not any(word in text for word in BREAKING)]


@pytest.mark.parametrize("name", SMOOTH)
def test_sympy_finds_the_same(name: str) -> None:
    """SymPy reads the text by itself and differentiates it by itself."""
    text, parameters = ALL[name]
    known = {
        "e": sympy.E,
        "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
        "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
        **{letter: sympy.Symbol(letter, real=True) for letter in ("z", "a", "y", *parameters)},
    }
    expression = sympy.sympify(text.replace("^", "**"), locals=known, rational=True)
    v = known[variable(name)]
    found = derived(name)
    for point in points(name):
        at = {known[key]: sympy.Float(value, 70) for key, value in point.items()}
        true = sympy.diff(expression, v).evalf(60, subs=at)
        assert near(of_tree(found.slope, point), mp.mpf(true), 45)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("mish", "tanh(ln(1 + exp(z))) + z*(1 - tanh(ln(1 + exp(z)))^2)*exp(z)/(1 + exp(z))"),
        ("swish_by_sigmoid", "(beta*z*(1 - sigmoid(beta*z)) + 1)*sigmoid(beta*z)"),
        ("hard_sigmoid", "where(abs(z) < 3, 1/6, 0)"),
        ("hard_swish", "where(z <= -3, 0, where(z < 3, z/3 + 1/2, 1))"),
        ("hard_tanh", "where(abs(z) < 1, 1, 0)"),
        ("softsign", "1/(1 + abs(z))^2"),
        ("swish", "(1 + exp(-beta*z) + beta*z*exp(-beta*z))/(1 + exp(-beta*z))^2"),
        (
            "gelu_by_tanh",
            "0.5*(1 + tanh(sqrt(2/pi)*(z + 0.044715*z^3)) + z*(1 - tanh(sqrt(2/pi)*(z + 0.044715*z^3))^2)"
            "*(1 + 0.134145*z^2)*sqrt(2/pi))",
        ),
        ("gaussian", "-2*z*exp(-z^2)"),
        ("cubic", "3*z^2"),
        ("bent_identity", "z/(2*sqrt(z^2 + 1)) + 1"),
        ("root_unit", "1/(1 + z^2)^(3/2)"),
        ("tanhshrink", "tanh(z)^2"),
        ("power_of_two", "2^z*ln(2)"),
        ("constant", "0"),
        ("log_cosh", "tanh(a - y)"),
        ("charbonnier", "(a - y)/sqrt(1 + (a - y)^2)"),
        ("cross_entropy", "(a - y)/(a*(1 - a))"),
        ("huber_one", "where(abs(a - y) <= 1, a - y, sign(a - y))"),
    ],
)
def test_results_have_the_shape_that_people_write(name: str, shape: str) -> None:
    assert written(derived(name).slope) == shape


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("z*tanh(z)", ["product_rule", "differentiated"]),
        ("z/(1+exp(z))", ["quotient_rule", "sum_rule", "differentiated"]),
        ("exp(sin(z))", ["chain_rule", "differentiated"]),
        ("(1+z)^3", ["power_and_chain_rule", "sum_rule"]),
        ("3*z^2", ["constant_factor", "power_rule"]),
        ("max(0, z)", ["case_by_case"]),
        ("z^z", ["rewritten", "chain_rule", "product_rule", "differentiated"]),
    ],
)
def test_one_rule_a_line(text: str, reasons: list[str]) -> None:
    forms = differentiated(parse_formula(text, ("z",)), Variable("z"))
    assert [str(form.reason) for form in forms] == ["definition", *reasons]


# ------------------------------------------------------------------ kinks


@pytest.mark.parametrize(
    ("text", "kinks", "slopes"),
    [
        ("abs(z)", ["0"], ["0"]),
        ("max(0, z)", ["0"], ["0"]),
        ("max(z, 0)", ["0"], ["0"]),
        ("relu(z-1)", ["1"], ["0"]),
        ("min(2, z)", ["2"], ["0"]),
        ("where(z > 0, z, 0.1*z)", ["0"], ["1/10"]),
        ("where(z >= 0, z, 0.1*z)", ["0"], ["1"]),
        ("where(abs(z) < 1, z, 0)", ["-1", "1"], ["0", "0"]),
        ("min(max(0, z+3), 6)/6", ["-3", "3"], ["0", "0"]),
        ("sign(z)", ["0"], ["0"]),
        ("z/(1+abs(z))", [], []),
        ("z*abs(z)", [], []),
        ("relu(z)^2", [], []),
        ("exp(z)", [], []),
    ],
)
def test_kinks_are_named_with_the_slope_taken_there(text: str, kinks: list[str], slopes: list[str]) -> None:
    found = derived_activation(OwnFunction("f", text))
    assert [written(place) for place in found.kinks] == kinks
    taken = [slope_at(found.slope, Variable("z"), place, found.domains) for place in found.kinks]
    assert [written(value) for value in taken if value is not None] == slopes


def test_kinks_in_other_letters() -> None:
    assert [written(place) for place in derived_loss(OwnFunction("l", "abs(a-y)")).kinks] == ["y"]
    assert [written(p) for p in derived_loss(OwnFunction("l", "min((a-y)^2, 1)")).kinks] == ["y - 1", "y + 1"]
    threshold = OwnFunction("f", "where(z > theta, z, 0)", (("theta", Given.read("0.5")),))
    assert [written(place) for place in derived_activation(threshold).kinks] == ["theta"]


@pytest.mark.parametrize("name", [name for name in IN_Z if name not in SMOOTH])
def test_simplified_keeps_the_convention_at_every_kink(name: str) -> None:
    """At kinks the simplified line has the value of the line before it, exactly."""
    found = derived(name)
    if found.forms[-1].reason is not Reason.SIMPLIFIED:
        return
    for half in range(-14, 15):
        point = {key: mp.mpf(value) for key, value in ALL[name][1].items()} | {"z": mp.mpf(half) / 2}
        before, after = (of_tree(form.expression, point) for form in found.forms[-2:])
        assert near(after, before)


# ------------------------------------------------------------------ the derivation as data


def test_a_derivation_begins_with_the_definition_and_ends_with_the_result() -> None:
    found = activation_derivation(own("swish"))
    first, last = found.stages
    assert written(first.forms[0].expression) == "z/(1 + exp(-beta*z))"
    assert last.boxed
    assert found.result == derived("swish").slope
    assert set(found.letters) == {"z", "beta"}
    assert found.letters["beta"].low < flint.fmpq(3, 2) < found.letters["beta"].high
    assert written(loss_derivation(own("log_cosh")).result) == "tanh(a - y)"


def test_a_parameter_in_an_exponent_is_a_number() -> None:
    assert written(derived("integer_power").slope) == "3*z^2"


# ------------------------------------------------------------------ tests that can fail


def test_a_wrong_rule_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(above: Expr, below: Expr, v: Expr, taken: object) -> Expr:
        return rules.over(rules.times(taken(above), below), rules.square(below))  # type: ignore[operator]

    monkeypatch.setattr(rules, "_of_quotient", wrong)
    forms = differentiated(parse_formula("z/(1+exp(z))", ("z",)), Variable("z"))
    assert wrong_lines("swish", Derived(Number(flint.fmpq(0)), forms, {}, ()))


@pytest.mark.parametrize("name", ["mish", "swish", "softsign", "selu", "log_cosh", "focal"])
def test_a_changed_line_is_noticed(name: str) -> None:
    """One sign or one number changed in any line is found by what compares the lines."""
    found = derived(name)
    killed = made = 0
    for place, form in enumerate(found.forms[1:], start=1):
        for changed in mutants(form.expression):
            forms = (*found.forms[:place], type(form)(changed, form.reason), *found.forms[place + 1 :])
            made += 1
            killed += bool(wrong_lines(name, Derived(found.definition, forms, found.domains, found.kinks)))
    assert made >= 3
    assert killed == made


def mutants(expression: Expr) -> Iterator[Expr]:
    """The expression with one sign changed, but for signs of constants, which no derivative notices."""
    spots = [
        node
        for node in walk(expression)
        if isinstance(node, Sum) or (isinstance(node, Negation) and not isinstance(node.operands[0], Number))
    ]
    for spot in spots[:4]:

        def turned(node: Expr, spot: Expr = spot) -> Expr | None:
            if node is not spot:
                return None
            if isinstance(node, Negation):
                return node.operands[0]
            first, *rest = node.children
            return Sum((Negation((first,)), *rest))

        yield substitute(expression, turned)
