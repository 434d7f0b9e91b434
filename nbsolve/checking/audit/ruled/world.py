"""What happens in a training by a rule, as the second interpreter has it, under the letters of its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.parser import Parser, read_tokens
from nbsolve.checking.audit.ruled.numbers import Context, Wrong, claim
from nbsolve.checking.audit.tree import Node, Sym
from nbsolve.checking.oracle.rounding import Digits
from nbsolve.checking.oracle.rules import Problem, Run, rounded, run

INTERMEDIATES, ANSWERS = Digits(significant=6), Digits(significant=4)


@dataclass
class RuleWorld:
    """The truth about one problem."""

    yaml: str
    problem: Problem = field(init=False)
    run: Run = field(init=False)

    def __post_init__(self) -> None:
        self.problem, self.run = Problem(self.yaml), run(self.yaml)
        self.rows = {(row["epoch"], row["sample"], row["unit"]): row for row in self.run.rows}
        self.symbols = {read_tokens(latex): name for latex, name in self._letters()}
        last = self.run.epochs
        self.shown = {*range(1, last + 1)} if last <= 12 else {1, 2, last}
        self.proved: list[set[int]] = []
        self.given = set(re.findall(r"-?[\d.]+", self.yaml))
        each = self.problem.decimals
        self.intermediates = INTERMEDIATES if each is None else Digits(decimals=each)
        self.answers = ANSWERS if each is None else Digits(decimals=each)

    def _letters(self) -> Iterator[tuple[str, str]]:
        one = self.problem.units == 1
        width = len(self.problem.inputs[0])
        yield r"\eta", "eta"
        for i in range(1, width + 1):
            yield f"x_{i}", f"x{i}"
        for u in range(1, self.problem.units + 1):
            index = "" if one else f"_{u}"
            yield f"z{index}", f"z@{u}"
            yield rf"\hat y{index}", f"a@{u}"
            yield f"y{index}", f"y@{u}"
            yield f"e{index}", f"e@{u}"
            constant = rf"\theta{index}" if self.problem.sign < 0 else f"b{index}"
            named = [(f"w_{i}" if one else f"w_{{{i}{u}}}", f"w{i}@{u}") for i in range(1, width + 1)]
            for latex, name in [*named, (constant, f"b@{u}")]:
                yield latex, name
                yield rf"\Delta {latex}", f"d{name}"
                yield rf"{latex}^{{\text{{new}}}}", f"new {name}"

    def values(self, at: Context) -> dict[str, Fraction]:
        """Every letter's value for one sample of one epoch (0: with the parameters in the end)."""
        found: dict[str, Fraction] = {"eta": self.problem.rate}
        sample = at.sample or 1
        found |= {f"x{i}": value for i, value in enumerate(self.problem.inputs[sample - 1], 1)}
        for u in range(1, self.problem.units + 1):
            found[f"y@{u}"] = self.problem.targets[sample - 1][u - 1]
            row = self.rows.get((at.epoch, sample, u))
            if row is None:
                found |= self._parameters("", u, self.run.weights[u - 1], self.run.constants[u - 1])
                continue
            found |= {f"z@{u}": row["z"], f"a@{u}": row["a"], f"e@{u}": row["e"]}
            old = self.before(at.epoch, sample, u)
            found |= self._parameters("", u, *old)
            found |= self._parameters("d", u, row["dw"], row["db"])
            found |= self._parameters("new ", u, row["w"], row["b"])
        return found

    def before(self, epoch: int, sample: int, unit: int) -> tuple[list[Fraction], Fraction | None]:
        """The parameters that a sample meets."""
        if sample > 1:
            row = self.rows[epoch, sample - 1, unit]
            return row["w"], row["b"]
        if epoch == 1:
            return self.problem.weights[unit - 1], self.problem.constants[unit - 1]
        if self.problem.batch:
            return self.ends(epoch - 1, unit)
        row = self.rows[epoch - 1, len(self.problem.inputs), unit]
        return row["w"], row["b"]

    def ends(self, epoch: int, unit: int) -> tuple[list[Fraction], Fraction | None]:
        """The parameters after an epoch of one batch: those of its first sample, and all changes."""
        weights, constant = self.before(epoch, 1, unit)
        rows = [self.rows[epoch, s, unit] for s in range(1, len(self.problem.inputs) + 1)]
        new = [
            rounded(w + sum(r["dw"][i] for r in rows), self.problem.decimals) for i, w in enumerate(weights)
        ]
        if constant is None:
            return new, None
        return new, rounded(constant + sum(r["db"] for r in rows), self.problem.decimals)

    @staticmethod
    def _parameters(
        kind: str, unit: int, weights: list[Fraction], constant: Fraction | None
    ) -> dict[str, Fraction]:
        found = {f"{kind}w{i}@{unit}": value for i, value in enumerate(weights, 1)}
        return found if constant is None else found | {f"{kind}b@{unit}": constant}

    def line_of(self, unit: int) -> tuple[list[Fraction], Fraction]:
        """The coefficients of a boundary, and its constant."""
        constant = self.run.constants[unit - 1]
        own = Fraction(0) if constant is None else self.problem.sign * constant
        return self.run.weights[unit - 1], own - self.problem.border

    def _final(self, sample: int, unit: int) -> tuple[Fraction, Fraction]:
        weights, constant = self.line_of(unit)
        z = sum(
            (w * x for w, x in zip(weights, self.problem.inputs[sample - 1], strict=True)),
            constant + self.problem.border,
        )
        z = rounded(z, self.problem.decimals)
        return z, self.problem.step(z)

    def _hits(self) -> int:
        return sum(
            all(
                self._final(s, u)[1] == self.problem.targets[s - 1][u - 1]
                for u in range(1, self.problem.units + 1)
            )
            for s in range(1, len(self.problem.inputs) + 1)
        )

    def _mistakes(self, epoch: int = 0) -> int:
        return sum(
            row["a"] != self.problem.targets[row["sample"] - 1][row["unit"] - 1]
            for row in self.run.rows
            if epoch in (0, row["epoch"])
        )

    def _learnt(self, unit: int) -> list[str]:
        """The parameters of a unit that may change."""
        names = [f"w{i}@{unit}" for i in range(1, len(self.problem.inputs[0]) + 1)]
        held = self.problem.held or self.problem.constants[unit - 1] is None
        return names if held else [*names, f"b@{unit}"]

    def _changes(self) -> Iterator[tuple[int, str | None, dict[str, Fraction]]]:
        units = range(1, self.problem.units + 1)

        def named(found: list[tuple[list[Fraction], Fraction | None]]) -> dict[str, Fraction]:
            out: dict[str, Fraction] = {}
            for u, (weights, constant) in zip(units, found, strict=True):
                out |= self._parameters("", u, weights, None if self.problem.held else constant)
            return out

        for epoch in range(1, self.run.epochs + 1):
            turns = [[self.rows[epoch, s, u] for u in units] for s in range(1, len(self.problem.inputs) + 1)]
            if self.problem.batch:
                totals = [
                    [
                        sum((turn[u - 1]["dw"][i] for turn in turns), Fraction(0))
                        for i in range(len(self.problem.inputs[0]))
                    ]
                    + [sum((turn[u - 1]["db"] for turn in turns), Fraction(0))]
                    for u in units
                ]
                if any(any(total) for total in totals):
                    yield epoch, None, named([self.ends(epoch, u) for u in units])
                continue
            for s, turn in enumerate(turns, 1):
                if any(any(row["dw"]) or row["db"] for row in turn):
                    yield epoch, str(s), named([(row["w"], row["b"]) for row in turn])

    def _left(self, epoch: int) -> list[int]:
        """The samples of an epoch that have no lines of their own, in its order."""
        worked = self._worked()
        return [n for n in range(1, len(self.problem.inputs) + 1) if (epoch, n) not in worked]

    def _worked(self) -> list[tuple[int, int]]:
        """The samples that are worked line by line: two that change something, one that does not."""
        turns: dict[tuple[int, int], bool] = {}
        for row in self.run.rows:
            if row["epoch"] in self.shown:
                key = (row["epoch"], row["sample"])
                turns[key] = turns.get(key, False) or any(row["dw"]) or bool(row["db"])
        moved = [key for key, moves in turns.items() if moves][:2]
        return sorted([*moved, *[key for key, moves in turns.items() if not moves][:1]])

    def _read(self, texts: tuple[str, ...]) -> Node:
        parser = Parser(texts, self.symbols)
        node = parser.expression()
        if parser.at != len(texts):
            raise Unreadable(f"unread: {' '.join(texts[parser.at :])}")
        return node

    def _name(self, texts: tuple[str, ...]) -> str:
        node = self._read(texts)
        if not isinstance(node, Sym):
            raise Wrong(f"no letter: {' '.join(texts)}")
        return node.name

    def _formula_is_the_rule(self, name: str, formula: Node) -> None:
        """A formula has to hold for any numbers, not just for these."""
        kind, unit = re.sub(r"[0-9]", "", name.split("@")[0]), name.split("@")[1]
        i = re.sub(r"[^0-9]", "", name.split("@")[0])
        width = len(self.problem.inputs[0])
        letters = [f"x{k}" for k in range(1, width + 1)] + [f"w{k}@{unit}" for k in range(1, width + 1)]
        letters += [
            "eta",
            *(f"{c}@{unit}" for c in ("z", "a", "y", "e", "b", "db")),
            *(f"dw{k}@{unit}" for k in range(1, width + 1)),
        ]
        any_ = {letter: Fraction(7 + 3 * n * n, 5 + n) for n, letter in enumerate(letters)}
        signal = (
            any_[f"y@{unit}"] if self.problem.name == "hebb" or self.problem.by_target else any_[f"e@{unit}"]
        )
        sum_ = sum((any_[f"w{k}@{unit}"] * any_[f"x{k}"] for k in range(1, width + 1)), Fraction(0))
        if self.problem.constants[int(unit) - 1] is not None:
            sum_ += self.problem.sign * any_[f"b@{unit}"]
        y, a, z = (any_[f"{c}@{unit}"] for c in "yaz")
        wanted = {
            "z": sum_,
            "e": self.problem.factor * (y - z) if self.problem.name == "adaline" else y - a,
            "dw": any_["eta"] * signal * any_.get(f"x{i}", Fraction(1)),
            "db": any_["eta"] * signal * self.problem.sign,
            "new w": any_.get(f"w{i}@{unit}", Fraction(0)) + any_.get(f"dw{i}@{unit}", Fraction(0)),
            "new b": any_[f"b@{unit}"] + any_[f"db@{unit}"],
        }[kind]
        claim(Evaluator(any_.__getitem__)(formula) == wanted, f"{name} is another formula")
