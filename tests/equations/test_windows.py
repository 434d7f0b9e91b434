"""Windows that slide, means, the largest of several: what convolutions, pooling and normalizations are made of."""

from __future__ import annotations

from typing import cast

import pytest

from nbsolve import load_problem
from nbsolve.errors import ProblemError
from nbsolve.problem.model import GraphProblem
from nbsolve.render import stored
from tests.checking.test_graph_programs import LANGUAGES, faults
from tests.equations.test_oracle import agrees, numbers, worked

CONVOLUTION = """\
kind: graph
title: A convolution, and the largest of what it finds
given: {x: [[1, 2, 0], [0, 1, 3], [2, 1, 1]], K: [[1, -1], [0.5, 2]], b: 0.5}
equations:
  "z[i,j]": sum(a, c, K[a,c]*x[i+a-1,j+c-1]) + b
  m: max(z[1,1], z[1,2], z[2,1], z[2,2])
"""
NORMALIZATION = """\
kind: graph
title: Batch normalization
given: {x: [[1, 2], [3, 6], [5, 1]], gamma: [1, 2], beta: [0, 1]}
equations:
  "mu[j]": mean(n, x[n,j])
  "var[j]": mean(n, (x[n,j] - mu[j])^2)
  "y[n,j]": gamma[j]*(x[n,j] - mu[j])/sqrt(var[j] + 0.001) + beta[j]
  L: mean(n, j, y[n,j]^3)
"""
POOLING = """\
kind: graph
title: The largest over time, and how far the smallest lies from the mean
given: {x: [[1, 3], [2, 3], [2, -1]], w: [1, -1]}
equations:
  "m[d]": max(t, x[t,d])
  s: min(t, d, x[t,d]^2)
  L: sum(d, w[d]*m[d]) + 2*s
"""
POLYNOMIAL = """\
kind: graph
title: A polynomial, and a discounted sum
given: {x: [0.5, 1, 2], w: [0.1, 2, -1.5], g: 0.9, d: 100}
ranges: {k: 2}
equations:
  "y[n]": sum(j, w[j]*x[n]^(j-1))
  G: sum(n, g^(n-1)*y[n])
  "p[k]": sin(d^(-2*k/3))
  "s[n]": where(n == 2, x[n]^2, 2*(3-n))
  L: G + sum(k, k*p[k]) + sum(k, 1/(2*k - 1)) + sum(n, s[n])
"""
DECIDED = """\
kind: graph
title: Cases and extremes of indices and numbers
given: {y: [1, 2], x: [0.5, 3], v: [[1, 2], [3, 0.5]], w: 2}
equations:
  "b[i,j]": y[j] - max(x[j], v[i,j], (i - 1))
  m: where(0.5 < 2, w, b[1,1]) * max(y[1], w)
  "q[j]": min((j), x[j])
  L: sum(i, j, b[i,j]^2) + m + sum(j, q[j])
"""
TIES = """\
kind: graph
title: Ties
given: {x: [2, 3, 3, 1], c: 2}
equations:
  p: max(x[1], x[2], x[3], x[4])
  q: min(x[1]*c, 4, x[4]*4, x[3])
  r: max(x[2], x[3], 3)
  L: p + q*2 + r*5
"""


@pytest.mark.parametrize(
    "text",
    [CONVOLUTION, NORMALIZATION, POOLING, POLYNOMIAL, DECIDED, TIES],
    ids=["convolution", "normalization", "pooling", "polynomial", "decided", "ties"],
)
def test_against_automatic_differentiation(text: str) -> None:
    assert agrees(text) > 15


@pytest.mark.parametrize(
    ("formula", "length"),
    [
        ("sum(k, w[k]*x[i+k-1])", 4),
        ("x[2*i-1]*x[2*i]", 2),
        ("x[i+2] - x[i]", 5),  # i stands alone as well
        ("sum(k, w[k]*x[2*i+k-2])", 2),
        ("sum(k, w[k]*x[2*(i-1)+k])", 2),
    ],
)
def test_a_window_runs_as_far_as_its_array(formula: str, length: int) -> None:
    text = f'kind: graph\ngiven: {{x: [1, 2, 3, 4, 5], w: [1, 2]}}\nequations: {{"y[i]": "{formula}"}}\n'
    if length == 5:
        with pytest.raises(ProblemError, match=r"x\[i\+2\] with i = 4 reads place 6"):
            load_problem(text)
        assert cast("GraphProblem", load_problem(f"{text}ranges: {{i: 3}}\n")).shapes["y"] == (3,)
        return
    assert cast("GraphProblem", load_problem(text)).shapes["y"] == (length,)


def test_a_window_that_does_not_begin_inside_is_refused() -> None:
    with pytest.raises(ProblemError, match=r"x\[i.1\] with i = 1 reads place 0"):
        load_problem('kind: graph\ngiven: {x: [1, 2, 3]}\nequations: {"y[i]": "x[i-1]"}\n')


def test_what_is_padded_says_nothing_of_how_far_a_window_runs() -> None:
    with pytest.raises(ProblemError, match="how far i runs is not known"):
        load_problem('kind: graph\ngiven: {x: [1, 2, 3]}\npadding: {x: 0}\nequations: {"y[i]": "x[i-1]"}\n')


def test_a_sum_may_run_less_far_than_its_array_where_it_is_read_shifted() -> None:
    text = (
        'kind: graph\ngiven: {x: [1, 2, 4, 3]}\nranges: {t: 3}\nequations: {s: "sum(t, (x[t+1] - x[t])^2)"}\n'
    )
    assert numbers(worked(text))["s"] == 6


def test_a_quantity_may_be_called_mean() -> None:
    text = "kind: graph\ngiven: {a: 1, b: 4}\nequations: {mean: (a + b)/2, L: (a - mean)^2}\n"
    assert numbers(worked(text))["L"] == 2.25


@pytest.mark.parametrize("kind", ["sum", "mean"])
def test_a_letter_is_no_name_of_a_quantity_that_comes_later(kind: str) -> None:
    text = f'kind: graph\ngiven: {{x: [1, 4]}}\nequations:\n  m: "{kind}(k, x[k])"\n  k: m^2\n'
    with pytest.raises(ProblemError, match=r"4:.*the equation of m.*k is the name of a quantity"):
        load_problem(text)


def test_the_derivative_of_the_largest_is_one_distinction() -> None:
    said = str(worked(CONVOLUTION).backward())
    assert "the gradient goes to the largest operand alone" in said
    assert "{1 if z₁₁ ≥ max(z₁₂, z₂₁, z₂₂); 0 otherwise}" in said
    assert "{0 if z₁₁ ≥ max(z₁₂, z₂₁, z₂₂); 1 if z₁₂ ≥ max(z₂₁, z₂₂); 0 otherwise}" in said


def test_entries_of_an_array_stand_in_its_order() -> None:
    text = 'kind: graph\ngiven: {x: [1, 2, 4]}\nequations: {s: "(x[3] - x[1])^2 + x[2]*x[1]"}\n'
    said = str(worked(text).backward())
    places = [said.index(f"∂s/∂x{n} =") for n in "₁₂₃"]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("equations", "said"),
    [
        ('{m: "max(x[1], x[2], x[3])"}', "m comes from x by a max gate"),
        ('{p: "x[1]*x[1]"}', "p comes from x and x by a multiply gate"),
        ('{"h[t]": "x[t] + h[t-1]", m: "max(w[1], w[2], h[3])"}', "m comes from w and h₃ by a max gate"),
    ],
)
def test_entries_of_one_array_come_by_one_wire(equations: str, said: str) -> None:
    text = f'kind: graph\ngiven: {{x: [1, 2, 3], w: [1, 2], "h[0]": 0}}\nequations: {equations}\n'
    if "h[t]" not in equations:
        text = text.replace(', "h[0]": 0', "")
    assert said in " ".join(worked(text).draw().alt.split())


def test_indices_made_of_others_come_back_from_what_is_stored() -> None:
    document = worked(CONVOLUTION).document()
    assert stored.read(stored.written(document)).blocks == document.blocks


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text", [TIES, POOLING, POLYNOMIAL, DECIDED], ids=["ties", "pooling", "polynomial", "decided"]
)
def test_programs_print_the_page(text: str, language: str) -> None:
    assert list(faults(text, language)) == []


def test_an_index_is_a_number_and_what_it_makes_trivial_is_left_out() -> None:
    said = str(worked(POLYNOMIAL).forward())
    assert "yₙ = Σ_j=1…3 wⱼ·xₙ^(j − 1)" in said
    assert "y₁ = w₁ + w₂·x₁ + w₃·x₁² =" in said
    assert "G = y₁ + g·y₂ + g²·y₃" in said
    assert "sₙ = {xₙ² if n = 2; 2·(3 − n) otherwise}" in said
    assert "s₂ = x₂² =" in said


@pytest.mark.parametrize(
    ("equations", "said"),
    [
        ('{"m[i]": "max(i, x[i])"}', "i is an index already.*another letter for this max"),
        ('{m: "max(k, x[1])"}', "nothing in the max has the index k"),
        ('{m: "sum(i, x[i]^(200*i))"}', "an exponent goes up to 600.*exponents of at most 100"),
        ('{m: "sum(i, 2^(x[i]*0 + i*i*20))"}', ""),
        ('{m: "sum(i, x[i]*2^(i*i*20))"}', "an exponent goes up to 180"),
        ('{m: "sum(k, 1/k^2) + x[1]"}', "how far k runs is not known"),
    ],
)
def test_what_indices_cannot_be(equations: str, said: str) -> None:
    text = f"kind: graph\ngiven: {{x: [1, 2, 3]}}\nequations: {equations}\n"
    if said:
        with pytest.raises(ProblemError, match=f"(?s){said}"):
            load_problem(text)
    else:
        load_problem(text)
