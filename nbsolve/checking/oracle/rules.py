"""A second interpreter of problems of the kind `rule`: the YAML and Python's fractions, nothing of nbsolve.

One unit is trained after the other in plain loops; separability is decided by trying every simplex of samples
(Kirchberger's theorem: if two finite classes cannot be separated, then neither can some d + 2 of the samples).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from itertools import combinations
from typing import Any

from ruamel.yaml import YAML

Row = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """What a training comes to: a row for each unit, epoch and sample, and the numbers in the end."""

    rows: list[Row]
    weights: list[list[Fraction]]
    constants: list[Fraction | None]
    epochs: int


def read(text: str) -> dict[str, Any]:
    """The YAML of a problem, numbers as texts."""
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    data = YAML(typ="base", pure=True).load(text)
    assert isinstance(data, dict)
    return data


def number(text: Any) -> Fraction:
    """A number as written: 0.1, -3, 2e-3, 1/3."""
    return Fraction(str(text))


def listed(value: Any) -> list[Fraction]:
    """A list of numbers, or a single one."""
    return [number(one) for one in value] if isinstance(value, list) else [number(value)]


def rounded(value: Fraction, decimals: int | None) -> Fraction:
    """Rounded to decimals, ties away from zero; unchanged without."""
    if decimals is None:
        return value
    with localcontext() as context:
        context.prec = 200
        exact = Decimal(abs(value).numerator) / Decimal(value.denominator)
        size = Fraction(exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))
    return size if value >= 0 else -size


class Problem:
    """The problem as this interpreter reads it."""

    def __init__(self, text: str) -> None:
        data = read(text)
        rule = data["rule"]
        self.name, settings = (rule, {}) if isinstance(rule, str) else next(iter(rule.items()))
        settings = settings or {}
        self.inputs = [listed(sample["input"]) for sample in data["samples"]]
        self.targets = [listed(sample["target"]) for sample in data["samples"]]
        self.units = len(self.targets[0])
        width = len(self.inputs[0])
        weights = data.get("weights", [["0"] * width] * self.units)
        if not isinstance(weights[0], list):
            weights = [weights]
        self.weights = [[number(w) for w in row] for row in weights]
        self.sign = -1 if "threshold" in data else 1
        given = data.get("threshold", data.get("bias", ["0"] * self.units))
        self.held = False
        if isinstance(given, dict):
            self.held = given["trainable"] == "false"
            given = given["value"]
        self.constants: list[Fraction | None] = [None] * self.units
        if given != "none":
            self.constants = [*listed(given)]
        self.rate = number(settings.get("learning_rate", "0.1" if self.name == "adaline" else "1"))
        self.factor = number(settings.get("factor", "1"))
        self.by_target = settings.get("change") == "target"
        classes = sorted({y for target in self.targets for y in target})
        self.low, self.high = classes
        self.margin = number(settings.get("undecided", "0"))
        at_zero = settings.get("at_zero")
        self.at_zero = (
            Fraction(0) if "undecided" in settings else self.high if at_zero is None else number(at_zero)
        )
        self.border = (self.low + self.high) / 2 if self.name == "adaline" else Fraction(0)
        self.batch = data.get("batch") == "all"
        self.until = "until" in data
        self.most = int(data.get("most_epochs" if self.until else "epochs", "100" if self.until else "1"))
        rounding = data.get("rounding")
        self.decimals = None
        if isinstance(rounding, dict) and rounding.get("apply") == "each_step":
            self.decimals = int(rounding["decimals"])

    def step(self, z: Fraction) -> Fraction:
        """The class for a weighted sum."""
        if z - self.border > self.margin:
            return self.high
        if z - self.border < -self.margin:
            return self.low
        return self.at_zero

    def signal(self, y: Fraction, a: Fraction, z: Fraction) -> Fraction:
        """What the rule makes of a sample."""
        if self.name == "hebb":
            return y
        if self.name == "adaline":
            return self.factor * (y - z)
        if a == y:
            return Fraction(0)
        return y if self.by_target else y - a


def run(text: str) -> Run:
    """Train, all units side by side, until it ends."""
    problem = Problem(text)
    weights, constants = [row[:] for row in problem.weights], problem.constants[:]
    rows: list[Row] = []
    epoch = 0
    while epoch < problem.most:
        epoch += 1
        wrong = 0
        sums = [([Fraction(0)] * len(row), Fraction(0)) for row in weights]
        for number_, (x, y) in enumerate(zip(problem.inputs, problem.targets, strict=True), 1):
            for unit in range(problem.units):
                own = constants[unit]
                z = sum((w * one for w, one in zip(weights[unit], x, strict=True)), Fraction(0))
                z = rounded(z + (problem.sign * own if own is not None else 0), problem.decimals)
                a = problem.step(z)
                wrong += a != y[unit]
                signal = rounded(problem.signal(y[unit], a, z), problem.decimals)
                changes = [rounded(problem.rate * signal * one, problem.decimals) for one in x]
                moved = Fraction(0)
                if own is not None and not problem.held:
                    moved = rounded(problem.rate * signal * problem.sign, problem.decimals)
                if problem.batch:
                    before = sums[unit]
                    sums[unit] = [a + b for a, b in zip(before[0], changes, strict=True)], before[1] + moved
                else:
                    weights[unit] = [
                        rounded(w + d, problem.decimals) for w, d in zip(weights[unit], changes, strict=True)
                    ]
                    constants[unit] = None if own is None else rounded(own + moved, problem.decimals)
                rows.append(
                    {
                        "epoch": epoch, "sample": number_, "unit": unit + 1, "z": z, "a": a, "e": signal,
                        "dw": changes, "db": moved, "w": weights[unit][:], "b": constants[unit],
                    }
                )  # fmt: skip
        if problem.batch:
            for unit, (changes, moved) in enumerate(sums):
                weights[unit] = [
                    rounded(w + d, problem.decimals) for w, d in zip(weights[unit], changes, strict=True)
                ]
                old = constants[unit]
                constants[unit] = None if old is None else rounded(old + moved, problem.decimals)
        if problem.until and not wrong:
            break
    return Run(rows, weights, constants, epoch)


# ------------------------------------------------------------------ separability


def separable(points: list[list[Fraction]], upper: list[bool]) -> bool:
    """Whether a hyperplane separates two classes strictly: no d + 2 samples (or fewer) stand against it."""
    width = len(points[0])
    places = range(len(points))
    for size in range(2, width + 3):
        for chosen in combinations(places, size):
            if _crossing([points[k] for k in chosen], [upper[k] for k in chosen]):
                return False
    return True


def _crossing(points: list[list[Fraction]], upper: list[bool]) -> bool:
    """Whether the hulls of two classes meet with every weight above 0: Σ c_k (1, p_k) = 0, signs as the classes.

    Solved for affinely independent classes by Gauss–Jordan; a null space of more than one dimension is left to
    smaller choices.
    """
    if len(set(upper)) < 2:
        return False
    rows = []
    for point, up in zip(points, upper, strict=True):
        sign = Fraction(1 if up else -1)
        rows.append([sign * value for value in (Fraction(1), *point)])
    matrix = [list(column) for column in zip(*rows, strict=True)]
    pivots: list[int] = []
    at = 0
    for column in range(len(points)):
        pivot = next((r for r in range(at, len(matrix)) if matrix[r][column] != 0), None)
        if pivot is None:
            continue
        matrix[at], matrix[pivot] = matrix[pivot], matrix[at]
        head = matrix[at][column]
        matrix[at] = [value / head for value in matrix[at]]
        for other in range(len(matrix)):
            if other != at:
                factor = matrix[other][column]
                matrix[other] = [v - factor * w for v, w in zip(matrix[other], matrix[at], strict=True)]
        pivots.append(column)
        at += 1
    free = [column for column in range(len(points)) if column not in pivots]
    if len(free) != 1:
        return False
    solution = [Fraction(0)] * len(points)
    solution[free[0]] = Fraction(1)
    for row, column in enumerate(pivots):
        solution[column] = -matrix[row][free[0]]
    return all(value > 0 for value in solution) or all(value < 0 for value in solution)
