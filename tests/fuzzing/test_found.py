"""What the fuzzers have found, each as small as it gets: it is solved or refused, in time and without a traceback."""

from __future__ import annotations

from functools import partial

import pytest

from tests.fuzzing.running import run
from tests.fuzzing.working import all_the_way


def _own(activation: str, loss: str = "squared_error", more: str = "") -> str:
    return f"""\
network:
  inputs: 2
  layers:
    - {{units: 2, activation: {activation}, weights: [[0.1, 0.2], [0.3, -0.4]], bias: [0.1, -0.2]}}
    - {{units: 2, activation: sigmoid, weights: [[0.5, -0.6], [0.7, 0.8]]}}
samples: [{{input: [1, 2], target: [0, 1]}}]
loss: {loss}
{more}"""


def _formula(formula: str) -> str:
    return f'{{custom: {{name: own, formula: "{formula}", parameters: {{beta: 1.5}}}}}}'


def _nested(outer: str, times: int) -> str:
    """A formula within itself."""
    formula = "a"
    for number in range(times):
        formula = outer.format(formula, number)
    return formula


_TWO_AT_A_TIME = "kind: rule\nsamples: [{input: [-1.5], target: [0]}, {input: ['1/3'], target: [1]}, {input: [2], target: [0]}]\n"

FOUND = {
    "local derivatives of what leads nowhere": """\
kind: graph
given: {x: 2, y: 3, v: [1, 2]}
equations: {p: x*y, q: x + p, r: exp(p), "s[i]": "r*exp(v[i]*p)"}
gradients_of: q
parts: [{label: a, ask: [local_derivatives, dr/dp, "ds[2]/dr"]}]
""",
    "a parameter of no quantity": "kind: graph\ngiven: {value: {x: 1}}\nequations: {h: x}\ntraining: {parameters: [y]}\n",
    "x where there are no names": "kind: graph\ngiven: {}\nequations: {h: x + 1}\n",
    "a name of no parameter": "kind: update\nparameters: {}\nnames: {w2: w_2}\n",
    "fractions that grow for hundreds of epochs": f"{_TWO_AT_A_TIME}rule: {{adaline: {{learning_rate: 0.2}}}}\nepochs: 400\n",
    "exact numbers of thousands of digits": f"{_TWO_AT_A_TIME}rule: {{adaline: {{learning_rate: 0.0123}}}}\nepochs: 3333\n",
    "a weight closer to a kink than any step": _own("gelu", more="regulariser: {l1: {strength: 0.1}}\n").replace("0.1, 0.2]", "1e-300, 400]"),
    "two thousand epochs": f"{_TWO_AT_A_TIME}rule: perceptron\nuntil: no mistakes\nmost_epochs: 2000\n",
    "a function that is the same number everywhere": _own(_formula("sigmoid(2)"), more="detail: both\n"),
    "a division by zero within a root": _own(_formula("exp(sqrt(where(z >= beta, z, z)/(beta-beta)))")),
    "a maximum of what is infinite": _own(_formula("where(z > 1, max(1/(beta-beta), z), z)")),
    "a switch of degree 32": _own("tanh", _formula("((abs((((1/(1+1/(1+1/(1+atan(cos(a))))))^2)^2)^2-7))^2)^2")),
    "letters, and iterations that take other samples": """\
network: {inputs: 1, layers: [{units: 1, activation: tanh, weights: [[0.4]]}, {units: 1, activation: linear, weights: [[1.2]], bias: [0.1]}]}
samples: [{input: [1], target: [0]}, {input: [2], target: [1]}, {input: [-1], target: [1]}]
loss: squared_error
training: {optimiser: sgd, batch: 2, iterations: 3}
letters: true
""",
    "a root of e to the power of 499": _own(_formula("(exp((z)+(249.5)))+((z)+((0.5)*(z)))")),
    "a division of constants in a case that does not hold": _own(
        _formula("erf(min(8, max(max(where(z > 5, where(z > 4, sigmoid(((min(0, max(z, 1e-10)))^(z))^2), z), z), z*6), z*7)))")
    ).replace("[1, 2]", "[1, 100]"),
    "a recurrence that squares": """\
kind: graph
given: {r: 4, "x[0]": 0.3}
ranges: {t: 40}
equations: {"x[t]": "r*x[t-1]*(1-x[t-1])", L: "x[40]"}
""",
    "a fraction before a logarithm": """\
network: {inputs: 2, layers: [{units: 1, activation: sigmoid, weights: [[-0.1, 0.6]], bias: [ln(4) - 0.3]}]}
samples: [{input: [3, 1], target: [0]}]
loss: binary_cross_entropy
regulariser: {elastic: {strength: 0.1, ratio: 1/3}}
training: {optimiser: {sgd: {learning_rate: 0.5}}}
""",
    "a root of a power of a hundred": _own(_formula("(min((ln(99.5)-(z-beta))^100, beta, z))^(1/3)")),
    "e to the power of ±10^399": _own(_formula("z*1e399")),
    "a slope of two thousand parts": _own("tanh", _formula(_nested("where(a > {1}, max(1/(1+({0})), a*{1}), y)", 8))),
    "distinctions within powers": _own("tanh", _formula(_nested("(max({0}, a*{1}))^(a)", 11))),
    "a hyperbolic cosine of a square": _own(_formula("z+cosh(abs((z+beta)^2))")),
    "long numbers to be factored": _own(_formula("min(z, 1/3)^(1/3)*1e399*z*min(z, 1e-10)+z*z")),
    "a number of more digits than decimals hold": _own("tanh", more="rounding: {decimals: 30}\n"),
    "a root of degree 10^10": _own(_formula("exp(z)/(z*z*3^1e-10)+exp(exp(z)*z/0.5)")),
    "powers of ten with 100,000 digits": _own(_formula("where(z < 1, exp(400000*(z-1)), z)"), more="detail: matrix\n"),
    "a layer of 50,000 units in letters": """\
network: {inputs: 2, layers: [{units: 50000, activation: relu, weights: symbolic}]}
samples: [{input: symbolic, target: symbolic}]
loss: squared_error
""",
    "a saturated softmax and a target in letters": """\
network: {inputs: 1, layers: [{units: 2, activation: softmax, weights: [[40], [-40]]}]}
samples: [{input: [1], target: symbolic}]
loss: categorical_cross_entropy
""",
}  # fmt: skip


@pytest.mark.parametrize("found", FOUND)
def test_it_is_solved_or_refused(found: str) -> None:
    assert not run(partial(all_the_way, FOUND[found])).fault


def test_the_handouts_of_it_too() -> None:
    assert not run(partial(all_the_way, FOUND["a hyperbolic cosine of a square"], "handouts")).fault


def test_a_loss_that_no_double_holds_is_left_out_of_its_drawing() -> None:
    text = _own(
        "sigmoid", more="training: {optimiser: sgd, iterations: 3}\nregulariser: {l2: {strength: 0.1}}\n"
    )
    assert not run(partial(all_the_way, text.replace("[0.1, 0.2]", "[1e300, 0.2]"), "drawings")).fault
