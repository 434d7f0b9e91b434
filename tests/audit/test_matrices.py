"""Pages with matrices: every line of whole vectors and matrices is read entry by entry, every change found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.killing import kill
from tests.audit.pages import EXPLANATIONS, PROBLEMS, ROOT, ROUNDINGS, markdown
from tests.audit.test_random import CHUNKS, texts
from tests.audit.test_shipped import all_reproduce
from tests.sampling import OneIn

BATCH = """\
title: A batch of two, thresholds, softmax over a shared bias, a penalty
network:
  inputs: 2
  layers:
    - units: 3
      activation: {elu: {alpha: 0.5}}
      weights: [[0.1, 0.2], [0.3, 0.4], [0.5, -0.6]]
      threshold: [0.1, 0.2, 0.3]
    - {units: 2, activation: softmax, weights: [[0.2, 0.1, 0.3], [0.4, 0.3, -0.2]], bias: {shared: 0.1}}
samples: [{input: [1, 2], target: [0, 1]}, {input: [2, -1], target: [1, 0]}]
loss: {LOSS}
training: {batch: all, optimiser: {sgd: {learning_rate: 0.5}}, iterations: 2}
regulariser: {l2: {strength: 0.01}}
"""
DETAILS = ("matrix", "both")
LOSSES = ("categorical_cross_entropy", "squared_error")


BY_UNITS = ("given-activations", "two-inputs")
"""Given values, and layers that take some of the inputs, stand unit by unit: matrix detail is refused."""


@pytest.mark.sampled(41)
@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("explain", EXPLANATIONS)
@pytest.mark.parametrize("path", [p for p in PROBLEMS if p.stem not in BY_UNITS], ids=lambda p: p.stem)
def test_every_line_of_the_shipped_problems(path: Path, explain: str, rounding: str, detail: str) -> None:
    audit = markdown(path, {**ROUNDINGS[rounding], "explain": explain, "detail": detail})
    print(path.stem, all_reproduce(audit.report()))


@pytest.mark.sampled(13)
@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("explain", EXPLANATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_line_of_a_batch(loss: str, explain: str, rounding: str, detail: str) -> None:
    overrides = {**ROUNDINGS[rounding], "explain": explain, "detail": detail}
    all_reproduce(markdown(BATCH.replace("{LOSS}", loss), overrides).report())


@pytest.mark.sampled(5)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_line_of_random_problems(chunk: int, one_in: OneIn) -> None:
    roundings = list(ROUNDINGS.values())
    every = one_in(4)
    for n, text in enumerate(texts(chunk)):
        if (n // 2) % every:
            continue
        detail = DETAILS[n % 2]
        report = markdown(text, {**roundings[n % 3], "detail": detail}).report()
        assert not report.faults, f"{detail}\n{text}" + "\n".join(report.faults[:5])


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", ["002-two-sigmoid-layers", "004-relu-cross-entropy"])
def test_every_single_change_is_found(name: str, one_in: OneIn) -> None:
    every = one_in(59)
    result = kill(markdown(ROOT / "problems" / f"{name}.yaml", {"detail": "matrix"}), one_in=every)
    print(f"{name}: {result.found} of {result.made} changes found ({result.rate:.4%})")
    assert result.rate == 1, "\n".join(result.passed[:20])
    assert result.made * every > 4_000


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("explain", "rounding"), list(zip(EXPLANATIONS, ROUNDINGS, strict=True)))
def test_every_changed_digit_of_a_batch_is_found(explain: str, rounding: str, one_in: OneIn) -> None:
    overrides = {**ROUNDINGS[rounding], "explain": explain, "detail": "matrix"}
    every = one_in(23)
    result = kill(markdown(BATCH.replace("{LOSS}", LOSSES[1]), overrides), all_digits=False, one_in=every)
    passed = [
        change for change in result.passed if not change.startswith("bracket: \\left( moved left over -")
    ]
    assert not passed, "\n".join(passed[:20])  # (−x) y is −(x y): no change
    assert result.made * every > 500


def test_what_is_written_down_and_copied_is_exact() -> None:
    """∂L/∂z = δ where each step is rounded: the number that the line above wrote, not one that is rounded again."""
    path = ROOT / "problems" / "xor-with-a-direct-connection.yaml"
    audit = markdown(path, {**ROUNDINGS["4 decimals"], "explain": "delta", "detail": "matrix"})
    copies = [b.source for b in audit.blocks if r"\mathbf{z}^{(2)}} &= \boldsymbol{\delta}" in b.source]
    assert len(copies) == 1
    assert r"&= \begin{bmatrix}-0.1424\end{bmatrix}" in copies[0]
    assert not audit.report().faults
