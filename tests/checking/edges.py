"""Problems that programs easily get wrong: kinks, ties, layouts, held parameters, thresholds, own functions."""

from __future__ import annotations

from tests.audit.test_quotients import JUMPS, KINKS, MANY, PARABOLA

HELD = """
title: Held entries, a shared bias, a threshold, columns are units
network:
  inputs: 2
  layout: x W + b
  layers:
    - {units: 3, activation: tanh, weights: {value: [[1/3, -2e-2, .5], [0.25, 0, -1]],
       trainable: [[true, false, true], [true, true, false]]}, bias: {shared: 0.1}}
    - {units: 2, activation: sigmoid, weights: {value: [[1, 2], [3, -1], [0.5, 0.5]], trainable: false},
       threshold: {value: [0.5, -0.25], trainable: [false, true]}}
samples:
  - {input: [1, 2], target: [1, 0]}
  - {input: [0.5, -1], target: [0, 1]}
  - {input: [-2, 0.1], target: [1, 1]}
loss:
  - {binary_cross_entropy: {log_base: 2, weight: 0.3}}
  - {squared_error: {over_outputs: mean}}
regulariser: {l2: {strength: 0.1, over_samples: mean}}
training: {optimiser: {sgd: {learning_rate: 0.5}}, batch: 2, iterations: 5, show: [1, 4]}
"""
OWN = """
title: Functions of one's own, with names that a program has already
network:
  inputs: 2
  layers:
    - {units: 2, activation: {custom: {name: print, formula: "where(z > 0, ln(1 + z), beta*z) + min(z, 2)",
       parameters: {beta: 0.5}}}, weights: [[0.3, -0.5], [0.7, 0.2]], bias: [0.1, -0.2]}
    - {units: 2, activation: {custom: {name: print, formula: "where(z > 0, ln(1 + z), beta*z) + min(z, 2)",
       parameters: {beta: 0.25}}}, weights: [[0.3, -0.5], [0.7, 0.2]]}
    - {units: 1, activation: {custom: {name: lambda, formula:
       "max(z, z^2/2, -1) + sqrt(2)*atan(z)/pi + exp(1)/10"}}, weights: [[0.8, -0.4]], bias: [0.3]}
samples: [{input: [1, 2], target: [0.4]}]
loss: {custom: {name: e, formula: "abs(a - y)^3 + max(a, y)"}}
training: {optimiser: {sgd: {learning_rate: 0.1}}, iterations: 2}
"""
TIES = """
title: Answers that are ties, new parameters that hardly move
network:
  inputs: 1
  layers:
    - {units: 1, activation: linear, weights: [[0.12345]], bias: [2.5]}
samples: [{input: [1], target: [2.62335]}]
loss: {squared_error: {scale: 1/2}}
training: {optimiser: {sgd: {learning_rate: 0.001}}, iterations: 2}
"""
LARGE = """
title: Numbers before the point and far behind it
network:
  inputs: 2
  layers:
    - {units: 2, activation: linear, weights: [[123, 4567], [0.00001234, 2e-7]], bias: [98765, 0]}
samples: [{input: [12.5, 3], target: [100000, 1]}]
loss: squared_error
rounding: {decimals: 3, minimum_significant: 2}
"""
FORWARD = """
title: No loss
network:
  inputs: 2
  layers:
    - {units: 2, activation: gelu, weights: [[0.3, -0.5], [0.7, 0.2]], bias: [0.1, -0.2]}
    - {units: 2, activation: softmax, weights: [[0.3, -0.5], [0.7, 0.2]]}
samples: [{input: [1, 2]}, {input: [0, -1]}]
"""
COSINE = """
title: A loss of whole vectors beside one of each output
network:
  inputs: 2
  layers:
    - {units: 3, activation: {elu: {alpha: 0.5}}, weights: [[0.3, -0.5], [0.7, 0.2], [0.1, 0.4]],
       bias: [0.1, -0.2, 0]}
samples: [{input: [1, 2], target: [1, 0, 2]}, {input: [0.5, -1], target: [0, 1, 1]}]
loss: [{cosine_loss: {weight: 2, over_samples: sum}}, {huber: {delta: 0.5, over_samples: sum}},
  {hinge: {scale: 1/3, over_samples: sum}}]
training: {optimiser: {sgd: {learning_rate: 0.1}}, batch: all, iterations: 3}
"""
EDGES = {
    "kinks": KINKS, "jumps": JUMPS, "many": MANY, "parabola": PARABOLA, "held": HELD, "own": OWN, "ties": TIES,
    "large": LARGE, "forward": FORWARD, "cosine": COSINE,
}  # fmt: skip
