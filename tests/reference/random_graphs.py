"""Computation graphs at random, as YAML texts: the same seed gives the same graph.

Up to 12 equations over scalars and arrays of up to three axes: nodes used again, sums, means and extremes over an
index, indices as numbers, windows that slide, strides, padding, kinks and ties that are met exactly, powers,
constants. What the precise oracle cannot decide, or finds out of proportion, is drawn again: nothing that is nearly
a tie, no logarithm of a negative number, nothing beyond 10⁴.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random

from mpmath import isfinite, mpf

from nbsolve.checking.oracle.graph_precise import precise_values_and_gradients

MOST_EQUATIONS = 12
_LARGEST, _LEAST, _APART = 10**4, mpf(10) ** -6, mpf(10) ** -5
_SMOOTH = ("sigmoid", "tanh", "exp", "softplus", "sin", "cos")
_IRRATIONAL = re.compile(r"sigmoid|tanh|exp|softplus|sin|cos|ln|sqrt|\^\(|\^[a-z]|\bpi\b|\be\b")
_ATTEMPTS = 40


def random_graph(seed: int) -> str:
    """The YAML text of a graph."""
    maker = _Maker(Random(f"graph {seed}"))
    return maker.text()


@dataclass
class _Maker:
    rng: Random
    lengths: dict[str, int] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    axes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    equations: dict[str, str] = field(default_factory=dict)
    ranges: dict[str, int] = field(default_factory=dict)
    padding: dict[str, str] = field(default_factory=dict)
    irrational: set[str] = field(default_factory=set)
    unused: list[str] = field(default_factory=list)
    ending: list[str] = field(default_factory=list)

    def text(self) -> str:
        rng = self.rng
        self.lengths = {letter: rng.choice((2, 2, 3, 3, 1)) for letter in "ijk"}
        scalar = rng.random() < 0.4
        for name in ("x", "y", "w", "v", "b")[: rng.randint(2, 4)]:
            self._give(name, () if scalar or rng.random() < 0.35 else self._some_axes())
        for _ in range(rng.randint(2, MOST_EQUATIONS - 1)):
            self._add(() if scalar or rng.random() < 0.5 else self._some_axes())
        self._add(())
        self._end()
        return self._written()

    def _give(self, name: str, axes: tuple[str, ...]) -> None:
        self.axes[name] = axes
        self.given[name] = self._nested([self.lengths[axis] for axis in axes])
        self.unused.append(name)

    def _some_axes(self) -> tuple[str, ...]:
        return tuple(sorted(self.rng.sample("ijk", self.rng.choice((1, 1, 2, 2, 3)))))

    def _number(self) -> str:
        rng = self.rng
        kind = rng.random()
        if kind < 0.45:
            return str(rng.randint(-3, 3))
        if kind < 0.8:
            return f"{rng.uniform(-2, 2):.{rng.randint(1, 2)}f}"
        return f'"{rng.choice((-5, -2, -1, 1, 2, 4))}/{rng.choice((3, 7, 9))}"'

    def _nested(self, shape: list[int]) -> str:
        if not shape:
            return self._number()
        return f"[{', '.join(self._nested(shape[1:]) for _ in range(shape[0]))}]"

    def _add(self, axes: tuple[str, ...]) -> None:
        """One equation that the oracle can decide."""
        name = f"{self.rng.choice('abcdfghmnpqruz')}{len(self.equations) + 1}"
        for _ in range(_ATTEMPTS):
            before = (dict(self.ranges), dict(self.padding), list(self.unused), dict(self.lengths))
            own = axes
            formula = self._window() if axes and self.rng.random() < 0.25 else None
            if formula is not None:
                own = tuple(letter for letter in "tu" if re.search(rf"\b{letter}\b", formula))
            else:
                formula = self._expression(self.rng.randint(1, 3), axes)
            target = f"{name}[{','.join(own)}]" if own else name
            if self._sound(name, target, own, formula):
                self.axes[name] = own
                self.unused.append(name)
                return
            self.ranges, self.padding, self.unused, self.lengths = before

    def _sound(self, name: str, target: str, axes: tuple[str, ...], formula: str) -> bool:
        """Whether it reads something, uses each of its letters, and has values that decide themselves."""
        names = set(re.findall(r"[a-z]\w*", formula)) & set(self.axes)
        if not names or not all(re.search(rf"\b{letter}\b", formula) for letter in axes):
            return False
        self.equations[target] = formula
        open_ended = bool(_IRRATIONAL.search(formula)) or bool(names & self.irrational)
        watched: list[mpf] = []
        try:
            values = precise_values_and_gradients(self._written(), watched=watched)
        except (
            KeyError,
            TypeError,
            ZeroDivisionError,
            ValueError,
            OverflowError,
        ):  # KeyError: no axis for a letter
            values = {"": mpf("nan")}
        tied = [apart for apart in watched if apart < _APART]
        sizes = [abs(value) for value in values.values() if isinstance(value, mpf)]
        if (
            len(sizes) < len(values)
            or not all(isfinite(size) and size < _LARGEST and (size > _LEAST or size == 0) for size in sizes)
            or any(apart != 0 for apart in tied)
            or (open_ended and len(tied) > self._ties)
        ):
            del self.equations[target]
            return False
        self._ties = len(tied)
        if open_ended:
            self.irrational.add(name)
        return True

    _ties: int = 0

    def _name(self, *, array: bool = False) -> str:
        """What is read: rather something that nothing has read yet."""
        names = [name for name in self.axes if self.axes[name] or not array]
        fresh = [name for name in self.unused if name in names]
        name = self.rng.choice(fresh if fresh and self.rng.random() < 0.6 else names or list(self.axes))
        if name in self.unused:
            self.unused.remove(name)
        return name

    def _read(self, free: tuple[str, ...]) -> str:
        name = self._name(array=bool(free) and self.rng.random() < 0.7)
        indices = [
            axis
            if axis in free and self.rng.random() < 0.93
            else str(self.rng.randint(1, self.lengths[axis]))
            for axis in self.axes[name]
        ]
        return f"{name}[{','.join(indices)}]" if indices else name

    def _leaf(self, free: tuple[str, ...]) -> str:
        if self.rng.random() < 0.12:
            return self.rng.choice(("2", "3", "0.5", "1", "10", "pi", "(1/3)", *self._counts(free)))
        return self._read(free)

    def _counts(self, free: tuple[str, ...]) -> list[str]:
        """Numbers of indices."""
        return [form.format(letter) for letter in free for form in ("({})", "({} - 1)")]

    def _expression(self, depth: int, free: tuple[str, ...]) -> str:
        rng = self.rng
        summed = [letter for letter in "ijk" if letter not in free]
        if depth == 0:
            return self._leaf(free)

        def inner(less: int = 1) -> str:
            return self._expression(max(0, depth - rng.randint(1, less + 1)), free)

        kind = rng.choices(
            ("sum", "+", "-", "*", "/", "power", "smooth", "kink", "max", "where", "domain", "minus"),
            (7 if summed and any(self.axes.values()) else 0, 8, 5, 9, 4, 4, 5, 3, 5, 2, 2, 1),
        )[0]
        if kind == "sum":
            letter = rng.choice(summed)
            body = self._expression(depth - 1, (*free, letter))
            kind = rng.choice(("sum",) * 6 + ("mean", "mean", "max", "min"))
            return f"{kind}({letter}, {body})" if re.search(rf"\b{letter}\b", body) else body
        if kind in "+-*/":
            return f"({inner()} {kind} {inner()})"
        if kind == "power":
            exponent = rng.choice(("2", "2", "3", "4", "(-1)", "(1/2)", "(-2)", *self._counts(free)))
            return (
                f"({rng.choice(('2', inner()))})^({inner()})"
                if rng.random() < 0.2
                else f"({inner()})^{exponent}"
            )
        if kind == "smooth":
            return f"{rng.choice(_SMOOTH)}({inner()})"
        if kind == "kink":
            return f"{rng.choice(('relu', 'abs'))}({inner()})"
        if kind == "max":
            one = inner()
            others = [one if rng.random() < 0.15 else inner() for _ in range(rng.choice((1, 1, 1, 2, 3)))]
            return f"{rng.choice(('max', 'min'))}({', '.join((one, *others))})"
        if kind == "where":
            return f"where({inner()} {rng.choice(('<', '>', '<=', '>='))} {inner()}, {inner()}, {inner()})"
        if kind == "domain":
            return rng.choice(("ln(1 + ({0})^2)", "sqrt(1 + abs({0}))", "ln({0})", "sqrt({0})")).format(
                inner()
            )
        return f"(-{inner()})"

    def _window(self) -> str | None:
        """A window that slides along an array, or every second entry of one."""
        rng = self.rng
        vectors = [name for name, axes in self.axes.items() if len(axes) == 1 and axes[0] in "ijk"]
        if not vectors:
            return None
        name = rng.choice(vectors)
        length = self.lengths[self.axes[name][0]]
        if rng.random() < 0.3:
            self.ranges.setdefault("u", (length + 1) // 2)
            self.lengths["u"] = self.ranges["u"]
            return f"{name}[2*u-1]^2"
        kernel = rng.choice(vectors)
        letter = self.axes[kernel][0]
        padded = rng.random() < 0.5
        if padded:
            self.padding.setdefault(name, rng.choice(("0", "0", "1", '"1/2"')))
        self.ranges.setdefault("t", length if padded else max(1, length - self.lengths[letter] + 1))
        self.lengths["t"] = self.ranges["t"]
        return f"sum({letter}, {kernel}[{letter}]*{name}[t+{letter}-{2 if padded else 1}])"

    def _end(self) -> None:
        """What the gradients are of, and what comes in there."""
        rng, kind = self.rng, self.rng.random()
        arrays = [target for target in self.equations if "[" in target]
        if kind < 0.15:
            self.ending = [f"upstream: {self._number()}"]
        elif kind < 0.45 and arrays:
            name = rng.choice(arrays).partition("[")[0]
            shape = [self.lengths[axis] for axis in self.axes[name]]
            if rng.random() < 0.5:
                self.ending = [f"gradients_of: {name}", f"upstream: {self._nested(shape)}"]
            else:
                place = ",".join(str(rng.randint(1, length)) for length in shape)
                self.ending = [f'gradients_of: "{name}[{place}]"']

    def _written(self) -> str:
        given = ", ".join(f"{name}: {value}" for name, value in self.given.items())
        lines = ["kind: graph", "title: At random", f"given: {{{given}}}", "equations:"]
        lines += [f'  "{target}": "{formula}"' for target, formula in self.equations.items()]
        lines += [f"ranges: {{{_pairs(self.ranges)}}}"] if self.ranges else []
        lines += [f"padding: {{{_pairs(self.padding)}}}"] if self.padding else []
        return "\n".join([*lines, *self.ending, "parts: [{label: a, ask: [forward, gradients]}]", ""])


def _pairs(mapping: dict[str, int] | dict[str, str]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in mapping.items())
