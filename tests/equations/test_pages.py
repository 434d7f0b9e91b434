"""Pages of computation graphs: gate by gate, in every output."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nbsolve import UnknownQuantityError, WorkedGraph, load_problem, solve
from nbsolve.handout import CourseData, Handout, key
from tests.corpus.outputs import FORMATS

FOLDER = Path(__file__).parents[2] / "problems"
GATE = FOLDER / "graph-a-gate-at-a-time.yaml"
LAYER = """\
kind: graph
title: A layer
given: {W: [[0.1, 0.2, -0.3], [0.4, -0.5, 0.6]], x: [1, 2, 3], b: [0.1, -0.1], y: [1, 0]}
equations:
  "z[j]": sum(i, W[j,i]*x[i]) + b[j]
  "a[j]": sigmoid(z[j])
  L: sum(j, (a[j] - y[j])^2) / 2
with_respect_to: [W, b]
"""


def worked(source: str | Path) -> WorkedGraph:
    found = solve(load_problem(source))
    assert isinstance(found, WorkedGraph)
    return found


def test_a_gate_at_a_time() -> None:
    page = str(worked(GATE).worked())
    lines = ["q = x + y = −2 + 5 = [ 3 ]", "∂f/∂q = z = [ −4 ]", "∂f/∂z = q = [ 3 ]", "= −4 · 1"]
    places = [page.index(line) for line in lines]
    assert places == sorted(places)
    assert "a multiplication gives each factor" in page
    assert "an addition passes the gradient on" in page


def test_what_is_used_again_says_so() -> None:
    page = str(worked(FOLDER / "graph-used-three-times.yaml").backward())
    assert "u is used by p, q and r: its gradient is the sum of what comes back from each." in page
    assert "∂f/∂u = ∂f/∂p·∂p/∂u + ∂f/∂q·∂q/∂u + ∂f/∂r·∂r/∂u" in page


def test_a_gradient_is_not_taken_for_one_of_its_parts() -> None:
    """∂f/∂x has m as one of three terms: by the formula of f alone it would be m itself."""
    assert "= 1 + 0 + 3\n        = [ 4 ]" in str(worked(FOLDER / "graph-max-at-a-tie.yaml").backward())


def test_the_result_can_use_a_quantity_by_itself_too() -> None:
    """∂f/∂x is no local derivative then: neither y, nor 2, which y was given as."""
    graph = worked("kind: graph\ngiven: {x: 3, y: 2.0}\nequations: {u: x^2, f: u + x*y}\n")
    (answer,) = (one for one in graph.entries() if one.quantity == "df/dx")
    assert (answer.value, answer.printed) == (8, "8")
    page = str(graph.worked())
    assert "∂f/∂x = ∂f/∂u·∂u/∂x + y\n        = 1 · 6 + 2.0\n        = 6 + 2\n        = [ 8 ]" in page
    assert "From f itself comes the derivative of its formula with respect to x" in " ".join(page.split())
    assert "gradient 8" in graph.draw("backward").words


def test_what_a_gate_does_is_said_once() -> None:
    page = str(worked(FOLDER / "graph-sigmoid-neuron.yaml").document())
    assert page.count("an addition passes the gradient on to each of its terms.") == 1
    assert "Back through s = p₀ + p₁.\n" in page


def test_an_iteration_says_what_it_starts_from() -> None:
    page = str(worked(FOLDER / "graph-adam-one-parameter.yaml").document())
    assert "This iteration starts from w ≈ 1.10000." in page


def test_a_tie_says_its_convention_on_the_question_too() -> None:
    graph = worked(FOLDER / "graph-max-at-a-tie.yaml")
    for said in (str(graph.unsaid()), str(graph.conventions())):
        assert "max at a tie passes the gradient to its first operand" in said
    values = {answer.quantity: answer.value for answer in graph.entries(everything=True)}
    assert (values["df/da"], values["df/db"]) == (1, 0)


def test_arrays_have_their_general_formula_and_their_matrix() -> None:
    page = str(worked(LAYER).worked())
    assert "zⱼ = Σ_i=1…3 Wⱼᵢ·xᵢ + bⱼ   j = 1, 2" in page
    assert "∂L/∂W ≈ [−0.140427, −0.280854, −0.421282; 0.140576, 0.281152, 0.421728]" in page


def test_windows_with_padding() -> None:
    text = """\
kind: graph
title: A window
given: {x: [1, 2, 3], k: [1, -1]}
equations: {"y[t]": "sum(s, k[s]*x[t+s-2])", f: "sum(t, y[t]^2)"}
ranges: {t: 3}
padding: {x: 0}
"""
    values = {answer.quantity: answer.value for answer in worked(text).entries(everything=True)}
    assert [values[f"y[{t}]"] for t in (1, 2, 3)] == [-1, -1, -1]
    assert [values[f"df/dk[{s}]"] for s in (1, 2)] == [-6, -12]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_output(name: str) -> None:
    for source in (GATE, LAYER):
        written = FORMATS[name](worked(source))
        assert len(written) > 200
    assert FORMATS[name](worked(GATE)) == FORMATS[name](worked(GATE))


def test_letters() -> None:
    graph = worked("kind: graph\ngiven: [x, y, z]\nequations: {q: x + y, s: sigmoid(q), f: s*z}\n")
    formulae = {answer.quantity: answer.formula for answer in graph.entries()}
    assert formulae["df/dx"] == "z·s·(1 − s)"
    assert formulae["df/dz"] == "s"
    page = str(graph.document())
    assert "∂f/∂q = ∂f/∂s·∂s/∂q" in page
    assert all(answer.value is None for answer in graph.entries())


def test_ascent_and_descent() -> None:
    text = "kind: graph\ngiven: {{x: 3}}\nequations: {{f: x^2}}\ntraining: {{learning_rate: 0.1, direction: {}}}\n"
    up, down = (
        {answer.quantity: answer.value for answer in worked(text.format(way)).entries(everything=True)}
        for way in ("ascent", "descent")
    )
    assert (up["x_new"], down["x_new"]) == (3.6, 2.4)


def test_an_upstream_gradient() -> None:
    text = 'kind: graph\ngiven: {x: [1, 2]}\nequations: {"y[i]": "x[i]^2"}\nupstream: [0.5, -1]\n'
    graph = worked(text)
    values = {answer.quantity: answer.value for answer in graph.entries(everything=True)}
    assert (values["dL/dx[1]"], values["dL/dx[2]"]) == (1, -4)
    assert "The gradient that comes in: ∂L/∂y₁ = 0.5, ∂L/∂y₂ = −1" in str(graph.statement())


def test_one_quantity_is_explained_with_what_it_rests_on() -> None:
    said = str(worked(GATE).explain("df/dx"))
    assert "∂f/∂q" in said
    assert "∂f/∂z" not in said
    with pytest.raises(UnknownQuantityError, match="no quantity 'w'"):
        worked(GATE).explain("df/dw")


def test_each_step_is_rounded() -> None:
    text = LAYER + "rounding: {apply: each_step, decimals: 2}\n"
    values = {answer.quantity: answer for answer in worked(text).entries(everything=True)}
    assert (values["a[1]"].value, values["dL/dz[1]"].value) == (0.43, -0.14)
    assert values["dL/dz[1]"].exact != values["dL/dz[1]"].value


def test_drawings_show_what_is_known() -> None:
    graph = worked(GATE)
    assert "−12" not in graph.draw().svg
    assert "−12" in graph.draw("forward").svg
    assert "gradient −4" in graph.draw("backward").alt
    with pytest.raises(UnknownQuantityError, match="graph, forward, backward"):
        graph.draw("weights")


def test_gates_show_how_a_long_formula_begins() -> None:
    graph = worked(
        """\
kind: graph
title: Long formulae
given: {u: 1, v: 2, s: 0.5, t: 1.5}
equations:
  a: u*v + s*t - (u - s)/(t + v)
  b: tanh(u*v + s*t - (u - s)/(t + v))
  c: (u*v + s*t + 1)/(u*s + t*v + 2)
  L: a + b*c
gradients_of: L
"""
    )
    words = graph.draw().words
    assert "by the formula u·v + s·t − …." in words
    assert "by the function tanh(…)." in words
    assert "by the formula …/…." in words


def test_gradients_can_be_checked() -> None:
    said = str(worked(FOLDER / "graph-sigmoid-neuron.yaml").check())
    assert "w₀" in said
    assert "−0.19661193" in said
    tied = str(worked("kind: graph\ngiven: {x: 1, y: 1}\nequations: {f: 'max(x, y)'}\n").check())
    assert "From the left" in tied
    rounded = str(worked(LAYER + "rounding: {apply: each_step, decimals: 2}\n").check())
    assert "Unrounded" in rounded


def test_the_examples_of_the_docs_are_problems() -> None:
    text = (FOLDER.parent / "docs" / "computation-graphs.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(kind: graph\n.*?)```", text, re.DOTALL)
    assert len(examples) >= 4
    for example in examples:
        assert len(str(worked(example).document())) > 500


def test_the_key_has_methods_and_marks() -> None:
    sheet = key(Handout(worked(GATE), CourseData()))
    text = "\n".join(piece.typst for piece in sheet.pieces)
    assert "Value of a node" in text
    assert "Local derivative" in text


@pytest.mark.parametrize(
    ("formula", "derivative"),
    [
        ("(o - y)^2 / 2", "o − y"),
        ("0.5*(o - y)^2", "o − y"),
        ("1/2*(o - y)^2", "o − y"),
        ("(o - y)^2 / 4", "2·(o − y)/4"),
    ],
)
def test_numbers_of_a_local_derivative_cancel(formula: str, derivative: str) -> None:
    page = str(worked(f"kind: graph\ngiven: {{o: 0.5, y: 2}}\nequations: {{L: {formula}}}\n").backward())
    assert f"∂L/∂o = {derivative} = " in page


def test_where_no_way_leads_to_what_is_asked_there_is_nothing_to_go_back_through() -> None:
    """And no program, which would end with a traceback."""
    text = "kind: graph\ngiven: {w: 1, c: 3}\nequations: {d: c^2, L: d^2}\nwith_respect_to: [w]\n"
    page = str(solve(load_problem(text)).document())
    assert "Nothing leads from these to what is differentiated" in page
    assert "Back through" not in page
    assert "program" not in page
