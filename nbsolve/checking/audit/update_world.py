"""A problem of the kind `update` from its YAML alone: the recursions of its optimiser, and its letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random
from typing import Any

import yaml

from nbsolve.checking.audit.chain_parts import written
from nbsolve.checking.audit.graph_letters import Letters
from nbsolve.checking.audit.graph_world import Iteration, unproved
from nbsolve.checking.audit.other_updates import apart, near_update, other_update
from nbsolve.checking.oracle.graph_reading import Graph, entries
from nbsolve.checking.oracle.numbers import Number, read
from nbsolve.checking.oracle.training import Values, flat, read_training


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
        self.training = read_training(self.node, shapes)
        self.gradients = [_entries(one, shapes) for one in (given if isinstance(given, list) else [given])]
        self.letters = Letters(self.graph, self.node, self.training, self.trained)
        self.symbols = self.letters.symbols
        self.iterations = list(self._iterations())

    # ------------------------------------------------------------------ truth

    def _iterations(self) -> Iterator[Iteration]:
        given = _entries(self.node["parameters"], self.graph.shapes)
        now: Values = {one: read(text) for one, text in given.items()}
        state = self.training.start(self.trained)
        for t, texts in enumerate(self.gradients, 1):
            known = self.training.of_update(t)
            slopes: Values = {one: read(text) for one, text in texts.items()}
            found = self.training.moved(known, now, slopes, state)
            values = {**now, **known, **{f"∂L/∂{one}": slope for one, slope in slopes.items()}, **found}
            now = {one: found[f"{one}_new"] for one in self.trained}
            state = self.training.state_after(found, self.trained)
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
        found = self.training.given(name, t)
        if name.startswith("∂L/∂"):
            found = self.gradients[t - 1].get(name.removeprefix("∂L/∂"))
        elif t == 1 and name in self.trained:
            found = _entries(self.node["parameters"], self.graph.shapes)[name]
        return None if found is None else written(found)

    # ------------------------------------------------------------------ other numbers

    def owner(self, name: str) -> str | None:
        """The parameter that a new value, a state or a clipped gradient belongs to."""
        bare = name.removesuffix("_new")
        found = [one for one in self.trained if bare == one or bare.endswith(f"_{one}")]
        return max(found, key=len) if found else None

    def elsewhere(self, target: str, kind: int, t: int, *, forced: bool) -> Values:
        """Other numbers for all, with what the recursions make of them; `forced`: compared as here."""
        rng = Random(f"{target} {kind}")
        if forced:
            here = self.iterations[t - 1].values
            return near_update(self.training, self.graph.of, self.trained, here, rng, apart(target, kind))
        slopes: Values = {one: Fraction(rng.randrange(-950, 950) * 3, 1000) for one in self.trained}
        return other_update(self.training, self.graph.of, slopes, rng)


def _entries(node: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]) -> dict[str, str]:
    """Numbers by the names of entries; one number for all entries of an array."""
    return {one: text for name, given in node.items() for one, text in flat(given, name, shapes)}
