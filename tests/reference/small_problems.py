"""Small random problems from a fixed seed.

`small_problem(rng, edge)` is a network whose digits are checked one by one, with values on rounding ties or kinks
where `edge` is true.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random

from nbsolve.checking.oracle.numbers import read
from tests.reference.random_problems import OUTPUTS, Node, number, target_of

SMALL_HIDDEN = ("linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "silu", "step")


SMALL_LOSSES = (
    "squared_error",
    "absolute_error",
    "huber",
    "hinge",
    "binary_cross_entropy",
    "categorical_cross_entropy",
)


EDGE_ACTIVATIONS = ("linear", "relu", "leaky_relu", "step", "elu", "sigmoid", "tanh")


ROUNDINGS: tuple[Node, ...] = (
    None,
    None,
    {"decimals": "3"},
    {"significant": "3"},
    {"answers": {"decimals": "2"}},
    {"decimals": "4", "minimum_significant": "2"},
)


def small_problem(rng: Random, *, edge: bool) -> dict[str, Node]:
    """Depth 1 or 2, width 1 to 3, one or two samples; on ties and kinks where `edge` is true."""
    loss = rng.choice(SMALL_LOSSES[:4] if edge else SMALL_LOSSES)
    depth, inputs = rng.randint(1, 2), rng.randint(1, 2)
    widths = [rng.randint(1, 3) for _ in range(depth)]
    output = rng.choice(EDGE_ACTIVATIONS[:3] if edge else OUTPUTS[loss])
    if output == "softmax" or loss.startswith("categorical"):
        widths[-1] = rng.randint(2, 3)
    grid = _tie_number if edge else number
    samples = [[rng.choice(("1", "-1", "0.5", "2")) if edge else number(rng, 2.0) for _ in range(inputs)]]
    layers = []
    for position, units in enumerate(widths):
        before = inputs if position == 0 else widths[position - 1]
        last = position == depth - 1
        name = output if last else rng.choice(EDGE_ACTIVATIONS if edge else SMALL_HIDDEN)
        weights = [[grid(rng) for _ in range(before)] for _ in range(units)]
        bias = [grid(rng) for _ in range(units)]
        if edge and position == 0 and rng.random() < 0.7:
            bias[0] = _against(weights[0], samples[0])
        layers.append({"units": str(units), "activation": name, "weights": weights, "bias": bias})
    out: dict[str, Node] = {
        "title": "Small network",
        "network": {"inputs": str(inputs), "layers": layers},
        "samples": [{"input": x, "target": _small_target(rng, loss, layers, x, edge)} for x in samples],
        "loss": {loss: {"scale": "1/2"}} if rng.random() < 0.5 else loss,
    }
    if rng.random() < 0.7:
        out["training"] = {
            "optimiser": {"sgd": {"learning_rate": rng.choice(("0.1", "0.5", "1/4"))}},
            "batch": "1",
        }
    rounding = rng.choice(ROUNDINGS)
    if rounding is not None:
        out["rounding"] = rounding
    return out


def _small_target(
    rng: Random, loss: str, layers: list[dict[str, Node]], x: list[str], edge: bool
) -> list[str]:
    """A target; on an edge, of a single linear layer, one that puts the first output on the loss's kink."""
    outputs = int(layers[-1]["units"])
    if not edge or (loss == "hinge" and outputs > 1):
        return target_of(rng, loss, outputs)
    target = [_tie_number(rng) for _ in range(outputs)]
    first = layers[0]
    if len(layers) == 1 and first["activation"] == "linear":
        z = -read(_against(first["weights"][0], x)) + read(first["bias"][0])
        if loss == "hinge":
            first["bias"][0] = _decimal(1 + read(_against(first["weights"][0], x)))
            return ["1"]
        target[0] = _decimal(z - 1 if loss == "huber" else z)
    return target


def _tie_number(rng: Random) -> str:
    """A number whose halves and small multiples end in a 5 one place past what is printed."""
    return rng.choice(("", "-")) + rng.choice(
        ("0.12345", "1.2345", "0.5", "0.25", "0.0005", "0.3", "2.5", "0.1234", "1", "0.00125", "0")
    )


def _against(weights: list[str], x: list[str]) -> str:
    """The bias that puts z exactly on 0."""
    total = sum((read(w) * read(v) for w, v in zip(weights, x, strict=True)), Fraction(0))
    return _decimal(-total)


def _decimal(x: Fraction) -> str:
    places = next(p for p in range(20) if (x * 10**p).denominator == 1)
    digits = str(abs(int(x * 10**places))).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if x < 0 else text
