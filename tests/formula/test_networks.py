"""Own functions in networks: against automatic differentiation, against nbsolve's own, on pages and in errors."""

from __future__ import annotations

import ast
import random
from typing import Any

import autograd.numpy as np
import numpy
import pytest
from autograd import value_and_grad
from autograd.scipy.special import erf

from nbsolve import load_problem, solve
from nbsolve.worked.network import WorkedSolution
from tests.formula.formulae import ACTIVATIONS, LOSSES

FUNCTIONS: dict[str, Any] = {
    "exp": np.exp, "ln": np.log, "log": np.log, "sqrt": np.sqrt, "tanh": np.tanh, "sinh": np.sinh, "cosh": np.cosh,
    "sin": np.sin, "cos": np.cos, "atan": np.arctan, "erf": erf, "abs": np.abs, "sign": np.sign,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "relu": lambda x: np.maximum(x, 0.0),
    "softplus": lambda x: np.log(1 + np.exp(x)),
}  # fmt: skip


def in_arrays(formula: str, names: dict[str, Any]) -> Any:
    """The formula by Python's grammar in autograd's arrays."""

    def value(node: ast.AST) -> Any:
        match node:
            case ast.Constant(number):
                return float(number)  # type: ignore[arg-type]
            case ast.Name(name):
                return {"pi": np.pi, "e": np.e, **names}[name]
            case ast.UnaryOp(ast.USub(), operand):
                return -value(operand)
            case ast.BinOp(left, operation, right):
                a, b = value(left), value(right)
                kinds: dict[type, Any] = {
                    ast.Add: lambda: a + b, ast.Sub: lambda: a - b, ast.Mult: lambda: a * b,
                    ast.Div: lambda: a / b, ast.Pow: lambda: a**b,
                }  # fmt: skip
                return kinds[type(operation)]()
            case ast.Compare(left, [operation], [right]):
                signs: dict[type, Any] = {ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater}
                return signs[type(operation)](value(left), value(right))
            case ast.Call(ast.Name("where"), [condition, yes, no]):
                return np.where(value(condition), value(yes), value(no))
            case ast.Call(ast.Name("max" | "min" as name), operands):
                choose = np.maximum if name == "max" else np.minimum
                first, *rest = map(value, operands)
                for other in rest:
                    first = choose(first, other)
                return first
            case ast.Call(ast.Name(name), [operand]):
                return FUNCTIONS[name](value(operand))
        raise ValueError(ast.dump(node))

    return value(ast.parse(formula.replace("^", "**"), mode="eval").body)


def custom(name: str, formula: str, parameters: dict[str, str], more: str = "") -> str:
    listed = ", ".join(f"{key}: {value}" for key, value in parameters.items())
    return f'{{custom: {{name: {name}_x, formula: "{formula}", parameters: {{{listed}}}{more}}}}}'


def matrix(rows: list[list[float]]) -> str:
    return "[" + ", ".join("[" + ", ".join(map(str, row)) + "]" for row in rows) + "]"


def network(hidden: str, output: str, loss: str, seed: str) -> tuple[str, dict[str, Any]]:
    """A 2-3-2 network over three samples, as YAML and as arrays; its loss needs outputs between 0 and 1."""
    numbers = random.Random(seed)

    def draw(rows: int, columns: int) -> list[list[float]]:
        return [[round(numbers.uniform(-1, 1), 3) for _ in range(columns)] for _ in range(rows)]

    given: dict[str, Any] = {"W1": draw(3, 2), "b1": draw(1, 3)[0], "W2": draw(2, 3), "b2": draw(1, 2)[0]}
    given["x"] = draw(3, 2)
    given["y"] = [[round(numbers.uniform(0.1, 0.9), 3) for _ in range(2)] for _ in range(3)]
    samples = "\n".join(
        f"  - {{input: {x}, target: {y}}}" for x, y in zip(given["x"], given["y"], strict=True)
    )
    text = f"""\
network:
  inputs: 2
  layers:
    - {{units: 3, activation: {hidden}, weights: {matrix(given["W1"])}, bias: {given["b1"]}}}
    - {{units: 2, activation: {output}, weights: {matrix(given["W2"])}, bias: {given["b2"]}}}
samples:
{samples}
loss: {loss}
training: {{optimiser: {{sgd: {{learning_rate: 0.1}}}}, batch: all, iterations: 1}}
"""
    return text, given


def solved(text: str, overrides: list[str] | None = None) -> WorkedSolution:
    """The solution of a network."""
    solution = solve(load_problem(text, overrides=overrides))
    assert isinstance(solution, WorkedSolution)
    return solution


def compared(text: str, given: dict[str, Any], activation: Any, loss: Any) -> None:
    """Loss and gradients to 12 digits of what autograd finds for the same network."""

    def total(theta: list[Any]) -> Any:
        w1, b1, w2, b2 = theta
        hidden = activation(np.dot(np.array(given["x"]), w1.T) + b1)
        outputs = 1 / (1 + np.exp(-(np.dot(hidden, w2.T) + b2)))
        return np.sum(loss(outputs, np.array(given["y"]))) / 3

    theta = [np.array(given[key]) for key in ("W1", "b1", "W2", "b2")]
    value, slopes = value_and_grad(total)(theta)
    found = solved(text).iterations[0]
    gradients = found.gradients
    assert found.loss == pytest.approx(float(value), rel=1e-12)
    for mine, its in zip(
        (gradients.W[1], gradients.b[1], gradients.W[2], gradients.b[2]), slopes, strict=True
    ):
        numpy.testing.assert_allclose(mine, its, rtol=1e-12, atol=1e-13)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_against_automatic_differentiation(name: str) -> None:
    formula, parameters = ACTIVATIONS[name]
    values = {key: float(value) for key, value in parameters.items()}
    text, given = network(custom(name, formula, parameters), "sigmoid", "sse", name)
    compared(
        text.replace("sse", "{squared_error: {scale: 1/2}}"),
        given,
        lambda z: in_arrays(formula, {**values, "z": z}) + 0 * z,
        lambda a, y: (a - y) ** 2 / 2,
    )


@pytest.mark.parametrize("name", LOSSES)
def test_losses_against_automatic_differentiation(name: str) -> None:
    formula, parameters = LOSSES[name]
    values = {key: float(value) for key, value in parameters.items()}
    text, given = network("tanh", "sigmoid", custom(name, formula, parameters, ", scale: 1/3"), name)
    compared(text, given, np.tanh, lambda a, y: in_arrays(formula, {**values, "a": a, "y": y}) / 3)


SAME = [
    ("sigmoid", "1/(1+exp(-z))", ""),
    ("tanh", "tanh(z)", ""),
    ("relu", "max(0, z)", ""),
    ("relu", "relu(z)", ""),
    ("{leaky_relu: {slope: 0.2}}", "where(z > 0, z, slope*z)", ", parameters: {slope: 0.2}"),
    ("elu", "where(z > 0, z, exp(z)-1)", ""),
    ("softplus", "ln(1+exp(z))", ""),
    ("gelu", "z*(1+erf(z/sqrt(2)))/2", ""),
    ("silu", "z*sigmoid(z)", ""),
    ("step", "where(z >= 0, 1, 0)", ""),
]


EACH_STEP = "{apply: each_step, decimals: 4}"
FROM_OUTPUT = ("sigmoid", "tanh", "elu")
"""Rounded at each step, these differ: the catalogue takes the derivative from the rounded output, not from z."""


@pytest.mark.parametrize(
    ("builtin", "formula", "more", "rounding"),
    [
        (*case, rounding)
        for case in SAME
        for rounding in ("at_end", EACH_STEP)
        if rounding == "at_end" or case[0] not in FROM_OUTPUT
    ],
)
def test_the_same_function_gives_the_same_answers(
    builtin: str, formula: str, more: str, rounding: str
) -> None:
    """Every answer, digit by digit."""
    own = f'{{custom: {{name: f, formula: "{formula}"{more}}}}}'
    texts = [
        network(kind, "sigmoid", "mse", "same")[0] + f"rounding: {rounding}\n" for kind in (builtin, own)
    ]
    answers = [[(e.quantity, e.printed) for e in solved(text).entries()] for text in texts]
    assert answers[0] == answers[1]
    assert len(answers[0]) > 20


def test_the_same_loss_gives_the_same_answers() -> None:
    own = '{custom: {name: f, formula: "(a-y)^2", over_outputs: mean}}'
    texts = [network("tanh", "sigmoid", loss, "same")[0] for loss in ("mse", own)]
    answers = [[(e.quantity, e.printed) for e in solved(text).entries()] for text in texts]
    assert answers[0] == answers[1]
