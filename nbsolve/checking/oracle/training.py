"""How parameters are trained: an optimiser with its state, a schedule, clipping; for updates and graphs.

Read from the mapping that has `optimiser`, `schedule`, `clip` and `state`; names are those of entries, `w[2]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from nbsolve.checking.oracle import optimisers
from nbsolve.checking.oracle.graph_indices import Shape
from nbsolve.checking.oracle.graph_reading import entry
from nbsolve.checking.oracle.numbers import Number, read
from nbsolve.checking.oracle.rates import Clip, Schedule, clipped, norm_of, read_clip, read_schedule

Values = dict[str, Number]


@dataclass(frozen=True)
class Training:
    """`texts` are the optimiser's settings and `kept` what it kept before, by kind and entry, as they are given.

    `before` is how many updates it has made.
    """

    optimiser: str
    texts: Mapping[str, str]
    schedule: Schedule
    clip: Clip
    before: int
    kept: Mapping[str, Mapping[str, str]]
    ascent: bool = False

    @property
    def settings(self) -> Values:
        """The optimiser's settings."""
        return {name: read(text) for name, text in self.texts.items()}

    def start(self, names: Iterable[str]) -> dict[str, Values]:
        """What is kept of each parameter before the first update."""
        return {one: {kind: read(texts[one]) for kind, texts in self.kept.items()} for one in names}

    def rate_text(self, t: int) -> str | None:
        """The learning rate of an update as it is given; None where a schedule finds it."""
        if self.schedule.listed:
            return self.schedule.listed[t - 1]
        return None if self.schedule else self.texts["learning_rate"]

    def given(self, name: str, t: int) -> str | None:
        """A setting, the number of an update, or what was kept before the first one, as it is given."""
        own = {
            "learning_rate": self.rate_text(t),
            "start": self.texts["learning_rate"],
            "clip": self.clip.text,
        }
        if name in own:
            return own[name]
        if name == "t":
            return str(self.before + t)
        if name == "k":
            return str(self.schedule.steps(self.before + t))
        if name in self.schedule.texts or name in self.texts:
            return self.schedule.texts.get(name, self.texts.get(name))
        kept = {f"{kind}_{one}": text for kind, texts in self.kept.items() for one, text in texts.items()}
        return kept.get(name) if t == 1 else None

    def of_update(self, t: int) -> Values:
        """What is known of update t (from 1) beside parameters, gradients and states."""
        start = read(self.texts["learning_rate"])
        out: Values = {**self.settings, **self.schedule.settings, "start": start, "clip": self.clip.limit}
        out |= {"t": Fraction(self.before + t), "learning_rate": self.schedule.rate(start, t, self.before)}
        steps = self.schedule.steps(self.before + t)
        return out if steps is None else {**out, "k": Fraction(steps)}

    def moved(
        self, known: Mapping[str, Number], now: Values, slopes: Values, state: Mapping[str, Values]
    ) -> Values:
        """What an update finds; `known` are its settings with `t` and `clip`.

        `norm`, `clipped_w`, states before and after (`m_w`, `m_w_new`), what is found on the way, and `w_new`.
        """
        out: Values = {"norm": norm_of([*slopes.values()])} if self.clip else {}
        settings = {name: known[name] for name in self.texts}
        for one, slope in slopes.items():
            used = slope
            if self.clip:
                used = out[f"clipped_{one}"] = clipped(self.clip.how, known["clip"], slope, out["norm"])
            out |= {f"{kind}_{one}": value for kind, value in state[one].items()}
            new, found = optimisers.update(
                self.optimiser, settings, now[one], used, state[one], int(float(known["t"]))
            )
            if self.ascent:
                new = now[one] + (now[one] - new)
            out |= {f"{kind}_{one}{optimisers.marked(kind)}": value for kind, value in found.items()}
            out[f"{one}_new"] = new
        return out

    def state_after(self, found: Values, names: Iterable[str]) -> dict[str, Values]:
        """What is kept of each parameter after an update."""
        return {one: {kind: found[f"{kind}_{one}_new"] for kind in self.kept} for one in names}


def read_training(node: Mapping[str, Any], shapes: Mapping[str, Shape]) -> Training:
    """The training of arrays of these shapes; a learning rate alone is that of plain gradient descent."""
    said = node.get("optimiser", "sgd")
    name, chosen = (said, {}) if isinstance(said, str) else next(iter(said.items()))
    texts = {**optimisers.USUAL[name], **(chosen or {})}
    if "learning_rate" in node:
        texts["learning_rate"] = node["learning_rate"]
    state = node.get("state", {})
    kept: dict[str, dict[str, str]] = {}
    for kind in optimisers.KEPT[name]:
        given = state.get(kind, "0")
        all_ = given if isinstance(given, dict) else dict.fromkeys(shapes, given)
        kept[kind] = {
            one: text for array in shapes for one, text in flat(all_.get(array, "0"), array, shapes)
        }
    return Training(
        name,
        texts,
        read_schedule(node.get("schedule")),
        read_clip(node.get("clip")),
        int(state.get("t", "0")),
        kept,
        node.get("direction") == "ascent",
    )


def flat(given: Any, array: str, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, str]]:
    """The entries of an array with their numbers as given; one number stands for all of them."""
    places: list[tuple[int, ...]] = [()]
    for length in shapes[array]:
        places = [(*place, at) for place in places for at in range(1, length + 1)]
    for place in places:
        text = given
        for at in place:
            text = text[at - 1] if isinstance(text, list) else text
        yield entry(array, place), text


__all__ = ["Training", "Values", "flat", "read_training"]
