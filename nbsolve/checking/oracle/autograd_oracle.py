"""The canonical quantities by automatic differentiation (HIPS autograd), in doubles, from its own forward pass.

A perturbation of zero is added to every z and every a, so that one reverse pass gives dL/dz and dL/da of all
samples beside the gradients of the parameters. Nothing here knows a derivative.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import autograd.numpy as np
from autograd import elementwise_grad, grad
from autograd.differential_operators import make_jvp_reversemode
from autograd.tracer import getval, isbox

from nbsolve.checking.oracle.activations import WHOLE
from nbsolve.checking.oracle.autograd_functions import ACTIVATIONS, LOSSES, activate, terms
from nbsolve.checking.oracle.spec import Layer, Spec

Array = Any
Key = tuple[str, int | None, int | None]
SEPARABLE = {
    "squared_error", "binary_cross_entropy", "categorical_cross_entropy", "negative_log_likelihood",
    "absolute_error", "huber",
}  # fmt: skip


class Batch:
    """The loss of one batch as a function of the parameters, the input and the perturbations."""

    def __init__(self, spec: Spec, positions: list[int], given: bool = True) -> None:
        self.spec = spec
        self.known = [spec.given_of(s) if given else {} for s in positions]
        self.at: list[Array] = []
        """Where the derivatives of the last forward pass are taken, layer by layer."""
        self.x = np.array([[float(v) for v in spec.inputs[s]] for s in positions])
        self.y = (
            None
            if spec.targets is None
            else np.array([[float(v) for v in spec.targets[s]] for s in positions])
        )
        self.v = np.array([[float(spec.weight_of(s))] for s in positions])
        self.g = (
            None
            if spec.upstream is None
            else np.array([[float(v) for v in spec.upstream[s]] for s in positions])
        )
        self.size = len(positions)

    def forward(self, theta: Array) -> tuple[list[Array], list[Array]]:
        """z and a of each layer, shape (samples, units)."""
        weights, biases, x, dz, da = theta
        zs, outs = [], [x]
        for number, layer in enumerate(self.spec.layers):
            ones = np.ones((self.size, 1)) * float(layer.constant or 0)
            parts = [outs[source] if source >= 0 else ones for source in layer.sources]
            if layer.largest:
                z = parts[0]
                for part in parts[1:]:
                    z = np.where(z >= part, z, part)
                z = z + dz[number]
            elif layer.adds:
                z = sum(parts) + dz[number]
            else:
                z = np.dot(np.concatenate(parts, axis=1), self.matrix(weights, number).T) + dz[number]
            if layer.bias is not None:
                b = np.repeat(biases[number], layer.units) if layer.shared else biases[number]
                z = z - b if layer.threshold else z + b
            z = z + self._missing("z", number, z)
            zs.append(z)
            inside = z + self._inside(number, layer, z)
            a = activate(layer, inside)
            outs.append(a + self._missing("a", number, a) + da[number])
            self.at = [*([] if number == 0 else self.at), inside]
        return zs, outs

    def _given(self, letter: str, number: int, like: Array) -> Array:
        """The given values of a layer, nan where there are none."""
        names = [f"{letter}[{number + 1}][{j}]" for j in range(1, like.shape[1] + 1)]
        return np.array([[float(known.get(name, np.nan)) for name in names] for known in self.known])

    def _missing(self, letter: str, number: int, found: Array) -> Array:
        """What is between the given values and those that are found: constants, which no derivative sees."""
        given = self._given(letter, number, found)
        return np.where(np.isnan(given), 0.0, given - _plain(found))

    def _inside(self, number: int, layer: Layer, z: Array) -> Array:
        """How far z is from where its function gives the given value, if its derivative is written with that."""
        given, here = self._given("a", number, z), _plain(z)
        found = np.zeros(here.shape)
        for s, j in np.ndindex(here.shape):
            name, p = layer.function(j + 1)
            a, alpha = given[s, j], float(p.get("alpha", 1))
            if name == "sigmoid" and not np.isnan(a):
                found[s, j] = np.log(a / (1 - a)) - here[s, j]
            elif name == "tanh" and not np.isnan(a):
                found[s, j] = np.arctanh(a) - here[s, j]
            elif name == "elu" and not np.isnan(a) and here[s, j] <= 0:
                found[s, j] = np.log((a + alpha) / alpha) - here[s, j]
        return found

    def matrix(self, weights: list[Array], number: int) -> Array:
        """The weights that a layer uses: its own or another's, without those that do not exist."""
        layer = self.spec.layers[number]
        own = self.spec.owner(number + 1) - 1
        there = np.ones(weights[own].shape)
        for j, i in self.spec.layers[own].missing:
            there[j - 1, i - 1] = 0.0
        return (weights[own] * there).T if layer.turned else weights[own] * there

    def by_output(self, theta: Array) -> list[Array]:
        """One (samples, outputs) array a term, with 1/n where the samples are averaged."""
        out, y = self.outputs(theta), self.y
        if y is None:
            raise ValueError("no targets")
        n = self.size if self.spec.losses[0].over_samples == "mean" else 1
        return [
            self.v * terms(loss, out[:, loss.columns], y[:, loss.columns]) / n for loss in self.spec.losses
        ]

    def outputs(self, theta: Array) -> Array:
        """The activations of all output layers, one beside the other."""
        outs = self.forward(theta)[1]
        return np.concatenate([outs[end] for end in self.spec.ends], axis=1)

    def penalty(self, weights: list[Array]) -> Array:
        """What the weights add to the loss; 0 without a penalty."""
        penalty = self.spec.penalty
        if penalty is None:
            return 0.0
        n = self.size if penalty.over_samples == "mean" else 1
        return float(penalty.scale) * float(penalty.strength) / n * sum(np.sum(w**2) for w in weights)

    def loss(self, theta: Array) -> Array:
        """The loss of the batch; Σ ∂L/∂a · a where only ∂L/∂a is given."""
        if self.g is not None:  # any function with these derivatives at the outputs
            return np.sum(self.g * self.outputs(theta))
        return sum(np.sum(t) for t in self.by_output(theta)) + self.penalty(theta[0])

    def output_loss(self, theta: Array, k: int) -> Array:
        """The part of the loss that belongs to output k, from 0."""
        return sum(np.sum(t[:, k]) for t in self.by_output(theta))

    def point(self, weights: list[Array], biases: list[Array]) -> Array:
        """Parameters, inputs and perturbations of 0: where derivatives are taken."""
        zeros = [np.zeros((self.size, layer.units)) for layer in self.spec.layers]
        return (weights, biases, self.x, [z.copy() for z in zeros], [z.copy() for z in zeros])


def _plain(value: Array) -> Array:
    """The numbers alone."""
    while isbox(value):
        value = getval(value)
    return value


def _spread(layer: Layer, b: Array) -> Array:
    return np.repeat(b, layer.units) if layer.shared else b


def _put(out: dict[Key, float], name: str, t: int, rows: Array, number: int, samples: list[int]) -> None:
    for s, row in zip(samples, rows, strict=True):
        out |= {(f"{name}[{number}][{j}]", t, s): float(v) for j, v in enumerate(row, 1)}


def _put_parameters(
    out: dict[Key, float], spec: Spec, names: tuple[str, str], t: int, weights: Any, biases: Any
) -> None:
    for number, layer in enumerate(spec.layers, 1):
        for j, row in enumerate(weights[number - 1] if layer.weights else [], 1):
            out |= {
                (f"{names[0]}[{number}][{j}][{i}]", t, None): float(v)
                for i, v in enumerate(row, 1)
                if (j, i) not in layer.missing
            }
        if layer.bias is not None:
            values = _spread(layer, biases[number - 1])
            if layer.threshold:
                name = names[1].replace("b", "theta")
                out |= {(f"{name}[{number}][{j}]", t, None): float(v) for j, v in enumerate(values, 1)}
                values = -values
            out |= {(f"{names[1]}[{number}][{j}]", t, None): float(v) for j, v in enumerate(values, 1)}


def knows(spec: Spec) -> bool:
    """Whether every function, and the way of training, is among those written here."""
    functions = {name for layer in spec.layers for name, _ in layer.all_functions}
    return (
        functions <= ACTIVATIONS
        and {loss.name for loss in spec.losses} <= LOSSES
        and (spec.penalty is None or spec.penalty.name == "l2")
        and (spec.learning_rate is None or spec.optimiser == "sgd")
        and not (spec.schedule or spec.clip or spec.own_rates)
    )


def solve(spec: Spec) -> dict[Key, float]:
    """Every quantity of every iteration, under (quantity, iteration, sample)."""
    out: dict[Key, float] = {}
    for letter, vector in (("v", spec.right), ("u", spec.left)):
        out |= {(f"{letter}[{i}]", None, None): float(v) for i, v in enumerate(vector, 1)}
    for s, x in enumerate(spec.inputs, 1):
        out |= {(f"x[{i}]", None, s): float(v) for i, v in enumerate(x, 1)}
        if spec.targets is not None:
            row = enumerate(spec.targets[s - 1], 1)
            out |= {(spec.of_output("y", k), None, s): float(v) for k, v in row}
    weights = [
        np.array([[float(v) for v in row] for row in layer.weights]) if layer.weights else np.zeros((1, 1))
        for layer in spec.layers
    ]
    biases = []
    for layer in spec.layers:
        values = [0.0] if layer.bias is None else [float(v) for v in layer.bias]
        biases.append(np.array(values[:1] if layer.shared else values))
    epoch: list[float] = []
    for t in range(1, spec.iterations + 1):
        positions = spec.batch_of(t)
        samples = [s + 1 for s in positions]
        batch = Batch(spec, positions)
        theta = batch.point(weights, biases)
        _put_parameters(out, spec, ("W", "b"), t, weights, biases)
        zs, outs = batch.forward(theta)
        for number in range(len(spec.layers)):
            _put(out, "z", t, zs[number], number + 1, samples)
            _put(out, "a", t, outs[number + 1], number + 1, samples)
            if spec.layers[number].activation not in WHOLE:
                slope = elementwise_grad(partial(activate, spec.layers[number]))(batch.at[number])
                _put(out, "da/dz", t, slope, number + 1, samples)
        if spec.of_outputs:
            _put_outputs(out, spec, batch, theta, t, samples)
        if not spec.differentiated:
            continue
        if batch.y is not None:
            for s, error in zip(samples, batch.y - batch.outputs(theta), strict=True):
                out |= {(spec.of_output("e", k), t, s): float(v) for k, v in enumerate(error, 1)}
        _put_backward(out, spec, batch, theta, t, samples)
        if spec.learning_rate is None:
            continue
        if spec.valued:
            mean = bool(spec.losses) and spec.losses[0].over_samples == "mean"
            epoch.append(float(batch.loss(theta)) * (batch.size if mean else 1))
        if t % spec.batches_per_epoch == 0 and epoch:
            out[("L_epoch", t, None)] = sum(epoch) / (len(spec.inputs) if mean else 1)
            epoch = []
        moves, shifts = _step(spec, batch, theta)
        _put_parameters(out, spec, ("W_change", "b_change"), t, moves, shifts)
        weights = [w + d for w, d in zip(weights, moves, strict=True)]
        biases = [b + d for b, d in zip(biases, shifts, strict=True)]
        _put_parameters(out, spec, ("W_new", "b_new"), t, weights, biases)
        batch = Batch(spec, positions, given=False)
        after = batch.point(weights, biases)
        zs, outs = batch.forward(after)
        for number in range(len(spec.layers)):
            _put(out, "z_new", t, zs[number], number + 1, samples)
            _put(out, "a_new", t, outs[number + 1], number + 1, samples)
        if spec.valued:
            out[("L_new", t, None)] = float(batch.loss(after))
    return out


def _put_outputs(
    out: dict[Key, float], spec: Spec, batch: Batch, theta: Array, t: int, samples: list[int]
) -> None:
    """The derivatives of each output, summed over the samples: each belongs to one of them alone."""
    depth = len(spec.layers)
    for k in range(spec.layers[-1].units):
        _, _, g_x, _, g_a = grad(lambda at, k=k: np.sum(batch.forward(at)[1][-1][:, k]))(theta)
        for number in range(depth - 1):
            _put(out, f"da[{depth}][{k + 1}]/da", t, g_a[number], number + 1, samples)
        for s, row in zip(samples, g_x, strict=True):
            out |= {(f"da[{depth}][{k + 1}]/dx[{i}]", t, s): float(v) for i, v in enumerate(row, 1)}
    if spec.right:  # each sample moves along v
        direction = np.zeros_like(batch.x) + np.array([float(v) for v in spec.right])
        moved = make_jvp_reversemode(lambda x: batch.forward((*theta[:2], x, *theta[3:]))[1][-1])
        found = moved(batch.x)(direction)
        for s, row in zip(samples, found, strict=True):
            out |= {(f"Jv[{k}]", t, s): float(v) for k, v in enumerate(row, 1)}
    if spec.left:
        u = np.array([float(v) for v in spec.left])
        found = grad(lambda at: np.sum(batch.forward(at)[1][-1] @ u))(theta)[2]
        for s, row in zip(samples, found, strict=True):
            out |= {(f"uJ[{i}]", t, s): float(v) for i, v in enumerate(row, 1)}


def _put_backward(
    out: dict[Key, float], spec: Spec, batch: Batch, theta: Array, t: int, samples: list[int]
) -> None:
    if spec.valued:
        out[("L", t, None)] = float(batch.loss(theta))
    g_weights, g_biases, g_x, g_z, g_a = grad(batch.loss)(theta)
    _put_parameters(out, spec, ("dL/dW", "dL/db"), t, g_weights, g_biases)
    for number in range(len(spec.layers)):
        _put(out, "dL/dz", t, g_z[number], number + 1, samples)
        _put(out, "dL/da", t, g_a[number], number + 1, samples)
        _put(out, "delta", t, spec.delta * g_z[number], number + 1, samples)
    for s, row in zip(samples, g_x, strict=True):
        out |= {(f"dL/dx[{i}]", t, s): float(v) for i, v in enumerate(row, 1)}
    if batch.g is not None or len(spec.ends) > 1 or not {loss.name for loss in spec.losses} <= SEPARABLE:
        return
    shares: Array = sum(batch.by_output(theta))
    for k in range(shares.shape[1]):
        for s, row in zip(samples, shares, strict=True):
            out[(f"L_out[{k + 1}]", t, s)] = float(row[k])
        paths = grad(batch.output_loss)(theta, k)[4]
        for number in range(len(spec.layers) - 1):
            _put(out, f"dL_out[{k + 1}]/da", t, paths[number], number + 1, samples)
        # of the outputs, L_out[k] depends on the k-th alone
        for s, row in zip(samples, paths[-1], strict=True):
            out[(f"dL_out[{k + 1}]/da[{len(spec.layers)}][{k + 1}]", t, s)] = float(row[k])


def _step(spec: Spec, batch: Batch, theta: Array) -> tuple[list[Array], list[Array]]:
    """−η times the gradient of everything that is trained, 0 for the rest."""
    if spec.learning_rate is None:
        raise ValueError("no learning rate")
    rate = float(spec.learning_rate)
    g_weights, g_biases = grad(batch.loss)(theta)[:2]
    moves, shifts = [], []
    for layer, g_w, g_b in zip(spec.layers, g_weights, g_biases, strict=True):
        free = layer.weights_trainable if layer.weights else False
        moves.append(-rate * np.array(free, dtype=float) * g_w)
        shifts.append(-rate * np.array(layer.bias_trainable[: len(g_b)], dtype=float) * g_b)
    return moves, shifts
