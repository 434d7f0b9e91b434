"""Numbers as they are written: ties away from zero, right to the last digit, exact ones marked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import flint
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nbsolve.arithmetic import PRECISIONS, Arithmetic, Undecided
from nbsolve.arithmetic.ladder import certified
from nbsolve.rounding import Written, plain, shortened, write


@dataclass(frozen=True)
class Digits:
    decimals: int | None = None
    significant: int | None = None
    minimum_significant: int = 0


FOUR_DECIMALS, FOUR_DIGITS = Digits(decimals=4), Digits(significant=4)


def rational(text: str) -> flint.fmpq:
    fraction = Fraction(text)
    return flint.fmpq(fraction.numerator, fraction.denominator)


def written(text: str, digits: Digits) -> str:
    """The rational as written; an enclosure of it must come out the same but for trailing zeros."""
    value = rational(text)
    found = write(value, digits, Arithmetic())
    enclosed = certified(lambda arithmetic: write(flint.arb(value), digits, arithmetic))
    assert enclosed.value == found.value
    return found.text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("0.125", 2, "0.13"),
        ("-0.125", 2, "-0.13"),
        ("0.135", 2, "0.14"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("0.5", 0, "1"),
        ("1.005", 2, "1.01"),
        ("2.675", 2, "2.68"),
        ("0.00005", 4, "0.0001"),
        ("-0.00005", 4, "-0.0001"),
        ("0.00004", 4, "0.0000"),
        ("1/3", 4, "0.3333"),
        ("2/3", 4, "0.6667"),
        ("9.99995", 4, "10.0000"),
        ("12345.6", 2, "12345.6"),
    ],
)
def test_decimals(value: str, decimals: int, text: str) -> None:
    assert written(value, Digits(decimals=decimals)) == text


@pytest.mark.parametrize(
    ("value", "significant", "text"),
    [
        ("0.000439123", 3, "0.000439"),
        ("0.00012345", 4, "0.0001235"),
        ("0.000012345", 4, "1.235e-5"),
        ("-7.6390000001e-6", 4, "-7.639e-6"),
        ("0.99996", 4, "1.000"),
        ("9.9996", 4, "10.00"),
        ("0.6", 4, "0.6"),
        ("123456", 4, "123456"),
        ("1234567.8", 4, "1234568"),
        ("12345678.9", 4, "1.235e7"),
        ("99999999.5", 4, "1.000e8"),
        ("99999999999999999", 4, "1.000e17"),
        ("2/3", 2, "0.67"),
        ("0.25", 1, "0.3"),
        ("0", 4, "0"),
    ],
)
def test_significant_digits(value: str, significant: int, text: str) -> None:
    assert written(value, Digits(significant=significant)) == text


@pytest.mark.parametrize(
    "text", ["54729792", "99999999", "-100000000", "123456789012345", "10000001", "100000000000000"]
)
@pytest.mark.parametrize("digits", [FOUR_DIGITS, FOUR_DECIMALS, Digits(decimals=2, minimum_significant=3)])
def test_an_exact_whole_number_is_written_out(text: str, digits: Digits) -> None:
    assert write(rational(text), digits, Arithmetic()) == Written(text, rational(text), True)


@pytest.mark.parametrize(
    ("value", "before", "text"),
    [
        ("0.4999988", "0.5", "0.499999"),
        ("0.50004", "0.5", "0.50004"),
        ("-0.12345", "-0.123456789", "-0.12345"),  # to four decimals both are −0.1235
        ("0.50006", "0.5", "0.5001"),
        ("0.500000000000000000000001", "0.5", "0.5000"),
        ("1.00001", "1", "1.00001"),
        ("0.5", "0.5", "0.5"),
    ],
)
def test_a_new_parameter_is_told_from_the_old_one(value: str, before: str, text: str) -> None:
    found = write(rational(value), FOUR_DIGITS, Arithmetic(), unlike=rational(before))
    assert found.text == text
    decimals = write(rational(value), Digits(decimals=2), Arithmetic(), unlike=rational(before))
    assert decimals == write(rational(value), Digits(decimals=2), Arithmetic())  # the decimals asked for


@pytest.mark.parametrize(
    ("value", "text"), [("-0.0028123", "-0.00281"), ("0.0068", "0.0068"), ("0.12345", "0.1235")]
)
def test_decimals_with_a_minimum_of_significant_digits(value: str, text: str) -> None:
    assert written(value, Digits(decimals=4, minimum_significant=3)) == text


def test_only_an_exact_value_says_that_it_is() -> None:
    arithmetic = Arithmetic()
    assert write(rational("0.6"), FOUR_DIGITS, arithmetic) == Written("0.6", rational("0.6"), True)
    assert write(rational("2/3"), FOUR_DIGITS, arithmetic) == Written("0.6667", rational("0.6667"), False)
    assert not write(flint.arb("0.6"), FOUR_DIGITS, arithmetic).exact


def test_a_tie_that_no_number_of_bits_can_tell_is_rounded_away_from_zero() -> None:
    """√2 · √2 / 16 is 0.125, but no enclosure knows."""

    def compute(arithmetic: Arithmetic) -> str:
        root = arithmetic.sqrt(flint.fmpq(2))
        return write(-root * root / 16, Digits(decimals=2), arithmetic).text

    assert certified(compute) == "-0.13"
    with Arithmetic().working(), pytest.raises(Undecided):
        compute(Arithmetic())


def test_a_wide_enclosure_around_a_tie_is_not_taken_for_one() -> None:
    lenient = Arithmetic(PRECISIONS[-1], lenient=True)
    with pytest.raises(Undecided):
        write(flint.arb("0.125", "1e-20"), Digits(decimals=2), lenient)
    assert write(flint.arb("0.125", "1e-1000"), Digits(decimals=2), lenient).text == "0.13"


def test_more_digits_on_demand() -> None:
    assert write(rational("2/3"), FOUR_DECIMALS, Arithmetic(), extra=2).text == "0.666667"


def test_plain_and_shortened() -> None:
    assert plain(rational("-0.05"), 3) == "-0.050"
    assert plain(rational("12"), 0) == "12"
    assert shortened("1.500") == "1.5"
    assert shortened("100") == "100"
    assert shortened("2.000") == "2"


@given(st.decimals(-(10**6), 10**6, places=9), st.integers(0, 8))
def test_decimals_against_the_decimal_module(value: Decimal, decimals: int) -> None:
    text = written(str(value), Digits(decimals=decimals))
    assert Decimal(text) == value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


@given(st.decimals(-(10**6), 10**6, places=12), st.integers(1, 8))
def test_significant_digits_against_the_decimal_module(value: Decimal, significant: int) -> None:
    assume(value != 0)
    text = written(str(value), Digits(significant=significant))
    # Digits before the point are all written.
    last = min(0, value.adjusted() - significant + 1)
    assert Decimal(text) == value.quantize(Decimal(1).scaleb(last), rounding=ROUND_HALF_UP)


@given(st.fractions(min_value=-(10**8), max_value=10**8), st.integers(1, 6))
def test_the_value_is_what_the_text_says(fraction: Fraction, significant: int) -> None:
    found = write(
        flint.fmpq(fraction.numerator, fraction.denominator), Digits(significant=significant), Arithmetic()
    )
    assert rational(found.text) == found.value


def test_a_number_of_thousands_of_digits_gets_significant_ones_though_decimals_were_asked_for() -> None:
    huge = Arithmetic().exp(flint.fmpq(100_000))
    written = write(huge, Digits(decimals=4), Arithmetic())
    assert written.text == "2.80666336042612e43429"  # mpmath: 2.806663360426123…e+43429


def test_next_to_a_power_of_ten_a_number_is_written_where_both_sides_are_written_alike() -> None:
    arithmetic = Arithmetic(512, keeping=True)
    with arithmetic.working():
        for exponent, text in ((0, "1.000"), (3, "1000"), (-7, "1.000e-7"), (9, "1.000e9")):
            near = flint.arb(10) ** exponent * flint.arb(1, 2**-300)
            assert write(-near, FOUR_DIGITS, arithmetic).text == f"-{text}"
            assert not write(near, FOUR_DIGITS, arithmetic).exact
        with pytest.raises(Undecided):  # 1.000 below 1, 1.00 above it
            write(flint.arb(1, 2**-300), Digits(decimals=2, minimum_significant=3), arithmetic)


@pytest.mark.parametrize("size", [70_000, -70_000])
def test_numbers_with_thousands_of_digits_are_rounded_as_the_short_ones(size: int) -> None:
    arithmetic = Arithmetic(512, keeping=True)
    with arithmetic.working():
        value = flint.arb(2).sqrt() * flint.arb(10) ** size
        found = write(value, FOUR_DIGITS, arithmetic)
        assert found.text == f"1.414e{size}"
        assert arithmetic.rounds_to(value, 3 - size, found.rational)
        assert not arithmetic.rounds_to(value * flint.fmpq(1001, 1000), 3 - size, found.rational)
        tie = flint.fmpq(14145, 10) * flint.fmpq(10) ** (size - 3)
        assert arithmetic.rounds_to(tie, 3 - size, flint.fmpq(1415) * flint.fmpq(10) ** (size - 3))
