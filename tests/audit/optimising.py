"""What an optimiser keeps, as pages write it: letters of states and settings, values carried between updates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random
from typing import Any

from tests.audit.parser import read_tokens
from tests.reference import optimisers
from tests.reference.numbers import Number
from tests.reference.optimisers import marked
from tests.reference.rates import Clip
from tests.reference.spec import Spec

STATES = {
    "velocity": "v", "squares": "s", "steps": "u", "step": "d", "m": "m", "v": "v", "m_hat": r"\hat{m}",
    "v_hat": r"\hat{v}", "m_bar": r"\bar{m}", "largest": "u", "v_max": r"\tilde{v}", "c": "c",
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
STATE = re.compile(rf"({'|'.join(sorted(STATES, key=len, reverse=True))})_(W|b|theta)(_new)?$")
Key = tuple[str, int | None, int | None]


def found_by(optimiser: str, clip: Clip) -> tuple[str, ...]:
    """What an update finds for a parameter before the new one, in the order in which a page has it."""
    return (*(("clipped",) if clip else ()), *ORDER.get(optimiser, ()))


def letters(spec: Spec, parameters: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The letters of states of single parameters (`parameters`: LaTeX by name), and of settings."""
    kinds = ORDER.get(spec.optimiser, ())
    for kind in kinds:
        for name, latex in parameters.items():
            letter, _, rest = name.partition("[")
            written = f"{STATES[kind]}_{{{latex}}}"
            yield read_tokens(written), f"{kind}_{letter}[{rest}"
            yield read_tokens(written + r"^{\text{new}}"), f"{kind}_{letter}_new[{rest}"
    if kinds:
        yield ("t",), "t"
    for name in spec.settings:
        if name in SETTINGS and kinds:
            penalised = name == "decay" and spec.penalty is not None
            yield read_tokens(SETTINGS[name] + (r"^{\prime}" if penalised else "")), name


def parameter_of(kind: str, name: str) -> str:
    """`W[1][2][1]` of `m_W_new[1][2][1]`."""
    letter, _, rest = name.partition("[")
    found = STATE.fullmatch(letter)
    assert found is not None
    return f"{found[2]}[{rest}"


def general(spec: Spec) -> dict[tuple[str, ...], str]:
    """The letters of a rule for any parameter w with gradient g."""
    found = {("w",): "w", ("g",): "g", read_tokens(r"w^{\text{new}}"): "w_new", ("t",): "t"}
    for kind in ORDER.get(spec.optimiser, ()):
        found[read_tokens(STATES[kind])] = kind
        found[read_tokens(STATES[kind] + r"^{\text{new}}")] = f"{kind}_new"
    return found | {read_tokens(letter): name for name, letter in SETTINGS.items() if name in spec.settings}


def rule_points(spec: Spec) -> Iterator[tuple[dict[str, Number], dict[str, Number]]]:
    """Values of what a rule starts from, and of what it finds, for some numbers that are nobody's."""
    rng = Random(11)

    def any_number() -> Fraction:
        return Fraction(rng.randrange(1, 999), 1000)

    for _ in range(3):
        known: dict[str, Number] = {name: any_number() for name in spec.settings}
        t = rng.randrange(2, 5)
        known |= {"w": any_number(), "g": any_number() - 2, "t": Fraction(t)}
        kept = {kind: any_number() for kind in optimisers.KEPT[spec.optimiser]}
        new, found = optimisers.update(spec.optimiser, known, known["w"], known["g"], kept, t)
        results = {f"{kind}{marked(kind)}": value for kind, value in found.items()}
        yield known | dict(kept), results | {"w_new": new}


def disturbed(spec: Spec, rng: Random) -> dict[str, Any]:
    """Other settings and other states, as fields of a spec."""
    settings = {
        name: value * Fraction(rng.randrange(700, 980), 1000) for name, value in spec.settings.items()
    }
    names = [f"W[{n}][{j}][{i}]" for n, layer in enumerate(spec.layers, 1)
             for j, row in enumerate(layer.weights, 1) for i in range(1, len(row) + 1)]  # fmt: skip
    for n, layer in enumerate(spec.layers, 1):
        letter = "theta" if layer.threshold else "b"
        names += [f"{letter}[{n}][{j}]" for j in range(1, len(layer.bias or []) + 1)]
    state: dict[str, dict[str, Fraction]] = {}
    for name in names:
        old = spec.state.get(name, {})
        state[name] = {
            kind: old.get(kind, Fraction(0)) + Fraction(rng.randrange(100, 999), 1000)
            for kind in optimisers.KEPT[spec.optimiser]
        }
    for n, layer in enumerate(spec.layers, 1):
        if layer.shared:
            state |= {f"b[{n}][{j}]": state[f"b[{n}][1]"] for j in range(1, layer.units + 1)}
    return {"settings": settings, "state": state, "updates": spec.updates + 2}
