"""The tables of formulae: each derivative against central differences at 50 digits and against SymPy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import flint
import mpmath
import pytest
import sympy

from nbsolve.arithmetic import Arithmetic, ball
from nbsolve.arithmetic.ladder import certified
from nbsolve.catalogue import ACTIVATIONS, CANCELLATIONS, LOSS_ALIASES, LOSSES, OPTIMISERS, Activation, Loss
from nbsolve.evaluate import evaluate
from nbsolve.expr import (
    Applied,
    Cases,
    Comparison,
    Expr,
    Function,
    Matrix,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    number,
    product,
    with_variables,
)
from nbsolve.values import Values

POINTS = ("-7/3", "-1", "-0.4", "0.3", "1", "2.75")
STEP = flint.fmpq(1, 10**25)
DIGITS = 50


def rational(text: str) -> flint.fmpq:
    fraction = Fraction(text)
    return flint.fmpq(fraction.numerator, fraction.denominator)


def value(formula: Expr, variables: Mapping[str, Expr]) -> mpmath.mpf:
    """The formula's value, right to far more than 50 digits."""

    def compute(arithmetic: Arithmetic) -> mpmath.mpf:
        found = evaluate(with_variables(formula, variables), Values(), arithmetic)
        with mpmath.workdps(90):
            return mpmath.mpf(ball(found).mid().str(80, radius=False))  # type: ignore[arg-type]

    return certified(compute)


def slope(formula: Expr, variables: Mapping[str, Expr], name: str, place: int | None = None) -> mpmath.mpf:
    """(f(x + h) − f(x − h)) / 2h with h = 10^-25; `place` picks an entry of a vector."""

    def moved(by: flint.fmpq) -> mpmath.mpf:
        old = variables[name]
        if isinstance(old, Number):
            new: Expr = Number(old.value + by)
        else:
            assert isinstance(old, Matrix)
            rows = list(old.rows)
            assert place is not None
            entry = rows[place][0]
            assert isinstance(entry, Number)
            rows[place] = (Number(entry.value + by),)
            new = Matrix(tuple(rows))
        return value(formula, {**variables, name: new})

    with mpmath.workdps(90):
        return (moved(STEP) - moved(-STEP)) / (2 * mpmath.mpf(10) ** -25)


def close(left: mpmath.mpf, right: mpmath.mpf) -> bool:
    with mpmath.workdps(90):
        return bool(abs(left - right) <= mpmath.mpf(10) ** -45 * max(1, abs(right)))


def parameters(record: Activation | Loss) -> dict[str, Expr]:
    return {name: Number(given.rational) for name, given in record.parameters.items()}


def wrong_activation(record: Activation) -> list[str]:
    """Where a derivative is not its formula's slope, or disagrees with its form from the output."""
    wrong = []
    for point in POINTS:
        variables: dict[str, Expr] = parameters(record) | {"z": Number(rational(point))}
        derivative = value(record.derivative, variables)
        if not close(derivative, slope(record.definition, variables, "z")):
            wrong.append(f"derivative of {record.name} at {point}")
        if record.from_output is not None:
            with mpmath.workdps(90):
                output = value(record.definition, variables)
                text = mpmath.nstr(output, 75)
            known = variables | {"a": Number(rational(text))}
            if not close(value(record.from_output, known), derivative):
                wrong.append(f"derivative of {record.name} from its output at {point}")
    return wrong


SCALAR_ACTIVATIONS = [record for record in ACTIVATIONS.values() if not record.vector]


@pytest.mark.parametrize("record", SCALAR_ACTIVATIONS, ids=lambda record: record.name)
def test_activation_against_central_differences(record: Activation) -> None:
    assert not wrong_activation(record)


def loss_points(record: Loss) -> Iterator[dict[str, Expr]]:
    if record.separable:
        inside = record.logarithmic
        for a in ("0.15", "0.5", "0.93") if inside else ("-2.5", "-0.3", "0.4", "3"):
            for y in ("0", "0.2", "1"):
                yield parameters(record) | {"a": Number(rational(a)), "y": Number(rational(y))}
        return
    for outputs, targets in VECTORS:
        yield parameters(record) | {"a": vector(outputs), "y": vector(targets)}


VECTORS = (
    (("0.4", "-0.7"), ("1", "-1")),
    (("2", "0.5"), ("0.3", "1")),
    (("0.2", "-3"), ("1", "1")),
)


def vector(entries: tuple[str, ...]) -> Matrix:
    return Matrix(tuple((Number(rational(entry)),) for entry in entries))


def wrong_loss(record: Loss) -> list[str]:
    wrong = []
    factor = record.coefficient
    for variables in loss_points(record):
        places = [None] if record.separable else [0, 1]
        for place in places:
            known = dict(variables)
            if place is not None:
                for letter in ("a", "y"):
                    whole = known[letter]
                    assert isinstance(whole, Matrix)
                    known[f"{letter}_k"] = whole.rows[place][0]
            with mpmath.workdps(90):
                found = factor * value(record.derivative, known)
            if not close(found, slope(record.definition, variables, "a", place)):
                wrong.append(f"derivative of {record.name} at {variables}, {place}")
    return wrong


@pytest.mark.parametrize("record", LOSSES.values(), ids=lambda record: record.name)
def test_loss_against_central_differences(record: Loss) -> None:
    assert not wrong_loss(record)


# ------------------------------------------------------------------ SymPy


def to_sympy(formula: Expr, names: Mapping[str, Any]) -> Any:
    """The formula as SymPy has it, without its automatic evaluation mattering for a proof."""
    inner = [to_sympy(child, names) for child in formula.children] if not isinstance(formula, Cases) else []
    if isinstance(formula, Number):
        return sympy.Rational(int(formula.value.p), int(formula.value.q))
    if isinstance(formula, Variable):
        return names[formula.name]
    if isinstance(formula, Sum):
        return sympy.Add(*inner)
    if isinstance(formula, Product):
        return sympy.Mul(*inner)
    if isinstance(formula, Quotient):
        return inner[0] / inner[1]
    if isinstance(formula, Power):
        return inner[0] ** inner[1]
    if isinstance(formula, Negation):
        return -inner[0]
    if isinstance(formula, Comparison):
        relation = {"<": sympy.Lt, "≤": sympy.Le, "=": sympy.Eq, "≥": sympy.Ge, ">": sympy.Gt}
        return relation[formula.relation](*inner)
    if isinstance(formula, Cases):
        return sympy.Piecewise(
            *(
                (to_sympy(branch, names), True if condition is None else to_sympy(condition, names))
                for branch, condition in formula.branches
            )
        )
    if isinstance(formula, Applied):
        return to_sympy(formula.expanded, names)
    assert isinstance(formula, Function)
    functions = {
        "exp": sympy.exp,
        "ln": sympy.log,
        "sqrt": sympy.sqrt,
        "tanh": sympy.tanh,
        "erf": sympy.erf,
        "abs": sympy.Abs,
        "sign": sympy.sign,
        "max": sympy.Max,
        "pi": lambda: sympy.pi,
    }
    return functions[formula.name](*inner)


def same(left: Any, right: Any, *letters: Any, samples: tuple[Any, ...]) -> bool:
    """Whether the difference simplifies to 0 or, where SymPy cannot tell, is 0 at exact sample points."""
    difference = sympy.simplify(left - right)
    if difference == 0:
        return True
    return all(
        abs(sympy.N((left - right).subs(dict(zip(letters, point, strict=True))), 40)) < 1e-35
        for point in samples
    )


@pytest.mark.parametrize("record", SCALAR_ACTIVATIONS, ids=lambda record: record.name)
def test_activation_against_sympy(record: Activation) -> None:
    z, a = sympy.symbols("z a", real=True)
    names = {"z": z, "a": a} | {name: sympy.Symbol(name, positive=True) for name in record.parameters}
    definition = to_sympy(record.definition, names)
    samples = tuple(
        (sympy.Rational(p), *(sympy.Rational(2, 7) for _ in record.parameters)) for p in ("-1.3", "0.6")
    )
    letters = (z, *(names[name] for name in record.parameters))
    derivative = sympy.diff(definition, z)
    assert same(derivative, to_sympy(record.derivative, names), *letters, samples=samples)
    if record.from_output is not None:
        from_output = to_sympy(record.from_output, names)
        # Which branch holds is the same in z and in a, for the activations that have branches.
        assert same(derivative, from_output.subs(a, definition), *letters, samples=samples)


@pytest.mark.parametrize(
    "record", [record for record in LOSSES.values() if record.separable], ids=lambda record: record.name
)
def test_loss_against_sympy(record: Loss) -> None:
    a, y = sympy.symbols("a y", real=True)
    names = {"a": a, "y": y} | {name: sympy.Symbol(name, positive=True) for name in record.parameters}
    derivative = sympy.diff(to_sympy(record.definition, names), a)
    found = record.coefficient * to_sympy(record.derivative, names)
    samples = tuple(
        (sympy.Rational(p), sympy.Rational(q), *(sympy.Rational(3, 10) for _ in record.parameters))
        for p, q in (("0.35", "0.8"), ("0.9", "0.1"), ("0.5", "0.6"))
    )
    letters = (a, y, *(names[name] for name in record.parameters))
    assert same(derivative, found, *letters, samples=samples)


# ------------------------------------------------------------------ what the records say


def test_names_are_the_keys_and_aliases_exist() -> None:
    for table in (ACTIVATIONS, LOSSES, OPTIMISERS):
        for name, record in table.items():
            assert record.name == name
    for name, settings in LOSS_ALIASES.values():
        assert name in LOSSES
        assert set(settings) <= {"over_outputs", "over_samples", "scale"}
    for loss, activation in CANCELLATIONS:
        assert loss in LOSSES
        assert activation in ACTIVATIONS


def test_cancellations_are_loss_times_slope() -> None:
    """ℓ′(a) · σ′(z) of cross-entropy on a sigmoid is a − y, exactly."""
    a, y = Number(rational("0.37")), Number(rational("0.8"))
    loss = LOSSES["binary_cross_entropy"]
    slope_from_output = ACTIVATIONS["sigmoid"].from_output
    assert slope_from_output is not None
    long = product(
        with_variables(loss.derivative, {"a": a, "y": y}), with_variables(slope_from_output, {"a": a})
    )
    short = with_variables(CANCELLATIONS["binary_cross_entropy", "sigmoid"], {"a": a, "y": y})
    arithmetic = Arithmetic()
    assert evaluate(long, Values(), arithmetic) == evaluate(short, Values(), arithmetic)


# ------------------------------------------------------------------ the checks bite


def test_a_wrong_derivative_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = ACTIVATIONS["tanh"]
    wrong = replace(right, derivative=Sum((number(1), Negation((Function("tanh", (Variable("z"),)),)))))
    monkeypatch.setitem(ACTIVATIONS, "tanh", wrong)
    assert wrong_activation(ACTIVATIONS["tanh"])
    assert not wrong_activation(right)


def test_a_wrong_form_from_the_output_fails() -> None:
    wrong = replace(ACTIVATIONS["sigmoid"], from_output=Variable("a"))
    assert any("from its output" in message for message in wrong_activation(wrong))


def test_a_wrong_derivative_of_a_loss_fails() -> None:
    assert wrong_loss(replace(LOSSES["squared_error"], coefficient=1))
    assert wrong_loss(replace(LOSSES["hinge"], derivative=Variable("y_k")))
