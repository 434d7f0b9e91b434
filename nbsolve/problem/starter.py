"""The text that a new problem file starts with: every key, each with a comment."""

from __future__ import annotations

import json

_STARTER = """\
# yaml-language-server: $schema=problem.schema.json
# A problem file: one network, its numbers, and what is asked. Lines that begin with # are comments;
# remove the "# " before a key to use it. Numbers are printed as written: 0.10, 1/3, 2e-3.

title: {title}
# source: Where the problem comes from
# group: The heading under which the site lists it (default: the source)
# statement: |
#   The problem in words. Without it, it is written from the data below.

network:
  inputs: 2                # how many numbers each input has
  # layout: "x W + b"      # rows of the matrices are inputs; the default "W x + b": rows are units
  layers:                  # from the first to the last
    # activation: {activations};
    #   a name, or {{name: {{parameters}}}}, such as {{leaky_relu: {{slope: 0.1}}}}; or a formula of your own:
    #   {{custom: {{name: mish, formula: "z*tanh(ln(1+exp(z)))"}}}}
    # weights: one row for each unit; or {{file: start.npz, array: W1}} (or .csv, .npy; beside this file);
    #   or drawn: {{normal: {{std: 0.5, seed: 7}}}}, {{uniform: {{low: -1, high: 1, seed: 7}}}};
    #   {{value: [[...]], trainable: false}} holds them (or trainable: a matrix of true and false)
    # bias: one number for each unit; {{shared: 0.1}}: one parameter for the layer; none: no bias;
    #   {{value: [...], trainable: false}} holds it. threshold: [...] instead is subtracted (z = W x - theta)
    - {{units: 2, activation: sigmoid, weights: [[0.2, -0.4], [0.5, 0.1]], bias: [0.1, -0.2]}}
    - {{units: 1, activation: sigmoid, weights: [[0.3, -0.6]], bias: [0.05]}}

samples:                   # a list, or {{file: batch.csv, input: [x1, x2], target: [y]}}
                           # (class: COLUMN instead of target: one output for each class)
  - {{input: [0.6, 0.9], target: [1]}}    # without target (and loss): a forward pass only

# loss: {losses};
#   a name, {{name: {{scale: 1/2, over_outputs: sum, over_samples: mean}}}}, or a list of these,
#   each with its weight, to be added; {{custom: {{name: log_cosh, formula: "ln(cosh(a-y))"}}}}: your own
loss: {{squared_error: {{scale: 1/2}}}}

# regulariser: {{l2: {{strength: 0.1, scale: 1/2}}}}

training:                  # leave it out where nothing is updated
  optimiser: {{sgd: {{learning_rate: 0.5}}}}
  batch: 1                 # samples for each update: 1, n or all
  iterations: 1            # or epochs: how often all samples are gone through
  # show: [1, last]        # which iterations are written out (default: all up to 5, else first and last)

notation: indexed          # or flat (w1, w2, ...), matrix, or a mapping with names of your own:
# notation:
#   preset: indexed
#   delta: -dL/dz          # the sign of the error signal
#   pre_activation: net    # a letter for a role; or lists of names, as in the weights
#   "W[2][1][1]": "w_5"    # a name for one quantity

rounding: at_end           # or each_step, as by hand; or a mapping:
# rounding: {{apply: each_step, decimals: 4, minimum_significant: 3}}

explain: delta             # or paths, local_derivatives
detail: auto               # or units, matrix, both

parts:                     # what is asked: words, or quantities such as dL/dw3 and "dL/dW[2][1][1]"
  - {{label: a, ask: [forward, loss], marks: 4}}
  - {{label: b, ask: [gradients], marks: 6}}
  - {{label: c, ask: [updated_parameters, loss_after], at: last, marks: 4}}

# pitfalls:                # common mistakes, listed at the end of the page
#   - Forgetting the derivative of the sigmoid, $a(1-a)$.
"""


_DERIVATION = """\
# yaml-language-server: $schema=problem.schema.json
# A problem without numbers: derivatives to be found, line by line. Lines that begin with # are comments;
# remove the "# " before a key to use it.

kind: derivation
title: {title}
# source: Where the problem comes from
# group: The heading under which the site lists it (default: the source)
# statement: The question in words.

functions:                 # {activations};
                           # or {{custom: {{name: mish, formula: "z*tanh(ln(1+exp(z)))"}}}}
  - sigmoid
  - relu

losses:                    # {losses};
                           # or {{custom: {{name: log_cosh, formula: "ln((exp(a-y)+exp(y-a))/2)"}}}}
  - squared_error
  - {{binary_cross_entropy: {{through: sigmoid}}}}    # with respect to z; categorical_cross_entropy: softmax

parts:                     # what is asked, by name
  - {{label: a, ask: [sigmoid, relu], marks: 4}}
  - {{label: b, ask: [squared_error, binary_cross_entropy_through_sigmoid], marks: 4}}

# pitfalls:                # common mistakes, listed at the end of the page
#   - The minus sign of the power $-1$ is easily lost.
"""


_RULE = """\
# yaml-language-server: $schema=problem.schema.json
# One layer that learns by a rule: perceptron, adaline (Widrow-Hoff) or hebb. Lines that begin with # are comments;
# remove the "# " before a key to use it.

kind: rule
title: {title}
# source: Where the problem comes from
# group: The heading under which the site lists it (default: the source)
# statement: The question in words.

rule: {{perceptron: {{learning_rate: 1}}}}    # at_zero: 0 (what the unit gives at z = 0), change: target;
                                          # {{adaline: {{learning_rate: 0.1}}}}, hebb
weights: [0, 0]            # at the start; a row for each unit where there are several
bias: 0                    # none, or {{value: -0.2, trainable: false}}; threshold: 0.2 instead is subtracted

samples:                   # targets are 0 and 1, or -1 and 1
  - {{input: [0, 0], target: 0}}
  - {{input: [0, 1], target: 0}}
  - {{input: [1, 0], target: 0}}
  - {{input: [1, 1], target: 1}}

# batch: all               # parameters change once an epoch (default: after each sample)
until: no mistakes         # or epochs: 2
most_epochs: 20

parts:                     # changes, updated_parameters, epochs, mistakes, decision_boundary, prediction,
                           # accuracy, separable
  - {{label: a, ask: [changes, updated_parameters], marks: 6}}
  - {{label: b, ask: [decision_boundary, accuracy], marks: 4}}

# pitfalls:                # common mistakes, listed at the end of the page
#   - The bias changes as well; its input is always 1.
"""


def starter(name: str, kind: str = "network") -> str:
    """A commented problem file with the title `name`, which loads and solves as it stands."""
    # Imported here: a starter is written once, the catalogue is not otherwise needed for it.
    from nbsolve.catalogue import ACTIVATIONS, LOSS_ALIASES, LOSSES

    title = json.dumps(name, ensure_ascii=False)
    if kind == "rule":
        return _RULE.format(title=title)
    if kind == "derivation":
        gap = ",\n" + 27 * " " + "# "
        functions = gap.join([", ".join([*ACTIVATIONS][:6]), ", ".join([*ACTIVATIONS][6:])])
        derived = gap.join([", ".join([*LOSSES][:3]), ", ".join([*LOSSES][3:])])
        return _DERIVATION.format(title=title, activations=functions, losses=derived)
    losses = ",\n#   ".join([", ".join([*LOSSES][:4]), ", ".join([*[*LOSSES][4:], *LOSS_ALIASES])])
    activations = ", ".join(ACTIVATIONS)
    return _STARTER.format(title=title, activations=activations, losses=losses)
