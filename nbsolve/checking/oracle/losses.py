"""Losses of the reference: the value of one sample, its share by output, its derivative by output.

Derivative 0 at the kinks of |·| and of the hinge. A slope here is that of one sample's unscaled term, so
`factor` holds weight, scale and 1/K; the caller adds 1/n.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from nbsolve.checking.oracle import own
from nbsolve.checking.oracle.numbers import NotKnown, Number, log, sign, size, sqrt
from nbsolve.checking.oracle.spec import Loss

SEPARABLE = (
    "squared_error", "binary_cross_entropy", "categorical_cross_entropy", "negative_log_likelihood",
    "absolute_error", "huber",
)  # fmt: skip
WHOLE = ("hinge", "cosine_loss", "cosine_similarity")


def is_separable(loss: Loss) -> bool:
    """Whether it is a sum over the outputs, as own losses are."""
    return loss.name in SEPARABLE or (loss.name.startswith(own.OWN) and not is_joint(loss))


def is_joint(loss: Loss) -> bool:
    """Whether it is a formula of all outputs."""
    return loss.name.startswith(own.OWN) and own.is_joint(loss.name.removeprefix(own.OWN))


def _of_all(loss: Loss, a: Sequence[Number], y: Sequence[Number]) -> dict[str, Number]:
    """The letters of a formula of all outputs, with their values."""
    point: dict[str, Number] = {**loss.parameters, "K": Fraction(len(a))}
    for k, (p, t) in enumerate(zip(a, y, strict=True), 1):
        point |= {f"a[{k}]": p, f"y[{k}]": t}
    return point


def factor(loss: Loss, outputs: int) -> Number:
    """What multiplies the bare sum of one sample: weight · scale, 1/K for a mean, 1/ln(base) for log_base."""
    f: Number = loss.weight * loss.scale
    if loss.over_outputs == "mean":
        f = f / outputs
    if loss.log_base is not None:
        f = f / log(loss.log_base)
    return f


def shares(loss: Loss, a: Sequence[Number], y: Sequence[Number]) -> list[Number]:
    """The bare term of each output (separable losses only)."""
    pairs: list[tuple[Number, Number]] = list(zip(a, y, strict=True))
    match loss.name:
        case "squared_error":
            return [(p - t) * (p - t) for p, t in pairs]
        case "binary_cross_entropy":
            return [-_weighted_log(t, p) - _weighted_log(1 - t, 1 - p) for p, t in pairs]
        case "categorical_cross_entropy":
            return [-_weighted_log(t, p) for p, t in pairs]
        case "negative_log_likelihood":
            return [-(t * p) for p, t in pairs]
        case "absolute_error":
            return [size(p - t) for p, t in pairs]
        case "huber":
            d = loss.parameters.get("delta", Fraction(1))
            gaps = [size(p - t) for p, t in pairs]
            return [g * g / 2 if g <= d else d * (g - d / 2) for g in gaps]
    if loss.name.startswith(own.OWN):
        formula = loss.name.removeprefix(own.OWN)
        return [own.value(formula, {**loss.parameters, "a": p, "y": t}) for p, t in pairs]
    raise NotKnown(f"loss {loss.name}")


def total(loss: Loss, a: Sequence[Number], y: Sequence[Number]) -> Number:
    """The bare value of one sample."""
    if is_separable(loss):
        return sum(shares(loss, a, y), Fraction(0))
    if is_joint(loss):
        return own.value(loss.name.removeprefix(own.OWN), _of_all(loss, a, y))
    dot, length_a, length_y = _geometry(a, y)
    match loss.name:
        case "hinge":
            return max(Fraction(0), 1 - dot)
        case "cosine_loss":
            return 1 - dot / (length_a * length_y)
        case "cosine_similarity":
            return dot / (length_a * length_y)
    raise NotKnown(f"loss {loss.name}")


def slopes(loss: Loss, a: Sequence[Number], y: Sequence[Number]) -> list[Number]:
    """The derivative of the bare value by each output."""
    pairs: list[tuple[Number, Number]] = list(zip(a, y, strict=True))
    match loss.name:
        case "squared_error":
            return [2 * (p - t) for p, t in pairs]
        case "binary_cross_entropy":
            return [_quotient(1 - t, 1 - p) - _quotient(t, p) for p, t in pairs]
        case "categorical_cross_entropy":
            return [-_quotient(t, p) for p, t in pairs]
        case "negative_log_likelihood":
            return [-t for _, t in pairs]
        case "absolute_error":
            return [sign(p - t) for p, t in pairs]
        case "huber":
            d = loss.parameters.get("delta", Fraction(1))
            return [p - t if size(p - t) <= d else d * sign(p - t) for p, t in pairs]
    if is_joint(loss):
        formula, point = loss.name.removeprefix(own.OWN), _of_all(loss, a, y)
        return [own.slope(formula, f"a[{k}]", point) for k in range(1, len(a) + 1)]
    if loss.name.startswith(own.OWN):
        formula = loss.name.removeprefix(own.OWN)
        return [own.slope(formula, "a", {**loss.parameters, "a": p, "y": t}) for p, t in pairs]
    dot, length_a, length_y = _geometry(a, y)
    match loss.name:
        case "hinge":
            return [-t if dot < 1 else Fraction(0) for t in y]
        case "cosine_loss" | "cosine_similarity":
            s = -1 if loss.name == "cosine_loss" else 1
            cos = dot / (length_a * length_y)
            return [s * (t / (length_a * length_y) - cos * p / (length_a * length_a)) for p, t in pairs]
    raise NotKnown(f"loss {loss.name}")


def _weighted_log(weight: Number, x: Number) -> Number:
    """w ln x, with 0 · ln 0 = 0."""
    return Fraction(0) if weight == 0 else weight * log(x)


def _quotient(top: Number, bottom: Number) -> Number:
    """Target over prediction: 0 where the target is 0, whatever stands below."""
    return Fraction(0) if top == 0 else top / bottom


def _geometry(a: Sequence[Number], y: Sequence[Number]) -> tuple[Number, Number, Number]:
    dot = sum((p * t for p, t in zip(a, y, strict=True)), Fraction(0))
    return dot, sqrt(sum((p * p for p in a), Fraction(0))), sqrt(sum((t * t for t in y), Fraction(0)))
