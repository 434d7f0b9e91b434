"""How lines are written: signs, updates with δ = −∂L/∂z, numbered formulae, full products, names of an index."""

from __future__ import annotations

import re

import pytest

import nbsolve
from nbsolve import WorkedSolution, solve
from nbsolve.problem.model import Problem
from tests.audit.killing import kill
from tests.audit.pages import markdown
from tests.compose.problems import ROOT
from tests.loading import load_problem

TEXT = """\
title: Written as books write it
network:
  inputs: 2
  layers:
    - {units: 1, activation: sigmoid, weights: [[0.1, -0.9]], bias: [0.5]}
    - {units: 3, activation: softmax, weights: [[-0.7], [0.2], [0.4]], bias: [0.1, 0.2, 0.3]}
samples: [{input: [1, 2], target: [1, 0, 0]}, {input: [2, 1], target: [0, 1, 0]}]
loss: categorical_cross_entropy
notation: {delta: -dL/dz}
training: {optimiser: {sgd: {learning_rate: 0.5}}, batch: 1, iterations: 2}
"""


def solved(text: str) -> WorkedSolution:
    problem = load_problem(text)
    assert isinstance(problem, Problem)
    return solve(problem)


def shipped(name: str) -> str:
    return (ROOT / "problems" / f"{name}.yaml").read_text(encoding="utf-8")


SIGMOIDS = """\
title: One sigmoid after the other
network:
  inputs: 2
  layers:
    - {units: 1, activation: sigmoid, weights: [[0.1, -0.9]], bias: [0.5]}
    - {units: 1, activation: sigmoid, weights: [[-0.7]], bias: [0.1]}
samples: [{input: [1, 2], target: [0.9]}]
loss: squared_error
notation: {delta: -dL/dz}
training: {optimiser: {sgd: {learning_rate: 0.5}}, iterations: 1}
"""


def test_every_line_reproduces_and_changes_are_found() -> None:
    assert not markdown(TEXT).report().faults
    result = kill(markdown(SIGMOIDS), all_digits=False)
    # a minus before the first factor needs no brackets: −0.2 · 3 is the same
    assert all(passed.startswith("bracket") for passed in result.passed), result.passed[:10]


def test_two_minus_signs_that_meet_are_none() -> None:
    text = str(solved(TEXT).worked())
    assert "−(−" not in text.replace(" − (−", "")  # a difference keeps its two signs
    assert "exp(0.8)" not in text
    assert re.search(r"exp\(1\.2\)", text)  # z = 0.1 − 1.8 + 0.5 = −1.2


def test_the_update_adds_the_error_signal() -> None:
    text = str(solved(TEXT).update(1))
    assert "w₁₁⁽¹⁾ + η·δ₁⁽¹⁾" in text
    assert " − η·" not in text


def test_the_loss_says_on_which_sample_it_falls() -> None:
    worked = solved(TEXT)
    assert "The loss on sample 1 falls" in str(worked.update(1))
    assert "The loss on sample 2 " in str(worked.update(2))
    assert "on sample" not in str(solve_one().update(1))


def solve_one() -> WorkedSolution:
    return solved(
        re.sub(r", \{input: \[2.*?\}", "", TEXT).replace("batch: 1, iterations: 2", "iterations: 1")
    )


def test_softmax_has_all_its_sums_before_the_first_share() -> None:
    text = str(solved(TEXT).forward(1))
    lefts = re.findall(r"^  ([za])[₁₂₃]⁽²⁾ +=", text, re.MULTILINE)
    assert lefts == ["z", "z", "z", "a", "a", "a"]


def test_numbers_go_into_the_numbered_formulae() -> None:
    text = str(solved(shipped("003-three-two-one")).worked()).partition("Putting the numbers into")[2]
    assert "∂L/∂w₁₁¹ = 2·(a − y)·a·(1 − a)·w₁₁²·a₁·(1 − a₁)·x₁" in text
    assert "δ" not in text.partition("Update")[0]


@pytest.mark.parametrize("name", ["001-b-two-outputs", "001-a-squared-error"])
def test_several_paths_stand_as_whole_products_before_the_brackets(name: str) -> None:
    text = str(solved(shipped(name)).worked())
    (first, second) = re.findall(r"∂L/∂w₁₁(?:⁽¹⁾)? = (.*)\n +(= .*)", text)[0]
    assert " + " in first
    assert "(" not in re.sub(r"[⁽⁾]", "", first)
    assert "(" in second


def test_an_index_is_told_apart_from_a_name() -> None:
    through = " ".join(str(solved(shipped("000-softmax-two-losses")).letters()).split())
    assert "w₂₄⁽²⁾ = w₈" in through
    assert through.index("w₂₄⁽²⁾ = w₈") < through.index("/∂wᵢⱼ⁽²⁾")
    pattern = " ".join(str(solved(shipped("001-b-two-outputs")).letters()).split())
    assert "∂zⱼ/∂w₁ⱼ = a₁ j = 2, 3" in pattern  # the page's own names, which need no word
    assert "On this page" not in pattern
    own = " ".join(str(solved(shipped("003-three-two-one")).letters()).split())
    assert "Here i runs over" in own


def test_an_operator_is_no_factor_and_a_vector_has_one_pair_of_brackets() -> None:
    derived = str(solve_derivation("derivation-sigmoid"))
    assert "d/dz [" in derived
    assert "d/dz·" not in derived
    assert not re.search(r"Σ_\S*·", str(solve_derivation("003-2-loss-gradients")))
    assembled = str(solved(shipped("004-relu-cross-entropy")).new_parameters())
    assert "[0.5, −0.5980; −0.4, 0.8040]" in assembled
    assert "[ [" not in assembled


def solve_derivation(name: str) -> object:
    return solve(nbsolve.load_problem(ROOT / "problems" / f"{name}.yaml")).document()


def test_cross_entropy_begins_with_the_sum_of_which_one_term_is_left() -> None:
    text = str(solve_derivation("003-2-loss-gradients"))
    assert "L = −Σ_j=1…n yⱼ·ln(pⱼ)" in text
    assert text.index("yₖ = 1[k = i]") < text.index("L = −Σ_j=1…n yⱼ·ln(pⱼ)") < text.index("= −ln(pᵢ)")


def general(page: str) -> str:
    """The general formulae of a page in text."""
    return page.partition("\nGeneral formulae\n")[2].partition("\nGradients of layer ")[0]


def test_general_formulae_have_the_names_of_the_page() -> None:
    """w_{1j} with j = 2, 3 is the page's w₁₂ and w₁₃; sums run over the same numbers."""
    said = general(str(solved(shipped("001-b-two-outputs")).document()))
    assert "∂L/∂w₁ⱼ = ∂L/∂aⱼ·∂aⱼ/∂zⱼ·∂zⱼ/∂w₁ⱼ\n" in said
    assert "= (aⱼ − yⱼ)·a₁   j = 2, 3" in said
    assert "Σ_k=2…3 (aₖ − yₖ)·w₁ₖ" in said
    assert "⁽" not in said


def test_a_flat_notation_says_once_which_weight_is_which() -> None:
    page = str(solved(shipped("000-softmax-two-losses")).document())
    legend = "w₁₁⁽¹⁾ = w₁, w₂₁⁽¹⁾ = w₂, w₁₂⁽¹⁾ = w₃, w₂₂⁽¹⁾ = w₄, "
    legend += "w₁₃⁽²⁾ = w₅, w₂₃⁽²⁾ = w₆, w₁₄⁽²⁾ = w₇, w₂₄⁽²⁾ = w₈."
    assert " ".join(page.split()).count(legend) == 1
    assert "= ∂L/∂aⱼ·hᵢ   i = 1, 2; j = 3, 4" in general(page)
    assert not re.search("[ahb]ⱼ⁽", general(page))


def test_targets_that_count_from_one_are_shifted() -> None:
    flat = shipped("000-softmax-two-losses").replace("activation: softmax", "activation: sigmoid")
    flat = re.sub(r"loss:\n(  - .*\n)+", "loss: binary_cross_entropy\n", flat)
    flat = re.sub(r"parts:\n(.*\n)+", "parts: [{label: a, ask: [gradients]}]\n", flat)
    assert "(hⱼ − yⱼ₋₂)·hᵢ   i = 1, 2; j = 3, 4" in general(str(solved(flat).document()))


def test_names_with_their_layer_need_no_ranges() -> None:
    for name in ("001-a-symbolic-squared-error", "003-three-two-one"):
        assert not re.search(r"   [ij] = \d", general(str(solved(shipped(name)).document())))


def test_paths_name_what_their_products_have_in_common() -> None:
    """∂L/∂a and ∂L/∂z of each layer stand before the gradients that contain them, once."""
    page = str(solved(shipped("001-a-squared-error")).document())
    first = page.partition("\nIteration 2")[0]
    for name, value in {"a₁⁽²⁾": "−0.0315947", "z₁⁽²⁾": "−0.00280509", "z₂⁽¹⁾": "−0.000824437"}.items():
        (found,) = re.findall(rf"^  ∂L/∂{name} = (?:.*\n)+?\n", first, re.M)
        assert value in found, found
        weight = {"2": "∂L/∂w₁₁⁽²⁾ = ", "1": "∂L/∂w₁₁⁽¹⁾ = "}["2" if "⁽²⁾" in name else "1"]
        assert first.index(f"∂L/∂{name} = ") < first.index(weight)


def test_with_each_step_rounded_paths_are_products_and_nothing_else() -> None:
    rounded = shipped("001-a-squared-error").replace(
        "explain: paths", "explain: paths\nrounding: {apply: each_step}"
    )
    rounded = re.sub(r"pitfalls:\n(.*\n)+", "", rounded)
    assert "∂L/∂z₁⁽²⁾ = " not in str(solved(rounded).document())
