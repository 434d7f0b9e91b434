"""The Jacobian of the outputs, J v and uᵀ J: against autograd and 60 digits, on the page and as answers.

`python -m tests.test_jacobian 300` tries three hundred random networks.
"""

from __future__ import annotations

import sys
from math import isclose
from random import Random

import pytest

from nbsolve import ProblemError, solve
from nbsolve.asking.answers import Answer
from nbsolve.checking.oracle import autograd_oracle, network
from nbsolve.checking.oracle.compare import key_of
from nbsolve.checking.oracle.reading import load
from nbsolve.errors import UnknownQuantityError
from tests.loading import load_problem
from tests.reference.random_problems import problem, to_text

SMALL = """
network:
  inputs: 2
  layers:
    - {units: 3, activation: tanh, weights: [[0.5, -1], [1, 0.5], [-0.5, 0.25]], bias: [0.1, -0.2, 0]}
    - {units: 2, activation: softmax, weights: [[1, -0.5, 2], [-1, 1.5, 0.5]], bias: [0, 0.3]}
samples: [{input: [1, 0.5]}]
"""


def wrong(number: int) -> list[str]:
    """What the two oracles find wrong in the Jacobian of one random network."""
    made = problem(Random(f"jacobian {number}"))
    made.pop("training", None)
    depth = len(made["network"]["layers"])
    made["parts"] = [{"label": "a", "ask": ["jacobian"]}]
    if depth > 1:
        made["parts"].append({"label": "b", "ask": [f"da[{depth}]/da[1]"]})
    rng, sizes = (
        Random(f"vectors {number}"),
        (made["network"]["inputs"], made["network"]["layers"][-1]["units"]),
    )
    right, left = ([f"{rng.randint(-9, 9)}/{rng.randint(1, 9)}" for _ in range(int(size))] for size in sizes)
    made["jacobian"] = {"right": right, "left": left}
    made["parts"].append({"label": "c", "ask": ["jacobian_vector_product", "vector_jacobian_product"]})
    text = to_text(made).replace("[da[", '["da[').replace("/da[1]]", '/da[1]"]')
    spec, found = load(text), []
    doubles, precise = autograd_oracle.solve(spec), network.solve(spec)
    answers = list(solve(load_problem(text)).entries())
    inputs, outputs = len(spec.inputs[0]), spec.layers[-1].units
    hidden = spec.layers[0].units if depth > 1 else 0
    if len(answers) != len(spec.inputs) * (outputs * (inputs + hidden) + outputs + inputs):
        found.append(f"{len(answers)} entries")
    for answer in answers:
        key = key_of(answer, spec, doubles)
        if key is None or not isclose(exact(answer), doubles[key], rel_tol=1e-12, abs_tol=1e-13):
            found.append(f"{answer.quantity}: {answer.exact}, autograd {key and doubles[key]}")
        elif not isclose(exact(answer), float(precise[key]), rel_tol=1e-14, abs_tol=1e-40):
            found.append(f"{answer.quantity}: {answer.exact}, 60 digits {precise[key]}")
    return [f"{text}{line}" for line in found]


def exact(answer: Answer) -> float:
    """Its value without rounding."""
    value = answer.exact
    assert value is not None
    return float(value)


def asked(*names: str, **overrides: object) -> list[Answer]:
    """The answers for some quantities of SMALL."""
    return [*solve(load_problem(SMALL, overrides={"parts": [{"ask": [*names]}], **overrides})).entries()]


@pytest.mark.parametrize("chunk", range(3))
def test_random_networks(chunk: int) -> None:
    for number in range(10 * chunk, 10 * chunk + 10):
        assert not wrong(number)


@pytest.mark.parametrize("explain", ["delta", "paths", "local_derivatives"])
def test_it_does_not_depend_on_the_way_of_explaining(explain: str) -> None:
    values = [entry.exact for entry in asked("jacobian")]
    assert [entry.exact for entry in asked("jacobian", explain=explain)] == values


def test_a_row_of_it_is_the_gradient_of_its_output() -> None:
    rows = [entry.exact for entry in asked("jacobian")]
    for k, seed in enumerate(([1, 0], [0, 1])):
        found = [entry.exact for entry in asked("dL/dx", upstream=seed)]
        assert found == rows[2 * k : 2 * k + 2]


def test_a_given_gradient_times_it_is_what_comes_back() -> None:
    (a, b), (c, d) = [[exact(e) for e in asked("jacobian")][n : n + 2] for n in (0, 2)]
    found = [exact(entry) for entry in asked("dL/dx", upstream=[0.5, -2])]
    assert found == pytest.approx([0.5 * a - 2 * c, 0.5 * b - 2 * d], rel=1e-14)


def test_outputs_of_a_softmax_add_up_to_one_whatever_the_input() -> None:
    found = [exact(entry) for entry in asked("jacobian")]
    assert found[0] + found[2] == pytest.approx(0, abs=1e-16)
    assert found[1] + found[3] == pytest.approx(0, abs=1e-16)


VECTORS = {"right": [1, 0.5], "left": [1, -2]}


@pytest.mark.parametrize("detail", ["units", "matrix"])
def test_products_are_those_of_the_matrix(detail: str) -> None:
    (a, b), (c, d) = [[exact(e) for e in asked("jacobian")][n : n + 2] for n in (0, 2)]
    words = ["jacobian_vector_product", "vector_jacobian_product"]
    found = asked(*words, jacobian=VECTORS, detail=detail)
    assert [entry.quantity for entry in found] == ["Jv[1]", "Jv[2]", "uJ[1]", "uJ[2]"]
    expected = [a + 0.5 * b, c + 0.5 * d, a - 2 * c, b - 2 * d]
    assert [exact(entry) for entry in found] == pytest.approx(expected, rel=1e-14)


def test_a_product_from_the_left_is_what_a_backward_pass_finds() -> None:
    found = [entry.exact for entry in asked("uJ", jacobian=VECTORS)]
    assert found == pytest.approx(
        [entry.exact for entry in asked("dL/dx", upstream=VECTORS["left"])], rel=1e-15
    )


def test_products_on_the_page_have_shapes_that_fit() -> None:
    words = ["jacobian_vector_product", "vector_jacobian_product"]
    columns = {"parts": [{"ask": words}], "jacobian": VECTORS, "detail": "matrix"}
    layers = [
        {"units": 1, "activation": "tanh", "weights": [[1], [2]], "bias": [0]},
        {"units": 2, "activation": "sigmoid", "weights": [[1, -1]], "bias": [0, 1]},
    ]
    rows = {**columns, "network": {"inputs": 2, "layout": "x W + b", "layers": layers}}
    for overrides, lines in (
        (columns, ("p = ∂a⁽²⁾/∂x·v", "q = (∂a⁽²⁾/∂x)ᵀ·u")),
        (rows, ("p = v·(∂a⁽²⁾/∂x)ᵀ", "q = u·∂a⁽²⁾/∂x")),
    ):
        text = str(solve(load_problem(SMALL, overrides=overrides)).worked())
        assert [line for line in lines if f"  {line}\n" not in text] == []


def test_products_in_letters() -> None:
    letters = SMALL.replace("[[0.5, -1], [1, 0.5], [-0.5, 0.25]]", "symbolic")
    more = {"parts": [{"ask": ["Jv[1]"]}], "jacobian": {"right": "symbolic"}}
    (found,) = solve(load_problem(letters, overrides=more)).entries()
    assert "v_1" in (found.latex or "")
    assert "w_{11}^{(1)}" in (found.latex or "")


@pytest.mark.parametrize(("name", "count"), [("da[2]/dx", 4), ("da[2][1]/dx", 2), ("da[2]/da[1]", 6)])
def test_wholes_and_rows_of_it_by_name(name: str, count: int) -> None:
    found = asked(name)
    assert len(found) == count
    assert all(entry.quantity.startswith("da[2][") for entry in found)


@pytest.mark.parametrize(
    "name", ["da[1][1]/dx[1]", "da[2][1]/da[2][2]", "da[2][3]/dx[1]", "da[2][1]/dy[1]", "Jv[1]", "uJ"]
)
def test_what_is_no_derivative_of_an_output(name: str) -> None:
    with pytest.raises(UnknownQuantityError):
        asked(name)


def test_a_misspelt_word() -> None:
    with pytest.raises(ProblemError, match="did you mean jacobian"):
        asked("jacobean")


def test_the_page_says_how_the_matrix_comes_about() -> None:
    text = str(solve(load_problem(SMALL, overrides={"parts": [{"ask": ["jacobian"]}]})).worked())
    assert "∂a⁽²⁾/∂x = ∂a⁽²⁾/∂z⁽²⁾·W⁽²⁾·diag(tanh′(z⁽¹⁾))·W⁽¹⁾" in text
    assert "no zeros" in " ".join(text.split())
    rows = str(solve(load_problem(SMALL, overrides={"parts": [{"ask": ["da[2][1]/dx[1]"]}]})).worked())
    assert "diag" not in rows
    assert "Derivatives of the outputs" in rows


def test_in_letters() -> None:
    letters = SMALL.replace("[[0.5, -1], [1, 0.5], [-0.5, 0.25]]", "symbolic")
    found = solve(load_problem(letters, overrides={"parts": [{"ask": ["da[2][1]/dx[1]"]}]})).entries()
    assert all("w_{11}^{(1)}" in (entry.latex or "") for entry in found)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    faults = [line for number in range(count) for line in wrong(number)]
    print("\n".join(faults[:5]))
    print(f"{count} networks, {len(faults)} disagreements")
