"""What an optimiser keeps, as pages write it: letters of states and settings, values carried between updates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.oracle import optimisers
from nbsolve.checking.oracle.rates import LETTERS, Clip
from nbsolve.checking.oracle.spec import Spec

STATES = {
    "velocity": "v", "squares": "s", "steps": "u", "step": "d", "m": "m", "v": "v", "m_hat": r"\hat{m}",
    "v_hat": r"\hat{v}", "m_bar": r"\bar{m}", "largest": "u", "v_max": r"\tilde{v}", "c": r"\bar{m}",
    "clipped": r"\tilde{g}",
}  # fmt: skip
SETTINGS = {
    "beta": r"\beta", "beta1": r"\beta_1", "beta2": r"\beta_2", "epsilon": r"\varepsilon", "rho": r"\rho",
    "decay": r"\lambda",
}  # fmt: skip
ORDER: dict[str, tuple[str, ...]] = {
    "momentum": ("velocity",), "momentum_velocity": ("velocity",), "momentum_average": ("velocity",),
    "nesterov": ("velocity",), "nesterov_velocity": ("velocity",), "adagrad": ("squares",),
    "adagrad_epsilon_inside": ("squares",), "rmsprop": ("squares",), "rmsprop_epsilon_inside": ("squares",),
    "adadelta": ("squares", "step", "steps"), "adam": ("m", "v", "m_hat", "v_hat"),
    "adam_epsilon_inside": ("m", "v", "m_hat", "v_hat"), "adamw": ("m", "v", "m_hat", "v_hat"),
    "adamax": ("m", "largest", "m_hat"), "amsgrad": ("m", "v", "v_max", "m_hat", "v_hat"),
    "amsgrad_uncorrected": ("m", "v", "v_max"), "nadam": ("m", "v", "v_hat", "m_bar"),
    "nadam_simplified": ("m", "v", "m_hat", "v_hat", "m_bar"), "lion": ("c", "m"),
}  # fmt: skip
"""What each finds for a parameter, in the order in which a page has it."""
CALLED_OPTIMISERS = {
    "momentum": "momentum", "momentum_velocity": "momentum", "momentum_average": "momentum",
    "nesterov": "Nesterov momentum", "nesterov_velocity": "Nesterov momentum", "adagrad": "Adagrad",
    "adagrad_epsilon_inside": "Adagrad", "rmsprop": "RMSprop", "rmsprop_epsilon_inside": "RMSprop",
    "adadelta": "Adadelta", "adam": "Adam", "adam_epsilon_inside": "Adam", "adamw": "AdamW", "adamax": "AdaMax",
    "amsgrad": "AMSGrad", "amsgrad_uncorrected": "AMSGrad", "nadam": "Nadam", "nadam_simplified": "Nadam",
    "lion": "Lion",
}  # fmt: skip
STATE = re.compile(
    rf"({'|'.join(sorted([*STATES, 'learning_rate'], key=len, reverse=True))})_(W|b|theta)(_new)?$"
)
"""What an optimiser keeps or finds for a parameter, or a learning rate of its own."""
Key = tuple[str, int | None, int | None]


def found_by(optimiser: str, clip: Clip) -> tuple[str, ...]:
    """What an update finds for a parameter before the new one, in the order in which a page has it."""
    return (*(("clipped",) if clip else ()), *ORDER.get(optimiser, ()))


def letters(spec: Spec, parameters: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The letters of states of single parameters (`parameters`: LaTeX by name), and of settings."""
    kinds = found_by(spec.optimiser, spec.clip)
    for name, latex in parameters.items() if spec.own_rates else ():
        yield read_tokens(rf"\eta_{{{latex}}}"), f"learning_rate_{name}"
    for kind in kinds:
        for name, latex in parameters.items():
            letter, _, rest = name.partition("[")
            written = f"{STATES[kind]}_{{{latex}}}"
            yield read_tokens(written), f"{kind}_{letter}[{rest}"
            yield read_tokens(written + r"^{\text{new}}"), f"{kind}_{letter}_new[{rest}"
    if kinds or spec.schedule:
        yield ("t",), "t"
    if spec.clip:
        yield ("G",), "norm"
        yield ("c",), "clip"
    if spec.schedule.name:
        yield read_tokens(r"\eta_0"), "start"
        yield ("k",), "k"
        for name, latex in LETTERS[spec.schedule.name].items():
            yield read_tokens(latex), name
    for name in spec.settings:
        if name in SETTINGS and kinds:
            penalised = name == "decay" and spec.penalty is not None
            yield read_tokens(SETTINGS[name] + (r"^{\prime}" if penalised else "")), name


def disturbed(spec: Spec, rng: Random, size: int | None) -> dict[str, Any]:
    """Other settings, rates and states, as fields of a spec; of a size, others that are so many places near."""

    def other(text: str) -> str:
        return str(Fraction(text) * (1 - more() / 4))

    def more() -> Fraction:
        return Fraction(rng.randrange(100, 999), 1000 if size is None else 10**size)

    texts = {
        name: str(int(text) + 2) if name in ("every", "updates") else other(text)
        for name, text in spec.schedule.texts.items()
    }
    state: dict[str, dict[str, Fraction]] = {}
    for name in _parameters(spec):
        old = spec.state.get(name, {})
        state[name] = {kind: old.get(kind, Fraction(0)) + more() for kind in optimisers.KEPT[spec.optimiser]}
    rates = {name: Fraction(other(str(rate))) for name, rate in spec.own_rates.items()}
    shared = [(n, layer.units) for n, layer in enumerate(spec.layers, 1) if layer.shared]
    for n, units in shared:
        names = [f"b[{n}][{j}]" for j in range(1, units + 1)]
        state |= dict.fromkeys(names, state[names[0]])
        rates |= dict.fromkeys(names, rates[names[0]]) if rates else {}
    return {
        "settings": {name: Fraction(other(str(value))) for name, value in spec.settings.items()},
        "state": state,
        "updates": spec.updates + 2,
        "schedule": replace(spec.schedule, texts=texts, listed=tuple(map(other, spec.schedule.listed))),
        "clip": replace(spec.clip, text=other(spec.clip.text)),
        "own_rates": rates,
    }


def _parameters(spec: Spec) -> Iterator[str]:
    """The names of all parameters."""
    for n, layer in enumerate(spec.layers, 1):
        for j, row in enumerate(layer.weights, 1):
            yield from (f"W[{n}][{j}][{i}]" for i in range(1, len(row) + 1))
        letter = "theta" if layer.threshold else "b"
        yield from (f"{letter}[{n}][{j}]" for j in range(1, len(layer.bias or []) + 1))
