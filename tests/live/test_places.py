"""Where in a text there is a place for a number, and what is put there."""

from __future__ import annotations

import pytest

from nbsolve.authored.live import Broken, covered, filled, slots


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The loss is {{L}}.", "The loss is $7$."),
        ("$L \\approx {{L}}$", "$L \\approx 7$"),
        ("$x^{{L}}$", "$x^{7}$"),
        ("$x_{{L}}$", "$x_{7}$"),
        ("$\\frac{{L}}{2}$", "$\\frac{7}{2}$"),
        ("$\\frac{{{L}}}{2}$", "$\\frac{7}{2}$"),
        ("$w_{{{L}}}$", "$w_{7}$"),
        ("${{L}}$", "$7$"),
        ("$$\n{{L}}\n$$", "$$\n7\n$$"),
        ("$a {{= w_{11}^{(2)} at 2: 3 decimals}}$", "$a 7$"),
        ("${{\\frac{\\partial L}{\\partial w_{11}}}}$", "$7$"),
        ("**{{L}}**, *{{L}}* ({{L}})", "**$7$**, *$7$* ($7$)"),
        (r"\{\{L\}\} and \{{L}}", r"\{\{L\}\} and \{{L}}"),
        (r"$a \\{{L}}$", r"$a \\{7}$"),
        ("`{{L}}` and {{L}}", "`{{L}}` and $7$"),
        ("```\n{{L}}\n```", "```\n{{L}}\n```"),
        ("$a^{{b}^2}$ and ${{a}b}$", "$a^{{b}^2}$ and ${{a}b}$"),
        ("$\\{x\\}{}^{{}}$", "$\\{x\\}{}^{{}}$"),
        ("no place {at all}", "no place {at all}"),
    ],
)
def test_what_is_filled_in(text: str, shown: str) -> None:
    assert filled(text, lambda slot: "7") == shown


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The loss is {{L.", "not closed"),
        ("The loss is {{L} }.", "not closed"),
        ("The loss is {{}}.", "names nothing"),
        ("$x$ is {{ }}.", "names nothing"),
        ("$a${{L}}", "beside a digit or a dollar"),
        ("3{{L}}", "beside a digit or a dollar"),
        ("$2{{L}}$", "beside a digit"),
        ("${{L}}5$", "beside a digit"),
    ],
)
def test_what_is_no_place(text: str, reason: str) -> None:
    with pytest.raises(Broken, match=reason):
        slots(text)


@pytest.mark.parametrize(
    "text",
    ["{{a}} and $x^{{b}} + {{c}}$, $\\frac{{d}}{2}$ 7000", "$a {{= b}}$", "`{{a}}`", "$w_{{{L}}}$"],
)
def test_covered_and_back(text: str) -> None:
    other, back = covered(text)
    assert back(other) == text
    assert "{{" not in other.replace("`{{a}}`", "")
