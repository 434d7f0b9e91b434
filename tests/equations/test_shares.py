"""Shares of a sum, softmax among them, are differentiated through the shares, as textbooks write it."""

from __future__ import annotations

import pytest

from tests.equations.test_oracle import agrees, worked

SOFTMAX = """\
kind: graph
title: Softmax with a temperature
given: {s: [0.5, -0.2, 1.1], T: 2, y: [0, 1, 0]}
equations:
  "p[k]": exp(s[k]/T)/sum(j, exp(s[j]/T))
  L: -sum(k, y[k]*ln(p[k]))
"""
SUMS = """\
kind: graph
title: Shares of what was found before, and one that has no share
given: {a: [2, 3, 0.5], c: 0.3}
equations:
  "e[k]": a[k]^2 + c
  "p[k]": e[k]/sum(j, e[j])
  q: exp(c)/(exp(c) + exp(2*c) + 1)
  L: p[1]*p[2] + q*p[3]
"""


@pytest.mark.parametrize("text", [SOFTMAX, SUMS], ids=["softmax", "sums"])
def test_against_automatic_differentiation(text: str) -> None:
    assert agrees(text) > 15


def test_a_softmax_is_written_as_in_books() -> None:
    text = SOFTMAX.replace("/T", "").replace(" T: 2,", "")
    said = str(worked(text).backward())
    assert "∂L/∂s₁ = ∂L/∂p₁·p₁·(1 − p₁) − ∂L/∂p₂·p₂·p₁ − ∂L/∂p₃·p₃·p₁" in said
    assert "∂L/∂p₂ = −y₂/p₂" in said


def test_the_share_of_a_sum_of_quantities() -> None:
    said = str(worked(SUMS).backward())
    assert "(1 − p₁)/(e₁ + e₂ + e₃)" in said
    assert "−p₁/(e₁ + e₂ + e₃)" in said


def test_a_gate_says_softmax() -> None:
    assert "p comes from s and T by the function softmax" in " ".join(worked(SOFTMAX).draw().alt.split())


def test_cases_within_cases_are_one_distinction() -> None:
    said = str(
        worked("kind: graph\ngiven: {x: 0.5}\nequations: {y: 'max(-1, min(1, x))', L: y^2}\n").backward()
    )
    assert "{0 if −1 ≥ min(1, x); 0 if 1 ≤ x; 1 otherwise}" in said


@pytest.mark.parametrize(
    ("rest", "backward"),
    [("", False), ("with_respect_to: [x]\n", True), ("statement: it is {{L}}\n", True)],
    ids=["values alone", "with a gradient", "with a live number"],
)
def test_where_values_alone_are_asked_the_page_ends_with_the_forward_pass(rest: str, backward: bool) -> None:
    text = f"kind: graph\ngiven: {{x: 2}}\nequations: {{L: x^2}}\n{rest}parts: [{{ask: [L]}}]\n"
    graph = worked(text)
    assert ("Backward pass" in str(graph.worked())) is backward
    assert any(arguments.get("id") == "backward" for _, arguments in graph.cells()) is backward
    assert (str(graph.check()).strip() != "") is backward
