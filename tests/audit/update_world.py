"""A problem of the kind `update` from its YAML alone: the recursions of its optimiser, and its letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random
from types import SimpleNamespace
from typing import Any

import yaml

from tests.audit.chains import written
from tests.audit.graph_letters import Letters
from tests.audit.graph_world import Iteration, Values, unproved
from tests.audit.optimising import marked
from tests.reference import optimisers, rates
from tests.reference.graph_reading import Graph, entries, entry
from tests.reference.numbers import Number, read

OWNERLESS = ("learning_rate", "norm")
"""What belongs to an update, not to one of its parameters."""


class UpdateWorld:
    """What GraphChains reads of a world: values by name and update, letters, what is given."""

    def __init__(self, text: str) -> None:
        self.node: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
        parameters = self.node["parameters"]
        shapes: dict[str, tuple[int, ...]] = {
            name: (len(v),) if isinstance(v, list) else () for name, v in parameters.items()
        }
        self.graph = Graph({}, shapes, [], "L", {}, {})
        self.equations: dict[str, Any] = {}
        self.reading: dict[str, list[str]] = {}
        self.in_letters = False
        self.each_step = self.node.get("rounding", {}).get("apply") == "each_step"
        self.trained = [one for name in shapes for one in entries(name, shapes[name])]
        self.carried: dict[tuple[str, int], Number] = {}
        given = self.node["gradients"]
        self.gradients = [_flat(one, shapes) for one in (given if isinstance(given, list) else [given])]
        self._read_optimiser()
        self.letters = Letters(self.graph, self.node, self.optimiser, self.trained)
        self._add_letters()
        self.symbols = self.letters.symbols
        self.iterations = list(self._iterations())

    def _read_optimiser(self) -> None:
        said = self.node["optimiser"]
        self.optimiser, chosen = (said, {}) if isinstance(said, str) else next(iter(said.items()))
        self.texts: dict[str, str] = {**optimisers.USUAL[self.optimiser], **(chosen or {})}
        self.settings = {name: read(text) for name, text in self.texts.items()}
        schedule = self.node.get("schedule")
        self.listed: list[str] | None = schedule if isinstance(schedule, list) else None
        self.schedule: str | None = None
        self.scheduled: dict[str, str] = {}
        if schedule is not None and self.listed is None:
            self.schedule, own = (schedule, {}) if isinstance(schedule, str) else next(iter(schedule.items()))
            settings = {**rates.USUAL, **(own or {})}
            self.scheduled = {name: settings[name] for name in rates.LETTERS[self.schedule]}
        self.how, self.limit = next(iter(self.node.get("clip", {"": "1"}).items()))
        state = self.node.get("state", {})
        self.updates = int(state.get("t", "0"))
        self.kept: dict[str, dict[str, str]] = {}
        for kind in optimisers.KEPT[self.optimiser]:
            given = state.get(kind, "0")
            shapes = self.graph.shapes
            all_ = given if isinstance(given, dict) else dict.fromkeys(shapes, given)
            self.kept[kind] = _flat(all_, shapes)

    def _add_letters(self) -> None:
        """Gradients that are clipped, their norm and limit, what a schedule makes the rate from."""
        put = self.letters._put
        for one in self.trained if self.how else ():
            latex = self.letters.entry(one)
            put(r"\tilde{g}" if len(self.trained) == 1 else rf"\tilde{{g}}_{{{latex}}}", f"clipped_{one}")
        if self.how:
            put("G", "norm")
            put("c", "clip")
        if self.schedule:
            put(r"\eta_0", "start")
            put("k", "k")
            for name, latex in rates.LETTERS[self.schedule].items():
                put(latex, name)

    # ------------------------------------------------------------------ truth

    def rate_text(self, t: int) -> str:
        """The learning rate of an update as it is given, where no schedule finds it."""
        return self.listed[t - 1] if self.listed else self.texts["learning_rate"]

    def _settings(self, t: int) -> Values:
        """What is known of an update beside parameters, gradients and states."""
        made = self.updates + t
        out: Values = {**self.settings, "t": Fraction(made), "clip": read(self.limit)}
        out["learning_rate"] = read(self.rate_text(t))
        if self.schedule:
            own = {name: read(text) for name, text in self.scheduled.items()}
            start = self.settings["learning_rate"]
            out |= {**own, "start": start}
            if "every" in own:
                out["k"] = Fraction((made - 1) // int(own["every"]))
            out["learning_rate"] = rates.rate(self.schedule, own, start, made)
        return out

    def _iterations(self) -> Iterator[Iteration]:
        now: Values = {}
        for name, given in self.node["parameters"].items():
            now |= {one: read(text) for one, text in _flat({name: given}, self.graph.shapes).items()}
        state: dict[str, Mapping[str, Number]] = {
            one: {kind: read(texts[one]) for kind, texts in self.kept.items()} for one in self.trained
        }
        for t, given in enumerate(self.gradients, 1):
            values: Values = {**now, **self._settings(t)}
            slopes: Values = {one: read(text) for one, text in given.items()}
            values |= {f"∂L/∂{one}": slope for one, slope in slopes.items()}
            values["norm"] = rates.norm_of([*slopes.values()])
            own = {name: values[name] for name in self.settings}
            for one in self.trained:
                slope = slopes[one]
                if self.how:
                    values[f"clipped_{one}"] = slope = rates.clipped(
                        self.how, values["clip"], slope, values["norm"]
                    )
                values |= {f"{kind}_{one}": value for kind, value in state[one].items()}
                new, found = optimisers.update(
                    self.optimiser, own, now[one], slope, state[one], self.updates + t
                )
                values |= {f"{kind}_{one}{marked(kind)}": value for kind, value in found.items()}
                values[f"{one}_new"] = now[one] = new
                state[one] = {kind: found[kind] for kind in self.kept}
            yield Iteration({name: unproved(value) for name, value in values.items()})

    def value(self, name: str, t: int, *, carried: bool) -> Number:
        """A quantity of an update; with `carried` as the lines above wrote it, where they round."""
        if carried and self.each_step:
            if (name, t) in self.carried:
                return self.carried[name, t]
            if (f"{name}_new", t - 1) in self.carried:
                return self.carried[f"{name}_new", t - 1]
        return self.iterations[t - 1].values[name]

    def given(self, name: str, t: int) -> str | None:
        """What the file gives for a quantity in an update, as it is written there."""
        found: str | None = None
        if name == "learning_rate":
            found = None if self.schedule else self.rate_text(t)
        elif name == "t":
            found = str(self.updates + t)
        elif name == "k":
            found = str(self.iterations[t - 1].values["k"])
        elif name in ("clip", "start"):
            found = self.limit if name == "clip" else self.texts["learning_rate"]
        elif name.startswith("∂L/∂"):
            found = self.gradients[t - 1].get(name.removeprefix("∂L/∂"))
        elif name in self.scheduled or name in self.texts:
            found = self.scheduled.get(name, self.texts.get(name))
        elif t == 1 and name in self.trained:
            stem = name.partition("[")[0]
            found = _flat({stem: self.node["parameters"][stem]}, self.graph.shapes)[name]
        elif t == 1:
            for kind, texts in self.kept.items():
                found = texts.get(name.removeprefix(f"{kind}_"), found) if name.startswith(kind) else found
        return None if found is None else written(found)

    # ------------------------------------------------------------------ other numbers

    def owner(self, name: str) -> str | None:
        """The parameter that a new value, a state or a clipped gradient belongs to."""
        bare = name.removesuffix("_new")
        found = [one for one in self.trained if bare == one or bare.endswith(f"_{one}")]
        return max(found, key=len) if found else None

    def elsewhere(self, target: str, kind: int, t: int, *, forced: bool) -> Values:
        """Other numbers for all, with what the recursions make of them; `forced`: clipped where it is here."""
        rng = Random(f"{target} {kind}")

        def any_number(least: int = 50) -> Fraction:
            return Fraction(rng.randrange(least, 950), 1000)

        values: Values = {name: any_number() for name in (*self.settings, "start", "clip", "factor", "least")}
        made = rng.randrange(2, 9)
        values |= {"t": Fraction(made), "updates": Fraction(rng.randrange(2, 12))}
        values["every"] = Fraction(rng.randrange(1, 4))
        values["k"] = Fraction((made - 1) // int(float(values["every"])))
        if self.schedule:
            own = {name: values[name] for name in self.scheduled}
            values["learning_rate"] = rates.rate(self.schedule, own, values["start"], made)
        slopes = {one: any_number(-950) * 3 for one in self.trained}
        values["norm"] = norm = rates.norm_of([*slopes.values()])
        if forced and self.how == "norm":
            here = self.iterations[t - 1].values
            values["clip"] = norm * (Fraction(3, 4) if here["norm"] > here["clip"] else Fraction(5, 4))
        for one, slope in slopes.items():
            values |= {one: any_number(-950), f"∂L/∂{one}": slope}
            state = {name: any_number() for name in self.kept}
            values |= {f"{name}_{one}": value for name, value in state.items()}
            used: Number = slope
            if self.how:
                used = values[f"clipped_{one}"] = rates.clipped(self.how, values["clip"], slope, norm)
            own = {name: values[name] for name in self.settings}
            new, found = optimisers.update(self.optimiser, own, values[one], used, state, made)
            values |= {f"{name}_{one}{marked(name)}": value for name, value in found.items()}
            values[f"{one}_new"] = new
        return values

    def rule(self) -> SimpleNamespace:
        """What optimising.general and rule_points read of a spec."""
        return SimpleNamespace(optimiser=self.optimiser, settings=self.settings, state={}, penalty=None)


def _flat(node: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]) -> dict[str, str]:
    """Numbers by the names of entries; one number for all entries of an array."""
    out: dict[str, str] = {}
    for name, given in node.items():
        numbers = given if isinstance(given, list) else [given] * (shapes[name] or (1,))[0]
        places = [(n,) for n in range(1, len(numbers) + 1)] if shapes[name] else [()]
        out |= {entry(name, place): text for place, text in zip(places, numbers, strict=True)}
    return out
