"""Values of units that are given instead of computed: numbers, page, programs, errors."""

from __future__ import annotations

import pytest

from nbsolve import ProblemError, solve
from tests.audit.killing import kill
from tests.audit.pages import EXPLANATIONS, ROUNDINGS, markdown
from tests.checking.running import faults, first, programs, run
from tests.drawing.labels import violations
from tests.loading import load_problem
from tests.networks.comparing import disagreements
from tests.sampling import OneIn

pytestmark = pytest.mark.slow

TEXT = """
title: Given values
network:
  inputs: 2
  layers:
    - units: 3
      activation: [sigmoid, tanh, relu]
      weights: [[0.2, -0.3], [0.5, 0.6], [1, -1]]
      bias: [0.1, 0.4, 0.3]
    - {units: 2, activation: [softplus, leaky_relu], weights: [[0.7, -0.8, 0.3], [1, -2, -0.5]], bias: [0.9, 0]}
    - {units: 2, activation: sigmoid, weights: [[0.7, -0.8], [1, -0.5]], bias: [0.9, 0]}
samples:
  - {input: [0.5, -1.5], target: [1, 0], given: {"a[1][1]": 0.60, "a[1][2]": 0.25, "z[2][1]": 0.5, "z[1][3]": 1.5}}
  - {input: [0.25, 1], target: [0, 0], given: {"a[1][3]": 0.6, "a[2]": [0.2, -0.3]}}
  - {input: [1, 1], target: [0, 0], given: {"a[3][2]": 0.6}}
loss: binary_cross_entropy
training: {optimiser: {sgd: {learning_rate: 0.5}}, batch: all}
"""
ALONE = """
title: One given value
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.2, -0.3], [0.5, 0.6]], bias: [0.1, 0.4]}
    - {units: 1, activation: linear, weights: [[0.7, -0.8]], bias: [0.9]}
samples: [{input: [0.5, -1.5], target: [1], given: {"a[1][1]": 0.123456789}}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.5}}}
"""
SOFTMAX = """
title: A given share
network:
  inputs: 1
  layers:
    - {units: 2, activation: softmax, weights: [[0.2], [0.5]]}
    - {units: 1, activation: linear, weights: [[0.7, -0.8]]}
samples: [{input: [0.5], target: [1], given: {"a[1]": [0.3, 0.7]}}]
loss: squared_error
"""


@pytest.mark.parametrize("way", EXPLANATIONS)
@pytest.mark.parametrize("batch", ["all", "1", "2"])
def test_against_the_oracles(batch: str, way: str) -> None:
    text = f"{TEXT.replace('batch: all', f'batch: {batch}')}explain: {way}\n"
    assert not disagreements(text)


def test_a_value_that_is_forgotten_is_found() -> None:
    assert any("dL/dW[3][1][1]" in line for line in disagreements(TEXT, TEXT.replace('"z[2][1]": 0.5, ', "")))


def test_by_hand() -> None:
    """δ = ∂L/∂a · w · a(1 − a) with the given a."""
    worked = solve(load_problem(ALONE))
    values = {e.quantity: float(e.exact or 0) for e in worked.entries(everything=True)}
    a = 0.123456789
    upstream = 2 * (values["a[2][1]"] - 1)
    assert values["a[1][1]"] == a
    assert values["dL/dW[2][1][1]"] == pytest.approx(upstream * a, rel=1e-14)
    assert values["dL/dW[1][1][2]"] == pytest.approx(upstream * 0.7 * a * (1 - a) * -1.5, rel=1e-14)
    assert values["a_new[1][1]"] != a


@pytest.mark.parametrize("number", range(3))
def test_the_audit_reads_it(number: int) -> None:
    way = {"explain": EXPLANATIONS[number], **[*ROUNDINGS.values()][number]}
    assert not markdown((TEXT, ALONE, SOFTMAX)[number], way).report().faults


def test_what_is_given_is_never_rounded_and_the_network_would_give_another() -> None:
    page = str(solve(load_problem(ALONE, overrides={"rounding": {"apply": "each_step"}})).document())
    assert "Given, whatever the network would compute: a₁⁽¹⁾ = 0.123456789." in page
    assert "a₁⁽¹⁾ = 0.123456789 is given; the network would give σ(z₁⁽¹⁾)" in page
    assert "0.7 · 0.123456789" in page
    assert "0.123457" not in page


def test_every_change_of_a_page_is_found(one_in: OneIn) -> None:
    result = kill(markdown(ALONE), all_digits=False, one_in=one_in(97))
    print(f"{result.found} of {result.made} changes found ({result.rate:.4%})")
    assert not result.passed, "\n".join(result.passed[:20])


@pytest.mark.parametrize("batch", ["all", "2"])
def test_the_program_has_them(batch: str) -> None:
    worked = solve(load_problem(TEXT.replace("batch: all", f"batch: {batch}")))
    made = programs(worked)
    assert set(made.texts) == {"NumPy"}
    assert not [*faults(worked, run(made.texts["NumPy"], first(worked)))]


@pytest.mark.parametrize("kind", ["network", "forward", "backward", "update"])
def test_drawings_mark_what_is_given_and_nothing_else(kind: str) -> None:
    drawing = solve(load_problem(ALONE)).draw(kind)
    assert drawing.svg.count(" given<") == 1
    assert drawing.alt.count("(given)") == 1
    assert not violations(drawing.svg)


def test_the_drawing_shows_the_given_value() -> None:
    drawing = solve(load_problem(ALONE)).draw("backward")
    assert "a₁⁽¹⁾ = 0.123456789" in drawing.alt
    assert not violations(drawing.svg)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"a[1][1]"', '"h1"', "'h1' names no value of a unit"),
        ('"a[1][1]"', '"W[1][1][1]"', "is no value that a unit computes"),
        ('"a[1][1]"', '"x[1]"', "is no value that a unit computes"),
        ('"a[1][1]"', '"dL/da[1][1]"', "is a derivative"),
        ('"a[1][1]"', '"a[3][1]"', "the network has 2 layers"),
        ('"a[1][1]"', '"a[1][3]"', "layer 1 has 2 units"),
        ('"a[1][1]": 0.123456789', '"a[1]": [1, 2, 3]', "whole layer"),
        ('"a[1][1]": 0.123456789', '"a[1]": 0.5', "whole layer"),
        ('"a[1][1]": 0.123456789', '"a[1]": [0.5, 0.6], "a[1][2]": 0.6', "given twice"),
        ('"a[1][1]": 0.123456789', '"a[1][1]": much', "a\\[1\\]\\[1\\]"),
        ('{"a[1][1]": 0.123456789}', "[0.6]", "not a mapping"),
        ("activation: sigmoid", "activation: elu", "written with z and with a"),
        ("0.5}}}", "0.5}}, iterations: 2}", "takes a sample more than once"),
        ("loss: ", "letters: true\nloss: ", "solved in symbols"),
        ("loss: ", "detail: matrix\nloss: ", "stand unit by unit"),
        (', given: {"a[1][1]": 0.123456789}}]', '}]\ngiven: {"a[1][1]": 0.6}', "unknown key 'given'"),
    ],
)
def test_faults(old: str, new: str, message: str) -> None:
    assert old in ALONE
    with pytest.raises(ProblemError, match=message):
        load_problem(ALONE.replace(old, new))
