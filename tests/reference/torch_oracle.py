"""The gradients and the losses once more by PyTorch, in doubles: only where it is installed.

Parameters, losses, the step and the loss after it; what lies between is the autograd oracle's part.
"""

from __future__ import annotations

from fractions import Fraction
from importlib import import_module
from importlib.util import find_spec
from math import log
from typing import Any

from nbsolve.checking.oracle.spec import Layer, Loss, Spec

Tensor = Any
Key = tuple[str, int | None, int | None]
INSTALLED = find_spec("torch") is not None


def _torch() -> tuple[Any, Any]:
    """PyTorch and its functions, imported when they are used: mypy must not need them."""
    return import_module("torch"), import_module("torch.nn.functional")


def _activate(layer: Layer, z: Tensor) -> Tensor:
    if not layer.functions:
        return _applied(layer.activation, layer.parameters, z)
    columns = [_applied(*function, z[:, j : j + 1]) for j, function in enumerate(layer.functions)]
    return _torch()[0].cat(columns, dim=1)


def _applied(name: str, given: dict[str, Fraction], z: Tensor) -> Tensor:
    torch, functional = _torch()

    p = {k: float(v) for k, v in given.items()}
    match name:
        case "linear":
            return z
        case "leaky_relu":
            return functional.leaky_relu(z, p.get("slope", 0.01))
        case "elu":
            return functional.elu(z, p.get("alpha", 1.0))
        case "softplus":
            return functional.softplus(z, threshold=700.0)
        case "step":
            return torch.where(z >= 0, 1.0, 0.0).to(z.dtype) + 0.0 * z
        case "softmax":
            return torch.softmax(z, dim=1)
        case "softmax_with_temperature":
            return torch.softmax(z / p.get("temperature", 2.0), dim=1)
        case "softmax_with_base":
            return torch.softmax(z * log(p.get("base", 2.0)), dim=1)
        case "log_softmax":
            return functional.log_softmax(z, dim=1)
        case "sigmoid" | "tanh" | "relu":
            return getattr(torch, name)(z)
        case "gelu" | "silu":
            return getattr(functional, name)(z)
    raise ValueError(f"activation {name}")


def _sum(loss: Loss, a: Tensor, y: Tensor) -> Tensor:
    """The term, added over samples and outputs, with its weight, scale and base."""
    torch, functional = _torch()

    f = float(loss.weight) * float(loss.scale) / (y.shape[1] if loss.over_outputs == "mean" else 1)
    f /= log(loss.log_base) if loss.log_base is not None else 1
    match loss.name:
        case "squared_error":
            value = functional.mse_loss(a, y, reduction="sum")
        case "binary_cross_entropy":
            value = functional.binary_cross_entropy(a, y, reduction="sum")
        case "categorical_cross_entropy":
            value = -(y * torch.log(a)).sum()
        case "negative_log_likelihood":
            value = -(y * a).sum()
        case "absolute_error":
            value = functional.l1_loss(a, y, reduction="sum")
        case "huber":
            value = functional.huber_loss(a, y, reduction="sum", delta=float(loss.parameters.get("delta", 1)))
        case "hinge":
            value = torch.relu(1 - (a * y).sum(dim=1)).sum()
        case "cosine_loss":
            value = (1 - functional.cosine_similarity(a, y, dim=1)).sum()
        case "cosine_similarity":
            value = functional.cosine_similarity(a, y, dim=1).sum()
        case _:
            raise ValueError(f"loss {loss.name}")
    return f * value


def _loss(spec: Spec, batch: list[int], weights: list[Tensor], biases: list[Tensor | None]) -> Tensor:
    torch, _ = _torch()

    out = torch.tensor([[float(v) for v in spec.inputs[s]] for s in batch], dtype=torch.float64)
    targets = spec.targets or []
    y = torch.tensor([[float(v) for v in targets[s]] for s in batch], dtype=torch.float64)
    for layer, w, b in zip(spec.layers, weights, biases, strict=True):
        z = out @ w.T
        if b is not None:
            z = z - b if layer.threshold else z + b  # a shared bias is one number, spread over the units
        out = _activate(layer, z)
    total = sum(_sum(term, out, y) for term in spec.losses)
    if spec.losses[0].over_samples == "mean":
        total = total / len(batch)
    if spec.penalty is not None:
        n = len(batch) if spec.penalty.over_samples == "mean" else 1
        total = total + float(spec.penalty.scale * spec.penalty.strength) / n * sum(
            (w**2).sum() for w in weights
        )
    return total


def solve(spec: Spec) -> dict[Key, float]:
    """L, ∂L/∂W, ∂L/∂b, the new parameters and L_new of every iteration."""
    torch, _ = _torch()

    out: dict[Key, float] = {}
    if spec.targets is None or not spec.losses:
        return out
    weights = [
        torch.tensor([[float(v) for v in r] for r in x.weights], dtype=torch.float64) for x in spec.layers
    ]
    biases: list[Tensor | None] = [
        None
        if layer.bias is None
        else torch.tensor([float(v) for v in layer.bias[: 1 if layer.shared else None]], dtype=torch.float64)
        for layer in spec.layers
    ]
    for t in range(1, spec.iterations + 1):
        batch = spec.batch_of(t)
        every = [x for x in (*weights, *biases) if x is not None]
        for tensor in every:
            tensor.requires_grad_(True)
        loss = _loss(spec, batch, weights, biases)
        slopes = torch.autograd.grad(loss, every, allow_unused=True)
        found = iter(torch.zeros_like(x) if g is None else g for x, g in zip(every, slopes, strict=True))
        g_weights = [next(found) for _ in weights]
        g_biases = [None if b is None else next(found) for b in biases]
        out[("L", t, None)] = float(loss.detach())
        _record(out, spec, ("dL/dW", "dL/d"), t, g_weights, g_biases)
        if spec.learning_rate is None:
            continue
        rate = float(spec.learning_rate)
        with torch.no_grad():
            for n, layer in enumerate(spec.layers):
                w = weights[n]
                weights[n] = w - rate * torch.tensor(layer.weights_trainable, dtype=w.dtype) * g_weights[n]
                b, g = biases[n], g_biases[n]
                if b is not None:
                    biases[n] = b - rate * torch.tensor(layer.bias_trainable[: len(b)], dtype=b.dtype) * g
            out[("L_new", t, None)] = float(_loss(spec, batch, weights, biases))
        _record(out, spec, ("W_new", "_new"), t, weights, biases)
    return out


def _record(
    out: dict[Key, float],
    spec: Spec,
    names: tuple[str, str],
    t: int,
    weights: list[Tensor],
    biases: list[Tensor | None],
) -> None:
    for number, (layer, w, b) in enumerate(zip(spec.layers, weights, biases, strict=True), 1):
        for j, row in enumerate(w.tolist(), 1):
            out |= {(f"{names[0]}[{number}][{j}][{i}]", t, None): v for i, v in enumerate(row, 1)}
        values = [] if b is None else b.tolist() * (layer.units if layer.shared else 1)
        for j, v in enumerate(values, 1):
            letter = "theta" if layer.threshold else "b"
            name = names[1] + letter if names[1] == "dL/d" else letter + names[1]
            out[(f"{name}[{number}][{j}]", t, None)] = v
