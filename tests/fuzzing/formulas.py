"""Random formulas of own activations and losses, from the grammar and from its edges."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

UNARY = (
    "exp", "ln", "log", "sqrt", "sinh", "cosh", "tanh", "sin", "cos", "atan", "erf", "abs", "sign", "sigmoid", "relu", "softplus",
)  # fmt: skip
NUMBERS = (
    "0", "1", "2", "0.5", "1/3", "10", "100", "1e10", "1e-10", "1e399", "1e400", "pi", "e", "0.1", "3", "99.5",
)  # fmt: skip
RELATIONS = ("<", "<=", ">", ">=", "==", "!=")
DEPTHS = (1, 2, 2, 3, 3, 3, 4, 4, 5, 6, 8)


def cases(seed: int) -> Iterator[str]:
    """Problems with a random formula, without end."""
    number = seed
    while True:
        random = Random(number)
        yield _problem(random)
        number += 1_000_003


def _problem(random: Random) -> str:
    loss = random.random() < 0.3
    formula = _shape(random, ("a", "y") if loss else ("z",))
    if random.random() < 0.1:
        place = random.randrange(len(formula) + 1)
        formula = formula[:place] + random.choice("()+-*/^,.<>=z0 eé") + formula[place:]
    own = f'{{custom: {{name: own, formula: "{formula}", parameters: {{beta: {random.choice(("1.5", "-2", "0", "1e10", "1/3"))}}}}}}}'
    hidden = own if not loss and random.random() < 0.6 else "tanh"
    output = own if not loss and (hidden != own or random.random() < 0.5) else "sigmoid"
    bias = random.choice(("", ", bias: {shared: 0.1}", ", bias: [0.1, -0.2]", ", threshold: [1, 0]"))
    return f"""\
network:
  inputs: 2
  layers:
    - {{units: 2, activation: {hidden}, weights: [[0.1, 0.2], [0.3, -0.4]]{bias}}}
    - {{units: 2, activation: {output}, weights: [[0.5, -0.6], [0.7, 0.8]]{bias}}}
samples: [{{input: [1, {random.choice(("2", "0", "-3", "100"))}], target: [0, 1]}}]
loss: {own if loss else "squared_error"}
explain: {random.choice(("delta", "paths", "local_derivatives"))}
detail: {random.choice(("units", "matrix", "both"))}
letters: {random.choice(("true", "false", "false"))}
"""


def _shape(random: Random, letters: tuple[str, ...]) -> str:
    """Mostly random trees; sometimes one operation within itself, or many beside each other."""
    kind = random.random()
    if kind < 0.75:
        return _tree(random, letters, random.choice(DEPTHS))
    inner = _tree(random, letters, random.choice((0, 1, 2)))
    many = random.choice((2, 5, 10, 20, 35))
    if kind < 0.9:
        for step in range(many):
            inner = _around(random, inner, letters, step)
            if random.random() < 0.02:
                break
        return inner
    return random.choice("+*-/").join([_tree(random, letters, random.choice((0, 1, 2))) for _ in range(many)])


def _around(random: Random, inner: str, letters: tuple[str, ...], step: int) -> str:
    return random.choice(
        (
            f"max({inner}, {letters[0]}*{step})",
            f"min({step}, {inner})",
            f"abs({inner}-{step})",
            f"({inner})^2",
            f"{random.choice(UNARY)}({inner})",
            f"where({letters[0]} > {step}, {inner}, {letters[-1]})",
            f"1/(1+{inner})",
            f"({inner})^({letters[0]})",
        )
    )


def _tree(random: Random, letters: tuple[str, ...], depth: int) -> str:
    if depth == 0 or random.random() < 0.1:
        return random.choice((*letters * 4, random.choice(NUMBERS), random.choice(NUMBERS), "beta"))

    def inner() -> str:
        return _tree(random, letters, depth - 1)

    kind = random.randrange(10)
    if kind < 3:
        return f"{random.choice(UNARY)}({inner()})"
    if kind < 7:
        return f"({inner()}){random.choice('+-*/')}({inner()})"
    if kind == 7:
        return f"({inner()})^{random.choice(('2', '3', '-1', '0.5', '(1/3)', '100', inner()))}"
    if kind == 8:
        return (
            f"{random.choice(('max', 'min'))}({', '.join(inner() for _ in range(random.choice((2, 2, 3))))})"
        )
    return f"where({inner()} {random.choice(RELATIONS)} {inner()}, {inner()}, {inner()})"
