"""The value of a formula: with numbers as a calculator finds it, with letters from a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from mpmath import mp

from tests.audit.latex import Unreadable
from tests.audit.tree import Call, Matrix, Neg, Node, Num, Power, Product, Quotient, Ref, Sum, Sym, Text
from tests.reference import activations
from tests.reference.numbers import Number, Real, big, exp, log, sign, size, sqrt

Values = Mapping[str, Number]
SCALAR = {
    "sigma": "sigmoid", "tanh": "tanh", "relu": "relu", "leaky_relu": "leaky_relu", "elu": "elu",
    "softplus": "softplus", "gelu": "gelu", "silu": "silu", "step": "step",
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
    """Evaluates trees; `values` are the letters' values, `parameters` those of the activations (slope, α)."""

    def __init__(
        self, values: Values | None = None, parameters: Mapping[str, Fraction] | None = None
    ) -> None:
        self.values: Values = values or {}
        self.parameters = dict(parameters or {})

    def __call__(self, node: Node) -> Number:
        match node:
            case Num():
                return node.value
            case Sym("π"):
                return Real(+mp.pi)
            case Sym("e"):
                return Real(mp.e)
            case Sym(name) | Ref(name):
                if name not in self.values:
                    raise Unknown(name)
                return self.values[name]
            case Neg(inner):
                return -self(inner)
            case Sum(terms):
                return sum((self(t) for t in terms), Fraction(0))
            case Product(factors):
                out: Number = Fraction(1)
                for f in factors:
                    out = out * self(f)
                return out
            case Quotient(top, bottom):
                return self(top) / self(bottom)
            case Power(base, exponent):
                return self._power(base, exponent)
            case Call(name, arguments):
                return self._call(name, arguments)
            case Text(words):
                raise Unreadable(f"words where a value should be: {words}")
            case Matrix():
                raise Unreadable("a matrix where a number should be")

    def _power(self, base: Node, exponent: Node) -> Number:
        power = self(exponent)
        if isinstance(power, Fraction) and power.denominator == 1:
            b = self(base)
            return b ** int(power) if power >= 0 else 1 / b ** int(-power)
        return Real(mp.power(big(self(base)), big(power)))

    def _call(self, name: str, arguments: tuple[Node, ...]) -> Number:
        if name in ("brace", "boxed"):
            return self(arguments[0])
        if name == "cases":
            return self._cases(arguments)
        values = [self(a) for a in arguments]
        bare = name.rstrip("'")
        if bare in SCALAR and len(values) == 1:
            kind = SCALAR[bare]
            function = activations.value if name == bare else activations.slope
            if name in (bare, bare + "'"):
                return function(kind, values[0], self.parameters)
        match name:
            case "exp":
                return exp(values[0])
            case "ln":
                return log(values[0])
            case "log" if len(values) == 2:
                return log(values[1]) / log(values[0])
            case "sqrt":
                return sqrt(values[0])
            case "abs" | "norm":
                return size(values[0])
            case "max":
                return max(values)
            case "min":
                return min(values)
            case "sgn":
                return sign(values[0])
            case "cosh":
                return Real(mp.cosh(big(values[0])))
            case "erf":
                return Fraction(0) if values[0] == 0 else Real(mp.erf(big(values[0])))
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
