"""What is true of a computation graph: its values at every iteration, and worlds of other numbers.

In a world of other numbers all quantities and all gradients are numbers of their own but the few that a line finds:
what a line says in letters holds for whatever numbers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

import yaml
from mpmath import mp

from nbsolve.checking.audit.graph_letters import Letters
from nbsolve.checking.oracle.graph_indices import counted
from nbsolve.checking.oracle.graph_precise import Node, Side, constant, functions, sides, swept
from nbsolve.checking.oracle.graph_reading import Equation, Graph, Reader, entries, entry, read_graph
from nbsolve.checking.oracle.needs import sorted_by_needs
from nbsolve.checking.oracle.numbers import Number, Real
from nbsolve.checking.oracle.starts import plain_start
from nbsolve.checking.oracle.training import Values, read_training

ATTEMPTS = 24
TROUBLE = (ValueError, ZeroDivisionError, OverflowError, TypeError)


@dataclass
class Iteration:
    """One pass: values, ∂-values, states and new parameters; what was decided on the way, entry by entry."""

    values: Values = field(default_factory=dict)
    decided: dict[str, list[int]] = field(default_factory=dict)


class GraphWorld:
    """A problem of the kind `graph`, from its YAML alone."""

    def __init__(self, text: str) -> None:
        self.node: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
        self.graph: Graph = read_graph(text)
        if isinstance(self.node["given"], dict):
            self.node["given"] = {plain_start(key): value for key, value in self.node["given"].items()}
        self.in_letters = isinstance(self.node["given"], list)
        self.each_step = self.node.get("rounding", {}).get("apply") == "each_step"
        if "parameters" in self.node.get("training", {}):
            self.node["training"]["parameters"] = [*map(plain_start, self.node["training"]["parameters"])]
        self.equations = {equation.name: equation for equation in self.graph.equations}
        said = self.node.get("training", {})
        self.training = read_training(said, self.graph.shapes)
        self.trained = self._named(said.get("parameters", self._given())) if said else []
        self.letters = Letters(self.graph, self.node, self.training if said else None, self.trained)
        self.symbols = self.letters.symbols
        self.carried: dict[tuple[str, int], Number] = {}
        """What an iteration's lines wrote down, where each value is rounded as it is written."""
        self._worlds: dict[object, Values] = {}
        self.reading = {one: self._reads(one) for one in self._named(self.equations)}
        self.reading = {one: self.reading[one] for one in sorted_by_needs(self.reading)}
        self.leading = self._leading()
        self.iterations = [] if self.in_letters else list(self._iterations())

    # ------------------------------------------------------------------ what is where

    def _given(self) -> list[str]:
        return [name for name in self.graph.shapes if name not in self.equations]

    def _named(self, names: Iterable[str]) -> list[str]:
        return [one for name in names for one in entries(name, self.graph.shapes[name])]

    def all_entries(self) -> list[str]:
        return self._named(self.graph.shapes)

    def _reads(self, one: str) -> list[str]:
        """The entries that an entry's formula reads, in any of its cases."""
        found: list[str] = []

        class Noting(dict[str, Node]):
            def __getitem__(self, name: str) -> Node:
                found.append(name)
                return super().__getitem__(name)

        nodes = Noting((name, Node(Fraction(2 * n + 3, 7))) for n, name in enumerate(self.all_entries()))
        nodes |= {f"padding {name}": Node(value) for name, value in self.graph.padding.items()}
        equation, at = self._placed(one)
        safe = {name: lambda *a: Node(Fraction(1), tuple((x, Fraction(1)) for x in a)) for name in NAMES}
        for holds in (True, False):
            decided = dict.fromkeys(("<", ">", "<=", ">=", "==", "!="), lambda *_, holds=holds: holds)
            chosen = {**safe, **decided}
            Reader(self.graph.shapes, equation.lengths, chosen, constant, nodes).value(equation.body, at)
        return [name for name in dict.fromkeys(found) if not name.startswith("padding ")]

    def _placed(self, one: str) -> tuple[Equation, dict[str, int]]:
        """The equation of an entry, and the numbers of its letters there."""
        name, _, inside = one.partition("[")
        equation = self.equations[name]
        places = [int(place) for place in inside.rstrip("]").split(",")] if inside else []
        return equation, dict(zip(equation.axes, places, strict=True))

    def _leading(self) -> set[str]:
        found = set(self.graph.seeds)
        for one in reversed([*self.reading]):
            if one in found:
                found |= set(self.reading[one])
        return found

    def users(self, one: str) -> list[str]:
        """The entries that are computed from one and lead to what is differentiated."""
        return [user for user, read_ in self.reading.items() if one in read_ and user in self.leading]

    def _beside(self, computed: list[str], one: str) -> list[str]:
        """Other entries of their arrays that are computed from one: shares of a softmax stand in each other."""
        arrays = {name.partition("[")[0] for name in computed}
        found = (name for name, read_ in self.reading.items() if one in read_ and name not in computed)
        return [name for name in found if name.partition("[")[0] in arrays]

    # ------------------------------------------------------------------ truth

    def _entry(self, one: str, nodes: Mapping[str, Node], side: Side) -> Node:
        equation, at = self._placed(one)
        padded = {**nodes, **{f"padding {name}": Node(value) for name, value in self.graph.padding.items()}}
        reader = Reader(self.graph.shapes, equation.lengths, functions(side), constant, padded)
        found: Node = reader.value(equation.body, at)
        return found

    def passed(self, given: Values) -> Iteration:
        """Forward and backward with the numbers that are given."""
        out = Iteration(dict(given))
        nodes = {name: Node(value) for name, value in given.items()}
        for one in self.reading:
            taken: list[int] = []

            def side(a: Node, b: Node, taken: list[int] = taken) -> int:
                taken.append(sides([])(a, b))
                return taken[-1]

            formula = self._entry(one, nodes, side)
            out.decided[one] = taken
            slopes = swept([(formula, Fraction(1))], stop=frozenset(map(id, nodes.values())))
            for name in self.reading[one]:
                out.values[f"∂{one}/∂{name}"] = slopes.get(id(nodes[name]), Fraction(0))
            nodes[one] = Node(formula.value, ((formula, Fraction(1)),))
            out.values[one] = formula.value
        slopes = swept([(nodes[name], seed) for name, seed in self.graph.seeds.items()])
        for name, node in nodes.items():
            out.values[f"∂{self.graph.of}/∂{name}"] = slopes.get(id(node), Fraction(0))
        out.values = {name: unproved(value) for name, value in out.values.items()}
        return out

    def _iterations(self) -> Iterable[Iteration]:
        said = self.node.get("training", {})
        given: Values = {name: value for name, value in self.graph.given.items() if value is not None}
        state = self.training.start(self.trained)
        for t in range(1, int(said.get("iterations", "1")) + 1):
            out = self.passed(given)
            if said:
                known = self.training.of_update(t)
                slopes = {one: out.values[f"∂{self.graph.of}/∂{one}"] for one in self.trained}
                found = self.training.moved(known, given, slopes, state)
                out.values |= {name: unproved(value) for name, value in (known | found).items()}
                given = given | {one: found[f"{one}_new"] for one in self.trained}
                state = self.training.state_after(found, self.trained)
            yield out

    def owner(self, name: str) -> str | None:
        """The parameter that a new value, a state or a clipped gradient belongs to."""
        bare = name.removesuffix("_new")
        found = [one for one in self.trained if bare == one or bare.endswith(f"_{one}")]
        return max(found, key=len) if found else None

    def value(self, name: str, t: int, *, carried: bool) -> Number:
        """A quantity in an iteration; with `carried` as the lines above wrote it, where they round."""
        if name.startswith("padding "):
            return self.graph.padding[name.removeprefix("padding ")]
        if carried and self.each_step:
            if (name, t) in self.carried:
                return self.carried[name, t]
            if (f"{name}_new", t - 1) in self.carried:
                return self.carried[f"{name}_new", t - 1]
        return self.iterations[t - 1].values[name]

    # ------------------------------------------------------------------ other numbers

    def elsewhere(self, target: str, kind: int, t: int = 1, *, forced: bool = False) -> Values | None:
        """Other numbers, with what `target` is for these; forced: whatever they are, cases hold as they do here.

        None where the formulae have no values for any numbers that were tried.
        """
        key = target, kind, t, forced
        if key not in self._worlds:
            self._worlds[key] = self._tried(target, kind, t, forced) or {}
        return self._worlds[key] or None

    def _tried(self, target: str, kind: int, t: int, forced: bool) -> Values | None:
        for attempt in range(ATTEMPTS):
            rng = Random(f"{target} {kind} {attempt}")
            try:
                return self._freed(target, t, forced, rng, near=attempt >= ATTEMPTS // 2 or kind % 4 == 1)
            except TROUBLE:
                continue
        return None

    def _free(self, name: str, t: int, rng: Random, near: bool) -> Number:
        if near and not self.in_letters:
            here = self.value(name, t, carried=True)
            if isinstance(here, Fraction):
                return here * Fraction(rng.randrange(950, 1050), 1000) + Fraction(rng.randrange(1, 99), 10**4)
            return Fraction(str(float(here))) * Fraction(rng.randrange(950, 1050), 1000)
        return Fraction(rng.randrange(-2000, 2000) or 1, rng.choice((1000, 400, 3000)))

    def _freed(self, target: str, t: int, forced: bool, rng: Random, near: bool) -> Values:
        found: Values = {}
        top, _, bottom = target.removeprefix("∂").partition("/∂")
        if self.in_letters:
            given = self.graph.given
            return self.passed({name: Fraction(rng.randrange(140, 2140), 1000) for name in given}).values
        computed = [*self.reading] if not bottom and target not in self.reading else [target]
        if bottom:
            computed = self.users(bottom) if top == self.graph.of else [top]
        for name in self.all_entries():
            found[name] = self._free(name, t, rng, near)
        slopes = {f"∂{self.graph.of}/∂{name}": Fraction(rng.randrange(1, 999), 700) for name in found}
        nodes = {name: Node(value) for name, value in found.items()}
        local: Values = {}
        for one in (*self._beside(computed, bottom), *computed):
            side = sides([]) if not forced else _replayed(self.iterations[t - 1].decided[one])
            formula = self._entry(one, nodes, side)
            parts = swept([(formula, Fraction(1))], stop=frozenset(map(id, nodes.values())))
            for name in self.reading[one]:
                local[f"∂{one}/∂{name}"] = parts.get(id(nodes[name]), Fraction(0))
            nodes[one] = Node(formula.value)
            found[one] = formula.value
        found |= local | slopes
        if bottom and top == self.graph.of:
            if len(self.graph.seeds) == 1 and self.graph.of in self.graph.seeds:
                found[f"∂{top}/∂{top}"] = Fraction(1)
            if bottom not in self.graph.seeds:
                terms = (found[f"∂{top}/∂{one}"] * local[f"∂{one}/∂{bottom}"] for one in computed)
                found[target] = added(terms)
            else:
                found[target] = self.graph.seeds[bottom]
        return found


def added(terms: Iterable[Number]) -> Number:
    """Their sum."""
    total: Number = Fraction(0)
    for term in terms:
        total = total + term
    return total


def unproved(value: Number) -> Number:
    """A number that is not known to be rational, a little off: then it is no printed number by chance."""
    if not isinstance(value, Real):
        return value
    return Real(mp.mpf(10) ** -50) if value == 0 else value * (1 + Fraction(1, 10**50))


def _replayed(decided: Sequence[int]) -> Side:
    """What was decided, again in its order."""
    left = deque(decided)
    return lambda _a, _b: left.popleft()


NAMES = (
    "^", "exp", "ln", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "softplus", "abs", "relu", "max", "min",
    "pi", "e",
)  # fmt: skip
__all__ = ["GraphWorld", "Values", "counted", "entry"]
