"""The letters of a computation graph, as docs/computation-graphs.md says; a parser that reads indices and sums."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.optimising import SETTINGS, STATES, found_by
from nbsolve.checking.audit.parser import Parser, read_tokens
from nbsolve.checking.audit.tree import Call, Node, Num, Sum, Sym
from nbsolve.checking.oracle.graph_reading import Graph, entries
from nbsolve.checking.oracle.graph_starts import plain
from nbsolve.checking.oracle.optimisers import marked
from nbsolve.checking.oracle.rates import LETTERS
from nbsolve.checking.oracle.training import Training

GREEK = re.compile(
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|varphi|chi"
    "|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Sigma|Phi|Psi|Omega"
)
NEW = r"\text{new}"
Texts = tuple[str, ...]


def apart(name: str, names: Mapping[str, str]) -> tuple[str, str]:
    """Core and subscript: `w0` is w with 0, `beta` is β, `x_out` has a word below it, `y_hat` an accent.

    What `names` has is as it stands there.
    """
    own = names.get(name)
    if own is not None:
        core, _, sub = own.partition("_")
        return core, sub.strip("{}")
    head, *below = filter(None, name.split("_"))
    found = re.fullmatch(r"([A-Za-z]+?)([0-9]+)", head)
    letter = found[1] if found else head
    core = (
        f"\\{letter}" if GREEK.fullmatch(letter) else letter if len(letter) == 1 else rf"\mathrm{{{letter}}}"
    )
    if below and len(letter) == 1 and re.fullmatch("hat|bar|tilde|dot|vec", below[0]):
        core = rf"\{below.pop(0)}{{{core}}}"
    words = [rf"\text{{{part}}}" if re.fullmatch("[A-Za-z]{3,}", part) else part for part in below]
    return core, ",".join([*([found[2]] if found else []), *words])


class Letters:
    """`symbols` has what stands for single entries, new ones, states and settings; indices are read by a parser."""

    def __init__(
        self, graph: Graph, node: Mapping[str, Any], training: Training | None, trained: Sequence[str]
    ) -> None:
        names = node.get("names", {})
        self.graph = graph
        self.starts = {name: start for name, start in graph.starts.items() if name not in names}
        self.own = {name: apart(name, names) for name in graph.shapes}
        for name, start in graph.starts.items():  # h0 is written as h is, at the place 0
            if name not in names:
                core, sub = self.own[start.array]
                self.own[name] = core, ",".join(part for part in (sub, str(start.place)) if part)
        self.symbols: dict[Texts, str] = {}
        for name, shape in graph.shapes.items():
            core, sub = self.own[name]
            for one in entries(name, shape):
                self._put(self.entry(one), one)
            if shape:
                bold = rf"\mathbf{{{core}}}" if core.isalpha() and core.islower() else core
                whole = bold + (f"_{{{sub}}}" if sub else "")
                self._put(whole, f"whole {name}")
                self._put(f"{whole}^{{{NEW}}}", f"whole {name}_new")
        if graph.of == "L" and "L" not in graph.shapes:
            self._put("L", "L")
        if training is not None:
            self._add_training(training, trained)
        self.cores = sorted(
            (
                (read_tokens(core), sub, name)
                for name, (core, sub) in self.own.items()
                if graph.shapes[name] and name not in self.starts
            ),
            key=lambda one: -len(one[0]),
        )

    def _add_training(self, training: Training, trained: Sequence[str]) -> None:
        """New values, states, settings; clipped gradients, their norm and limit; what a schedule starts from."""
        for one in trained:
            latex = self.entry(one)
            self._put(f"{latex}^{{{NEW}}}", f"{one}_new")
            for kind in found_by(training.optimiser, training.clip):
                written = STATES[kind] if len(trained) == 1 else f"{STATES[kind]}_{{{latex}}}"
                self._put(written, f"{kind}_{one}")
                if marked(kind):
                    self._put(f"{written}^{{{NEW}}}", f"{kind}_{one}_new")
        self._put(r"\eta", "learning_rate")
        self._put("t", "t")
        for name, latex in SETTINGS.items():
            self._put(latex, name)
        if training.clip:
            self._put("G", "norm")
            self._put("c", "clip")
        if training.schedule.name:
            self._put(r"\eta_0", "start")
            self._put("k", "k")
            for name, latex in LETTERS[training.schedule.name].items():
                self._put(latex, name)

    def _put(self, latex: str, name: str) -> None:
        self.symbols.setdefault(read_tokens(latex), name)

    def entry(self, name: str) -> str:
        """`W_{12}` for `W[1,2]`; commas where a place has two digits, or the letter a subscript of its own."""
        stem, _, inside = name.partition("[")
        core, sub = self.own[stem]
        places = inside.rstrip("]").split(",") if inside else []
        start = self.starts.get(stem)
        if start is not None:
            core, sub = self.own[start.array]
            places.insert(start.axis, str(start.place))
        index = ("," if any(len(place) > 1 for place in places) else "").join(places)
        both = ",".join(part for part in (sub, index) if part)
        return f"{core}_{{{both}}}" if both else core

    def place(self, name: str, texts: Sequence[str], bound: Mapping[str, int]) -> str | None:
        """The entry that a subscript means where letters have numbers; None where it is no index of this name."""
        written, (_, sub) = "".join(texts), self.own[name]
        if sub:
            if not written.startswith(f"{sub},"):
                return None
            written = written[len(sub) + 1 :]
        shape = self.graph.shapes[name]
        parts = written.split(",") if "," in written else [written] if len(shape) == 1 else list(written)
        if len(parts) != len(shape):
            return None
        places = tuple(_affine(part, bound) for part in parts)
        if all(1 <= at <= length for at, length in zip(places, shape, strict=True)):
            return f"{name}[{','.join(map(str, places))}]"
        given, *more = plain(self.graph, f"{name}[{','.join(map(str, places))}]")
        if given.partition("[")[0] in self.starts and not more:
            return given
        if name not in self.graph.padding:
            raise Unreadable(f"{name}{list(places)} is outside")
        return f"padding {name}"


def _affine(text: str, bound: Mapping[str, int]) -> int:
    """`2u-1` where u has a number."""
    if not re.fullmatch(r"[+-]?(\d+|\d*[a-z])([+-](\d+|\d*[a-z]))*", text):
        raise Unreadable(f"an index {text}")
    total = 0
    for sign, factor, letter in re.findall(r"([+-]?)(\d*)([a-z]?)", text):
        if not factor and not letter:
            continue
        if letter and letter not in bound:
            raise Unreadable(f"an index letter {letter} without a number")
        amount = int(factor or 1) * (bound[letter] if letter else 1)
        total += -amount if sign == "-" else amount
    return total


class GraphParser(Parser):
    """`bound` has the numbers of index letters."""

    def __init__(self, texts: Sequence[str], letters: Letters, bound: Mapping[str, int]) -> None:
        super().__init__(texts, letters.symbols)
        self.letters = letters
        self.bound = dict(bound)

    def another(self, texts: Sequence[str]) -> GraphParser:
        return GraphParser(texts, self.letters, self.bound)

    def _symbol(self) -> Node | None:
        for core, _, name in self.letters.cores:
            after = self.at + len(core)
            if self.texts[self.at : after] != core or self.texts[after : after + 1] != ("_",):
                continue
            before, self.at = self.at, after + 1
            inside = self.raw_argument()
            found = self.letters.place(name, inside, self.bound)
            if found is not None and self.texts[self.at : self.at + 3] != ("^", "{", "\\text"):
                return Sym(found)
            self.at = before
        return super()._symbol()

    def _base(self) -> Node:
        sign = self.peek()
        if sign in self.bound:
            number = Fraction(self.bound[sign])
            self.take()
            return Num(str(number), number, 0)
        if sign == "\\sum":
            self.take()
            self.take("_")
            letter, equals, *start = self.raw_argument()
            self.take("^")
            terms = self._terms(letter, "".join(start), "".join(self.raw_argument()), equals == "=")
            return Sum(terms)
        if sign in ("\\max", "\\min") and self.texts[self.at + 1 : self.at + 2] == ("_",):
            self.take()
            self.take("_")
            first, _, letter, relation, *last = self.raw_argument()
            terms = self._terms(letter, first, "".join(last), relation == "\\le")
            return Call(sign.removeprefix("\\"), terms)
        return super()._base()

    def _terms(self, letter: str, first: str, last: str, sound: bool) -> tuple[Node, ...]:
        """The term that follows, for each number of a letter."""
        if not sound or not first.isdigit() or not last.isdigit() or letter in self.bound:
            raise Unreadable(f"the range of {letter}")
        terms: list[Node] = []
        start = self.at
        for number in range(int(first), int(last) + 1):
            self.bound[letter], self.at = number, start
            terms.append(self.term())
        self.bound.pop(letter, None)
        if not terms:
            raise Unreadable(f"no number of {letter}")
        return tuple(terms)
