"""Every optimiser against a recursion by hand (tests/reference/optimisers.py), parameter by parameter."""

from __future__ import annotations

from typing import Any

import pytest
from mpmath import mp

from nbsolve import solve
from nbsolve.catalogue import OPTIMISERS
from tests.loading import load_problem
from tests.reference import optimisers

ELSEWHERE = {"sign_sgd", "clipped_sgd", "decayed_sgd"}
"""Held against their formulae in `adding/test_records.py`."""
NAMES = [name for name in OPTIMISERS if name not in ELSEWHERE]
TEXT = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.5, -0.25], [0.1, 0.4]], bias: [0.1, -0.2]}
    - {units: 1, activation: linear, weights: [[1.5, -0.5]], bias: [0.3]}
samples: [{input: [1, 2], target: [1]}, {input: [-1, 0.5], target: [0]}]
loss: squared_error
training: {optimiser: OPTIMISER, iterations: 5, STATE}
"""
STATE = """state: {t: 3, KEPT}"""


def problem(optimiser: str, state: str = "show: all") -> str:
    return TEXT.replace("OPTIMISER", optimiser).replace("STATE", state)


def found(text: str) -> dict[tuple[str, int | None], Any]:
    entries = solve(load_problem(text)).entries(everything=True)
    return {
        (e.quantity, e.iteration): mp.mpf(e.exact) for e in entries if e.exact is not None and not e.sample
    }


def names() -> list[str]:
    weights = [f"W[1][{j}][{i}]" for j in (1, 2) for i in (1, 2)] + ["W[2][1][1]", "W[2][1][2]"]
    return [*weights, "b[1][1]", "b[1][2]", "b[2][1]"]


def marked(name: str, state: str, new: str = "_new") -> str:
    """`m_W_new[1][1][1]` for m of W[1][1][1]."""
    letter, _, rest = name.partition("[")
    return f"{state}_{letter}{new}[{rest}"


@pytest.mark.parametrize("before", [0, 3])
@pytest.mark.parametrize("name", NAMES)
def test_five_updates(name: str, before: int) -> None:
    """Parameters and state of every iteration, to 12 digits, from 0 and from a given state."""
    kept, settings = optimisers.KEPT[name], optimisers.USUAL[name]
    given = {one: mp.mpf("0.25") for one in kept} if before else {}
    state = "show: all"
    if given:
        state += ", state: {t: 3, " + ", ".join(f"{one}: 0.25" for one in kept) + "}"
    ours = found(problem(name, state))
    exact = {key: mp.mpf(text) for key, text in settings.items()}
    t0 = before if given else 0
    with mp.workdps(40):
        for one in names():
            w, own = ours[one, 1], dict(given)
            for t in range(1, 6):
                gradient = ours[f"dL/d{one}", t]
                w, own = optimisers.update(name, exact, w, gradient, own, t0 + t)
                letter, _, rest = one.partition("[")
                assert mp.almosteq(ours[f"{letter}_new[{rest}", t], w, rel_eps=1e-12, abs_eps=1e-13)
                for kind, value in own.items():
                    assert mp.almosteq(ours[marked(one, kind), t], value, rel_eps=1e-12, abs_eps=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_the_usual_settings(name: str) -> None:
    assert {key: given.text for key, given in OPTIMISERS[name].parameters.items()} == optimisers.USUAL[name]
