"""Doubles and texts of values: the nearest one, or a call for more bits."""

from __future__ import annotations

import math
from fractions import Fraction

import flint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbsolve.arithmetic import Arithmetic, Undecided
from nbsolve.arithmetic.ladder import LADDER, certified
from nbsolve.arithmetic.nearest import decimal, to_float, to_floats

STRICT = Arithmetic()


def rational(fraction: Fraction) -> flint.fmpq:
    return flint.fmpq(fraction.numerator, fraction.denominator)


def true_double(fraction: Fraction) -> float:
    """The nearest double by exact integer division, which Python rounds correctly."""
    try:
        return fraction.numerator / fraction.denominator
    except OverflowError:
        return math.inf if fraction > 0 else -math.inf


@given(st.fractions())
def test_a_rational_becomes_its_nearest_double(fraction: Fraction) -> None:
    assert to_float(rational(fraction), STRICT) == true_double(fraction)


@given(
    st.integers(-(2**120), 2**120),
    st.sampled_from([-1190, -1128, -1076, -1075, -1074, -60, 0, 900, 970, 1024]),
    st.integers(-1, 1),
)
def test_a_ball_becomes_the_nearest_double_of_all_it_holds(mantissa: int, exponent: int, nudge: int) -> None:
    """Subnormals, ties (odd multiples of half a step) and overflow among them."""
    fraction = Fraction(mantissa) * Fraction(2) ** exponent * (1 + Fraction(nudge, 2**100))
    radius = abs(fraction) * Fraction(1, 2**180)
    with STRICT.working():
        ball = flint.arb(rational(fraction), flint.arb(rational(radius)).upper())
        ends = {true_double(fraction - radius), true_double(fraction + radius)}
        if len(ends) == 1:
            assert to_float(ball, STRICT) == ends.pop()
        else:
            with pytest.raises(Undecided):
                to_float(ball, STRICT)


@pytest.mark.parametrize("value", ["0.1", "1", "172", "1e-300", "1e308"])
def test_a_wide_ball_is_no_double(value: str) -> None:
    """Its midpoint is right, but there are other doubles in it."""
    with STRICT.working(), pytest.raises(Undecided):
        to_float(flint.arb(value, flint.arb(value) * flint.arb("1e-15")), STRICT)


def test_a_number_below_all_doubles_becomes_0_and_a_ball_around_0_does_not() -> None:
    with STRICT.working():
        assert to_float(flint.arb(-3000).exp(), STRICT) == 0
        assert math.copysign(1, to_float(-flint.arb(-3000).exp(), STRICT)) == 1
        with pytest.raises(Undecided):
            to_float(flint.arb(0, "1e-77"), STRICT)
        with pytest.raises(Undecided):
            to_float(flint.arb("nan"), STRICT)


def test_a_tie_that_no_number_of_bits_decides_goes_to_the_even_double() -> None:
    def halfway(odd: int) -> float:
        def compute(arithmetic: Arithmetic) -> float:
            root = arithmetic.sqrt(flint.fmpq(2))
            return to_float(root * root / 2 + flint.fmpq(odd, 2**53), arithmetic)

        return certified(compute)

    assert halfway(1) == 1.0
    assert halfway(3) == 1.0 + 2**-51


def test_arrays_become_doubles_entry_by_entry() -> None:
    with STRICT.working():
        found = to_floats([[flint.fmpq(1, 3), flint.arb(2).sqrt()]], STRICT)
    assert found.shape == (1, 2)
    assert found.tolist() == [[1 / 3, math.sqrt(2)]]


@pytest.mark.parametrize(
    ("value", "text"),
    [("1/3", "3.3333e-01"), ("-2/3", "-6.6667e-01"), ("5", "5e+00"), ("999999", "1e+06"), ("0", "0")],
)
def test_texts_are_rounded_to_their_digits(value: str, text: str) -> None:
    assert decimal(rational(Fraction(value)), STRICT, 5) == text


def test_a_text_holds_what_no_double_can() -> None:
    with LADDER[0].working():
        text = decimal(flint.arb(-5000).exp(), LADDER[0], 20)
    assert text == "3.3696941483089175145e-2172"  # mpmath: 3.36969414830891751445003…e-2172
