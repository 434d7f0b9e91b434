"""One sample forward and back, and the loss of a batch, by formulae written out by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from nbsolve.checking.oracle import activations, losses
from nbsolve.checking.oracle.numbers import Number, tame
from nbsolve.checking.oracle.spec import Spec

Matrix = list[list[Number]]
ZERO = Fraction(0)


class Parameters:
    """Weights [layer][unit][input] and biases [layer][unit] (None where there are none) of one iteration."""

    def __init__(self, weights: list[Matrix], biases: list[list[Number] | None]) -> None:
        self.weights = weights
        self.biases = biases


def given_parameters(spec: Spec) -> Parameters:
    """The parameters the problem starts from."""
    return Parameters(
        [[list(row) for row in layer.weights] for layer in spec.layers],
        [None if layer.bias is None else list(layer.bias) for layer in spec.layers],
    )


def forward(
    spec: Spec, p: Parameters, x: Sequence[Number], given: dict[str, Fraction] | None = None
) -> tuple[list[list[Number]], list[list[Number]]]:
    """z and a of every layer for one input; a[0] is the input. `given` are values that are not computed."""
    known = given or {}
    zs: list[list[Number]] = [[]]
    outs: list[list[Number]] = [list(x)]
    for number, layer in enumerate(spec.layers, 1):
        incoming = taken(spec, number, outs)
        biases = p.biases[number - 1]
        z: list[Number] = []
        if layer.adds:
            terms = zip(*(outs[n] for n in layer.sources), strict=True)
            z = [max(own) if layer.largest else tame(sum(own, ZERO)) for own in terms]
        for j, row in enumerate(weights_of(spec, p, number)):
            total = sum((w * v for w, v in zip(row, incoming, strict=True)), ZERO)
            if biases is not None:
                total = total - biases[j] if layer.threshold else total + biases[j]
            z.append(tame(total))
        z = [known.get(f"z[{number}][{j}]", v) for j, v in enumerate(z, 1)]
        zs.append(z)
        a = activations.layer_values(layer, z)
        outs.append([known.get(f"a[{number}][{j}]", v) for j, v in enumerate(a, 1)])
    return zs, outs


def slope_points(spec: Spec, zs: list[list[Number]], given: dict[str, Fraction]) -> list[list[Number]]:
    """Where each unit's derivative is taken: at the z that would give an activation which is given."""
    return [
        [
            z
            if (a := given.get(f"a[{number}][{j}]")) is None
            else activations.where_it_gives(spec.layers[number - 1], j, z, a)
            for j, z in enumerate(row, 1)
        ]
        for number, row in enumerate(zs)
    ]


def taken(spec: Spec, number: int, outs: list[list[Number]]) -> list[Number]:
    """What comes into a layer."""
    layer = spec.layers[number - 1]
    constant: list[Number] = [] if layer.constant is None else [layer.constant]
    return [v for source in layer.sources for v in (outs[source] if source >= 0 else constant)]


def weights_of(spec: Spec, p: Parameters, number: int) -> Matrix:
    """The weights that a layer uses, a row a unit; those that do not exist are 0."""
    owner = spec.owner(number)
    missing = spec.layers[owner - 1].missing
    matrix = [
        [ZERO if (j, i) in missing else w for i, w in enumerate(row, 1)]
        for j, row in enumerate(p.weights[owner - 1], 1)
    ]
    return [list(row) for row in zip(*matrix, strict=True)] if spec.layers[number - 1].turned else matrix


def sample_loss(spec: Spec, a: Sequence[Number], y: Sequence[Number]) -> Number:
    """All terms of one sample, without 1/n and without the penalty."""
    found = ((t, a[t.columns], y[t.columns]) for t in spec.losses)
    return sum((losses.factor(t, len(y)) * losses.total(t, a, y) for t, a, y in found), ZERO)


def outputs_of(spec: Spec, outs: list[list[Number]]) -> list[Number]:
    """The activations of all output layers, one after the other."""
    return [a for end in spec.ends for a in outs[end]]


def share_of_sample(spec: Spec, batch_size: int) -> Fraction:
    """1/n where the losses are averaged over the samples, else 1."""
    means = {t.over_samples for t in spec.losses}
    if len(means) != 1:
        raise ValueError("the terms disagree about the samples")
    return Fraction(1, batch_size) if means == {"mean"} else Fraction(1)


def penalty_factor(spec: Spec, batch_size: int) -> Fraction:
    """What multiplies the sum of the terms of all weights."""
    if spec.penalty is None:
        return ZERO
    n = batch_size if spec.penalty.over_samples == "mean" else 1
    return spec.penalty.scale * spec.penalty.strength / n


def penalty(spec: Spec, weights: Iterable[Number], batch_size: int) -> Number:
    """What weights add to the loss; 0 without a penalty."""
    if spec.penalty is None:
        return ZERO
    return penalty_factor(spec, batch_size) * sum(map(spec.penalty.term, weights), ZERO)


def batch_loss(spec: Spec, p: Parameters, batch: Sequence[int], given: bool = False) -> Number:
    """The loss of a batch (positions from 0), with the penalty; Σ ∂L/∂a · a where only ∂L/∂a is given.

    `given`: with the values of units that the samples give.
    """

    def outputs(s: int) -> list[Number]:
        return outputs_of(spec, forward(spec, p, spec.inputs[s], spec.given_of(s) if given else None)[1])

    if spec.upstream is not None:
        rows = ((spec.upstream[s], outputs(s)) for s in batch)
        return sum((g * a for given, out in rows for g, a in zip(given, out, strict=True)), ZERO)
    if spec.targets is None:
        raise ValueError("no targets")
    values = (spec.weight_of(s) * sample_loss(spec, outputs(s), spec.targets[s]) for s in batch)
    bare = share_of_sample(spec, len(batch)) * sum(values, ZERO)
    owners = (number for number in range(1, len(spec.layers) + 1) if spec.owner(number) == number)
    weights = (w for number in owners for row in weights_of(spec, p, number) for w in row)
    return bare + penalty(spec, weights, len(batch))


def backward(
    spec: Spec, p: Parameters, zs: list[list[Number]], outs: list[list[Number]], top: list[Number]
) -> tuple[list[list[Number]], list[list[Number]]]:
    """dL/da and dL/dz of every layer from dL/da of all outputs; dL/da[0] is dL/dx."""
    depth = len(spec.layers)
    da: list[list[Number]] = [[] for _ in range(depth + 1)]
    dz: list[list[Number]] = [[] for _ in range(depth + 1)]
    da[0] = [ZERO] * len(outs[0])
    for number, layer in enumerate(spec.layers, 1):
        da[number] = [ZERO] * layer.units
    rest = list(top)
    for end in spec.ends:
        units = spec.layers[end - 1].units
        da[end], rest = rest[:units], rest[units:]
    for number in range(depth, 0, -1):
        layer = spec.layers[number - 1]
        dz[number] = activations.pull_back(layer, zs[number], outs[number], da[number])
        columns = zip(*weights_of(spec, p, number), strict=True)
        back = [sum((d * w for d, w in zip(dz[number], column, strict=True)), ZERO) for column in columns]
        if layer.adds:
            back = dz[number] * len(layer.sources)
        if layer.largest:
            terms = [*zip(*(outs[n] for n in layer.sources), strict=True)]
            winners = [own.index(max(own)) for own in terms]
            back = [
                d if winner == place else ZERO
                for place in range(len(layer.sources))
                for d, winner in zip(dz[number], winners, strict=True)
            ]
        for source in layer.sources:
            if source < 0:  # a constant
                back = back[1:]
                continue
            width = len(outs[source])
            da[source] = [a + b for a, b in zip(da[source], back[:width], strict=True)]
            back = back[width:]
    return da, dz


def trained_gradients(spec: Spec, g: Parameters) -> dict[str, Number]:
    """The gradients of all that is trained, each parameter once: a bias that units share, weights with two uses."""
    found: dict[str, Number] = {}
    for number, layer in enumerate(spec.layers, 1):
        held = layer.weights_trainable if g.weights[number - 1] else []
        for j, (row, flags) in enumerate(zip(g.weights[number - 1], held, strict=True), 1):
            pairs = enumerate(zip(row, flags, strict=True), 1)
            found |= {f"W[{number}][{j}][{i}]": d for i, (d, free) in pairs if free}
        letter = "theta" if layer.threshold else "b"
        biases = (g.biases[number - 1] or [])[: 1 if layer.shared else None]
        singles = enumerate(zip(biases, layer.bias_trainable, strict=False), 1)
        found |= {f"{letter}[{number}][{j}]": d for j, (d, free) in singles if free}
    return found
