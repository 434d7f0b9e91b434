"""Problems with functions of an author's own that distinguish cases: in the hidden layer, the output, the loss."""

from __future__ import annotations

ACTIVATIONS = (
    "where(z > 0, z^2, z/10)",
    "max(z, 0.1*z)",
    "2*where(z > 0, z, 1) + 1",
    "where(z > 1, z, where(z < -1, -z, z^2/2 + 1/2))",
    "abs(z)*relu(z) - min(z, 1/2)",
    "max(z^2 - 1, -z, tanh(z))",
    "where(abs(z) < 1/2, z^3, sign(z)/8)",
)
LOSSES = (
    "abs(a - y)",
    "where(abs(a - y) < 1, (a - y)^2, max(abs(a - y), 2) - 1)",
    "max(0, 1 - a*y)",
    "max(a - y, y - a)^2",
    "where(a >= y, 3*(a - y), y - a)",
)
AT_END = "{apply: at_end}"
EACH_STEP = "{apply: each_step, decimals: 4}"


def problem(
    hidden: str = "relu",
    output: str = "linear",
    loss: str = "squared_error",
    *,
    bias: str = "0.2",
    output_bias: str = "0.1",
    target: str = "0.5",
    explain: str = "delta",
    rounding: str = AT_END,
) -> str:
    """One negative and one positive z in the hidden layer; `bias` −0.8 puts the second on a kink at 0.

    With ReLU in the hidden layer and a linear output, the output is 0.7: `target` 0.7 puts the loss on its kink.
    """

    def chosen(formula: str, name: str) -> str:
        if formula.isidentifier():
            return formula
        return f'{{custom: {{name: {name}, formula: "{formula}"}}}}'

    return f"""\
network:
  inputs: 2
  layers:
    - units: 2
      activation: {chosen(hidden, "g")}
      weights: [[0.4, -0.3], [-0.2, 0.5]]
      bias: [0.1, {bias}]
    - {{units: 1, activation: {chosen(output, "h")}, weights: [[0.3, 0.6]], bias: [{output_bias}]}}
samples: [{{input: [1, 2], target: [{target}]}}]
loss: {chosen(loss, "m")}
training: {{optimiser: {{sgd: {{learning_rate: 0.1}}}}, iterations: 1}}
explain: {explain}
rounding: {rounding}
"""
