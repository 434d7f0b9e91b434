"""A user's own function as it stands in the problem file, once more: Python's grammar, evaluated node by node."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from tests.algebra import functions
from tests.algebra.scalars import (
    Scalar, cosh, elementary, erf, exp, ln, pi_like, plain, power, rational, sign, sinh, size, sqrt, tanh,
)  # fmt: skip

KNOWN: dict[str, Callable[..., Scalar]] = {
    "exp": exp, "ln": ln, "log": ln, "sqrt": sqrt, "tanh": tanh, "sinh": sinh, "cosh": cosh, "abs": size,
    "sign": sign, "erf": erf, "sigmoid": functions.sigmoid,
    "softplus": lambda z: ln(1 + exp(z)), "relu": lambda z: z if plain(z) > 0 else 0 * z,
    "max": lambda *values: max(values, key=plain), "min": lambda *values: min(values, key=plain),
}  # fmt: skip
Letters = Mapping[str, Scalar]
__all__ = ["elementary", "formula"]


def formula(text: str, numbers: Callable[[Fraction], Scalar] = rational) -> Callable[[Letters], Scalar]:
    """The formula as a function of its letters. Raises ValueError for what it does not know."""
    tree = ast.parse(text.replace("^", "**"), mode="eval").body

    def value(node: Any, letters: Letters) -> Scalar:
        match node:
            case ast.Constant(value=number):
                return numbers(Fraction(ast.get_source_segment(text.replace("^", "**"), node) or str(number)))
            case ast.Name(id="pi"):
                return pi_like(next(iter(letters.values())))
            case ast.Name(id=name):
                return letters[name]
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -value(inner, letters)
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                exponent = value(right, letters)
                whole = Fraction(str(right.value)) if isinstance(right, ast.Constant) else None
                return power(value(left, letters), exponent, whole)
            case ast.BinOp(left=left, op=op, right=right):
                a, b = value(left, letters), value(right, letters)
                return {ast.Add: lambda: a + b, ast.Sub: lambda: a - b, ast.Mult: lambda: a * b,
                        ast.Div: lambda: a / b}[type(op)]()  # fmt: skip
            case ast.Call(func=ast.Name(id="where"), args=[condition, yes, no]):
                return value(yes if _holds(condition, letters) else no, letters)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return KNOWN[name](*(value(argument, letters) for argument in arguments))
        raise ValueError(f"{ast.dump(node)} in a formula")

    def _holds(node: Any, letters: Letters) -> bool:
        left, right = plain(value(node.left, letters)), plain(value(node.comparators[0], letters))
        return {ast.Gt: left > right, ast.Lt: left < right, ast.GtE: left >= right, ast.LtE: left <= right}[
            type(node.ops[0])
        ]

    return lambda letters: value(tree, letters)
