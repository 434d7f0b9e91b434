"""Live numbers in the texts of computation graphs and of updates from given gradients."""

from __future__ import annotations

import pytest

from nbsolve import ProblemError, load_problem, solve
from nbsolve.live import live_faults
from nbsolve.problem.model import GraphProblem

GRAPH = """\
kind: graph
statement: "From $x={{x}}$ to {{x_new at last: 6 decimals}}."
given: {x: 4, v: [1, 2]}
equations: {q: "x*v[1] + v[2]", f: "q^2"}
training: {learning_rate: 0.01, iterations: 2, parameters: [x]}
parts: [{label: a, ask: [df/dx], text: "Why {{= df/dx at 2: 3 decimals}}?"}]
pitfalls: ["TEXT"]
"""
UPDATE = """\
kind: update
statement: "The gradient {{dL/dw}} leads to {{w_new}}."
parameters: {w: 1}
gradients: [{w: 0.5}, {w: 0.25}]
optimiser: {momentum: {learning_rate: 0.1, beta: 0.9}}
pitfalls: ["The velocity is {{velocity_w_new at 2}}, not {{0.9*0.25 + dL/dw}}."]
"""


def graph(text: str = "{{2*q: 1 decimal}}, {{df/dv[2]}}, {{dq/dx}}") -> GraphProblem:
    problem = load_problem(GRAPH.replace("TEXT", text))
    assert isinstance(problem, GraphProblem)
    return problem


def test_numbers_of_a_graph() -> None:
    texts = {path: text.replace("$", "") for path, text in solve(graph()).texts().items()}
    x = 4 - 0.01 * 12
    assert texts["statement"] == f"From x=4 to {x - 0.02 * (x + 2):.4f}."
    assert texts["parts[0].text"] == "Why = 11.76?"
    assert texts["pitfalls[0]"] == "12, 12, 1"
    assert "12, 12, 1" in str(solve(graph()).document())


def test_numbers_of_updates() -> None:
    texts = {path: text.replace("$", "") for path, text in solve(load_problem(UPDATE)).texts().items()}
    assert texts["statement"] == "The gradient 0.5 leads to 0.95."
    assert texts["pitfalls[0]"] == "The velocity is 0.7, not 0.725."


def test_a_question_leaves_numbers_of_the_solution_blank() -> None:
    words = str(solve(graph()).statement(blanks=True))
    assert "x = 4" in words
    assert "3.7624" not in words
    assert "11.760" not in words
    assert "0.95" not in str(solve(load_problem(UPDATE)).statement(blanks=True))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{df/dz}}", "no quantity"),
        ("{{v}}", "v has 2 numbers"),
        ("{{x at 5}}", "iteration 5 is not written out"),
        ("{{x sample 2}}", "no samples"),
    ],
)
def test_faults(text: str, message: str) -> None:
    with pytest.raises(ProblemError) as caught:
        solve(graph(text)).texts()
    assert message in str(caught.value)
    assert "pitfalls[0]" in str(caught.value)


def test_what_is_not_there_is_said_without_solving() -> None:
    problem = graph("{{df/dz}}")
    ((fault, shown),) = live_faults(problem, solve(problem).names)
    assert shown == "{{df/dz}}"
    assert fault.path == "pitfalls[0]"
