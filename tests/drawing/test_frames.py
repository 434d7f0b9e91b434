"""Frames: one for each step, in one layout; what is found, what is used, what is known by then."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbsolve import solve
from nbsolve.drawing.scene import Scene
from nbsolve.errors import UnknownQuantityError
from tests.drawing.networks import PROBLEMS, faults, random_problem, texts, wide_problem
from tests.loading import load_problem


def places(scene: Scene) -> list[object]:
    plates = [(label.about, label.centre) for label in scene.labels if label.plate]
    return [scene.width, scene.height, [(b.about, b.centre, b.width, b.height) for b in scene.boxes], plates]


@pytest.mark.sampled(5)
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_all_frames_of_a_problem_share_one_layout_without_overlap(path: Path) -> None:
    worked = solve(load_problem(path))
    frames = worked.frames()
    steps = [
        unit for iteration in worked.solution.iterations for step in iteration.steps for unit in step.units
    ]
    assert len(frames) == len(steps)
    for number, frame in enumerate(frames, 1):
        assert places(frame.scene) == places(frames[0].scene), number
        assert faults(frame.scene) == [], number
        assert frame.title.startswith(f"Step {number} of {len(frames)}: ")


@pytest.mark.sampled(11)
@pytest.mark.parametrize("block", range(20))
def test_random_networks_have_no_overlap(block: int) -> None:
    for seed in range(2000 + 5 * block, 2000 + 5 * (block + 1)):
        text = random_problem(seed)
        worked = solve(load_problem(text))
        assert faults(worked.draw(step=1 + seed % 9).scene) == [], text


def test_a_step_marks_what_it_finds_and_what_it_uses() -> None:
    worked = solve(load_problem(next(path for path in PROBLEMS if path.stem.startswith("002"))))
    scene = worked.draw("step", step=2).scene  # h₂ᵢ = w₃ x₁ + w₄ x₂ + b₁
    rows = {row.about: row for row in scene.rows}
    assert [about for about, row in rows.items() if row.marked] == ["z[1][2]"]
    assert len(list(scene.underlines)) == 1
    bright = {about for about, row in rows.items() if row.tone != "faded" and "[" in about}
    assert bright == {"z[1][2]", "W[1][2][1]", "W[1][2][2]", "x[1]", "x[2]", "b[1]"}
    assert {box.about: box.kind for box in scene.boxes}["a[1][2]"] == "active"


def test_numbers_appear_when_they_are_found() -> None:
    worked = solve(load_problem(next(path for path in PROBLEMS if path.stem.startswith("002"))))
    frames = worked.frames()
    first = texts(frames[0].scene)
    last = texts(frames[-1].scene)
    assert first["z[1][1]"] == "h1i = 0.6"
    assert first["z[1][2]"] == "h2i"
    assert first["L"] == "L"
    assert "dL/dW[1][2][1]" not in first
    assert last["dL/dW[1][2][1]"] == "∂ −0.002817"
    found = [
        number
        for number, frame in enumerate(frames, 1)
        if any(row.marked and row.about == "dL/dW[1][2][1]" for row in frame.scene.rows)
    ]
    (step,) = found
    assert "It uses ∂L/∂h₂ₒ ≈ −0.01583, ∂h₂ₒ/∂h₂ᵢ ≈ 0.1779, x₁ = 1." in frames[step - 1].alt


def test_a_second_iteration_begins_anew() -> None:
    worked = solve(load_problem(next(path for path in PROBLEMS if path.stem == "001-a-squared-error")))
    frames = worked.frames()
    start = next(n for n, frame in enumerate(frames) if "iteration 2" in frame.title)
    written = texts(frames[start].scene)
    assert written["x[1]"] == "x1 = 5"
    assert written["z[2][1]"] == "z1(2)"
    assert written["W[1][1][1]"].startswith("w11(1) ≈ 0.42")


BATCHES = """
title: Batches
network:
  inputs: 2
  layers:
    - {units: 2, activation: leaky_relu, weights: [[0.1, 0.2], [0.3, -0.4]], bias: {shared: 0.1}}
    - {units: 2, activation: softmax, weights: [[0.5, -0.6], [0.7, 0.8]], threshold: [0.1, 0.2]}
samples:
  - {input: [1, 2], target: [1, 0]}
  - {input: [3, -1], target: [0, 1]}
  - {input: [0, 1], target: [1, 0]}
loss: categorical_cross_entropy
training: {optimiser: {sgd: {learning_rate: 0.1}}, batch: 2, iterations: 4}
parts: [{label: a, ask: [forward]}]
"""


def test_batches_share_one_layout_too() -> None:
    frames = solve(load_problem(BATCHES)).frames()
    assert {tuple(map(str, places(frame.scene))) for frame in frames} == {
        tuple(map(str, places(frames[0].scene)))
    }
    assert [fault for frame in frames for fault in faults(frame.scene)] == []
    assert {title.split(", ", 1)[1] for title in (frame.title for frame in frames)} >= {
        "iteration 1, sample 1",
        "iteration 2, sample 3",
    }


def test_wide_networks_have_a_frame_for_each_layer() -> None:
    worked = solve(load_problem(wide_problem(30, 20, 10)))
    frames = worked.frames()
    assert len(frames) == sum(len(list(iteration.steps)) for iteration in worked.solution.iterations)
    active = [box.about for box in frames[0].scene.boxes if box.kind == "active"]
    assert active == ["a[1][1]", "a[1][2]", "a[1][3]", "a[1][20]"]


@pytest.mark.parametrize("number", [0, 32])
def test_an_unknown_step_says_which_there_are(number: int) -> None:
    worked = solve(load_problem(next(path for path in PROBLEMS if path.stem.startswith("002"))))
    with pytest.raises(UnknownQuantityError, match=rf"no step {number}; there are steps 1 to 31"):
        worked.draw(step=number)
    with pytest.raises(UnknownQuantityError, match=r'draw\("step", step=1\)'):
        worked.draw("step")
