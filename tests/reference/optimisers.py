"""Optimisers by recursions for one parameter, written out from the papers; any arithmetic (Fraction, mpf, float).

`update(name, settings, w, g, state, t)` gives the new parameter and the new state. `state` has 0 for what it lacks,
`t` counts the updates from 1. Sources:

momentum: B. Polyak, 1964, as I. Sutskever et al., ICML 2013, and PyTorch's SGD (dampening 0) have it.
adam: D. Kingma and J. Ba, arXiv:1412.6980v9, algorithm 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mpmath import mp

Number = Any
State = dict[str, Number]
Settings = Mapping[str, Number]


def root(x: Number) -> Number:
    """√x at the working precision."""
    return mp.sqrt(mp.mpf(x.numerator) / x.denominator) if hasattr(x, "numerator") else mp.sqrt(x)


def sgd(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    return w - c["learning_rate"] * g


def momentum(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    state["velocity"] = c["beta"] * state["velocity"] + g
    return w - c["learning_rate"] * state["velocity"]


def _moments(g: Number, state: State, t: int, c: Settings) -> tuple[Number, Number]:
    """m̂ and v̂."""
    state["m"] = c["beta1"] * state["m"] + (1 - c["beta1"]) * g
    state["v"] = c["beta2"] * state["v"] + (1 - c["beta2"]) * g * g
    return state["m"] / (1 - c["beta1"] ** t), state["v"] / (1 - c["beta2"] ** t)


def adam(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    m, v = _moments(g, state, t, c)
    return w - c["learning_rate"] * m / (root(v) + c["epsilon"])


RULES: dict[str, Callable[[Number, Number, State, int, Settings], Number]] = {
    "sgd": sgd,
    "momentum": momentum,
    "adam": adam,
}
KEPT: dict[str, tuple[str, ...]] = {"sgd": (), "momentum": ("velocity",), "adam": ("m", "v")}
USUAL: dict[str, dict[str, str]] = {
    "sgd": {"learning_rate": "0.1"},
    "momentum": {"learning_rate": "0.1", "beta": "0.9"},
    "adam": {"learning_rate": "0.001", "beta1": "0.9", "beta2": "0.999", "epsilon": "1e-8"},
}
"""What holds where a problem does not say."""


def update(name: str, settings: Settings, w: Number, g: Number, state: State, t: int) -> tuple[Number, State]:
    """The new parameter and the new state after one update."""
    new = {kept: state.get(kept, 0) for kept in KEPT[name]}
    return RULES[name](w, g, new, t, settings), new
