"""Problems in letters as a user sees them: cells, answers, numbers put in, what cannot be asked."""

from __future__ import annotations

import io
import json

import pytest

from nbsolve import ProblemError, WorkedSolution, solve
from nbsolve.asking.answers import write_json
from nbsolve.document import Derivation, Result, blocks_within
from tests.loading import files, load_problem, parse_problem

MIXED = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.1, 0.2], [u, 0.4]], bias: symbolic}
    - {units: 1, activation: sigmoid, weights: [[0.5, -0.3]], bias: [0.1]}
samples:
  - {input: [1, 2], target: symbolic}
loss: binary_cross_entropy
parts:
  - {ask: [forward, gradients, "dL/da[1][1]"]}
"""
FORWARD_KNOWN = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.1, 0.2], [0.3, 0.4]], bias: [0.1, 0.2]}
    - {units: 1, activation: sigmoid, weights: [[0.5, -0.3]], bias: [0.1]}
samples:
  - {input: [1, 2], target: TARGET}
loss: {squared_error: {scale: 1/2}}
"""


def solved(text: str) -> WorkedSolution:
    worked = solve(parse_problem(text))
    assert isinstance(worked, WorkedSolution)
    return worked


def test_a_letter_in_a_cell_keeps_its_name() -> None:
    text = str(solved(MIXED).forward())
    assert "u·x₁ + w₂₂⁽¹⁾·x₂ + b₂⁽¹⁾" in text


def test_given_numbers_are_put_in_and_letters_stay() -> None:
    text = str(solved(MIXED).letters())
    assert "With the given numbers" in text
    assert "z₂⁽¹⁾ = u · 1 + 0.4 · 2 + b₂⁽¹⁾" in text
    assert "[ (a₁⁽²⁾ − y₁) · 0.5·(1 − (a₁⁽¹⁾)²) · 2 ]   ⑤" in text


def test_what_follows_from_numbers_alone_is_computed() -> None:
    """With a target in letters the forward pass is the one of the same problem in numbers."""
    letters, numbers = (solved(FORWARD_KNOWN.replace("TARGET", t)) for t in ("symbolic", "[1]"))
    found = {e.quantity: e for e in letters.entries()}
    known = {e.quantity: e for e in numbers.entries()}
    for name in ("z[1][1]", "a[1][2]", "z[2][1]", "a[2][1]"):
        assert found[name].printed == known[name].printed
        assert found[name].exact == known[name].exact
    assert found["L"].value is None
    assert found["dL/dW[2][1][1]"].formula == "(a₁⁽²⁾ − y₁)·a₁⁽²⁾·(1 − a₁⁽²⁾)·a₁⁽¹⁾"
    assert f"({known['a[2][1]'].printed[:4]}" in str(letters.letters())  # type: ignore[index]


def test_entries_in_json_have_formulae() -> None:
    stream = io.StringIO()
    write_json(solved(MIXED), stream)
    data = json.loads(stream.getvalue())
    by_name = {answer["quantity"]: answer for answer in data["answers"]}
    assert by_name["dL/da[1][1]"]["formula"] == "(a₁⁽²⁾ − y₁)·w₁₁⁽²⁾"
    assert by_name["dL/da[1][1]"]["latex"] == r"(a_1^{(2)} - y_1)\,w_{11}^{(2)}"
    assert by_name["dL/da[1][1]"]["value"] is None


def test_everything_lists_every_step() -> None:
    worked = solved(MIXED)
    assert len(list(worked.entries(everything=True))) > len(list(worked.entries())) - 1


def test_asked_results_are_boxed_and_definitions_are_not() -> None:
    blocks = blocks_within(solved(MIXED).letters().blocks)
    boxed = [
        line.left
        for block in blocks
        if isinstance(block, Derivation)
        for line in block.lines
        if any(isinstance(right, Result) and right.boxed for _, right in line.parts)
    ]
    assert len(boxed) > 5


def test_a_given_is_its_own_answer() -> None:
    """A whole matrix may be asked for of which some entries are letters."""
    found = [*solved(MIXED.replace('"dL/da[1][1]"', '"W[1]"')).entries()][-4:]
    assert [one.printed for one in found] == ["0.1", "0.2", None, "0.4"]
    assert found[2].formula == "u"


@pytest.mark.parametrize("word", ["loss_after", "forward_after", "epoch_loss"])
def test_what_needs_numbers_cannot_be_asked(word: str) -> None:
    training = "training: {optimiser: {sgd: {learning_rate: 0.1}}}\n"
    with pytest.raises(ProblemError, match=f"{word} is asked, but the problem is in symbols"):
        parse_problem(MIXED.replace('"dL/da[1][1]"', word) + training)


def test_updates_in_letters() -> None:
    training = "training: {optimiser: {sgd: {learning_rate: 0.1}}}\n"
    text = str(solved(MIXED.replace('"dL/da[1][1]"', "updated_parameters") + training).document())
    assert "uⁿᵉʷ" in text
    assert "u − η·∂L/∂u" in text


@pytest.mark.parametrize("path", files("letters"), ids=lambda path: path.stem)
def test_shipped_problems_in_letters(path: object) -> None:
    worked = solve(load_problem(path))
    text = str(worked.document())
    assert "Solution in symbols" in text
    assert "Common mistakes" in text
    assert all(entry.formula for entry in worked.entries())


def test_one_quantity_explained_in_letters() -> None:
    text = str(solved(MIXED).explain("dL/du"))
    assert "∂L/∂u" in text
    assert "z₂⁽¹⁾" in text


def test_a_large_network_has_general_formulae_and_matrices_only() -> None:
    layer = "{units: 30, activation: tanh, weights: symbolic, bias: symbolic}"
    text = str(
        solved(
            f"network: {{inputs: 30, layers: [{layer}, {layer}]}}\n"
            "samples: [{input: symbolic, target: symbolic}]\nloss: mse\n"
        ).document()
    )
    assert "Σ" in text
    assert "δ⁽²⁾" in text
    assert len(text) < 10_000


def test_a_numeric_problem_may_begin_with_letters() -> None:
    text = FORWARD_KNOWN.replace("TARGET", "[1]")
    plain, both = solved(text), solved(text + "letters: true\n")
    assert "Solution in symbols" not in str(plain.worked())
    page = str(both.worked())
    assert page.index("Solution in symbols") < page.index("Solution in numbers")
    assert "Putting the numbers into ① … ⑨." in page
    assert list(plain.entries()) == list(both.entries())


def test_matrices_alone_where_they_are_wanted() -> None:
    text = str(solved(MIXED + "detail: matrix\n").document())
    assert "too large" not in text
    assert "Loss" in text
    assert "∂L/∂a₁⁽²⁾ =" in text
    assert "The formulae above hold for every unit" in text


def test_numbers_among_letters_are_written_as_they_are_given() -> None:
    text = str(
        solved(
            "network:\n  inputs: 2\n  layers:\n"
            "    - {units: 1, activation: sigmoid, weights: [[2/7, 0.30]], bias: [1/3]}\n"
            "    - {units: 1, activation: linear, weights: [[v]], bias: [0]}\n"
            "samples: [{input: [1, 0.5], target: [1]}]\nloss: squared_error\n"
        ).document()
    )
    assert "= 2/7 · 1 + 0.30 · 0.5 + 1/3 ≈" in text
    assert "0.333" not in text


@pytest.mark.parametrize(("samples", "divided"), [(1, False), (2, True)])
def test_a_penalty_that_is_averaged_over_a_batch_says_so(samples: int, divided: bool) -> None:
    sample = "{input: symbolic, target: symbolic}"
    text = f"""
network: {{inputs: 1, layers: [{{units: 1, activation: sigmoid, weights: symbolic, bias: symbolic}}]}}
samples: [{", ".join([sample] * samples)}]
loss: mse
regulariser: {{l2: {{strength: 0.1, over_samples: mean}}}}
training: {{optimiser: {{sgd: {{learning_rate: 0.5}}}}, batch: all}}
parts: [{{label: a, ask: [gradients]}}]
"""
    said = str(solved(text).document())
    assert ("divided by the number of samples in the batch" in said) is divided
