"""Certified arithmetic: what is decided is right, what is not is never decided silently."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import flint
import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbsolve.arithmetic import MOST_BITS, PRECISIONS, RATIONAL_BITS, Arithmetic, Undecided, settled
from nbsolve.arithmetic.ladder import LADDER, Undetermined, certified
from nbsolve.catalogue import ACTIVATIONS
from nbsolve.errors import DomainError
from nbsolve.evaluate import branch, evaluate
from nbsolve.expr import Cases, Comparison, Expr, Number, Quantity, number, with_variables
from nbsolve.rounding import write
from nbsolve.symbol import Role, Symbol
from nbsolve.values import Values

STRICT = Arithmetic()
LENIENT = Arithmetic(PRECISIONS[-1], lenient=True)


def around(value: str, radius: str) -> flint.arb:
    return flint.arb(value, radius)


class Digits:
    """Four significant digits."""

    decimals = None
    significant = 4
    minimum_significant = 0


# ------------------------------------------------------------------ signs and branches


@pytest.mark.parametrize(("value", "sign"), [("-1/3", -1), ("0", 0), ("2", 1)])
def test_the_sign_of_a_rational_is_known(value: str, sign: int) -> None:
    f = Fraction(value)
    assert STRICT.sign(flint.fmpq(f.numerator, f.denominator)) == sign


def test_a_ball_around_zero_has_no_sign() -> None:
    with pytest.raises(Undecided):
        STRICT.sign(around("0", "1e-70"))


def test_at_the_last_level_a_tiny_ball_around_zero_is_zero() -> None:
    assert LENIENT.sign(around("0", "1e-1000")) == 0


@pytest.mark.parametrize("radius", ["1e-3", "1e-100", "1e-600"])
def test_a_wide_ball_is_not_taken_for_zero_even_at_the_last_level(radius: str) -> None:
    with pytest.raises(Undecided):
        LENIENT.sign(around("0", radius))


def test_an_infinite_ball_has_no_sign() -> None:
    with pytest.raises(Undecided):
        LENIENT.sign(flint.arb("nan"))


def test_a_branch_that_is_not_decided_is_not_taken() -> None:
    """`x if x > 0 else 0` on plain enclosures would silently take the second branch."""
    z = Quantity(Symbol(Role.PRE_ACTIVATION, 1, 1))
    cases = Cases(((z, Comparison(z, ">", number(0))), (number(0), None)))
    values = Values()
    values.put(z.atom, around("0", "1e-60"))
    with pytest.raises(Undecided):
        branch(cases, values, STRICT)
    with pytest.raises(Undecided):
        evaluate(cases, values, STRICT)


def test_the_maximum_of_what_cannot_be_compared_is_not_decided() -> None:
    record = ACTIVATIONS["relu"]
    values = Values()
    z = Quantity(Symbol(Role.PRE_ACTIVATION, 1, 1))
    values.put(z.atom, around("0", "1e-60"))
    with pytest.raises(Undecided):
        evaluate(with_variables(record.definition, {"z": z}), values, STRICT)


def test_a_branch_is_decided_with_more_bits() -> None:
    """√2 · √2 − 2 + 10⁻¹⁰⁰ is positive, which 256 bits cannot tell."""

    def compute(arithmetic: Arithmetic) -> int:
        root = arithmetic.sqrt(flint.fmpq(2))
        return arithmetic.sign(root * root - 2 + flint.fmpq(1, 10**100))

    with STRICT.working(), pytest.raises(Undecided):
        compute(STRICT)
    assert certified(compute) == 1


def test_what_is_zero_is_found_to_be_zero() -> None:
    def compute(arithmetic: Arithmetic) -> int:
        root = arithmetic.sqrt(flint.fmpq(2))
        return arithmetic.sign(root * root - 2)

    assert certified(compute) == 0


def test_what_stays_open_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(Undetermined, match=str(MOST_BITS)):
        certified(lambda arithmetic: arithmetic.sign(around("0", "1")))


def test_the_ladder_climbs() -> None:
    assert all(a.bits <= b.bits for a, b in pairwise(LADDER))
    assert not LADDER[0].lenient
    assert LADDER[-1].lenient


def test_the_precision_of_others_is_restored() -> None:
    before = flint.ctx.prec

    def fail() -> None:
        assert flint.ctx.prec == 1024
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), Arithmetic(1024).working():
        fail()
    assert flint.ctx.prec == before


# ------------------------------------------------------------------ far out in the tails


@pytest.mark.parametrize("z", [1000, -1000])
@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_slopes_far_out_in_the_tails(name: str, z: int) -> None:
    """σ′(±1000) = a(1 − a) is about 10⁻⁴³⁵: never 0, and right to the last printed digit."""
    record = ACTIVATIONS[name]
    assert record.from_output is not None
    from_output = record.from_output

    def compute(arithmetic: Arithmetic) -> str:
        a = evaluate(with_variables(record.definition, {"z": number(z)}), Values(), arithmetic)
        values = Values()
        symbol = Symbol(Role.ACTIVATION, 1, 1)
        values.put(symbol, a)
        slope = evaluate(with_variables(from_output, {"a": Quantity(symbol)}), values, arithmetic)
        return write(slope, Digits(), arithmetic).text  # type: ignore[arg-type]

    with mpmath.workdps(1000):
        a = 1 / (1 + mpmath.exp(-z)) if name == "sigmoid" else mpmath.tanh(z)
        slope = a * (1 - a) if name == "sigmoid" else 1 - a * a
        expected = mpmath.nstr(slope, 4)
    assert certified(compute) == expected


@pytest.mark.parametrize(
    ("name", "z"),
    [(name, z) for name in ("softplus", "silu", "elu") for z in (-1000, 1000)]
    + [("gelu", -50), ("gelu", 50)],
)
def test_values_far_out_in_the_tails(name: str, z: int) -> None:
    record = ACTIVATIONS[name]
    variables: dict[str, Expr] = {key: Number(default.rational) for key, default in record.parameters.items()}
    formula = with_variables(record.definition, variables | {"z": number(z)})

    def compute(arithmetic: Arithmetic) -> int:
        return arithmetic.sign(evaluate(formula, Values(), arithmetic))  # type: ignore[arg-type]

    assert certified(compute) == (1 if z > 0 or name == "softplus" else -1)


def test_a_number_that_is_too_large_to_be_written_is_an_error_and_one_too_small_is_written_as_0() -> None:
    with pytest.raises(DomainError, match="too large to be written"):
        certified(lambda arithmetic: arithmetic.magnitude(arithmetic.exp(flint.fmpq(10**10))))
    tiny = certified(lambda arithmetic: write(arithmetic.exp(flint.fmpq(-(10**10))), Digits(), arithmetic))
    assert (tiny.text, tiny.exact) == ("0", False)


@pytest.mark.parametrize("bits", [256, 16384])
@pytest.mark.parametrize("power", [2, 3, 7, -2])
def test_a_power_of_a_ball_around_0_is_a_ball_around_0(bits: int, power: int) -> None:
    """flint's own is not a number, whatever the bits."""
    arithmetic = Arithmetic(bits)
    with arithmetic.working():
        around_zero = arithmetic.tanh(flint.fmpq(1)) + arithmetic.tanh(flint.fmpq(-1))
        if power < 0:
            with pytest.raises(Undecided):
                arithmetic.power(around_zero, flint.fmpq(power))
            return
        found = arithmetic.power(around_zero, flint.fmpq(power))
        assert isinstance(found, flint.arb)
        assert found.contains(0)
        assert found.abs_upper() < flint.arb(2) ** (-bits)


# ------------------------------------------------------------------ domains


@pytest.mark.parametrize(
    ("compute", "message"),
    [
        (lambda arithmetic: arithmetic.divide(flint.fmpq(1), flint.fmpq(0)), "division by zero"),
        (lambda arithmetic: arithmetic.ln(flint.fmpq(0)), "logarithm"),
        (lambda arithmetic: arithmetic.ln(flint.fmpq(-1, 2)), "-0.5"),
        (lambda arithmetic: arithmetic.sqrt(flint.fmpq(-1)), "square root"),
        (lambda arithmetic: arithmetic.power(flint.fmpq(-2), flint.fmpq(1, 2)), "fractional power"),
        (lambda arithmetic: arithmetic.power(flint.fmpq(0), flint.fmpq(-1)), "division by zero"),
        (lambda arithmetic: arithmetic.power(flint.fmpq(-2), flint.arb(2)), "irrational power"),
    ],
)
def test_outside_the_domain(compute, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DomainError, match=message):
        certified(compute)


# ------------------------------------------------------------------ rationals


def test_rational_values_stay_rational() -> None:
    assert STRICT.divide(flint.fmpq(1), flint.fmpq(3)) == flint.fmpq(1, 3)
    assert STRICT.sqrt(flint.fmpq(9, 16)) == flint.fmpq(3, 4)
    assert STRICT.exp(flint.fmpq(0)) == 1
    assert STRICT.ln(flint.fmpq(1)) == 0
    assert STRICT.tanh(flint.fmpq(0)) == STRICT.erf(flint.fmpq(0)) == 0


def test_a_huge_rational_is_continued_as_an_enclosure_of_it() -> None:
    huge = flint.fmpq(1, 3) ** RATIONAL_BITS
    continued = settled(huge)
    assert isinstance(continued, flint.arb)
    assert continued.contains(flint.arb(huge)) or continued.overlaps(flint.arb(huge))
    assert settled(flint.fmpq(1, 3)) == flint.fmpq(1, 3)


@given(st.fractions(min_value=-(10**9), max_value=10**9), st.integers(-3, 6))
def test_an_enclosure_rounds_like_the_rational_it_encloses(fraction: Fraction, places: int) -> None:
    exact = flint.fmpq(fraction.numerator, fraction.denominator)

    def enclosed(arithmetic: Arithmetic) -> flint.fmpq:
        return arithmetic.round_to(flint.arb(exact), places)

    assert certified(enclosed) == STRICT.round_to(exact, places)
