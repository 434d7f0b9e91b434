"""A network with other numbers in every place: there a formula that holds by chance does not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

from nbsolve.checking.audit import optimising
from nbsolve.checking.oracle import losses, own
from nbsolve.checking.oracle.numbers import Number
from nbsolve.checking.oracle.spec import Spec

KINKED = {"leaky_relu", "elu", "step"}
FAR = 48
"""Networks with quite other numbers, for functions of an author's own that distinguish cases."""


def distinguishes(function: str) -> bool:
    return function.startswith(own.OWN) and own.distinguishes(function.removeprefix(own.OWN))


def elsewhere(spec: Spec, rng: Random) -> Spec:
    """Every number another one, on either side of 0."""

    scale = rng.choice((1000, 2000, 4000))

    def any_number(_: Number) -> Number:
        return Fraction(rng.randrange(-2999, 2999), scale)

    layers = []
    for layer in spec.layers:
        bias = layer.bias
        if bias is not None:
            drawn = [any_number(b) for b in bias]
            bias = [drawn[0]] * layer.units if layer.shared else drawn
        layers.append(
            replace(layer, weights=[[any_number(w) for w in row] for row in layer.weights], bias=bias)
        )
    targets = spec.targets
    if targets is not None:
        targets = [row if _keeps(spec, row) else [any_number(y) for y in row] for row in targets]
    inputs = [[any_number(x) for x in row] for row in spec.inputs]
    upstream = spec.upstream
    if upstream is not None and spec.output is None:
        upstream = [[any_number(g) for g in row] for row in upstream]
    right, left = ([any_number(g) for g in vector] for vector in (spec.right, spec.left))
    return replace(
        spec, layers=layers, inputs=inputs, targets=targets, upstream=upstream, right=right, left=left
    )


def disturbed(spec: Spec, size: int) -> tuple[Spec, bool]:
    """Every number moved a little, and whether no case distinction is left that could change sides.

    ReLU units are made active where theirs is the only distinction.
    """
    rng = Random(7)

    def near(x: Number) -> Number:
        return x + Fraction(rng.randrange(100, 999), 10**size) * (1 if x <= 0 else -1)

    kinds = {name for layer in spec.layers for name, _ in layer.all_functions}
    kinds |= {loss.name for loss in spec.losses}
    bends = spec.clip.how == "norm" or (spec.penalty is not None and spec.penalty.bends)
    smooth = (
        not bends
        and not kinds & (KINKED | {"huber", "hinge", "absolute_error"})
        and not any(map(distinguishes, kinds))
    )
    layers = []
    for layer in spec.layers:
        bias = layer.bias
        if bias is not None:
            relu = any(name == "relu" for name, _ in layer.all_functions)
            lift = (-3 if layer.threshold else 3) if smooth and relu else 0
            bias = [near(bias[0]) + lift] * layer.units if layer.shared else [near(b) + lift for b in bias]
        weights = [[w if w == 0 and bends else near(w) for w in row] for row in layer.weights]
        layers.append(replace(layer, weights=weights, bias=bias))
    targets = spec.targets
    if targets is not None:
        targets = [
            row if _keeps(spec, row) else _near_targets(spec, row, [near(y) for y in row]) for row in targets
        ]
    inputs = [[near(x) for x in row] for row in spec.inputs]
    spec = replace(spec, right=[near(g) for g in spec.right], left=[near(g) for g in spec.left])
    upstream = spec.upstream
    if upstream is not None and spec.output is None:
        upstream = [[near(g) for g in row] for row in upstream]
    more = optimising.disturbed(spec, rng, None if smooth else size)
    return replace(spec, layers=layers, inputs=inputs, targets=targets, upstream=upstream, **more), smooth


def _keeps(spec: Spec, row: list[Number]) -> bool:
    """Whether targets of 0 and 1 say what of a loss of all outputs stands on the page."""
    return any(map(losses.is_joint, spec.losses)) and set(row) <= {0, 1}


def _near_targets(spec: Spec, row: list[Number], moved: list[Number]) -> list[Number]:
    """Targets moved a little; of an output layer whose targets are shares of 1 they stay that."""
    found: list[Number] = []
    for end in spec.ends:
        units = slice(len(found), len(found) + spec.layers[end - 1].units)
        found += _near_target(moved[units], sum(row[units]) == 1)
    return found


def _near_target(row: list[Number], whole: bool) -> list[Number]:
    """Targets that are shares of 1 stay that."""
    return [y / sum(row) for y in row] if whole and len(row) > 1 else row
