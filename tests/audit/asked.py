"""Problems whose pages have what only asked quantities, samples without targets and `show` bring with them."""

from __future__ import annotations

FORWARD = """\
title: Samples without targets
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.1, 0.2], [0.3, 0.4]], threshold: [0.5, 0.6]}
    - {units: 1, activation: sigmoid, weights: [[0.7, 0.8]], threshold: [1.1]}
samples: [{input: [1, 2]}, {input: [0, 1]}, {input: [1, 1]}, {input: [0.5, 0.25]}, {input: [2, 1]}]
parts: [{label: a, ask: ["a[1]", x, forward]}]
"""

EPOCHS = """\
title: Epochs, and iterations in the middle
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.1, 0.2], [0.3, 0.4]], bias: [0.5, 0.6]}
    - {units: 1, activation: sigmoid, weights: [[0.7, 0.8]], bias: [1.1]}
samples:
  - {input: [1, 2], target: [1]}
  - {input: [0, 1], target: [0]}
  - {input: [1, 1], target: [0]}
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.5}}, batch: 2, epochs: 5, show: [3, 5, epochs]}
parts:
  - {label: a, ask: [L_sample, "L - L_new", "W[1]", x, e, L_out, L_sample_new, "W_change[2]", "dL/db[1]"]}
"""

EACH_SAMPLE = """\
title: Every kind of whole vector and matrix
network:
  inputs: 2
  layout: x W + b
  layers:
    - {units: 2, activation: tanh, weights: [[0.1, 0.3], [0.2, 0.4]], bias: {shared: 0.5}}
    - units: 2
      activation: softmax
      weights: {value: [[0.7, -0.80], [0.2, 0.1]], trainable: [[true, false], [true, true]]}
      bias: [1.1, 0.2]
samples:
  - {input: [1, 2], target: [1, 0]}
  - {input: [0, 1], target: [0, 1]}
loss: categorical_cross_entropy
explain: local_derivatives
training: {optimiser: {sgd: {learning_rate: 0.5}}, epochs: 6, show: [3, last, epochs]}
parts:
  - label: a
    ask: [L_sample, "L - L_new", "W_change[2]", x, e, L_sample_new, L_out, "dL_out[1]/da[1]", "da[2]/dz[2]",
          "delta[1]", "dL/dx", "dz[2]/dW[2]", "W_new[2]"]
  - {label: b, at: 1, ask: ["dL_out/da[1]", "b_change[1]", "dz[2][1]/db[2][1]", "dz[2][2]/da[1][1]"]}
"""

LAST = """\
title: The last of ten
network:
  inputs: 1
  layers:
    - {units: 1, activation: sigmoid, weights: [[0.6]], bias: [0.9]}
samples: [{input: [1], target: [0]}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.15}}, iterations: 10, show: [last]}
"""

OF_OUTPUTS = """\
title: Derivatives of outputs, of a softmax behind a tanh
network:
  inputs: 2
  layout: x W + b
  layers:
    - {units: 2, activation: tanh, weights: [[0.5, -1], [1, 0.5]], bias: {shared: 0.1}}
    - {units: 2, activation: softmax, weights: [[1, -0.5], [-1, 1.5]], threshold: [0.1, 0.3]}
samples: [{input: [1, 0.5]}, {input: [1, -0.5]}]
jacobian: {right: [1/3, -2], left: [0.7, 1.5]}
parts:
  - {label: a, ask: [jacobian, "da[2][2]/da[1]"]}
  - {label: b, ask: [jacobian_vector_product, vector_jacobian_product, "Jv[2]"]}
"""

GIVEN_GRADIENT = """\
title: A gradient that is given
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.1, 0.2], [0.3, 0.4]], bias: [0.5, 0.6]}
    - {units: 2, activation: tanh, weights: [[0.7, -0.8], [0.2, 0.1]], bias: [1.1, 0.2]}
samples: [{input: [1, 2]}, {input: [0, 1]}]
upstream: [[0.1, -0.3], [1/3, 2]]
training: {optimiser: {sgd: {learning_rate: 0.5}}, batch: all}
parts: [{label: a, ask: [gradients, "dL/dx", "dL/da[2]", updated_parameters]}]
"""

PAGES = {
    "forward": FORWARD,
    "epochs": EPOCHS,
    "each sample": EACH_SAMPLE,
    "last": LAST,
    "of outputs": OF_OUTPUTS,
    "given gradient": GIVEN_GRADIENT,
}
