"""Reads printed mathematics back, to find out what number a reader would make of it.

Exponential, logarithm and the like are replaced by rational functions, so that values can be compared exactly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from nbsolve.checking.audit.latex import plain, tokens
from nbsolve.checking.audit.parser import parse
from nbsolve.checking.audit.tree import Call, Neg, Node, Num, Power, Product, Quotient, Sum, Sym, Text

STAND_INS: dict[str, Callable[..., Fraction]] = {
    "exp": lambda x: 3 * x * x + x + Fraction(1, 7),
    "ln": lambda x: x * x - 5 * x + Fraction(1, 11),
    "tanh": lambda x: 2 * x * x + 7 * x + Fraction(1, 13),
    "sigma": lambda x: x * x + 11 * x + Fraction(1, 17),
    "sigma'": lambda x: 5 * x * x - 3 * x + Fraction(1, 19),
    "sqrt": lambda x: x * x + 13 * x + Fraction(1, 23),
    "log": lambda base, x: base * x + Fraction(1, 29) * x * x,
    "abs": abs,
    "max": max,
}
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
CALLED = {"exp": "exp", "ln": "ln", "tanh": "tanh", "σ": "sigma", "σ′": "sigma'", "√": "sqrt", "max": "max"}


def from_latex(latex: str, values: Mapping[str, Fraction]) -> Fraction:
    """The value of LaTeX; `values` maps symbols as they are written to numbers."""
    partials = [re.fullmatch(r"\\frac\{\\partial (.*)\}\{\\partial (.*)\}", name) for name in values]
    letters = [name for name in values if "partial" not in name]
    letters += [letter for partial in partials if partial for letter in partial.groups()]
    symbols = {plain(tokens(name)): name for name in letters}
    return _value(parse(latex, symbols), values)


def _value(node: Node, values: Mapping[str, Fraction]) -> Fraction:
    def value(inner: Node) -> Fraction:
        return _value(inner, values)

    match node:
        case Num():
            return node.value
        case Sym(name):
            partial = re.fullmatch("∂(.*)/∂(.*)", name)
            return values[rf"\frac{{\partial {partial[1]}}}{{\partial {partial[2]}}}" if partial else name]
        case Neg(inner):
            return -value(inner)
        case Sum(terms):
            return sum(map(value, terms), Fraction(0))
        case Product(factors):
            out = Fraction(1)
            for factor in factors:
                out *= value(factor)
            return out
        case Quotient(top, bottom):
            return value(top) / value(bottom)
        case Power(base, exponent):
            return value(base) ** int(value(exponent))
        case Call("brace", (inner, Text())):
            return value(inner)
        case Call(name, arguments):
            return STAND_INS[name](*map(value, arguments))
    raise ValueError(f"not a number: {node}")


class Reader:
    """Text with Unicode mathematics: the usual precedence, nothing between factors but · and brackets."""

    def __init__(self, text: str, values: Mapping[str, Fraction]) -> None:
        names = "|".join(map(re.escape, sorted(values, key=len, reverse=True)))
        number = r"\d+(?:\.\d+)?(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|\.\d+"
        pattern = rf"({names}|{number}|log[₀-₉]+|σ′|[a-z]+|⟨[^⟩]*⟩|[⁰¹²³⁴⁵⁶⁷⁸⁹]+|\S)"
        self.tokens = [t for t in re.findall(pattern, text) if not re.fullmatch("⟨.*⟩|[①-⑳]", t)]
        self.values = values
        self.at = 0

    def whole(self) -> Fraction:
        value = self.sum()
        if self.at != len(self.tokens):
            raise ValueError(f"unread: {self.tokens[self.at :]}")
        return value

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        token = self.peek()
        if not token or (expected and token not in expected):
            raise ValueError(f"{expected} expected at {self.tokens[self.at :]}")
        self.at += 1
        return token

    def sum(self) -> Fraction:
        negative = self.peek() == "−" and bool(self.take())
        value = -self.product() if negative else self.product()
        while self.peek() in ("+", "−"):
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self) -> Fraction:
        value = self.power()
        while self.peek() in ("·", "/"):
            value = value * self.power() if self.take() == "·" else value / self.power()
        return value

    def power(self) -> Fraction:
        value = self.base()
        if self.peek() and all(sign in SUPERSCRIPTS for sign in self.peek()):
            return value ** int("".join(SUPERSCRIPTS[sign] for sign in self.take()))
        if self.peek() == "^":
            self.take()
            return value ** int(self.bracket("(", ")"))
        return value

    def bracket(self, left: str, right: str) -> Fraction:
        self.take(left)
        value = self.sum()
        self.take(right)
        return value

    def base(self) -> Fraction:
        token = self.peek()
        if token in ("(", "["):
            return self.bracket(token, {"(": ")", "[": "]"}[token])
        if token == "|":
            return abs(self.bracket("|", "|"))
        self.take()
        if token in self.values:
            return self.values[token]
        if token.startswith("log"):
            base = Fraction("".join(chr(ord(sign) - ord("₀") + ord("0")) for sign in token[3:]))
            return STAND_INS["log"](base, self.bracket("(", ")"))
        if token in CALLED:
            self.take("(")
            arguments = [self.sum()]
            while self.peek() == ",":
                self.take()
                arguments.append(self.sum())
            self.take(")")
            return STAND_INS[CALLED[token]](*arguments)
        mantissa, _, exponent = token.partition("·10")
        shift = int("".join(SUPERSCRIPTS[sign] for sign in exponent)) if exponent else 0
        return Fraction(mantissa) * Fraction(10) ** shift


def from_text(text: str, values: Mapping[str, Fraction]) -> Fraction:
    """The value of text; `values` maps symbols as they are written to numbers."""
    return Reader(text, values).whole()


def doubled(latex: str) -> str | None:
    """The first place where a superscript or subscript meets another of its kind on the same base."""
    found = re.findall(r"\\[A-Za-z]+|\\.|\S", latex)
    position = 0
    seen: set[str] = set()
    while position < len(found):
        token = found[position]
        if token not in ("^", "_"):
            seen = set()
            position += 1
            continue
        if token in seen:
            return "".join(found[max(0, position - 12) : position + 12])
        seen.add(token)
        position = _after_argument(found, position + 1)
        if token == "^" and found[position : position + 1] == ["'"]:
            return "".join(found[max(0, position - 12) : position + 12])
    return None


def _after_argument(found: list[str], position: int) -> int:
    """Behind the group or the token at a position. What is inside a group is looked at on its own."""
    if found[position] != "{":
        return position + 1
    depth, start = 0, position
    while True:
        depth += (found[position] == "{") - (found[position] == "}")
        position += 1
        if not depth:
            inner = doubled(" ".join(found[start + 1 : position - 1]))
            if inner is not None:
                raise ValueError(f"two scripts of one kind: {inner}")
            return position
