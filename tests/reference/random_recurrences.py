"""Recurrences at random, as YAML texts: the same seed gives the same graph.

One to three arrays that rest on one another at other steps, forwards or backwards through two to four steps,
numbers or vectors at each; they start from what is given, as `h0` or as `"h[0]"`, or from padding. What reads them
comes after: all steps, one of them, each at the step before. Some are trained.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from random import Random

from mpmath import mpf

from nbsolve.checking.oracle.graph_precise import precise_values_and_gradients

_LEAST, _MOST = mpf(10) ** -5, 1000
_FUNCTIONS = ("tanh({})", "sigmoid({})", "tanh({})", "{}", "relu({})", "sin({})")


def random_recurrence(seed: int) -> str:
    """The YAML text of a graph with a recurrence whose numbers stay in proportion."""
    texts = (_Maker(Random(f"recurrence {seed} {attempt}")).text() for attempt in count())
    return next(text for text in texts if _is_sound(text))


def _is_sound(text: str) -> bool:
    """Whether nothing is out of proportion, and nothing nearly a tie."""
    watched: list[mpf] = []
    values = precise_values_and_gradients(text, watched=watched).values()
    return all(_LEAST < abs(value) < _MOST for value in values if value) and all(
        apart > _LEAST for apart in watched if apart
    )


@dataclass
class _Maker:
    rng: Random
    given: dict[str, str] = field(default_factory=dict)
    equations: dict[str, str] = field(default_factory=dict)
    padding: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        rng = self.rng
        self.steps, self.size = rng.choice((2, 3, 3, 4)), rng.choice((0, 0, 2))
        self.letter = rng.choice("tttkn")
        self.back = rng.random() < 0.25
        self.last = rng.random() < 0.2  # the axis of the steps comes last
        self._give("x", (self.steps,))
        arrays = ["h", "c", "s"][: rng.choice((1, 1, 2, 3))]
        for name in arrays:
            self._starts(name)
        order = rng.sample(arrays, len(arrays))
        for place, name in enumerate(order):
            others = [(one, 1) for one in arrays] + [(one, 0) for one in order[:place]]
            self.equations[self._entry(name, self.letter)] = self._formula(name, others)
        self._ends(arrays)
        given = ", ".join(f"{self._key(name)}: {value}" for name, value in self.given.items())
        lines = ["kind: graph", "title: A recurrence", f"given: {{{given}}}"]
        lines += ["equations:", *(f'  "{left}": "{right}"' for left, right in self.equations.items())]
        units = f", j: {self.size}" if self.size and self.padding else ""
        lines += [f"ranges: {{{self.letter}: {self.steps}{units}}}"]
        if self.padding:
            lines += [f"padding: {{{', '.join(f'{name}: {value}' for name, value in self.padding.items())}}}"]
        if rng.random() < 0.15:
            lines += ["training: {learning_rate: 0.05, iterations: 2}"]
        asks = ["forward", "gradients", f"dL/d{arrays[0]}"]
        return "\n".join([*lines, f"parts: [{{label: a, ask: [{', '.join(asks)}]}}]", ""])

    def _key(self, name: str) -> str:
        """The start of an array as a file may call it: h0, or "h[0]"."""
        if len(name) == 1 or name[1:] != str(self._start) or name[0] not in "hcs" or self.rng.random() < 0.5:
            return name
        return f'"{self._entry(name[0], str(self._start))}"'

    @property
    def _start(self) -> int:
        return self.steps + 1 if self.back else 0

    def _entry(self, name: str, step: str, inner: str = "j") -> str:
        if not self.size:
            return f"{name}[{step}]"
        return f"{name}[{inner},{step}]" if self.last else f"{name}[{step},{inner}]"

    def _number(self) -> str:
        rng = self.rng
        return rng.choice((str(rng.randint(-2, 2)), f"{rng.uniform(-1.5, 1.5):.2f}", '"2/3"'))

    def _give(self, name: str, shape: tuple[int, ...]) -> str:
        def nested(left: tuple[int, ...]) -> str:
            return f"[{', '.join(nested(left[1:]) for _ in range(left[0]))}]" if left else self._number()

        self.given[name] = nested(shape)
        return name

    def _starts(self, name: str) -> None:
        if self.rng.random() < 0.3:
            self.padding[name] = self.rng.choice(("0", "0", "0.5"))
        if name not in self.padding or self.rng.random() < 0.3:
            self._give(f"{name}{self._start}", (self.size,) if self.size else ())

    def _formula(self, name: str, others: list[tuple[str, int]]) -> str:
        rng = self.rng
        own = rng.sample(others, min(len(others), rng.choice((1, 2, 3))))
        if (name, 1) not in own:
            own.append((name, 1))
        terms = [f"{self._weight('w', name)}*x[{self.letter}]"] if rng.random() < 0.8 else []
        for other, shift in own:
            sign = "+" if self.back else "-"
            steps = 2 if shift and other in self.padding and rng.random() < 0.3 else shift
            step = f"{self.letter}{sign}{steps}" if steps else self.letter
            if self.size and rng.random() < 0.5:
                weight = self._give(f"U{other}{name}", (self.size, self.size))
                terms.append(f"sum(m, {weight}[j,m]*{self._entry(other, step, 'm')})")
            elif rng.random() < 0.2:
                terms.append(f"{self._entry(other, step)}*{self._entry(name, self._before())}")
            else:
                terms.append(f"{self._weight('u', name)}*{self._entry(other, step)}")
        return rng.choice(_FUNCTIONS).format(" + ".join(terms))

    def _before(self) -> str:
        return f"{self.letter}{'+' if self.back else '-'}1"

    def _weight(self, letter: str, name: str) -> str:
        """A weight: new, that of another term, or one for each unit."""
        known = [one for one in self.given if one.startswith(letter)]
        if known and self.rng.random() < 0.4:
            weight = self.rng.choice(known)
        else:
            weight = f"{letter}{name}{'abcdefgh'[len(known)]}"
            self._give(weight, (self.size,) if self.size and self.rng.random() < 0.5 else ())
        return f"{weight}[j]" if self.given[weight].startswith("[") else weight

    def _ends(self, arrays: list[str]) -> None:
        rng, name = self.rng, self.rng.choice(arrays)
        summed = "j, " if self.size else ""
        kind = rng.choice(("all", "last", "each", "shifted"))
        if kind == "last":
            end = self._entry(name, str(1 if self.back else self.steps))
            self.equations["L"] = f"sum(j, {end}^2)" if self.size else f"({end} - 1)^2/2"
            return
        read = self._entry(name, self.letter)
        if kind == "shifted":
            read = f"{read}*{self._entry(name, self._before())}"
        if kind == "each":
            self.equations[self._entry("p", self.letter)] = f"{read}*{self._give('v', ())}"
            read = self._entry("p", self.letter)
        self.equations["L"] = f"sum({summed}{self.letter}, ({read})^2)"
