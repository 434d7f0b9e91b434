"""Numbers as drawings and their words write them."""

from __future__ import annotations

import pytest

from nbsolve.drawing.numbers import digits, linear
from nbsolve.drawing.rows import shown_number
from nbsolve.given import Given


@pytest.mark.parametrize(
    ("text", "said", "set_as"),
    [
        ("-0.25", "−0.25", ["−0.25"]),
        ("-7.64e-06", "−7.64·10^−6", ["−7.64·10", "−6"]),
        ("2e-3", "2·10^−3", ["2·10", "−3"]),
        ("1e+20", "1·10^20", ["1·10", "20"]),
    ],
)
def test_powers_of_ten(text: str, said: str, set_as: list[str]) -> None:
    assert linear(text) == said
    assert [span.text for span in digits(text)] == set_as


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("0.1", ("=", "0.1")),
        ("ln(3)", ("=", "ln(3)")),
        ("ln(3) - 3.4", ("≈", "-2.301")),
        ("0.0000076412", ("≈", "7.641e-06")),
    ],
)
def test_a_long_given_is_about_what_is_shown(given: str, shown: tuple[str, str]) -> None:
    assert shown_number(Given.read(given)) == shown
