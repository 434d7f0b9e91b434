"""Computation graphs: every value, gradient and step, against the oracles and against what was published."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from nbsolve import WorkedGraph, load_problem, solve
from nbsolve.checking.oracle.graph_oracle import iterations, values_and_gradients
from nbsolve.checking.oracle.graph_precise import precise_values_and_gradients
from nbsolve.equations import derivatives
from nbsolve.expr import Expr, number
from nbsolve.step import verify
from nbsolve.symbol import canonical
from tests.reference.graphs import disagreements
from tests.reference.published_graphs import Published, as_printed, published
from tests.reference.random_graphs import random_graph
from tests.reference.random_trainings import random_training
from tests.sampling import OneIn

SHIPPED = sorted((Path(__file__).parents[2] / "problems").glob("graph-*.yaml"))
RANDOM = 1000
"""Random graphs; one in 40 with `make test`."""
TRAININGS = 400
"""Random trainings of graphs; likewise."""


@cache
def worked(text: str) -> WorkedGraph:
    found = solve(load_problem(text))
    assert isinstance(found, WorkedGraph)
    return found


def numbers(graph: WorkedGraph, iteration: int = 1) -> dict[str, float]:
    """Every number of an iteration by its name."""
    entries = graph.entries(everything=True)
    return {one.quantity: float(one.value or 0) for one in entries if one.iteration == iteration}


def agrees(text: str) -> int:
    """How many numbers agree with automatic differentiation. Raises AssertionError where one does not."""
    found, expected = numbers(worked(text)), values_and_gradients(text)
    common = found.keys() & expected.keys()
    for name in common:
        assert found[name] == pytest.approx(expected[name], rel=1e-12, abs=1e-12), name
    graph = worked(text)
    wanted = {canonical(symbol) for symbol in graph.built.wanted}
    missing = {
        name
        for name in expected.keys() - found.keys()
        if expected[name] != 0 and name.partition("/d")[2] in wanted
    }
    assert not missing, missing
    for iteration in graph.solution.iterations:
        for step in iteration.steps:
            verify(step, graph.solution.arithmetic)
    return len(common)


def test_random_trainings_agree(one_in: OneIn) -> None:
    """From any state, with any schedule and any clipping, down and up."""
    compared = 0
    for seed in range(0, TRAININGS, one_in(40)):
        text = random_training(seed)
        entries = list(worked(text).entries(everything=True))
        assert list(disagreements(entries, text)) == [], text
        compared += len(entries)
    assert compared > 200


def test_random_graphs_agree(one_in: OneIn) -> None:
    assert sum(agrees(random_graph(seed)) for seed in range(0, RANDOM, one_in(40))) > 500


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_graphs_agree(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert agrees(text) > 3
    if "learning_rate:" in text:
        shown = {one.number for one in worked(text).solution.iterations}
        for number_, expected in enumerate(iterations(text), start=1):
            if number_ not in shown:
                continue
            found = numbers(worked(text), number_)
            assert {name for name in expected if "_new" in name} <= set(found)
            known = {name: value for name, value in expected.items() if name in found}
            assert all(found[name] == pytest.approx(value, rel=1e-12) for name, value in known.items())


@pytest.mark.parametrize("example", published(), ids=lambda example: example.source)
def test_published_numbers_are_found(example: Published) -> None:
    graph = worked(example.text)
    found = numbers(graph)
    for name, printed in {**example.expected, **example.after}.items():
        assert as_printed(found[name], printed), name
    by_name = {answer.quantity: float(answer.value or 0) for answer in graph.entries(everything=True)}
    for name, printed in example.local.items():
        assert as_printed(by_name[name], printed), name


def test_adam_on_one_parameter_is_its_recursion() -> None:
    """D. Kingma and J. Ba, arXiv:1412.6980, algorithm 1."""
    path = next(path for path in SHIPPED if "adam" in path.stem)
    graph = worked(path.read_text(encoding="utf-8"))
    w, m, v = 1.0, 0.0, 0.0
    for t in (1, 2, 3):
        gradient = 2 * (w - 3)
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        w -= 0.1 * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)) ** 0.5 + 1e-8)
        found = numbers(graph, t)
        assert found["w_new"] == pytest.approx(w, rel=1e-12)
        assert found["m_w_new"] == pytest.approx(m, rel=1e-12)


def test_printed_digits_are_those_of_fifty(one_in: OneIn) -> None:
    for seed in range(1, RANDOM, one_in(100)):
        text = random_graph(seed)
        precise = precise_values_and_gradients(text)
        for answer in worked(text).entries(everything=True):
            assert answer.printed is not None
            if answer.quantity not in precise or "/" in answer.printed:
                continue
            value, printed = precise[answer.quantity], answer.printed
            mantissa, _, exponent = printed.partition("e")
            last = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
            assert abs(float(value) - float(printed)) <= last / 2 * (1 + 1e-9), (seed, answer.quantity)


def test_a_wrong_derivative_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = derivatives._derivative

    def wrong(decided: Expr, formula: Expr, slot: str) -> Expr:
        return number(1) if slot == "operand_1" else right(decided, formula, slot)

    monkeypatch.setattr(derivatives, "_derivative", wrong)
    text = "kind: graph\ngiven: {x: 2, y: 5}\nequations: {f: x*y}\n"
    with pytest.raises(AssertionError):
        agrees(text)


@pytest.mark.parametrize("end", ["b * x", "x * b", "b + 3*x", "x / b", "x * b^2"])
def test_a_gradient_with_other_paths_is_not_the_local_derivative_of_its_name(end: str) -> None:
    """x is used by b and at the end: ∂f/∂x is the sum over both, wherever it is written."""
    text = f"kind: graph\ngiven: {{x: 2}}\nequations: {{b: x^2, f: {end}}}\nparts: [{{ask: [df/dx]}}]\n"
    assert not list(disagreements(worked(text).entries(everything=True), text))
    said = str(worked(text).backward()).partition("∂f/∂x =")[2]
    (answer,) = worked(text).entries()
    assert answer.printed is not None
    assert f"= [ {answer.printed.replace('-', '−')} ]" in said
