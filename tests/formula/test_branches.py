"""On pages, the general formula of a piecewise function, then the branch that holds, with its reason."""

from __future__ import annotations

import pytest

from nbsolve import load_problem, solve
from tests.audit.own import problem

HIDDEN = [  # formula, bias of the second unit, the lines of one unit's activation
    ("where(z > 0, z^2, z/10)", "0.2", "a₁⁽¹⁾ = g(z₁⁽¹⁾) = {(z₁⁽¹⁾)² if z₁⁽¹⁾ > 0; z₁⁽¹⁾/10 otherwise}",
     "= z₁⁽¹⁾/10   since z₁⁽¹⁾ = −0.1 < 0"),
    ("where(z > 0, z^2, z/10)", "0.2", "a₂⁽¹⁾ = g(z₂⁽¹⁾) = {(z₂⁽¹⁾)² if z₂⁽¹⁾ > 0; z₂⁽¹⁾/10 otherwise}",
     "= (z₂⁽¹⁾)²   since z₂⁽¹⁾ = 1 > 0"),
    ("where(z > 0, z^2, z/10)", "-0.8", "a₂⁽¹⁾ = g(z₂⁽¹⁾) = {(z₂⁽¹⁾)² if z₂⁽¹⁾ > 0; z₂⁽¹⁾/10 otherwise}",
     "= z₂⁽¹⁾/10   since z₂⁽¹⁾ = 0"),
    ("where(z > 0, 3, 4)", "0.2", "a₁⁽¹⁾ = g(z₁⁽¹⁾) = {3 if z₁⁽¹⁾ > 0; 4 otherwise}",
     "= [ 4 ]   since z₁⁽¹⁾ = −0.1 < 0"),
    ("2*where(z > 0, z, 1) + 1", "0.2", "a₂⁽¹⁾ = g(z₂⁽¹⁾) = 2·{z₂⁽¹⁾ if z₂⁽¹⁾ > 0; 1 otherwise} + 1",
     "= 2·z₂⁽¹⁾ + 1   since z₂⁽¹⁾ = 1 > 0"),
    ("where(z > 1, z, where(z < -1, -z, z^2))", "0.2",
     "a₁⁽¹⁾ = g(z₁⁽¹⁾) = {z₁⁽¹⁾ if z₁⁽¹⁾ > 1; −z₁⁽¹⁾ if z₁⁽¹⁾ < −1; (z₁⁽¹⁾)² otherwise}",
     "= (z₁⁽¹⁾)²   since z₁⁽¹⁾ = −0.1 < 1, z₁⁽¹⁾ = −0.1 > −1"),
    ("max(z, 0.1*z)", "0.2", "a₁⁽¹⁾ = g(z₁⁽¹⁾) = max(z₁⁽¹⁾, 0.1·z₁⁽¹⁾)",
     "= 0.1·z₁⁽¹⁾   since 0.1·z₁⁽¹⁾ > z₁⁽¹⁾"),
    ("max(z, 0.1*z)", "-0.8", "a₂⁽¹⁾ = g(z₂⁽¹⁾) = max(z₂⁽¹⁾, 0.1·z₂⁽¹⁾)",
     "= z₂⁽¹⁾   since z₂⁽¹⁾ = 0.1·z₂⁽¹⁾"),
    ("min(2, z)", "0.2", "a₂⁽¹⁾ = g(z₂⁽¹⁾) = min(2, z₂⁽¹⁾)", "= z₂⁽¹⁾   since z₂⁽¹⁾ = 1 < 2"),
    ("3 - abs(z)", "0.2", "a₁⁽¹⁾ = g(z₁⁽¹⁾) = 3 − |z₁⁽¹⁾|", "since z₁⁽¹⁾ = −0.1 < 0"),
    ("abs(z)*relu(z)", "0.2", "a₂⁽¹⁾ = g(z₂⁽¹⁾) = |z₂⁽¹⁾|·ReLU(z₂⁽¹⁾)",
     "= z₂⁽¹⁾·z₂⁽¹⁾   since z₂⁽¹⁾ = 1 > 0"),
    ("z*sign(z)", "0.2", "a₁⁽¹⁾ = g(z₁⁽¹⁾) = z₁⁽¹⁾·sign(z₁⁽¹⁾)", "= z₁⁽¹⁾ · (−1)   since z₁⁽¹⁾ = −0.1 < 0"),
]  # fmt: skip
LOSS = [
    ("abs(a - y)", "0.5", "L = |a₁⁽²⁾ − y₁|", "= a₁⁽²⁾ − y₁   since a₁⁽²⁾ − y₁ > 0"),
    ("abs(a - y)", "0.9", "L = |a₁⁽²⁾ − y₁|", "= −(a₁⁽²⁾ − y₁)   since a₁⁽²⁾ − y₁ < 0"),
    ("abs(a - y)", "0.7", "L = |a₁⁽²⁾ − y₁|", "= a₁⁽²⁾ − y₁   since a₁⁽²⁾ − y₁ = 0"),
    ("where(a >= y, 3*(a - y), y - a)", "0.9", "L = {3·(a₁⁽²⁾ − y₁) if a₁⁽²⁾ ≥ y₁; y₁ − a₁⁽²⁾ otherwise}",
     "= y₁ − a₁⁽²⁾   since a₁⁽²⁾ < y₁"),
]  # fmt: skip


def page(text: str) -> list[str]:
    return [line.strip() for line in str(solve(load_problem(text)).document()).splitlines()]


def follows(lines: list[str], general: str, resolved: str) -> None:
    assert general in lines, "\n".join(lines)
    following = lines[lines.index(general) + 1]
    assert following.endswith(resolved), following


@pytest.mark.parametrize(("formula", "bias", "general", "resolved"), HIDDEN)
def test_activations(formula: str, bias: str, general: str, resolved: str) -> None:
    follows(page(problem(hidden=formula, bias=bias)), general, resolved)


@pytest.mark.parametrize(("formula", "target", "general", "resolved"), LOSS)
def test_losses(formula: str, target: str, general: str, resolved: str) -> None:
    follows(page(problem(loss=formula, target=target) + "parts: [{ask: [L]}]\n"), general, resolved)


def test_a_branch_that_is_a_number_is_the_result() -> None:
    lines = page(problem(loss="max(0, 1 - a*y)", target="2") + "parts: [{ask: [L]}]\n")
    assert "L = max(0, 1 − a₁⁽²⁾·y₁) = [ 0 ]   since 1 − a₁⁽²⁾·y₁ < 0" in lines, "\n".join(lines)


def test_a_slope() -> None:
    lines = page(problem(hidden="where(z > 0, z^2, z/10)", loss="abs(a - y)"))
    follows(lines, "= ∂L/∂a₂⁽¹⁾③·g′(z₂⁽¹⁾)", "= ∂L/∂a₂⁽¹⁾③·2·z₂⁽¹⁾   since z₂⁽¹⁾ = 1 > 0")


def test_a_number_in_a_reason_has_the_digits_that_tell_it_from_the_limit() -> None:
    lines = page(problem(output="where(z > 0.7, z, 0)", bias="0.2000000001"))
    assert any(line.endswith("since z₁⁽²⁾ ≈ 0.7000000001 > 0.7") for line in lines), "\n".join(lines)


def test_letters_keep_the_general_formula() -> None:
    text = problem(hidden="max(z, 0.1*z)", loss="abs(a - y)").replace("[1, 2]", "symbolic")
    lines = page(text)
    assert any("max(" in line for line in lines)
    assert not any("since" in line for line in lines)


def test_functions_of_the_catalogue_stay_as_they_are() -> None:
    lines = page(problem(hidden="leaky_relu", loss="absolute_error"))
    assert "a₁⁽¹⁾ = LeakyReLU(z₁⁽¹⁾) = 0.01·z₁⁽¹⁾" in lines
    assert not any("since a₁⁽²⁾ − y₁" in line for line in lines)
