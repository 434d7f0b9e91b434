"""The learning rate of an update by a schedule, and gradients that are clipped; from the papers, in any arithmetic.

cosine: I. Loshchilov and F. Hutter, arXiv:1608.03983, equation 5 within one run; warm-up: P. Goyal et al.,
arXiv:1706.02677, section 2.2; clipping by the norm: R. Pascanu et al., arXiv:1211.5063, algorithm 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from mpmath import mp

from nbsolve.checking.oracle.numbers import Number, Real, big, read, sqrt

LETTERS: dict[str, dict[str, str]] = {
    "step": {"factor": r"\gamma", "every": "q"}, "exponential": {"factor": r"\gamma"},
    "inverse": {"growth": r"\kappa"},
    "cosine": {"least": r"\eta_{\min}", "updates": "T"}, "linear": {"least": r"\eta_{\min}", "updates": "T"},
    "warmup": {"updates": "T"},
}  # fmt: skip
"""The settings of each schedule, in the order in which a page names them, with their letters."""
USUAL = {"factor": "0.1", "least": "0"}


@dataclass(frozen=True)
class Schedule:
    """How the learning rate changes: by a formula with a name, or as it is listed; always the same without both.

    `texts` are the settings of the formula as they are given, in the order in which a page names them.
    """

    name: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    listed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.name or self.listed)

    @property
    def settings(self) -> dict[str, Number]:
        """The settings of the formula."""
        return {name: read(text) for name, text in self.texts.items()}

    def steps(self, made: int) -> int | None:
        """How often update `made` (from 1) finds the rate multiplied already, where that has a letter, k."""
        return (made - 1) // int(self.texts["every"]) if "every" in self.texts else None

    def rate(self, start: Number, t: int, before: int) -> Number:
        """η of update t of this training (from 1), which `before` other updates came before."""
        if self.listed:
            return read(self.listed[t - 1])
        return rate(self.name, self.settings, start, before + t) if self.name else start


@dataclass(frozen=True)
class Clip:
    """How gradients are clipped: by `value`, by the `norm` of all of them, or not at all ("")."""

    how: str = ""
    text: str = "1"

    def __bool__(self) -> bool:
        return bool(self.how)

    @property
    def limit(self) -> Fraction:
        """What a gradient, or the norm, may be at most."""
        return read(self.text)


def read_schedule(node: Any) -> Schedule:
    """`{step: {factor: 0.5, every: 10}}`, or a list of rates."""
    if node is None or isinstance(node, list):
        return Schedule(listed=tuple(node or ()))
    name, own = (node, {}) if isinstance(node, str) else next(iter(node.items()))
    settings = {**USUAL, **(own or {})}
    return Schedule(name, {setting: settings[setting] for setting in LETTERS[name]})


def read_clip(node: Any) -> Clip:
    """`{norm: 1}` or `{value: 0.5}`."""
    return Clip(*next(iter(node.items()))) if node else Clip()


def rate(name: str, settings: Mapping[str, Number], start: Number, t: int) -> Number:
    """η of update t, counted from 1."""
    made = t - 1
    if name == "step":
        return start * power(settings["factor"], made // int(float(settings["every"])))
    if name == "exponential":
        return start * power(settings["factor"], made)
    if name == "inverse":
        return start / (1 + settings["growth"] * made)
    least = settings.get("least", Fraction(0))
    if name == "cosine":
        angle = mp.pi * made / big(settings["updates"])
        turned: Number = Fraction(1) if made == 0 else Real(mp.cos(angle))
        return least + (start - least) * (1 + turned) / 2
    if name == "linear":
        return start + (least - start) * made / settings["updates"]
    assert name == "warmup"
    return start * min(Fraction(1), Fraction(t) / settings["updates"])


def power(base: Number, times: int) -> Number:
    """base · base · … so many times."""
    out: Number = Fraction(1)
    for _ in range(times):
        out = out * base
    return out


def norm_of(gradients: Sequence[Number]) -> Number:
    """The root of the sum of the squares."""
    return sqrt(sum((g * g for g in gradients), Fraction(0)))


def clipped(how: str, limit: Number, g: Number, norm: Number) -> Number:
    """A gradient after clipping, by its own value or by the norm of all."""
    if how == "value":
        return max(-limit, min(limit, g))
    return g if norm <= limit else limit / norm * g
