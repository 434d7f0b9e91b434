"""Random formulae: their derivatives line by line."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from mpmath import mp

from nbsolve.formula import (
    FormulaError,
    OwnFunction,
    derived_activation,
)
from nbsolve.given import Given
from tests.formula.oracle import near, of_text, of_tree, slope

NAMES = (
    "sin",
    "cos",
    "tanh",
    "exp",
    "sinh",
    "cosh",
    "atan",
    "sqrt",
    "ln",
    "erf",
    "abs",
    "sigmoid",
    "relu",
    "softplus",
)


def anything(numbers: random.Random, depth: int) -> str:
    """A random formula in z and beta."""
    if depth == 0:
        return numbers.choice(["z", "z", "z", "2", "0.5", "beta"])

    def inner() -> str:
        return anything(numbers, depth - 1)

    kind = numbers.choice(["call"] * 4 + ["over", "times", "plus", "minus", "power", "max", "where"])
    match kind:
        case "call":
            return f"{numbers.choice(NAMES)}({inner()})"
        case "power":
            return f"({inner()})^{numbers.choice(['2', '3', '-1', '0.5'])}"
        case "max":
            return f"{numbers.choice(['max', 'min'])}({inner()}, {inner()})"
        case "where":
            return f"where({inner()} < {inner()}, {inner()}, {inner()})"
    sign = {"over": "/", "times": "*", "plus": "+", "minus": "-"}[kind]
    return f"({inner()}){sign}({inner()})"


@pytest.mark.sampled(3)
@pytest.mark.parametrize("seed", range(40))
def test_random_formulae(seed: int) -> None:
    """Every line, wherever the formula and its derivative have values."""
    numbers = random.Random(seed)
    text, found = "", None
    while found is None:
        text = anything(numbers, 2 + seed % 3)
        # One with a part that never has a value, (-2)^0.5, is refused as it is read.
        with suppress(FormulaError):
            found = derived_activation(OwnFunction("f", text, (("beta", Given.read("1.5")),)))
    for _ in range(20):
        place = mp.mpf(numbers.uniform(-3, 3))
        point = {"z": place, "beta": mp.mpf("1.5")}
        try:
            true = slope(lambda at, point=point: of_text(text, {**point, "z": at}), place)  # type: ignore[misc]
            values = [of_tree(form.expression, point) for form in found.forms]
        except (ZeroDivisionError, TypeError, OverflowError):
            continue
        if any(isinstance(value, mp.mpc) for value in (true, *values)):
            continue
        assert all(near(value, true, 40) for value in values), text
