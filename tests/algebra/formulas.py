"""A user's own function as it stands in the problem file, once more: Python's grammar, evaluated node by node."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from tests.algebra import functions
from tests.algebra.scalars import (
    Scalar,
    atan,
    cos,
    cosh,
    erf,
    exp,
    ln,
    pi_like,
    plain,
    power,
    rational,
    sign,
    sin,
    sinh,
    size,
    sqrt,
    tanh,
)  # fmt: skip

KNOWN: dict[str, Callable[..., Scalar]] = {
    "exp": exp, "ln": ln, "log": ln, "sqrt": sqrt, "tanh": tanh, "sinh": sinh, "cosh": cosh, "abs": size,
    "sign": sign, "erf": erf, "sin": sin, "cos": cos, "atan": atan, "sigmoid": functions.sigmoid,
    "softplus": lambda z: ln(1 + exp(z)), "relu": lambda z: z if plain(z) > 0 else 0 * z,
    "max": lambda *values: max(values, key=plain), "min": lambda *values: min(values, key=plain),
}  # fmt: skip
OPERATIONS: dict[type, Callable[[Scalar, Scalar], Scalar]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
RELATIONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Gt: operator.gt, ast.Lt: operator.lt, ast.GtE: operator.ge, ast.LtE: operator.le,
}  # fmt: skip
Letters = Mapping[str, Scalar]


def formula(text: str, numbers: Callable[[Fraction], Scalar] = rational) -> Callable[[Letters], Scalar]:
    """The formula as a function of its letters. Raises ValueError for what it does not know."""
    source = text.replace("^", "**")
    tree = ast.parse(source, mode="eval").body

    def value(node: Any, letters: Letters) -> Scalar:
        match node:
            case ast.Constant(value=number):
                return numbers(Fraction(ast.get_source_segment(source, node) or str(number)))
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
                return OPERATIONS[type(op)](value(left, letters), value(right, letters))
            case ast.Call(func=ast.Name(id="where"), args=[condition, yes, no]):
                return value(yes if _holds(condition, letters) else no, letters)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return KNOWN[name](*(value(argument, letters) for argument in arguments))
        raise ValueError(f"{ast.dump(node)} in a formula")

    def _holds(node: Any, letters: Letters) -> bool:
        left, right = plain(value(node.left, letters)), plain(value(node.comparators[0], letters))
        return bool(RELATIONS[type(node.ops[0])](left, right))

    return lambda letters: value(tree, letters)
