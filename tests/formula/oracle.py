"""Formulae and trees by another road: Python's own grammar for the text, mpmath for every value.

Nothing here imports the parser, the rules of differentiation or the arithmetic that are tested.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from mpmath import mp

from nbsolve import expr as e
from nbsolve.expr.general import Derivative

DIGITS = 70
mp.dps = DIGITS

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": mp.exp, "ln": lambda x: mp.log(x) if x > 0 else 1 / mp.mpf(0), "sqrt": lambda x: mp.sqrt(x),
    "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh, "sin": mp.sin, "cos": mp.cos, "atan": mp.atan,
    "erf": mp.erf, "abs": abs, "sign": mp.sign, "max": max, "min": min,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)), "relu": lambda x: max(x, mp.mpf(0)),
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
}  # fmt: skip
FUNCTIONS["log"] = FUNCTIONS["ln"]
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Lt: operator.lt,
    ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip


def of_text(formula: str, point: Mapping[str, Any]) -> Any:
    """The value of a formula, read as Python reads it (where ^ is **)."""
    source = formula.replace("^", "**")
    constants = {"pi": +mp.pi, "e": mp.e}
    return _value(ast.parse(source.strip(), mode="eval").body, source.strip(), {**constants, **point})


def _value(node: ast.AST, source: str, names: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant():
            return mp.mpf(ast.get_source_segment(source, node))
        case ast.Name(name):
            return names[name]
        case ast.BinOp(left, operation, right):
            return _OPERATORS[type(operation)](_value(left, source, names), _value(right, source, names))
        case ast.UnaryOp(operation, operand):
            return _OPERATORS[type(operation)](_value(operand, source, names))
        case ast.Compare(left, [operation], [right]):
            return _OPERATORS[type(operation)](_value(left, source, names), _value(right, source, names))
        case ast.Call(ast.Name("where"), [condition, value, otherwise]):
            return _value(value if _value(condition, source, names) else otherwise, source, names)
        case ast.Call(ast.Name(name), arguments):
            return FUNCTIONS[name](*(_value(argument, source, names) for argument in arguments))
    raise ValueError(ast.dump(node))


_RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "≤": operator.le, "=": operator.eq, "≥": operator.ge, ">": operator.gt, "≠": operator.ne,
}  # fmt: skip


def of_tree(tree: e.Expr, point: Mapping[str, Any]) -> Any:
    """The value of a tree; derivatives that are still to be taken are taken numerically."""

    def value(part: e.Expr) -> Any:
        return of_tree(part, point)

    match tree:
        case e.Number(number):
            return mp.mpf(int(number.p)) / int(number.q)
        case e.Variable(name):
            return point[name]
        case e.Sum(operands):
            return mp.fsum(map(value, operands))
        case e.Product(operands):
            return mp.fprod(map(value, operands))
        case e.Negation((inner,)):
            return -value(inner)
        case e.Quotient((above, below)):
            return value(above) / value(below)
        case e.Power((base, exponent)):
            return value(base) ** value(exponent)
        case e.Function("pi"):
            return +mp.pi
        case e.Function(name, operands) | e.Applied(name=name, primes=0, entries=((_, *operands),)):
            return FUNCTIONS[name](*map(value, operands))
        case e.Cases(branches):
            for branch, condition in branches:
                if condition is None:
                    return value(branch)
                if _RELATIONS[condition.relation](value(condition.left), value(condition.right)):
                    return value(branch)
        case Derivative(body, e.Variable(name)):
            return slope(lambda place: of_tree(body, {**point, name: place}), point[name])
    raise ValueError(type(tree).__name__)


def slope(function: Callable[[Any], Any], place: Any) -> Any:
    """The derivative by central differences of sixth order, far inside the working precision."""
    with mp.workdps(4 * DIGITS):
        h = mp.mpf(10) ** -(DIGITS // 2)
        weights = ((1, 45), (2, -9), (3, 1))
        total = mp.fsum(w * (function(place + n * h) - function(place - n * h)) for n, w in weights)
        return total / (60 * h)


def near(left: Any, right: Any, digits: int = 50) -> bool:
    """Whether two values agree to so many digits."""
    return bool(abs(left - right) <= mp.mpf(10) ** -digits * (1 + abs(right)))
