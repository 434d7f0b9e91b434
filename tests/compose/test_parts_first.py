"""What a line uses stands above it: softmax by e^z and their sum, GELU by Φ and φ, SiLU and softplus by σ."""

from __future__ import annotations

import re

import pytest
from mpmath import mp

from nbsolve import solve
from nbsolve.render import latex, text
from tests.audit.pages import EXPLANATIONS, markdown
from tests.loading import load_problem

SOURCE = """
title: Parts
network:
  inputs: 2
  layers:
    - {units: 2, activation: HIDDEN, weights: [[0.4, -0.7], [0.3, 0.5]], bias: [0.1, -0.2]}
    - {units: 3, activation: OUTPUT, weights: [[0.1, 0.2], [0.3, -0.4], [-0.5, 0.6]], bias: BIAS}
samples: [{input: [1, 2], target: [0, 1, 0]}, {input: [-1, 0.5], target: [1, 0, 0]}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.5}}, batch: 2, iterations: 1}
parts: [{label: a, ask: [forward, loss, gradients, loss_after]}]
"""
ROUNDED = {"rounding": {"apply": "each_step", "decimals": 4}}


def source(hidden: str, output: str = "linear", bias: str = "[0.1, 0.2, 0.3]") -> str:
    return SOURCE.replace("HIDDEN", hidden).replace("OUTPUT", output).replace("BIAS", bias)


def page(written: str, overrides: dict[str, object] | None = None) -> str:
    return text.render(solve(load_problem(written, overrides=overrides)).worked(), width=400)


@pytest.mark.parametrize("overrides", [{}, ROUNDED])
@pytest.mark.parametrize("explain", EXPLANATIONS)
def test_softmax_has_all_sums_then_each_power_once_then_the_shares(
    explain: str, overrides: dict[str, object]
) -> None:
    lines = page(source("tanh", "softmax"), {**overrides, "explain": explain}).splitlines()
    for sample in "12":
        own = [line.strip() for line in lines if f"⁽²⁾⁽[{sample}]⁾" in line or f"[{sample}]" in line]
        starts = [line.partition(" = ")[0].partition(" ≈ ")[0].strip() for line in own]
        letters = [
            start[:1] if start[:4] != "exp(" else "e" for start in starts if re.match(r"[zaS]|exp\(", start)
        ]
        found = "".join(letters)
        assert found.count("zzzeeeSaaa") == 2, found  # before the update and after it
        assert found.count("e") == 6, found


def test_shares_use_the_printed_powers_and_their_sum() -> None:
    found = page(source("tanh", "softmax"))
    above_it = re.findall(r"≈ (\d[\d.]*)(?=\n|   )", found)
    for line in re.findall(r"≈ (\d\S*)/(\d\S*)\n +≈ (\d\S*)", found):
        above, below, share = (mp.mpf(number) for number in line)
        places = len(line[2].partition(".")[2])
        assert abs(above / below - share) <= mp.mpf(10) ** -places / 2
        for number in line[:2]:  # or with more digits, which a note says
            assert any(round(float(number), len(one.partition(".")[2])) == float(one) for one in above_it)


def test_far_from_zero_the_largest_pre_activation_is_subtracted() -> None:
    written = source("tanh", "softmax", "[1000, 999, 997]").replace("batch: 2", "batch: 1")
    found = page(written)
    assert "exp(z₂⁽²⁾ − z₁⁽²⁾)" in found
    assert "The largest pre-activation is subtracted" in found
    assert not re.search(r"exp\(z₁⁽²⁾\) ", found)
    assert not markdown(written).report().faults


@pytest.mark.sampled(4)
@pytest.mark.parametrize("detail", ["units", "both", "matrix"])
@pytest.mark.parametrize("explain", EXPLANATIONS)
def test_gelu_is_written_with_the_values_of_phi(explain: str, detail: str) -> None:
    written = source("gelu", "softplus")
    overrides: dict[str, object] = {"explain": explain, "detail": detail}
    found = page(written, overrides)
    assert not re.search(r"erf\([^z]", found)  # no calculator has it
    for letter in "Φφ":
        assert f"{letter}(z" in found
    assert not markdown(written, overrides).report().faults


def test_phi_is_that_of_the_normal_distribution() -> None:
    found = page(source("gelu"))
    values = re.findall(r"Φ\((−?[\d.]+)\) ≈ (\S+)", found)
    assert len(values) >= 4
    for z, value in values:
        right = mp.ncdf(mp.mpf(z.replace("−", "-")))
        assert abs(right - mp.mpf(value)) < mp.mpf(10) ** -(len(value) - 3)


def test_values_are_named_once_on_a_page() -> None:
    found = page(source("gelu", "softplus").replace("batch: 2", "batch: 1"), {"explain": "paths"})
    starts = re.findall(r"^  ([Φφσ]\(\S+\)) ", found, re.MULTILINE)
    assert len(starts) == len(set(starts)) == 2 + 2 + 3 + 2  # Φ, φ, σ; Φ after the update


@pytest.mark.parametrize("hidden", ["gelu", "silu"])
def test_a_page_has_them_whatever_was_shown_before(hidden: str) -> None:
    pages = ("document", "forward", "backward", "update", "worked", "document", "forward")
    problem = load_problem(source(hidden, "softmax"))
    one = solve(problem)
    for page in pages:
        assert str(getattr(one, page)()) == str(getattr(solve(problem), page)()), page
    assert str(one.explain("L")) == str(solve(problem).explain("L"))


@pytest.mark.parametrize("hidden", ["silu", "softplus"])
def test_sigma_has_a_line_before_it_is_used(hidden: str) -> None:
    found = page(source(hidden).replace("batch: 2", "batch: 1"))
    first = found.index("σ(z₁⁽¹⁾) = 1/(1 + exp(−z₁⁽¹⁾)) = ")
    assert first < found.index("·σ(z₁⁽¹⁾)")
    assert not markdown(source(hidden)).report().faults


def test_the_other_outputs_have_the_lines_too() -> None:
    written = latex.render(solve(load_problem(source("gelu", "softmax"))).document())
    assert r"\Phi(z_1^{(1)[1]}) &= \Phi(-0.9) \approx" in written
    assert r"e^{z_1^{(2)[1]}} + e^{z_2^{(2)[1]}} + e^{z_3^{(2)[1]}} \approx" in written
