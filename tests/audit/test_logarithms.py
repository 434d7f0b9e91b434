"""Pages with given logarithms: each reproduces, and changes of one are found."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from mpmath import mp

from nbsolve.checking.audit.logarithms import is_given
from nbsolve.checking.oracle.numbers import big, given
from tests.audit.killing import kill
from tests.audit.pages import PROBLEMS, ROUNDINGS, markdown
from tests.sampling import OneIn

PENCIL = [path for path in PROBLEMS if path.stem.startswith("pencil-")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ln(3)", "log(3)"),
        ("-2 ln 3", "-2*log(3)"),
        ("0.5*ln(4) - 0.3", "log(4)/2 - mpf('0.3')"),
        ("ln(9)/2", "log(9)/2"),
        ("4.5-ln(1.5)", "mpf('4.5') - log(mpf('1.5'))"),
        ("1/2 ln(1/3) + 1", "log(mpf(1)/3)/2 + 1"),
    ],
)
def test_a_text_means_what_mpmath_finds(text: str, value: str) -> None:
    with mp.workdps(55):
        expected = eval(value, {"log": mp.log, "mpf": mp.mpf})
        assert abs(big(given(text)) - expected) < mp.mpf(10) ** -50
        near = Fraction(int(mp.nint(expected * 10**45)), 10**45)
        assert is_given(near, text)
        assert not is_given(near + Fraction(1, 10**30), text)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("path", PENCIL, ids=lambda path: path.stem)
def test_pages_reproduce(path: Path, rounding: str) -> None:
    assert markdown(path, ROUNDINGS[rounding]).report().faults == []


def test_changes_are_found(one_in: OneIn) -> None:
    page = markdown(next(path for path in PENCIL if path.stem == "pencil-sigmoid-unit"))
    result = kill(page, one_in=one_in(61))
    assert result.passed == []
    assert result.made > 50
