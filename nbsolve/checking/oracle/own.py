"""An author's own formula in the reference: read by Python's grammar, differentiated by dual numbers.

Nothing is shared with what is tested. `called` is filled by reading a problem: how a page calls the functions.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from mpmath import mp

from nbsolve.checking.oracle.numbers import Number, Real, big, exp, log, sign, size, sqrt

OWN = "own "
"""An own function's name in a specification: this, then its formula."""
CALLED: dict[str, str] = {}
"""What pages call own functions, and their names in the specification read last."""


Comparison = tuple[Number, Number]


@dataclass(frozen=True)
class Dual:
    """A value and its derivative."""

    value: Number
    slope: Number


def _real(function: Callable[[object], object]) -> Callable[[Number], Number]:
    return lambda x: Real(function(big(x)))


_tanh, _cosh, _sinh = _real(mp.tanh), _real(mp.cosh), _real(mp.sinh)
FUNCTIONS: dict[str, tuple[Callable[[Number], Number], Callable[[Number], Number]]] = {
    "exp": (exp, exp),
    "ln": (log, lambda x: 1 / x),
    "log": (log, lambda x: 1 / x),
    "sqrt": (sqrt, lambda x: 1 / (2 * sqrt(x))),
    "tanh": (lambda x: Fraction(0) if x == 0 else _tanh(x), lambda x: 1 / (_cosh(x) * _cosh(x))),
    "sinh": (lambda x: Fraction(0) if x == 0 else _sinh(x), _cosh),
    "cosh": (lambda x: Fraction(1) if x == 0 else _cosh(x), _sinh),
    "sin": (_real(mp.sin), _real(mp.cos)),
    "cos": (_real(mp.cos), lambda x: -Real(mp.sin(big(x)))),
    "atan": (_real(mp.atan), lambda x: 1 / (1 + x * x)),
    "abs": (size, sign),
    "sign": (sign, lambda x: Fraction(0)),
    "sigmoid": (lambda x: 1 / (1 + exp(-x)), lambda x: exp(-x) / ((1 + exp(-x)) * (1 + exp(-x)))),
    "softplus": (lambda x: log(1 + exp(x)), lambda x: 1 / (1 + exp(-x))),
    "relu": (lambda x: x if x > 0 else Fraction(0), lambda x: Fraction(1 if x > 0 else 0)),
}


def value(formula: str, point: Mapping[str, Number]) -> Number:
    """The formula's value."""
    return _dual(formula, point, "").value


def slope(formula: str, variable: str, point: Mapping[str, Number]) -> Number:
    """The derivative of an own function with respect to one letter."""
    return _dual(formula, point, variable).slope


def comparisons(formula: str, point: Mapping[str, Number]) -> list[Comparison]:
    """The two sides of every comparison that decides the formula's value here (|u| holds u against 0)."""
    made: list[Comparison] = []
    _dual(formula, point, "", made)
    return made


def distinguishes(formula: str) -> bool:
    """Whether the formula holds anything against anything."""
    called = (node.func for node in ast.walk(ast.parse(formula.strip().replace("^", "**"), mode="eval"))
              if isinstance(node, ast.Call))  # fmt: skip
    return any(isinstance(name, ast.Name) and name.id in _DISTINGUISHING for name in called)


_DISTINGUISHING = {"where", "max", "min", "abs", "sign", "relu"}


def is_joint(formula: str) -> bool:
    """Whether it is a formula of all outputs: with a[k] or y[k] in it."""
    return any(isinstance(node, ast.Subscript) for node in ast.walk(ast.parse(_source(formula), mode="eval")))


def _source(formula: str) -> str:
    return formula.strip().replace("^", "**")


def _dual(
    formula: str, point: Mapping[str, Number], variable: str, made: list[Comparison] | None = None
) -> Dual:
    compared: list[Comparison] = [] if made is None else made
    letters = {name: Dual(x, Fraction(1 if name == variable else 0)) for name, x in point.items()}
    letters |= {"pi": Dual(Real(+mp.pi), Fraction(0)), "e": Dual(Real(mp.e), Fraction(0))}
    source = formula.strip().replace("^", "**")

    indices: set[str] = set()

    def over(index: str, body: ast.AST) -> list[Dual]:
        """A formula's value for every output in the place of an index."""
        indices.add(index)
        found = []
        for k in range(1, int(float(letters["K"].value)) + 1):
            letters[index] = Dual(Fraction(k), Fraction(0))
            found.append(read(body))
        del letters[index]
        indices.remove(index)
        return found

    def read(node: ast.AST) -> Dual:
        match node:
            case ast.Subscript(ast.Name(letter), place):
                return letters[f"{letter}[{int(float(read(place).value))}]"]
            case ast.Call(ast.Name("sum"), [ast.Name(index), body]):
                terms = over(index, body)
                zero = Fraction(0)
                return Dual(sum((x.value for x in terms), zero), sum((x.slope for x in terms), zero))
            case ast.Call(ast.Name("max" | "min" as name), [ast.Name(index), body]) if index not in letters:
                first, *rest = over(index, body)
                compared.extend((first.value, x.value) for x in rest)
                for other in rest:
                    first = _extreme(first, other, name == "max")
                return first
            case ast.Constant():
                return Dual(Fraction(ast.get_source_segment(source, node) or ""), Fraction(0))
            case ast.Name(name):
                return letters[name]
            case ast.UnaryOp(ast.USub(), inner):
                x = read(inner)
                return Dual(-x.value, -x.slope)
            case ast.BinOp(left, ast.Pow(), right):
                return _power(read(left), read(right))
            case ast.BinOp(left, operation, right):
                return _OPERATIONS[type(operation)](read(left), read(right))
            case ast.Call(ast.Name("where"), [ast.Compare(left, [relation], [right]), yes, no]):
                sides = read(left).value, read(right).value
                if not all(isinstance(side, ast.Name) and side.id in indices for side in (left, right)):
                    compared.append(sides)
                holds = _RELATIONS[type(relation)](*sides)
                return read(yes if holds else no)
            case ast.Call(ast.Name("max" | "min" as name), operands):
                first, *rest = map(read, operands)
                compared.extend(
                    (x.value, y.value) for x in (first, *rest) for y in (first, *rest) if x is not y
                )
                for other in rest:
                    first = _extreme(first, other, name == "max")
                return first
            case ast.Call(ast.Name(name), [operand]):
                x, (function, derivative) = read(operand), FUNCTIONS[name]
                if name in _DISTINGUISHING:
                    compared.append((x.value, Fraction(0)))
                return Dual(function(x.value), Fraction(0) if x.slope == 0 else derivative(x.value) * x.slope)
        raise ValueError(ast.dump(node))

    return read(ast.parse(source, mode="eval").body)


_OPERATIONS: dict[type[ast.AST], Callable[[Dual, Dual], Dual]] = {
    ast.Add: lambda x, y: Dual(x.value + y.value, x.slope + y.slope),
    ast.Sub: lambda x, y: Dual(x.value - y.value, x.slope - y.slope),
    ast.Mult: lambda x, y: Dual(x.value * y.value, x.slope * y.value + x.value * y.slope),
    ast.Div: lambda x, y: Dual(
        x.value / y.value, (x.slope * y.value - x.value * y.slope) / (y.value * y.value)
    ),
}
_RELATIONS: dict[type[ast.AST], Callable[[Number, Number], bool]] = {
    ast.Lt: lambda x, y: x < y,
    ast.LtE: lambda x, y: x <= y,
    ast.Gt: lambda x, y: x > y,
    ast.GtE: lambda x, y: x >= y,
    ast.Eq: lambda x, y: x == y,
    ast.NotEq: lambda x, y: x != y,
}


def _power(base: Dual, exponent: Dual) -> Dual:
    n = exponent.value
    if exponent.slope != 0 or not isinstance(n, Fraction) or n.denominator != 1 or n < 1:
        raise ValueError("the reference raises to whole numbers only")
    below = base.value ** (int(n) - 1) if n > 1 else Fraction(1)
    return Dual(below * base.value, n * below * base.slope)


def _extreme(one: Dual, other: Dual, largest: bool) -> Dual:
    if one.value == other.value:
        return Dual(one.value, Fraction(0)) if 0 in (one.slope, other.slope) else one
    return one if (one.value > other.value) == largest else other
