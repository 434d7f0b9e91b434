"""Problems of the kind `update`: numbers against the recursions, every output, names, faults."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from mpmath import mp

import nbsolve
from nbsolve import UpdateProblem, WorkedUpdate
from nbsolve.catalogue import OPTIMISERS
from nbsolve.checking.oracle import optimisers
from nbsolve.checking.oracle.numbers import big
from nbsolve.errors import DomainError, ProblemError, UnknownQuantityError
from tests.corpus.outputs import FORMATS
from tests.optimisers.test_recursions import ELSEWHERE

TEXT = """
kind: update
parameters: {w: 0.5, b: [0.1, -2]}
gradients:
  - {w: 0.4, b: [-1.2, 0.3]}
  - {w: -0.2, b: [0.5, 0.3]}
  - {w: 1.4, b: [0.25, -0.7]}
optimiser: OPTIMISER
STATE
"""
GRADIENTS = {
    "w": ["0.4", "-0.2", "1.4"],
    "b[1]": ["-1.2", "0.5", "0.25"],
    "b[2]": ["0.3", "0.3", "-0.7"],
}
START = {"w": "0.5", "b[1]": "0.1", "b[2]": "-2"}


def solved(text: str, **overrides: Any) -> WorkedUpdate:
    problem = nbsolve.load_problem(text, overrides=overrides)
    assert isinstance(problem, UpdateProblem)
    return nbsolve.solve(problem)


def text(optimiser: str, state: str = "") -> str:
    return TEXT.replace("OPTIMISER", optimiser).replace("STATE", state)


@pytest.mark.parametrize("name", [name for name in OPTIMISERS if name not in ELSEWHERE])
def test_against_the_recursions(name: str) -> None:
    kept = optimisers.KEPT[name]
    state = f"state: {{t: 2, {', '.join(f'{one}: 0.5' for one in kept)}}}" if kept else ""
    ours = {(e.quantity, e.iteration): e.exact for e in solved(text(name, state)).entries(everything=True)}
    settings = {key: Fraction(value) for key, value in optimisers.USUAL[name].items()}
    with mp.workdps(40):
        for parameter, gradients in GRADIENTS.items():
            letter, bracket, place = parameter.partition("[")
            w: Any = Fraction(START[parameter])
            own: Any = {one: Fraction("0.5") for one in kept}
            for t, gradient in enumerate(gradients, 1):
                w, own = optimisers.update(name, settings, w, Fraction(gradient), own, (2 if kept else 0) + t)
                new = ours[f"{letter}_new{bracket}{place}", t]
                assert mp.almosteq(mp.mpf(new), big(w), rel_eps=1e-12, abs_eps=1e-15)
                for kind in [equation.name for equation in OPTIMISERS[name].equations]:
                    value = own[kind]
                    mark = "" if kind in optimisers.ON_THE_WAY else "_new"
                    found = ours[f"{kind}_{letter}{mark}{bracket}{place}", t]
                    assert mp.almosteq(mp.mpf(found), big(value), rel_eps=1e-12, abs_eps=1e-15)


def test_rounded_at_each_step_the_state_is_rounded_too() -> None:
    rounding = {"apply": "each_step", "decimals": 3}
    found = solved(text("{adam: {learning_rate: 0.1}}"), rounding=rounding)
    ours = {(e.quantity, e.iteration): e.printed for e in found.entries(everything=True)}
    assert ours["m_w_new", 1] == "0.04"
    assert ours["v_w_new", 1] == "0.000"
    assert ours["m_w_new", 2] == "0.016"


def test_every_output_has_it() -> None:
    worked = solved(text("adam", "state: {t: 4, m: 0.1, v: {w: 0.2, b: [0.3, 0.4]}}"))
    said = {name: write(worked) for name, write in FORMATS.items() if name != "drawings"}
    for name in ("text", "markdown", "latex", "typst", "mathml"):
        assert "0.9" in said[name], name
        assert len(said[name]) > 1000, name
    assert '"m_w_new"' in said["json"]
    assert "has made 4 updates before" in said["text"]
    assert r"\hat{m}_{b_1}" in said["markdown"]


def test_more_parameters_stand_in_a_table() -> None:
    wide = solved(
        "kind: update\nparameters: {w: [1, 2, 3, 4, 5, 6]}\ngradients: {w: [1, 1, 1, 1, 1, 1]}\n"
        "optimiser: momentum\nparts: [{ask: ['w_new[3]']}]\n"
    )
    said = str(wide.updates())
    assert "The update of w₃:" in said
    assert "The update of w₁:" not in said
    assert "In the same way" in said


def test_what_can_be_explained() -> None:
    worked = solved(text("adam"))
    assert "m_w_new" in worked.askable()
    said = str(worked.explain("m_hat_b[2]"))
    assert "m̂_b₂" in said
    assert "m̂_b₁" not in said
    with pytest.raises(UnknownQuantityError, match="there are w, w_new"):
        worked.explain("q")


FAULTS = {
    "{w: 0.4}": "gradients: the gradients has no b",
    "{w: [1, 2], b: [1, 2]}": "gradients.w: w has 2 numbers here",
    "{w: 1, b: [1, 2, 3]}": "gradients.b: b has 3 numbers here",
    "3": "gradients: the gradients is '3'",
    "[]": "gradients: gradients lists 0 updates",
}


@pytest.mark.parametrize("gradients", FAULTS)
def test_gradients_that_do_not_fit(gradients: str) -> None:
    source = f"kind: update\nparameters: {{w: 0.5, b: [0.1, -2]}}\noptimiser: adam\ngradients: {gradients}\n"
    with pytest.raises(ProblemError) as error:
        nbsolve.load_problem(source)
    assert "problem:4:" in str(error.value)
    assert FAULTS[gradients] in str(error.value)


STATES = {
    "state: {m: {w: 1}}": "state: m has no b",
    "state: {m: {w: 1, b: 2}}": "b has a single number here",
    "state: {u: 1}": "unknown key 'u' in state",
    "state: {t: -1}": "t, the number of updates made before, is '-1'",
}


@pytest.mark.parametrize("state", STATES)
def test_a_state_that_does_not_fit(state: str) -> None:
    with pytest.raises(ProblemError) as error:
        nbsolve.load_problem(text("adam", state))
    assert "problem:9:" in str(error.value)
    assert STATES[state].removeprefix("state: ") in str(error.value)


def test_a_division_by_zero_names_the_update_and_the_parameter() -> None:
    """AdaMax divides by the largest gradient so far; where all were 0 its step has no value."""
    with pytest.raises(DomainError, match="update 2: the update of v: a division by zero"):
        solved(
            "kind: update\nparameters: {w: 1, v: 1}\ngradients: [{w: 1, v: 1}, {w: 1, v: 0}]\n"
            "optimiser: {adamax: {beta2: 0}}\n"
        ).updates()


def test_an_optimiser_that_keeps_nothing_has_no_state() -> None:
    with pytest.raises(ProblemError, match="sgd keeps nothing from one update to the next"):
        nbsolve.load_problem(text("sgd", "state: {m: 1}"))
    with pytest.raises(ProblemError, match="state is asked, but the optimiser keeps nothing"):
        nbsolve.load_problem(text("sgd", "parts: [{ask: [state]}]"))
