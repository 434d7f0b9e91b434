"""Random problems from a fixed seed, as dicts of strings and as YAML.

`problem(rng)` is any network of depth 1 to 5 and width 1 to 6.
"""

from __future__ import annotations

from math import sqrt
from random import Random
from typing import Any

from nbsolve.checking.oracle.numbers import read

Node = Any

HIDDEN = ("linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "silu", "step")
SMOOTH = ("linear", "sigmoid", "tanh", "softplus", "silu", "gelu", "elu")
OUTPUTS: dict[str, tuple[str, ...]] = {
    "squared_error": (*HIDDEN, "softmax"),
    "sse": (*HIDDEN, "softmax"),
    "mse": (*HIDDEN, "softmax"),
    "binary_cross_entropy": ("sigmoid", "softmax"),
    "categorical_cross_entropy": ("softmax", "sigmoid"),
    "absolute_error": HIDDEN,
    "huber": HIDDEN,
    "hinge": ("linear", "tanh"),
    "cosine_loss": SMOOTH,
    "cosine_similarity": SMOOTH,
}
FIXED_SAMPLING = {"sse": "sum", "mse": "mean"}


def to_yaml(node: Node) -> str:
    """The dict in YAML's flow style; a scalar is quoted only where it holds a space."""
    if isinstance(node, dict):
        return "{" + ", ".join(f"{k}: {to_yaml(v)}" for k, v in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(to_yaml(v) for v in node) + "]"
    return f'"{node}"' if " " in node else str(node)


def to_text(problem: dict[str, Node]) -> str:
    """The problem file: one top-level key a line."""
    return "".join(f"{key}: {to_yaml(value)}\n" for key, value in problem.items())


def number(rng: Random, reach: float = 1.0, places: int = 2) -> str:
    """A number between −reach and reach, in one of the ways people write them."""
    value = round(rng.uniform(-reach, reach), places)
    style = rng.randrange(20)
    if style == 0:
        return f"{rng.choice(('', '-'))}{rng.randint(1, 3)}/{rng.randint(4, 9)}"
    if style == 1:
        return f"{value * 10:.1f}e-1"
    if style == 2:
        return f"{value:.{places}f}".replace("0.", ".")
    return f"{value:.{places}f}"


def problem(rng: Random) -> dict[str, Node]:
    """A random network with a loss that makes sense for it, and in most cases training."""
    loss_name = rng.choice(list(OUTPUTS))
    output = rng.choice(OUTPUTS[loss_name])
    depth = rng.choices((1, 2, 3, 4, 5), (3, 4, 3, 2, 1))[0]
    widths = [rng.randint(1, 6) for _ in range(depth)]
    if output == "softmax" or loss_name.startswith(("cosine", "categorical")):
        widths[-1] = rng.randint(2, 5)
    inputs = rng.randint(1, 6)
    columns = rng.random() < 0.4
    layers = []
    for position, units in enumerate(widths):
        before = inputs if position == 0 else widths[position - 1]
        # a cosine needs outputs that are not all 0
        hidden = SMOOTH if loss_name.startswith("cosine") else HIDDEN * 4 + HIDDEN[:-1]
        name = output if position == depth - 1 else rng.choice(hidden)
        layers.append(layer(rng, before, units, name, columns))
    network: dict[str, Node] = {"inputs": str(inputs)}
    if columns:
        network["layout"] = "x W + b"
    network["layers"] = layers
    return finished(rng, network, [inputs, *widths], loss_name, output)


def finished(
    rng: Random, network: dict[str, Node], widths: list[int], loss_name: str, output: str
) -> dict[str, Node]:
    """A problem about a network of these widths (inputs first): samples, a loss, in most cases training."""
    inputs = widths[0]
    count = rng.choices((1, 2, 3, 4, 5), (5, 2, 2, 1, 1))[0]
    out: dict[str, Node] = {
        "title": "Random network",
        "network": network,
        "samples": [
            {
                "input": [number(rng, 2.0) for _ in range(inputs)],
                "target": target_of(rng, loss_name, widths[-1]),
            }
            for _ in range(count)
        ],
        "loss": _losses(rng, loss_name, output),
    }
    if rng.random() < 0.35:
        penalty = {"strength": number(rng, 0.4).removeprefix("-")}
        if rng.random() < 0.5:
            penalty["scale"] = rng.choice(("1", "1/2", "0.25"))
        if rng.random() < 0.4:
            penalty["over_samples"] = rng.choice(("sum", "mean"))
        out["regulariser"] = {"l2": penalty}
    if rng.random() < 0.8:
        out["training"] = _training(rng, count)
    if rng.random() < 0.15:
        out["notation"] = {"delta": "-dL/dz"}
    if rng.random() < 0.5:
        out["explain"] = rng.choice(("paths", "delta", "local_derivatives"))
    return out


def with_sample_weights(rng: Random) -> dict[str, Node]:
    """A random network whose samples have weights."""
    out = problem(rng)
    weights = [rng.choice(("0", "1", "2", "0.5", "1/3", "3.25")) for _ in out["samples"]]
    weights[0] = "1.5"
    out["sample_weights"] = weights
    return out


def with_upstream(rng: Random) -> dict[str, Node]:
    """A random network whose gradient with respect to the outputs is given instead of a loss."""
    out = problem(rng)
    outputs, count = int(out["network"]["layers"][-1]["units"]), len(out["samples"])
    for key in ("loss", "regulariser"):
        out.pop(key, None)
    for sample in out["samples"]:
        del sample["target"]
    rows = [[number(rng) for _ in range(outputs)] for _ in range(count)]
    out["upstream"] = rows[0] if count == 1 and rng.random() < 0.5 else rows
    if "training" in out:
        rate = out["training"]["optimiser"]
        out["training"] = {"optimiser": rate, "batch": rng.choice(("1", "all", str(count)))}
    return out


def layer(rng: Random, before: int, units: int, name: str, columns: bool) -> dict[str, Node]:
    """A random layer with `before` inputs."""
    reach = 1.8 / sqrt(before)
    rows, width = (before, units) if columns else (units, before)
    weights: Node = [[number(rng, reach) for _ in range(width)] for _ in range(rows)]
    activation: Node = name
    if name == "leaky_relu" and rng.random() < 0.6:
        activation = {"leaky_relu": {"slope": rng.choice(("0.1", "0.2", "1/3"))}}
    if name == "elu" and rng.random() < 0.5:
        activation = {"elu": {"alpha": rng.choice(("0.5", "1.5"))}}
    if rng.random() < 0.15:
        held: Node = "false"
        if rng.random() < 0.5:
            held = [[rng.choice(("true", "false")) for _ in row] for row in weights]
        weights = {"value": weights, "trainable": held}
    made: dict[str, Node] = {"units": str(units), "activation": activation, "weights": weights}
    kind = rng.choices(("units", "shared", "absent", "threshold", "held"), (5, 2, 2, 2, 2))[0]
    values = [number(rng, 0.8) for _ in range(units)]
    if kind == "units":
        made["bias"] = values
    elif kind == "shared":
        made["bias"] = {"shared": values[0]}
        if rng.random() < 0.3:
            made["bias"]["trainable"] = "false"
    elif kind == "threshold":
        made["threshold"] = values
    elif kind == "held":
        held = "false" if rng.random() < 0.5 else [rng.choice(("true", "false")) for _ in values]
        made["bias"] = {"value": values, "trainable": held}
    return made


def target_of(rng: Random, loss: str, outputs: int) -> list[str]:
    if loss == "hinge":
        return [rng.choice(("1", "-1")) for _ in range(outputs)]
    if loss == "categorical_cross_entropy" and rng.random() < 0.6:
        hot = rng.randrange(outputs)
        return ["1" if k == hot else "0" for k in range(outputs)]
    if loss in ("binary_cross_entropy", "categorical_cross_entropy"):
        return [rng.choice(("0", "1", "0.2", "0.75", "0.9")) for _ in range(outputs)]
    values = [number(rng, 1.5) for _ in range(outputs)]
    if loss.startswith("cosine") and all(read(v) == 0 for v in values):
        values[0] = "0.5"
    return values


def _losses(rng: Random, name: str, output: str) -> Node:
    if name in FIXED_SAMPLING:
        return name
    sampling = rng.choice((None, "sum", "mean"))
    first = _loss(rng, name, sampling)
    if rng.random() < 0.8:
        return first
    terms = [first]
    if name == "binary_cross_entropy":
        terms.append(_loss(rng, "squared_error", sampling))
    elif name == "categorical_cross_entropy" and output == "softmax":
        terms.append(_loss(rng, "binary_cross_entropy", sampling))
    else:
        terms.append(_loss(rng, rng.choice(("absolute_error", "huber", "squared_error")), sampling))
    if _name(terms[0]) == _name(terms[1]):
        return first
    return terms


def _name(node: Node) -> str:
    return node if isinstance(node, str) else next(iter(node))


def _loss(rng: Random, name: str, sampling: str | None) -> Node:
    given: dict[str, str] = {}
    if rng.random() < 0.4:
        given["weight"] = rng.choice(("0.5", "2", "1.25"))
    if rng.random() < 0.4:
        given["scale"] = rng.choice(("1/2", "1", "3"))
    if name not in ("hinge", "cosine_loss", "cosine_similarity") and rng.random() < 0.4:
        given["over_outputs"] = rng.choice(("sum", "mean"))
    if sampling is not None:
        given["over_samples"] = sampling
    if name.endswith("cross_entropy") and rng.random() < 0.2:
        given["log_base"] = rng.choice(("2", "10"))
    if name == "huber" and rng.random() < 0.6:
        given["delta"] = rng.choice(("0.5", "0.25", "1.5"))
    return {name: given} if given else name


def _training(rng: Random, count: int) -> dict[str, Node]:
    training: dict[str, Node] = {
        "optimiser": {"sgd": {"learning_rate": rng.choice(("0.1", "0.05", "0.01", "1/8", "2e-2"))}},
        "batch": rng.choice(("1", "all", str(rng.randint(1, count)))),
    }
    if rng.random() < 0.5:
        training["iterations"] = str(rng.randint(1, 4))
    elif rng.random() < 0.5:
        training["epochs"] = str(rng.randint(1, 2))
    return training
