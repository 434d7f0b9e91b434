"""Own functions wherever they may stand, however they are explained: the matrices say what the units say."""

from __future__ import annotations

import pytest

from nbsolve import load_problem, solve
from nbsolve.render import myst

FORMULAE = {
    "smooth": "z*tanh(ln(1+exp(z)))",
    "rational": "1/(1+z^2)",
    "constants": "z/3+1/7",
    "where": "where(z > 0, z, 0.1*z)",
    "max": "max(z, 0.1*z)",
    "relu": "relu(z)*z",
    "sigmoid": "z*sigmoid(z)",
}
BIASES = ("", ", bias: [0.1, -0.2]", ", bias: {shared: 0.1}", ", threshold: [0.1, 0.2]")
KNOWN = ("relu", "softplus", "elu", "gelu", "silu", "{leaky_relu: {slope: 0.1}}", "tanh")


def text(hidden: str, output: str, bias: str, explain: str, layout: str = "W x + b") -> str:
    return f"""\
network:
  inputs: 2
  layout: "{layout}"
  layers:
    - {{units: 2, activation: {hidden}, weights: [[0.1, 0.2], [0.3, -0.4]]{bias}}}
    - {{units: 2, activation: {output}, weights: [[0.5, -0.6], [0.7, 0.8]]{bias}}}
samples: [{{input: [1, 2], target: [0, 1]}}]
loss: squared_error
explain: {explain}
"""


def check(problem: str) -> None:
    """All three details have a page, and each has the same answers."""
    pages = []
    for detail in ("units", "matrix", "both"):
        worked = solve(load_problem(problem + f"detail: {detail}\n"))
        page = myst.render(worked.document())
        assert page.count("$$") >= 8
        pages.append(page.partition("## Answers")[2].partition("##")[0])
    rows = [[row.split("|")[1:3] for row in page.split("\n") if row.startswith("| $")] for page in pages]
    assert len(rows[0]) > 10
    assert rows[0] == rows[1] == rows[2]


@pytest.mark.sampled(11)
@pytest.mark.parametrize("place", ["hidden", "output"])
@pytest.mark.parametrize("bias", BIASES)
@pytest.mark.parametrize("explain", ["delta", "paths", "local_derivatives"])
@pytest.mark.parametrize("name", FORMULAE)
def test_own_activations(name: str, explain: str, bias: str, place: str) -> None:
    own = f'{{custom: {{name: own, formula: "{FORMULAE[name]}"}}}}'
    hidden, output = (own, "sigmoid") if place == "hidden" else ("sigmoid", own)
    check(text(hidden, output, bias, explain))


@pytest.mark.sampled(7)
@pytest.mark.parametrize("layout", ["W x + b", "x W + b"])
@pytest.mark.parametrize("known", KNOWN)
def test_a_shared_bias_along_paths(known: str, layout: str) -> None:
    check(text(known, known, BIASES[2], "paths", layout))


def test_the_gradient_of_a_shared_bias_is_a_sum_over_arrays_without_numbers_in_functions() -> None:
    problem = load_problem(text("sigmoid", "tanh", BIASES[2], "paths", "x W + b") + "detail: matrix\n")
    page = myst.render(solve(problem).document())
    lines = [line for line in page.split("\n") if "operatorname{sum}" in line and r"\ell'" in line]
    assert len(lines) == 2
    # the rows of the matrices are inputs: products stand the other way round
    assert r"\sigma'(\mathbf{z}^{(1)})" in lines[1]
    assert r")\,(W^{(2)})^{\top})" in lines[1]
