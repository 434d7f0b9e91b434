"""Problem texts that the tests of the problem file share."""

from __future__ import annotations

from pathlib import Path

import numpy as np

NETWORK = """\
network:
  inputs: 2
  layers:
    - {units: 1, activation: sigmoid, weights: [[0.3, -0.6]], bias: [0.05]}
"""
BASE = NETWORK + "samples: [{input: [0.6, 0.9], target: [1]}]\nloss: squared_error\n"

SHORT = """\
title: Two sigmoid layers, one bias per layer
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.1, 0.2], [0.3, 0.4]], bias: {shared: 0.1}}
    - {units: 2, activation: sigmoid, weights: [[0.2, 0.1], [0.4, 0.3]], bias: {shared: 0.2}}
samples:
  - {input: [1, 2], target: [0, 1]}
loss: squared_error
parts:
  - {label: "1", ask: [forward], marks: 4}
  - {label: "2", ask: [dL/dw7, dL/dw3], marks: 6}
notation: flat
"""

LONG = """\
title: Everything at once
source: "A reference: with a colon"
statement: |
  Two layers.
  On two lines.
network:
  layout: "x W + b"
  inputs: 2
  layers:
    - units: 2
      activation: {leaky_relu: {slope: 0.1}}
      weights: {file: start.npz, array: W1}
      threshold: [0.4, -0.3]
    - {units: 1, activation: sigmoid, weights: [[0.8], [-0.5]], bias: {value: [0.1], trainable: false}}
samples: {file: batch.csv, input: [x1, x2], target: [y]}
loss:
  - {squared_error: {scale: 1/2, over_outputs: sum, over_samples: mean}}
  - {binary_cross_entropy: {weight: 0.5}}
regulariser: {l2: {strength: 0.1, scale: 1/2}}
training: {optimiser: {sgd: {learning_rate: 0.1}}, batch: 1, epochs: 2, show: [1, last]}
rounding: {apply: each_step, decimals: 4, minimum_significant: 3}
notation: {preset: indexed, pre_activation: "net", delta: -dL/dz}
explain: paths
parts:
  - {label: a, ask: [deltas, changes, updated_parameters], at: 1, marks: 6}
  - {label: b, ask: [loss_after], at: last, marks: 2}
pitfalls:
  - Forgetting $a(1-a)$.
"""

SOFTMAX = """\
title: Softmax on a batch, with an L2 penalty
network:
  inputs: 4
  layers:
    - {units: 5, activation: relu, weights: {normal: {std: 0.1, seed: 7}}, bias: [0, 0, 0, 0, 0]}
    - units: 3
      activation: softmax
      weights: {file: start.npz, array: W2}
      bias: {file: start.npz, array: b2}
samples: {file: classes.csv, input: [x1, x2, x3, x4], class: species}
loss: {categorical_cross_entropy: {over_samples: mean}}
regulariser: {l2: {strength: 0.1, scale: 1/2}}
training: {optimiser: {sgd: {learning_rate: 0.01}}, batch: all}
detail: matrix
parts:
  - {label: a, ask: [loss, gradients, loss_after], marks: 10}
"""

FORWARD = """\
network:
  inputs: 1
  layers: [{units: 1, activation: linear, weights: [[1/3]]}]
samples: [{input: 012}]
"""

NAMED = """\
title: Names
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.1, 0.2], [0.3, 0.4]], bias: {shared: 0.1, trainable: false}}
    - {units: 1, activation: sigmoid, weights: {value: [[0.2, 0.1]], trainable: [[true, false]]}, bias: none}
samples: [{x: [1, 2], y: 1}]
loss: [mse, {huber: {delta: 2, weight: 0.5}}]
rounding: {significant: 5, intermediates: {decimals: 8}}
notation:
  preset: flat
  loss: J
  activation: [["h_{1o}", "h_{2o}"], o]
  weight: [[[p, q], [r, s]], [[t, u]]]
  bias: [c, []]
  "z[2][1]": net_o
  delta: '\\delta'
"""

VALID = {
    "short": SHORT,
    "long": LONG,
    "softmax": SOFTMAX,
    "forward": FORWARD,
    "named": NAMED,
    "base": BASE,
}


def write_data(folder: Path) -> Path:
    """The data files that the problems above refer to, in `folder`."""
    np.savez(
        folder / "start.npz",
        W1=np.array([[0.1, -0.2], [0.3, 0.7]]),
        W2=np.arange(15).reshape(3, 5) / 8,
        b2=np.array([0.1, 0.0, -0.25], dtype=np.float32),
    )
    (folder / "batch.csv").write_text("x1,x2,y\n0.10, 1/3,1\n0,-2e-3,0\n1,1,0.5\n")
    rows = "".join(f"{i},0.{i},-{i},1/{i + 1},{'cab'[i % 3]}\n" for i in range(10))
    (folder / "classes.csv").write_text("x1,x2,x3,x4,species\n" + rows)
    return folder
