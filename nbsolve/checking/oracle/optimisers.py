"""Optimisers by recursions for one parameter, written out from the papers; any arithmetic (Fraction, mpf, float).

`update(name, settings, w, g, state, t)` gives the new parameter and the new state. `state` has 0 for what it lacks,
`t` counts the updates from 1. Sources:

momentum: B. Polyak, 1964, as I. Sutskever et al., ICML 2013, and PyTorch's SGD (dampening 0) have it.
momentum_velocity: I. Goodfellow et al., "Deep Learning", equations 8.15, 8.16. momentum_average: as A. Ng teaches.
nesterov: PyTorch's SGD(nesterov=True). nesterov_velocity: Y. Bengio et al., arXiv:1212.0901, equation 7.
adagrad: J. Duchi et al., JMLR 12, 2011. rmsprop: T. Tieleman and G. Hinton, 2012; with ε inside Goodfellow, 8.5.2.
adadelta: M. Zeiler, arXiv:1212.5701, algorithm 1. adam, adamax: arXiv:1412.6980v9, algorithms 1 and 2.
adamw: arXiv:1711.05101. amsgrad: S. Reddi et al., ICLR 2018, algorithm 2, and PyTorch's Adam(amsgrad=True).
nadam_simplified: S. Ruder, arXiv:1609.04747. lion: X. Chen et al., arXiv:2302.06675, algorithm 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from mpmath import mp

from nbsolve.checking.oracle.numbers import Real, sqrt

Number = Any
Settings = Mapping[str, Number]


class State(dict[str, Number]):
    """What is kept, and what is found on the way; `written` is how a value is written down."""

    def __init__(self, kept: Mapping[str, Number], written: Callable[[Number], Number] = lambda x: x) -> None:
        super().__init__(kept)
        self.written = written

    def __setitem__(self, name: str, value: Number) -> None:
        super().__setitem__(name, self.written(value))


def root(x: Number) -> Number:
    """√x at the working precision."""
    return sqrt(x) if isinstance(x, Fraction | Real) else mp.sqrt(x)


def sgd(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    return w - c["learning_rate"] * g


def momentum(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    state["velocity"] = c["beta"] * state["velocity"] + g
    return w - c["learning_rate"] * state["velocity"]


def momentum_velocity(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    state["velocity"] = c["beta"] * state["velocity"] - c["learning_rate"] * g
    return w + state["velocity"]


def momentum_average(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    state["velocity"] = c["beta"] * state["velocity"] + (1 - c["beta"]) * g
    return w - c["learning_rate"] * state["velocity"]


def nesterov(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    state["velocity"] = c["beta"] * state["velocity"] + g
    return w - c["learning_rate"] * (g + c["beta"] * state["velocity"])


def nesterov_velocity(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    """Equation 7 of arXiv:1212.0901: Θ ← Θ + μ_t μ_(t−1) v_(t−1) − (1 + μ_t) ε ∇, v ← μ_(t−1) v_(t−1) − ε ∇."""
    old, mu, eps = state["velocity"], c["beta"], c["learning_rate"]
    state["velocity"] = mu * old - eps * g
    return w + mu * mu * old - (1 + mu) * eps * g


def adagrad(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    state["squares"] = state["squares"] + g * g
    return w - c["learning_rate"] / (root(state["squares"]) + c["epsilon"]) * g


def adagrad_epsilon_inside(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    state["squares"] = state["squares"] + g * g
    return w - c["learning_rate"] / root(state["squares"] + c["epsilon"]) * g


def rmsprop(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    state["squares"] = c["rho"] * state["squares"] + (1 - c["rho"]) * g * g
    return w - c["learning_rate"] * g / (root(state["squares"]) + c["epsilon"])


def rmsprop_epsilon_inside(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    state["squares"] = c["rho"] * state["squares"] + (1 - c["rho"]) * g * g
    return w - c["learning_rate"] * g / root(state["squares"] + c["epsilon"])


def adadelta(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    rho, eps = c["rho"], c["epsilon"]
    state["squares"] = rho * state["squares"] + (1 - rho) * g * g
    state["step"] = root(state["steps"] + eps) / root(state["squares"] + eps) * g
    state["steps"] = rho * state["steps"] + (1 - rho) * state["step"] * state["step"]
    return w - c["learning_rate"] * state["step"]


def _moments(g: Number, state: State, t: int, c: Settings) -> tuple[Number, Number]:
    """m̂ and v̂."""
    state["m"] = c["beta1"] * state["m"] + (1 - c["beta1"]) * g
    state["v"] = c["beta2"] * state["v"] + (1 - c["beta2"]) * g * g
    state["m_hat"] = state["m"] / (1 - c["beta1"] ** t)
    state["v_hat"] = state["v"] / (1 - c["beta2"] ** t)
    return state["m_hat"], state["v_hat"]


def adam(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    m, v = _moments(g, state, t, c)
    return w - c["learning_rate"] * m / (root(v) + c["epsilon"])


def adam_epsilon_inside(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    m, v = _moments(g, state, t, c)
    return w - c["learning_rate"] * m / root(v + c["epsilon"])


def adamw(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    """Algorithm 2 of arXiv:1711.05101 as PyTorch has it: the decay comes first and is multiplied by the rate."""
    m, v = _moments(g, state, t, c)
    shrunk = w * (1 - c["learning_rate"] * c["decay"])
    return shrunk - c["learning_rate"] * m / (root(v) + c["epsilon"])


def adamax(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    state["m"] = c["beta1"] * state["m"] + (1 - c["beta1"]) * g
    state["largest"] = max(c["beta2"] * state["largest"], abs(g))
    state["m_hat"] = state["m"] / (1 - c["beta1"] ** t)
    return w - c["learning_rate"] * state["m_hat"] / state["largest"]


def amsgrad(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    """As PyTorch has it: the maximum is taken before the correction."""
    m, _ = _moments(g, state, t, c)
    state["v_max"] = max(state["v_max"], state["v"])
    state["v_hat"] = state["v_max"] / (1 - c["beta2"] ** t)
    return w - c["learning_rate"] * m / (root(state["v_hat"]) + c["epsilon"])


def amsgrad_uncorrected(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    _moments(g, state, t, c)
    state["v_max"] = max(state["v_max"], state["v"])
    return w - c["learning_rate"] * state["m"] / (root(state["v_max"]) + c["epsilon"])


def nadam(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    """Algorithm 2 of Dozat's paper with μ_t = β₁ throughout (Optax has it so)."""
    state["m"] = c["beta1"] * state["m"] + (1 - c["beta1"]) * g
    state["v"] = c["beta2"] * state["v"] + (1 - c["beta2"]) * g * g
    state["v_hat"] = state["v"] / (1 - c["beta2"] ** t)
    first, second = 1 - c["beta1"] ** (t + 1), 1 - c["beta1"] ** t
    state["m_bar"] = c["beta1"] * state["m"] / first + (1 - c["beta1"]) * g / second
    return w - c["learning_rate"] / (root(state["v_hat"]) + c["epsilon"]) * state["m_bar"]


def nadam_simplified(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    m, v = _moments(g, state, t, c)
    state["m_bar"] = c["beta1"] * m + (1 - c["beta1"]) * g / (1 - c["beta1"] ** t)
    return w - c["learning_rate"] / (root(v) + c["epsilon"]) * state["m_bar"]


def lion(w: Number, g: Number, state: State, t: int, c: Settings) -> Number:
    state["c"] = c["beta1"] * state["m"] + (1 - c["beta1"]) * g
    state["m"] = c["beta2"] * state["m"] + (1 - c["beta2"]) * g
    return w - c["learning_rate"] * ((state["c"] > 0) - (state["c"] < 0) + c["decay"] * w)


Rule = Callable[[Number, Number, State, int, Settings], Number]
_MOMENTUM = {"learning_rate": "0.1", "beta": "0.9"}
_ADAM = {"learning_rate": "0.001", "beta1": "0.9", "beta2": "0.999", "epsilon": "1e-8"}
_ADAGRAD = {"learning_rate": "0.01", "epsilon": "1e-10"}
_RMSPROP = {"learning_rate": "0.01", "rho": "0.9", "epsilon": "1e-8"}
_TABLE: dict[str, tuple[Rule, tuple[str, ...], dict[str, str]]] = {
    "sgd": (sgd, (), {"learning_rate": "0.1"}),
    "momentum": (momentum, ("velocity",), _MOMENTUM),
    "momentum_velocity": (momentum_velocity, ("velocity",), _MOMENTUM),
    "momentum_average": (momentum_average, ("velocity",), _MOMENTUM),
    "nesterov": (nesterov, ("velocity",), _MOMENTUM),
    "nesterov_velocity": (nesterov_velocity, ("velocity",), _MOMENTUM),
    "adagrad": (adagrad, ("squares",), _ADAGRAD),
    "adagrad_epsilon_inside": (adagrad_epsilon_inside, ("squares",), _ADAGRAD),
    "rmsprop": (rmsprop, ("squares",), _RMSPROP),
    "rmsprop_epsilon_inside": (rmsprop_epsilon_inside, ("squares",), _RMSPROP),
    "adadelta": (adadelta, ("squares", "steps"), {"learning_rate": "1", "rho": "0.9", "epsilon": "1e-6"}),
    "adam": (adam, ("m", "v"), _ADAM),
    "adam_epsilon_inside": (adam_epsilon_inside, ("m", "v"), _ADAM),
    "adamw": (adamw, ("m", "v"), {**_ADAM, "decay": "0.01"}),
    "adamax": (adamax, ("m", "largest"), {"learning_rate": "0.002", "beta1": "0.9", "beta2": "0.999"}),
    "amsgrad": (amsgrad, ("m", "v", "v_max"), _ADAM),
    "amsgrad_uncorrected": (amsgrad_uncorrected, ("m", "v", "v_max"), _ADAM),
    "nadam_simplified": (nadam_simplified, ("m", "v"), {**_ADAM, "learning_rate": "0.002"}),
    "nadam": (nadam, ("m", "v"), {**_ADAM, "learning_rate": "0.002"}),
    "lion": (lion, ("m",), {"learning_rate": "0.0001", "beta1": "0.9", "beta2": "0.99", "decay": "0.01"}),
}
RULES = {name: rule for name, (rule, _, _) in _TABLE.items()}
KEPT = {name: kept for name, (_, kept, _) in _TABLE.items()}
USUAL = {name: usual for name, (_, _, usual) in _TABLE.items()}
"""What holds where a problem does not say."""


ON_THE_WAY = ("step", "m_hat", "v_hat", "m_bar", "c", "clipped")
"""What is found for an update and then forgotten."""


def marked(kind: str) -> str:
    """`_new` behind the name of what is kept, nothing behind that of what is forgotten."""
    return "" if kind in ON_THE_WAY else "_new"


def update(
    name: str,
    settings: Settings,
    w: Number,
    g: Number,
    state: Mapping[str, Number],
    t: int,
    written: Callable[[Number], Number] = lambda x: x,
) -> tuple[Number, State]:
    """The new parameter and the new state after one update; `written` is applied to what is found before."""
    new = State({kept: state.get(kept, Fraction(0)) for kept in KEPT[name]}, written)
    return RULES[name](w, g, new, t, settings), new
