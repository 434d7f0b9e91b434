"""Two small problems for the tests of notebooks and of the site."""

from __future__ import annotations

FLAT = r"""# yaml-language-server: $schema=nbsolve.json
title: Two sigmoid layers, one bias per layer
group: First problems
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
notation: {preset: flat, "a[2][1]": '\hat O_1', "a[2][2]": '\hat O_2'}
pitfalls:
  - The minus sign of $\partial L/\partial w_3$ is easily lost.
"""

TRAINED = """\
title: One ReLU unit, two updates
group: Second problems
network:
  inputs: 1
  layers:
    - {units: 1, activation: relu, weights: [[0.5]], bias: [0.25]}
samples:
  - {input: [2], target: [1]}
loss: {squared_error: {scale: 1/2}}
training: {optimiser: {sgd: {learning_rate: 0.1}}, iterations: 2}
parts:
  - {label: a, ask: [gradients, updated_parameters]}
"""

BROKEN = TRAINED.replace("activation: relu", "activation: rellu")

# the logarithm of 0, found only when it is solved: the first output is exactly 0
UNSOLVABLE = """\
title: A prediction of nothing
network:
  inputs: 1
  layers:
    - {units: 1, activation: relu, weights: [[-1]], bias: [0]}
samples:
  - {input: [2], target: [1]}
loss: binary_cross_entropy
parts:
  - {label: a, ask: [loss]}
"""
