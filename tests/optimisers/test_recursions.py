"""Every optimiser against a recursion by hand (nbsolve/checking/oracle/optimisers.py), parameter by parameter."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from mpmath import mp

from nbsolve import solve
from nbsolve.catalogue import OPTIMISERS
from nbsolve.checking.oracle import optimisers
from nbsolve.checking.oracle.numbers import big
from tests.loading import load_problem

ELSEWHERE = {"sign_sgd", "clipped_sgd", "decayed_sgd"}
"""Held against their formulae in `adding/test_records.py`."""
NAMES = [name for name in OPTIMISERS if name not in ELSEWHERE]
TEXT = """
network:
  inputs: 2
  layers:
    - {units: 1, activation: tanh, weights: [[0.5, -0.25]], bias: [0.1]}
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
        (e.quantity, e.iteration): Fraction(e.exact) for e in entries if e.exact is not None and not e.sample
    }


def names() -> list[str]:
    return ["W[1][1][1]", "W[1][1][2]", "b[1][1]"]


def marked(name: str, state: str, new: str = "_new") -> str:
    """`m_W_new[1][1][1]` for m of W[1][1][1]."""
    letter, _, rest = name.partition("[")
    return f"{state}_{letter}{new}[{rest}"


@pytest.mark.parametrize("before", [0, 3])
@pytest.mark.parametrize("name", NAMES)
def test_five_updates(name: str, before: int) -> None:
    """Parameters and state of every iteration, to 12 digits, from 0 and from a given state."""
    kept, settings = optimisers.KEPT[name], optimisers.USUAL[name]
    given = {one: Fraction("0.25") for one in kept} if before else {}
    state = "show: all"
    if given:
        state += ", state: {t: 3, " + ", ".join(f"{one}: 0.25" for one in kept) + "}"
    ours = found(problem(name, state))
    exact = {key: Fraction(text) for key, text in settings.items()}
    t0 = before if given else 0
    with mp.workdps(40):
        for one in names():
            w, own = ours[one, 1], dict(given)
            for t in range(1, 6):
                gradient = ours[f"dL/d{one}", t]
                w, own = optimisers.update(name, exact, w, gradient, own, t0 + t)
                letter, _, rest = one.partition("[")
                assert mp.almosteq(big(ours[f"{letter}_new[{rest}", t]), big(w), rel_eps=1e-12, abs_eps=1e-13)
                for kind, value in own.items():
                    if kind in optimisers.ON_THE_WAY:
                        continue
                    assert mp.almosteq(
                        big(ours[marked(one, kind), t]), big(value), rel_eps=1e-12, abs_eps=1e-15
                    )


@pytest.mark.parametrize("name", NAMES)
def test_the_usual_settings(name: str) -> None:
    assert {key: given.text for key, given in OPTIMISERS[name].parameters.items()} == optimisers.USUAL[name]
