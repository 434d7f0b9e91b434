"""L1 and elastic penalties beside L2: loss and gradients against formulae by hand, every output, the programs."""

from __future__ import annotations

import pytest

import nbsolve
from nbsolve.errors import ProblemError
from nbsolve.programs import programs_of
from tests.corpus.outputs import FORMATS
from tests.loading import load_problem

NETWORK = """
network: {inputs: 3, layers: [{units: 1, activation: linear, weights: [[0.5, -0.25, 0]], bias: [0.1]}]}
samples: [{input: [1, 2, 3], target: [1]}]
loss: squared_error
regulariser: PENALTY
training: {optimiser: {sgd: {learning_rate: 0.1}}, iterations: 1}
DETAIL
parts: [{ask: [loss, gradients, updated_parameters]}]
"""
WEIGHTS = {"W[1][1][1]": 0.5, "W[1][1][2]": -0.25, "W[1][1][3]": 0.0}
INPUTS = (1, 2, 3)


def network(penalty: str, detail: str = "detail: auto") -> str:
    return NETWORK.replace("PENALTY", penalty).replace("DETAIL", detail)


def sign(w: float) -> int:
    return (w > 0) - (w < 0)


def expected(penalty: str) -> tuple[float, dict[str, float]]:
    """The penalty and its derivatives, by hand."""
    sizes, squares = sum(map(abs, WEIGHTS.values())), sum(w * w for w in WEIGHTS.values())
    if penalty.startswith("{l1"):
        return 0.2 * sizes, {name: 0.2 * sign(w) for name, w in WEIGHTS.items()}
    mixed = 0.2 * (0.75 * sizes + 0.25 / 2 * squares)
    return mixed, {name: 0.2 * (0.75 * sign(w) + 0.25 * w) for name, w in WEIGHTS.items()}


PENALTIES = ["{l1: {strength: 0.2}}", "{elastic: {strength: 0.2, ratio: 0.75}}"]


@pytest.mark.parametrize("penalty", PENALTIES)
def test_loss_and_gradients(penalty: str) -> None:
    ours = {e.quantity: e.exact for e in nbsolve.solve(load_problem(network(penalty))).entries()}
    error = 0.5 * 1 - 0.25 * 2 + 0.1 - 1
    added, slopes = expected(penalty)
    assert ours["L"] == pytest.approx(error**2 + added, rel=1e-12)
    for x, (name, slope) in zip(INPUTS, slopes.items(), strict=True):
        assert ours[f"dL/d{name}"] == pytest.approx(2 * error * x + slope, rel=1e-12)
    assert ours["dL/db[1][1]"] == pytest.approx(2 * error, rel=1e-12)


@pytest.mark.parametrize("detail", ["detail: auto", "detail: matrix", "letters: true"])
@pytest.mark.parametrize("penalty", PENALTIES)
def test_every_output_and_the_program(penalty: str, detail: str) -> None:
    worked = nbsolve.solve(load_problem(network(penalty, detail)))
    said = {name: write(worked) for name, write in FORMATS.items()}
    words = "L1 penalty, biases left out" if "l1" in penalty else "elastic penalty, a mixture of L1 and L2"
    for name in ("text", "markdown", "latex", "typst"):
        assert words in " ".join(said[name].split()), name
    assert not worked.certified(lambda solution: programs_of(solution, worked.names)).differing


@pytest.mark.parametrize(
    ("penalty", "fault"),
    [
        ("{l1: {strength: 0.1, ratio: 1}}", "unknown key 'ratio' in l1"),
        ("{elastic: {strength: 0.1, ratio: 2}}", "ratio is 2"),
        ("{l1: {strength: -1}}", "strength is -1"),
        ("{l3: {strength: 1}}", "unknown regulariser 'l3'"),
    ],
)
def test_faults(penalty: str, fault: str) -> None:
    with pytest.raises(ProblemError) as error:
        load_problem(network(penalty))
    assert fault in str(error.value)
    assert "problem:5:" in str(error.value)
