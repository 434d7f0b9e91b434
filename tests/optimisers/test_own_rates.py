"""Learning rates of each layer and of each parameter."""

from __future__ import annotations

import pytest

import nbsolve
from nbsolve.errors import ProblemError
from nbsolve.programs import programs_of
from tests.corpus.outputs import FORMATS
from tests.loading import load_problem

NETWORK = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.5, -0.25], [0.1, 0.4]], bias: [0.1, -0.2]}
    - {units: 1, activation: linear, weights: [[1.5, -0.5]], bias: [0.3]}
samples: [{input: [1, 2], target: [1]}]
loss: squared_error
training: {optimiser: OPTIMISER, learning_rates: RATES, iterations: 2}
"""
RATES = "[{weights: [[0.1, 0.2], [0.3, 0.4]], bias: 0.05}, 0.01]"


def network(optimiser: str = "sgd", rates: str = RATES) -> str:
    return NETWORK.replace("OPTIMISER", optimiser).replace("RATES", rates)


@pytest.mark.parametrize("optimiser", ["sgd", "momentum"])
def test_the_numbers_and_every_output(optimiser: str) -> None:
    worked = nbsolve.solve(load_problem(network(optimiser)))
    ours = {(e.quantity, e.iteration): e.exact for e in worked.entries(everything=True)}
    wanted = {"W[1][1][2]": 0.2, "W[1][2][1]": 0.3, "b[1][2]": 0.05, "W[2][1][1]": 0.01, "b[2][1]": 0.01}
    for name, rate in wanted.items():
        letter, _, rest = name.partition("[")
        velocity = 0.0
        for t in (1, 2):
            velocity = (0.9 * velocity if optimiser == "momentum" else 0) + ours[f"dL/d{name}", t]  # type: ignore[operator]
            moved = ours[name, t] - rate * velocity  # type: ignore[operator]
            assert ours[f"{letter}_new[{rest}", t] == pytest.approx(moved, rel=1e-12)
    said = {name: write(worked) for name, write in FORMATS.items()}
    for name in ("text", "markdown", "latex", "typst"):
        assert "The learning rate of each parameter" in said[name], name
    assert "η_w₁₁" in said["text"]
    assert not worked.certified(lambda solution: programs_of(solution, worked.names)).differing


@pytest.mark.parametrize(
    ("rates", "fault"),
    [
        ("[0.1]", "learning_rates has 1 entry"),
        ("[0.1, -1]", "training.learning_rates[1]: a learning rate is -1"),
        ("[{weights: [[1]], bias: 1}, 1]", "weights is 1 × 1"),
        ("[0.1, 1], schedule: [1, 1]", "there are both learning_rates and a schedule"),
    ],
)
def test_faults(rates: str, fault: str) -> None:
    with pytest.raises(ProblemError) as error:
        load_problem(network(rates=rates))
    assert fault in str(error.value)
    assert "problem:9:" in str(error.value)
