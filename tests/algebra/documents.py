"""The source documents as problems in letters, in the documents' own letters; no number is given."""

from __future__ import annotations

_SYMBOLIC = "weights: symbolic, bias: symbolic"
_SAMPLE = "samples:\n  - {input: symbolic, target: symbolic}\n"
_PARTS = "parts:\n  - {label: a, ask: [forward, loss, gradients]}\n"


def _layers(inputs: int, *layers: tuple[int, str]) -> str:
    rows = "".join(f"    - {{units: {n}, activation: {name}, {_SYMBOLIC}}}\n" for n, name in layers)
    return f"network:\n  inputs: {inputs}\n  layers:\n{rows}{_SAMPLE}"


_000 = f"""title: Softmax with two losses
{_layers(2, (2, "tanh"), (2, "softmax"))}loss: [squared_error, binary_cross_entropy]
notation:
  preset: flat
  pre_activation: [[a_1, a_2], [a_3, a_4]]
  activation: [[h_1, h_2], [h_3, h_4]]
detail: both
{_PARTS}"""


def _001_a(loss: str) -> str:
    return f"""title: ReLU and two sigmoid layers
{_layers(3, (2, "relu"), (2, "sigmoid"), (1, "sigmoid"))}loss: {loss}
notation:
  preset: indexed
  target: [y]
  "W[3][1][1]": w_{{13}}
  "W[3][1][2]": w_{{23}}
  "b[3][1]": b_3
  "z[3][1]": z_3
  "a[3][1]": a_3
{_PARTS}"""


def _001_b(loss: str) -> str:
    return f"""title: One tanh unit, two sigmoid outputs
{_layers(2, (1, "tanh"), (2, "sigmoid"))}loss: {loss}
notation:
  pre_activation: [[z_1], [z_2, z_3]]
  activation: [[a_1], [a_2, a_3]]
  target: [y_2, y_3]
  weight: [[["w_{{11}}", "w_{{21}}"]], [["w_{{12}}"], ["w_{{13}}"]]]
  bias: [[b_1], [b_2, b_3]]
{_PARTS}"""


_003 = f"""title: Three inputs, two sigmoid units, one sigmoid output
{_layers(3, (2, "sigmoid"), (1, "sigmoid"))}loss: squared_error
notation:
  weight: w_{{<i><j>}}^<layer>
  bias: b_<j>^<layer>
  pre_activation: [[z_1, z_2], [z]]
  activation: [[a_1, a_2], [a]]
  target: [y]
detail: both
{_PARTS}"""

_004 = f"""title: ReLU, sigmoid and cross-entropy
{_layers(2, (2, "relu"), (1, "sigmoid"))}loss: binary_cross_entropy
notation:
  preset: flat
  input: i
  target: [y]
  loss: J
  bias: [["b_{{1,1}}", "b_{{1,2}}"], [b_2]]
{_PARTS}"""

HALF = "{squared_error: {scale: 1/2}}"
DOCUMENTS = {
    "000": _000,
    "001-A squared error": _001_a(HALF),
    "001-A cross-entropy": _001_a("binary_cross_entropy"),
    "001-B squared error": _001_b(HALF),
    "001-B cross-entropy": _001_b("binary_cross_entropy"),
    "003": _003,
    "004": _004,
}


def stacked(depth: int, width: int, output: str, loss: str) -> str:
    """`depth` layers of `width` units, every gradient asked for over every path, both forms."""
    hidden = ("tanh", "relu", "sigmoid", "silu")
    names = [*(hidden[n % len(hidden)] for n in range(depth - 1)), output]
    layers = _layers(width, *((width, name) for name in names))
    return f"title: Layer upon layer\n{layers}loss: {loss}\nexplain: paths\ndetail: both\n{_PARTS}"


OTHERS = {
    "a batch of two": """title: A batch of two
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: symbolic, bias: symbolic}
    - {units: 2, activation: softmax, weights: symbolic, bias: symbolic}
samples:
  - {input: symbolic, target: symbolic}
  - {input: symbolic, target: symbolic}
loss: categorical_cross_entropy
detail: both
training: {optimiser: {sgd: {learning_rate: 0.1}}, batch: all}
parts:
  - {label: a, ask: [forward, gradients, updated_parameters]}
""",
    "inputs as rows": """title: Inputs as rows, thresholds, a penalty
network:
  inputs: 2
  layout: x W + b
  layers:
    - {units: 2, activation: leaky_relu, weights: symbolic, threshold: symbolic}
    - {units: 3, activation: softmax, weights: symbolic, bias: {shared: symbolic}}
samples:
  - {input: symbolic, target: symbolic}
loss: categorical_cross_entropy
regulariser: {l2: {strength: 0.3}}
training: {optimiser: {sgd: {learning_rate: 0.1}}}
notation: {preset: matrix, delta: -dL/dz}
detail: both
parts:
  - {label: a, ask: [forward, gradients, deltas, updated_parameters]}
""",
    "numbered through": """title: Units numbered through the layers
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: symbolic, bias: symbolic}
    - {units: 3, activation: sigmoid, weights: symbolic, bias: symbolic}
    - {units: 2, activation: sigmoid, weights: symbolic, bias: symbolic}
samples:
  - {input: symbolic, target: symbolic}
loss: binary_cross_entropy
notation: {preset: flat}
parts:
  - {label: a, ask: [forward, gradients]}
""",
    "letters in cells": """title: Letters in cells, functions of one's own
network:
  inputs: 2
  layers:
    - units: 2
      activation: {custom: {name: swish, formula: "z/(1+exp(-beta*z))", parameters: {beta: 1.5}}}
      weights: [[p, 0.5], [0.25, q]]
      bias: [0.1, c]
    - {units: 1, activation: linear, weights: symbolic, bias: symbolic}
samples:
  - {input: [0.75, 1], target: [t]}
loss: {custom: {name: log_cosh, formula: "ln(cosh(a-y))"}}
detail: both
parts:
  - {label: a, ask: [forward, gradients]}
""",
}
"""What the documents have not: several samples, another layout, letters in cells, functions of your own."""
