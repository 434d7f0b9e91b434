"""Recurrences: h[t] from h[t-1], alone or several together, forwards or backwards, against the oracles."""

from __future__ import annotations

import pytest

from nbsolve import ProblemError, WorkedGraph, load_problem, solve
from nbsolve.given import Given
from nbsolve.problem.model import GraphProblem
from nbsolve.programs import CannotBeSaid
from nbsolve.step import verify
from tests.audit.test_graphs import sound
from tests.checking.test_graph_programs import LANGUAGES, faults
from tests.drawing.networks import faults as overlaps
from tests.reference.graphs import disagreements
from tests.reference.random_recurrences import random_recurrence
from tests.sampling import OneIn

RANDOM = 300
UNIT = """\
kind: graph
title: A recurrent unit
given: {w: 0.5, u: 0.8, "h[0]": 0.1, x: [1, 0.5, -1], y: 0.5}
equations:
  "h[t]": tanh(w*x[t] + u*h[t-1])
  L: (h[3] - y)^2/2
parts: [{label: a, ask: ["h[2]", "dL/dh[1]", "dL/dh[0]", dL/dw]}]
"""


def worked(text: str) -> WorkedGraph:
    found = solve(load_problem(text))
    assert isinstance(found, WorkedGraph)
    return found


def test_random_recurrences_agree(one_in: OneIn) -> None:
    compared = 0
    for seed in range(0, RANDOM, one_in(60)):
        text = random_recurrence(seed)
        graph = worked(text)
        entries = list(graph.entries(everything=True))
        assert list(disagreements(entries, text)) == [], text
        for iteration in graph.solution.iterations:
            for step in iteration.steps:
                verify(step, graph.solution.arithmetic)
        compared += len(entries)
    assert compared > 100


def test_every_line_of_random_recurrences_reproduces(one_in: OneIn) -> None:
    """That of 83 takes a smaller h for its quotients: a gradient of 0 stands beside a curve on one side."""
    seeds = {83, *range(0, RANDOM, one_in(300))}
    assert sum(sound(random_recurrence(seed)).lines for seed in sorted(seeds)) > 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_programs_of_random_recurrences_print_the_page(language: str, one_in: OneIn) -> None:
    for seed in range(2, RANDOM, one_in(100)):
        text = random_recurrence(seed)
        assert not list(faults(text, language)), text


def test_a_page_tells_it_step_by_step() -> None:
    said = " ".join(str(worked(UNIT).document()).split())
    assert "Time step by time step, from t = 1 to t = 3:" in said
    assert "Backpropagation through time: the time steps in reverse, from t = 3 to t = 1" in said
    assert "Time step t = 2, back through" in said
    assert "Every time step uses w and u: the gradient is a sum over the time steps." in said
    assert "∂L/∂w = ∂L/∂h₁·∂h₁/∂w + ∂L/∂h₂·∂h₂/∂w + ∂L/∂h₃·∂h₃/∂w" in said


def test_a_start_is_asked_for_by_either_name() -> None:
    answers = {one.quantity for one in worked(UNIT).entries()}
    assert answers == {"h[2]", "dL/dh[1]", "dL/dh0", "dL/dw"}
    other = UNIT.replace('"h[0]"', "h0").replace("dL/dh[0]", "dL/dh0")
    assert list(worked(UNIT).entries()) == list(worked(other).entries())


def test_a_start_can_be_set() -> None:
    problem = load_problem(UNIT, overrides={"given.h[0]": 0.25})
    assert isinstance(problem, GraphProblem)
    (start,) = next(one for one in problem.given if one.name == "h0").entries
    assert isinstance(start, Given)
    assert start.text == "0.25"


def test_a_drawing_has_a_gate_for_each_step(one_in: OneIn) -> None:
    drawing = worked(UNIT).draw("backward")
    named = {box.about for box in drawing.scene.boxes}
    assert named == {"w", "u", "h0", "y", "L", *(f"{name}@{step}" for name in "hx" for step in (1, 2, 3))}
    assert "tanh(w·x₂ + u·h₁), value 0.5837" in drawing.alt
    for seed in range(3, RANDOM, one_in(100)):
        drawing = worked(random_recurrence(seed)).draw("backward")
        assert list(overlaps(drawing.scene)) == [], seed


def test_a_small_gradient_is_drawn() -> None:
    text = "kind: graph\ngiven: {x: 0.00001}\nequations: {y: x^2, f: y*y}\n"
    assert "gradient 4·10⁻¹⁵" in worked(text).draw("backward").alt


def test_entries_of_one_step_that_rest_on_one_another_have_no_program() -> None:
    text = 'kind: graph\ngiven: {c: [[1, 2], [3, 1]]}\npadding: {D: 0}\nequations:\n  "D[i,j]": "%s"\n  f: D[2,2]\n'
    text %= "c[i,j] + max(D[i-1,j], D[i,j-1])"
    assert not list(disagreements(worked(text).entries(everything=True), text))
    with pytest.raises(CannotBeSaid):
        list(faults(text, "NumPy"))


def test_a_recurrence_is_computed_in_the_order_of_its_steps() -> None:
    problem = load_problem(
        'kind: graph\ngiven: {g: 0.5, r: [1, 2, 3], "V[4]": 1}\nequations: {"V[t]": "r[t] + g*V[t+1]"}\n'
    )
    assert isinstance(problem, GraphProblem)
    (recurrence,) = problem.recurrences
    assert recurrence.steps == (3, 2, 1)


GIVEN = "kind: graph\ngiven: {w: 2, x: [1, 2, 3], b: [1, 2], START}\n"
FAULTS = {
    "itself": ("", '{"h[t]": "x[t] + h[t]"}', "h[1] is computed from itself"),
    "both ways": ("", '{"h[t]": "x[t] + h[t-1] + h[t+1]"}', "h[1] is computed from h[2], that from h[1]"),
    "no start": (
        "",
        '{"h[t]": "x[t] + w*h[t-1]"}',
        "h[t−1] with t = 1 reads h[0], which is neither computed nor given\n"
        '    expected: where the recurrence starts, given: {"h[0]": 0}',
    ),
    "no start of a vector": (
        "",
        '{"h[t,j]": "x[t] + b[j]*h[t-1,j]"}',
        "reads h[0,1], which is neither computed nor given\n"
        '    expected: where the recurrence starts, given: {"h[0,j]": [0, 0]}',
    ),
    "a start of another shape": (
        '"h[0]": [1, 2, 3]',
        '{"h[t,j]": "x[t] + b[j]*h[t-1,j]"}',
        "h0 is 3, and the equation of h starts from 2",
    ),
    "the start of the other direction": (
        '"h[0]": 1',
        '{"h[t]": "x[t] + w*h[t+1]"}',
        "h[t+1] with t = 3 reads h[4]",
    ),
    "a start that nothing reads": ('"q[0]": 1', '{"h[t]": "x[t]*w"}', "no equation reads q[0]"),
    "a start inside": (
        '"h[2]": 1',
        '{"h[t]": "x[t] + h[t-1]"}',
        "h[2] is given, and the equation of h finds it",
    ),
    "how long": ('"h[0]": 1', '{"h[t]": "w*h[t-1]"}', "how far t runs is not known"),
    "a circle of two": (
        "",
        '{"c[t]": "h[t]*w", "h[t]": "x[t]*c[t]"}',
        "c[1] is computed from h[1], that from c[1]",
    ),
}


@pytest.mark.parametrize("name", [*FAULTS])
def test_faults(name: str) -> None:
    start, equations, message = FAULTS[name]
    text = GIVEN.replace(", START", f", {start}" if start else "") + f"equations: {equations}\n"
    with pytest.raises(ProblemError) as caught:
        load_problem(text)
    assert message in str(caught.value)
    assert len(caught.value.faults) == 1
