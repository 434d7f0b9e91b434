"""The check of a graph, where a kink or the end of a domain lies closer than the first step."""

from __future__ import annotations

import pytest

from nbsolve import solve
from nbsolve.problem import parse_problem


def _said(x: str, formula: str) -> str:
    text = f"kind: graph\ngiven: {{x: {x}}}\nequations: {{L: {formula}}}\ngradients_of: L\n"
    return " ".join(str(solve(parse_problem(text)).document()).partition("Check it yourself")[2].split())


@pytest.mark.parametrize(
    ("x", "formula", "step", "row"),
    [
        ("0.5", "abs(x)*3", "10⁻⁶", "x 3 3"),
        ("1e-9", "abs(x)*3", "10⁻⁹", "x 3 3"),
        ("-1e-20", "abs(x)*3", "10⁻²¹", "x −3 −3"),
        ("1e-7", "relu(x)+relu(-x)", "10⁻⁹", "x 1 1"),
        ("1e-9", "ln(x)", "10⁻¹²", "x 1000000000 1.0000003·10⁹"),
    ],
)
def test_the_step_is_as_small_as_it_takes(x: str, formula: str, step: str, row: str) -> None:
    said = _said(x, formula)
    assert f"by h = {step} in both" in said
    assert row in said
    assert "kink" not in said


def test_a_kink_has_two_sides() -> None:
    assert "x −3 3 0" in _said("0", "abs(x)*3")
