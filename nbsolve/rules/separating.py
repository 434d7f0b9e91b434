"""Whether a line (a plane, a hyperplane) separates two classes: exactly, with a proof where none does.

A certificate that none exists are weights λ ≥ 0 of the samples, not all 0, such that the weighted samples of one
class sum to those of the other: Σ λ_p (1, p) = Σ μ_n (1, n). With Σ λ = Σ μ = 1 they name a point between the
samples of either class, which would have to lie on both sides (Farkas' lemma). Found by the simplex method
in exact rationals, with Bland's rule, so that it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import flint

from nbsolve.arithmetic import ONE, ZERO
from nbsolve.given import known
from nbsolve.problem.model import RuleProblem
from nbsolve.rules.training import border_of

__all__ = ["Certificate", "certificate", "inseparable"]

Q = flint.fmpq


@dataclass(frozen=True, slots=True)
class Certificate:
    """Weights of the samples of the upper and the lower class (numbers of samples from 1, weights above 0).

    `point`: the two weighted sums of inputs, which are equal. `convex`: the weights of either class add up to 1, so
    that the point lies between its samples; without a bias that changes they need not.
    """

    upper: tuple[tuple[int, Q], ...]
    lower: tuple[tuple[int, Q], ...]
    point: tuple[Q, ...]
    convex: bool


def inseparable(problem: RuleProblem, unit: int) -> Certificate | None:
    """The proof that no parameters are right for all samples at this unit (from 0); None where some are."""
    bias = problem.network.layers[0].bias
    inputs = [tuple(known(entry).rational for entry in sample.input) for sample in problem.samples]
    upper = [
        known((sample.target or ())[unit]).value == problem.classes[1].value for sample in problem.samples
    ]
    at_zero = problem.at_zero.value
    strict_up = at_zero != problem.classes[1].value or bool(problem.undecided)
    strict_low = at_zero != problem.classes[0].value or bool(problem.undecided)
    fixed: Q | None = None
    free = not bias.absent and bias.trainable is not False
    border = border_of(problem)
    if not free:
        # w·x − border: what is fixed is a column whose coefficient has to be above 0
        held = known(bias.values[unit]).value if bias.values else ZERO
        fixed = (-held if bias.subtracted else held) - border
    margin = ZERO if problem.undecided is None else problem.undecided.rational
    return certificate(inputs, upper, free, fixed, margin, (strict_up, strict_low))


def certificate(
    inputs: Sequence[Sequence[Q]],
    upper: Sequence[bool],
    free: bool = True,
    fixed: Q | None = None,
    margin: Q = ZERO,
    strict: tuple[bool, bool] = (True, True),
) -> Certificate | None:
    """The proof for these points. `free`: with a bias that may take any value; else it is `fixed`.

    With a free bias strict and other inequalities come to the same: the bias can be moved a little. Otherwise
    `strict` says for the upper and the lower class whether z = 0 is wrong.
    """
    rows: list[list[Q]] = []
    needed: list[bool] = []
    scaled = not free and (fixed not in (None, ZERO) or margin != 0)
    for point, is_upper in zip(inputs, upper, strict=True):
        sign = ONE if is_upper else -ONE
        row = [sign * x for x in point]
        if free:
            row.append(sign)
        elif scaled:
            row.append(sign * (fixed or ZERO) - margin)
        rows.append(row)
        needed.append(free or strict[0 if is_upper else 1])
    if scaled:  # the coefficient of what is fixed is above 0
        rows.append([ZERO] * len(inputs[0]) + [ONE])
        needed.append(True)
    weights = _nonnegative(rows, needed)
    if weights is None:
        return None
    return _certificate(inputs, upper, weights, free)


def _certificate(
    inputs: Sequence[Sequence[Q]], upper: Sequence[bool], weights: Sequence[Q], free: bool
) -> Certificate:
    half = sum((w for w, is_upper in zip(weights, upper, strict=False) if is_upper), ZERO)
    scale = half if free and half != 0 else ONE
    shares = [weight / scale for weight in weights[: len(inputs)]]
    sides: tuple[list[tuple[int, Q]], list[tuple[int, Q]]] = ([], [])
    point = [ZERO] * len(inputs[0])
    for number, (share, is_upper, values) in enumerate(zip(shares, upper, inputs, strict=True), 1):
        if share != 0:
            sides[0 if is_upper else 1].append((number, share))
            if is_upper:
                point = [sum_ + share * value for sum_, value in zip(point, values, strict=True)]
    return Certificate(tuple(sides[0]), tuple(sides[1]), tuple(point), free)


def _nonnegative(rows: Sequence[Sequence[Q]], needed: Sequence[bool]) -> list[Q] | None:
    """c ≥ 0 with Σ c_s row_s = 0 and Σ over the needed ones = 1; None where there is no such c.

    The first phase of the simplex method: one artificial variable for each equation, whose sum is made 0.
    """
    count, width = len(rows), len(rows[0])
    # equations: width of them = 0, and one = 1; columns: the c, then the right hand side
    table = [[rows[s][k] for s in range(count)] + [ZERO] for k in range(width)]
    table.append([ONE if one else ZERO for one in needed] + [ONE])
    basis = [count + k for k in range(width + 1)]  # artificial variables
    cost = [sum((line[c] for line in table), ZERO) for c in range(count + 1)]
    while True:
        entering = next((c for c in range(count) if cost[c] > 0), None)
        if entering is None:
            break
        ratios = [
            (line[-1] / line[entering], basis[k], k) for k, line in enumerate(table) if line[entering] > 0
        ]
        if not ratios:
            break
        least = min(ratio for ratio, _, _ in ratios)
        _, k = min((variable, k) for ratio, variable, k in ratios if ratio == least)
        pivot = table[k][entering]
        table[k] = [value / pivot for value in table[k]]
        for other, line in enumerate(table):
            if other != k and line[entering] != 0:
                factor = line[entering]
                table[other] = [value - factor * own for value, own in zip(line, table[k], strict=True)]
        factor = cost[entering]
        cost = [value - factor * own for value, own in zip(cost, table[k], strict=True)]
        basis[k] = entering
    if cost[-1] != 0:
        return None
    found = [ZERO] * count
    for k, variable in enumerate(basis):
        if variable < count:
            found[variable] = table[k][-1]
    return found
