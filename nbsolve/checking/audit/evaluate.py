"""The value of a formula: with numbers as a calculator finds it, with letters from a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from mpmath import mp

from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.tree import Call, Matrix, Neg, Node, Num, Power, Product, Quotient, Sum, Sym, Text
from nbsolve.checking.oracle import activations
from nbsolve.checking.oracle.numbers import Number, Real, big, exp, log, sign, size, sqrt
from nbsolve.checking.oracle.own import CALLED


class Vector:
    """A column of numbers; the product of two is the scalar product."""

    def __init__(self, parts: tuple[Number, ...]) -> None:
        self.parts = parts

    def dot(self, other: Vector) -> Number:
        if len(self.parts) != len(other.parts):
            raise Unreadable("vectors of different lengths")
        return sum((a * b for a, b in zip(self.parts, other.parts, strict=True)), Fraction(0))


Lookup = Callable[[str], "Number | Vector"]
Parameters = Callable[[Node], Mapping[str, Fraction]]
SCALAR = {
    "sigma": "sigmoid", "tanh": "tanh", "relu": "relu", "leaky_relu": "leaky_relu", "elu": "elu",
    "softplus": "softplus", "gelu": "gelu", "silu": "silu", "step": "step",
    "id": "linear",
}  # fmt: skip
COMPARE: dict[str, Callable[[Number, Number], bool]] = {
    "=": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "≤": lambda a, b: a <= b,
    "≥": lambda a, b: a >= b,
    "≠": lambda a, b: a != b,
}


class Unknown(Exception):
    """A letter without a value."""


class Evaluator:
    """Evaluates trees; `lookup` gives the letters' values, `parameters` those of an activation (slope, α)."""

    def __init__(self, lookup: Lookup | None = None, parameters: Parameters | None = None) -> None:
        self.lookup = lookup
        self.parameters = parameters

    def __call__(self, node: Node) -> Number:
        value = self.value(node)
        if isinstance(value, Vector):
            raise Unreadable("a vector where a number should be")
        return value

    def value(self, node: Node) -> Number | Vector:
        """The value of a number or of a column."""
        match node:
            case Num():
                return node.value
            case Sym("π"):
                return Real(+mp.pi)
            case Sym("e"):
                return Real(mp.e)
            case Sym(name):
                if self.lookup is None:
                    raise Unknown(name)
                return self.lookup(name)
            case Neg(inner):
                return -self(inner)
            case Sum(terms):
                return sum((self(t) for t in terms), Fraction(0))
            case Product(factors):
                return self._product(factors)
            case Quotient(top, bottom):
                return self(top) / self(bottom)
            case Power(base, exponent):
                return self._power(base, exponent)
            case Call("brace" | "boxed", (inner, *_)):
                return self.value(inner)
            case Call(name, arguments):
                return self._call(name, arguments)
            case Matrix(rows):
                if any(len(row) != 1 for row in rows):
                    raise Unreadable("a matrix where a number should be")
                return Vector(tuple(self(row[0]) for row in rows))
        raise Unreadable(f"no value: {node}")

    def _product(self, factors: tuple[Node, ...]) -> Number:
        out: Number = Fraction(1)
        open_vector: Vector | None = None
        for f in factors:
            value = self.value(f)
            if isinstance(value, Vector):
                if open_vector is None:
                    open_vector = value
                else:
                    out, open_vector = out * open_vector.dot(value), None
            else:
                out = out * value
        if open_vector is not None:
            raise Unreadable("a vector that is multiplied by nothing")
        return out

    def _power(self, base: Node, exponent: Node) -> Number:
        power = self(exponent)
        if isinstance(power, Fraction) and power.denominator == 1:
            b = self(base)
            return b ** int(power) if power >= 0 else 1 / b ** int(-power)
        return Real(mp.power(big(self(base)), big(power)))

    def _call(self, name: str, arguments: tuple[Node, ...]) -> Number:
        if name == "cases":
            return self._cases(arguments)
        if name == "norm":
            inner = self.value(arguments[0])
            return sqrt(inner.dot(inner)) if isinstance(inner, Vector) else size(inner)
        values = [self(a) for a in arguments]
        bare = name.rstrip("'")
        if (bare in SCALAR or bare in CALLED) and len(values) == 1:
            kind = SCALAR.get(bare) or CALLED[bare]
            function = activations.value if name == bare else activations.slope
            given = dict(self.parameters(arguments[0])) if self.parameters is not None else {}
            if name in (bare, bare + "'"):
                return function(kind, values[0], given)
        match name:
            case "exp":
                return exp(values[0])
            case "ln":
                return log(values[0])
            case "log" if len(values) == 2:
                return log(values[1]) / log(values[0])
            case "sqrt":
                return sqrt(values[0])
            case "abs":
                return size(values[0])
            case "max":
                return max(values)
            case "min":
                return min(values)
            case "sgn":
                return sign(values[0])
            case "cosh" | "sinh" | "cos" | "sin":
                if values[0] == 0:
                    return Fraction(int(name[:3] == "cos"))
                return Real(getattr(mp, name)(big(values[0])))
            case "Phi":
                return Real(mp.ncdf(big(values[0])))
            case "phi":
                return Real(mp.npdf(big(values[0])))
            case "erf":
                return Fraction(0) if values[0] == 0 else Real(mp.erf(big(values[0])))
            case "Phi":
                return Real(mp.ncdf(big(values[0])))
            case "phi":
                return Real(mp.npdf(big(values[0])))
            case "indicator":
                return values[0]
        if name in COMPARE:
            return Fraction(int(COMPARE[name](values[0], values[1])))
        raise Unreadable(f"function {name} of {len(values)}")

    def _cases(self, parts: tuple[Node, ...]) -> Number:
        for value, condition in zip(parts[::2], parts[1::2], strict=True):
            if isinstance(condition, Text) or self(condition) == 1:
                return self(value)
        raise Unreadable("no case applies")
