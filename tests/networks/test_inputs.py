"""Networks with several named inputs: every value against two oracles, pages read back, drawings, files."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from random import Random

import pytest

from nbsolve import solve
from nbsolve.asking.answers import write_json
from tests.audit.pages import EXPLANATIONS, ROUNDINGS, markdown
from tests.drawing.labels import violations
from tests.loading import load_problem
from tests.networks.comparing import disagreements
from tests.networks.making import with_inputs
from tests.sampling import OneIn

pytestmark = pytest.mark.slow

BRANCHES = """
title: Two inputs, the second joined late
network:
  inputs: {text: 3, image: 2}
  layers:
    - {units: 2, from: text, activation: tanh, weights: [[0.2, -0.1, 0.4], [0.3, null, -0.2]], bias: [0.1, 0]}
    - {units: 1, from: [1, image], activation: sigmoid, weights: [[0.7, -0.4, 0.6, 0.3]], bias: [0.1]}
samples:
  - {input: {text: [1, 0.5, 2], image: [0.5, 1]}, target: [1]}
loss: binary_cross_entropy
training: {optimiser: {sgd: {learning_rate: 0.5}}, iterations: 2}
"""


def test_random_networks(one_in: OneIn) -> None:
    for number in range(0, 60, one_in(10)):
        text = with_inputs(Random(f"inputs {number}"))
        found = disagreements(text)
        assert not found, text + "\n".join(found[:10])


STATE = """
training:
  optimiser: {momentum: {learning_rate: 0.5}}
  state:
    velocity: [{weights: [[0.1, 0.2, 0.3], [0.4, 0, 0.6]], bias: [0, 0]}, {weights: [[1, 2, 3, 4]], bias: [0]}]
"""
MASKED = """
title: The same with a single input
network:
  inputs: 5
  layers:
    - units: 2
      activation: tanh
      weights: [[0.2, -0.1, 0.4, null, null], [0.3, null, -0.2, null, null]]
      bias: [0.1, 0]
    - units: 1
      from: [1, input]
      activation: sigmoid
      weights: [[0.7, -0.4, null, null, null, 0.6, 0.3]]
      bias: [0.1]
samples:
  - {input: [1, 0.5, 2, 0.5, 1], target: [1]}
loss: binary_cross_entropy
training:
  optimiser: {momentum: {learning_rate: 0.5}}
  state:
    velocity:
      - {weights: [[0.1, 0.2, 0.3, 0, 0], [0.4, 0, 0.6, 0, 0]], bias: [0, 0]}
      - {weights: [[1, 2, 0, 0, 0, 3, 4]], bias: [0]}
"""


def exact(text: str) -> dict[str, object]:
    entries = solve(load_problem(text)).entries(everything=True)
    return {f"{one.quantity} {one.iteration}": one.exact for one in entries}


def test_a_network_without_the_other_connections_is_the_same() -> None:
    named = BRANCHES[: BRANCHES.index("training")] + STATE
    assert exact(named) == exact(MASKED)


def test_a_branch_that_takes_the_wrong_input_is_found() -> None:
    assert not disagreements(BRANCHES)
    wrong = BRANCHES.replace("[1, image]", "[image, 1]")
    assert any("a[2][1]" in line for line in disagreements(BRANCHES, wrong))


@pytest.mark.parametrize("number", range(3))
def test_the_page_says_which_input_comes_in(number: int) -> None:
    rounding = list(ROUNDINGS.values())[number]
    audit = markdown(BRANCHES, {**rounding, "explain": EXPLANATIONS[number]})
    assert not audit.report().faults
    page = str(solve(load_problem(BRANCHES)).document())
    assert "belong to 2 inputs: text (x₁, x₂, x₃), image (x₄, x₅)." in page
    assert "Layer 2 takes its values from layer 1 and the input image: " in page
    assert "W⁽²⁾  = [w₁₁⁽²⁾, w₂₁⁽²⁾, w₆₁⁽²⁾, w₇₁⁽²⁾] = [0.7, −0.4, 0.6, 0.3]" in page


def test_json_names_the_quantities_of_each_input() -> None:
    stream = StringIO()
    write_json(solve(load_problem(BRANCHES)), stream)
    named = json.loads(stream.getvalue())["problem"]["inputs"]
    assert named == {"text": ["x[1]", "x[2]", "x[3]"], "image": ["x[4]", "x[5]"]}


def test_drawings_carry_only_what_comes_in() -> None:
    worked = solve(load_problem(BRANCHES))
    svg = worked.draw("backward").svg
    assert not violations(svg)
    assert "x[4] past layer 1" in svg
    assert "x[3] past layer 1" not in svg
    beside = BRANCHES.replace("from: [1, image]", "from: image").replace(
        "[[0.7, -0.4, 0.6, 0.3]]", "[[0.6, 0.3]]"
    )
    beside = beside[: beside.index("training")].replace(
        "samples", "    - {units: 1, from: [1, 2], activation: sigmoid, weights: [[1, 2, 3]]}\nsamples"
    )
    svg = solve(load_problem(beside)).draw("network").svg
    assert "past layer" not in svg


def test_samples_from_a_file_have_the_numbers_of_all_inputs(tmp_path: Path) -> None:
    (tmp_path / "batch.csv").write_text("a,b,c,d,e,y\n1,0.5,2,0.5,1,1\n", encoding="utf-8")
    start, _, rest = BRANCHES.partition("samples:")
    after = rest[rest.index("loss:") :]
    path = tmp_path / "inputs.yaml"
    path.write_text(f"{start}samples: {{file: batch.csv, input: [a, b, c, d, e], target: y}}\n{after}")
    from_file, written = solve(load_problem(path)), solve(load_problem(BRANCHES))
    values = [
        [(one.quantity, one.exact) for one in worked.entries(everything=True)]
        for worked in (from_file, written)
    ]
    assert values[0] == values[1]
