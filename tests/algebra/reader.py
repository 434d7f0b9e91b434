"""A reader of formulae in letters: LaTeX tokens to trees. It never guesses and never skips."""

from __future__ import annotations

import re
from fractions import Fraction

from tests.algebra.cursor import UPRIGHT, Alphabet
from tests.algebra.scanning import Unreadable
from tests.algebra.signs import RELATIONS, Signs
from tests.algebra.tree import (
    Call,
    Hadamard,
    Letter,
    Neg,
    Node,
    Num,
    Power,
    Product,
    Quotient,
    Remainder,
    Sum,
    Transposed,
)

CLOSING = {"(": ")", "[": "]"}
FUNCTIONS = {
    r"\sigma": "sigma", r"\tanh": "tanh", r"\ln": "ln", r"\max": "max", r"\ell": "loss", r"\Phi": "Phi",
    r"\varphi": "phi", r"\sinh": "sinh", r"\cosh": "cosh", r"\sin": "sin", r"\cos": "cos",
    r"\arctan": "arctan", r"\min": "min",
}  # fmt: skip
NAMED = {
    "ReLU", "LeakyReLU", "ELU", "softplus", "GELU", "SiLU", "step", "sign", "erf", "softmax", "id", "sum", "diag",
}  # fmt: skip
FRACTIONS = (r"\frac", r"\dfrac", r"\tfrac")
ENDS = {")", "]", "}", ",", "&", r"\\", r"\end", r"\rVert", "⟧", *RELATIONS}
TOP = (r"\top", "T")


class Reader(Signs):
    """Reads one formula."""

    def whole(self) -> Node:
        """The formula, read to its end."""
        node = self.expression()
        if self.at != len(self.texts):
            raise Unreadable(f"unread: {' '.join(self.texts[self.at :])} in {' '.join(self.texts)}")
        return node

    # sums and products

    def expression(self) -> Node:
        start = self.at
        terms = [self._term_with_sign(first=True)]
        ends = [(start, self.at)]
        while self.peek() in ("+", "-"):
            start = self.at
            terms.append(self._term_with_sign(first=False))
            ends.append((start, self.at))
        if len(terms) == 1:
            return terms[0]
        self.spans += [("term", *span) for span in ends]
        return Sum(tuple(terms))

    def _term_with_sign(self, *, first: bool) -> Node:
        negative = self.taken("-")
        if not negative and not first:
            self.take("+")
        if self.peek() in ("+", "-"):
            raise Unreadable("two signs meet")
        term = self._entrywise()
        return Neg(term) if negative else term

    def _entrywise(self) -> Node:
        parts = [self._product()]
        while self.taken(r"\odot"):
            parts.append(self._product())
        return parts[0] if len(parts) == 1 else Hadamard(tuple(parts))

    def _product(self) -> Node:
        factors: list[Node] = []
        spans: list[tuple[int, int]] = []
        dotted = False
        while True:
            start = self.at
            factor = self._factor()
            if isinstance(factor, Num) and factors and isinstance(factors[-1], Num) and not dotted:
                raise Unreadable("two numbers side by side")
            power = _power_of_ten(factor)
            if power is not None and dotted and isinstance(factors[-1], Num):
                # 7.951 · 10⁻⁵ is one number
                number = factors[-1]
                factors[-1] = Num(number.value * Fraction(10) ** power, f"{number.text}e{power}")
                spans[-1] = (spans[-1][0], self.at)
            else:
                factors.append(factor)
                spans.append((start, self.at))
            dotted = self.taken(r"\cdot")
            if not dotted and not self._goes_on():
                break
        if len(factors) == 1:
            return factors[0]
        self.spans += [("factor", *span) for span in spans]
        return Product(tuple(factors))

    def _goes_on(self) -> bool:
        text = self.peek()
        return bool(text) and text not in ENDS and text not in ("+", "-", r"\odot")

    def _factor(self) -> Node:
        base = self._base()
        while self.peek() == "^":
            self.take()
            base = self._raised(base)
        return base

    def _raised(self, base: Node) -> Node:
        if self.peek() in TOP:
            self.take()
            return Transposed(base)
        if self.peek() == "{" and self.peek(1) in TOP and self.peek(2) == "}":
            self.at += 3
            return Transposed(base)
        start = self.at
        power = Power(base, self._argument())
        self.spans.append(("exponent", start - 1, self.at))
        return power

    def _argument(self) -> Node:
        """What follows ^, _ or \\frac: a group, or one token."""
        if self.taken("{"):
            inner = self.expression()
            self.take("}")
            return inner
        token = self.tokens[self.at]
        if token.kind == "number" or re.fullmatch("[A-Za-z]", token.text):
            self.take()
            if token.kind == "number":
                return Num(Fraction(token.text), token.text)
            return self._known(Letter(token.text))
        raise Unreadable(f"{token.text!r} as an argument")

    # one factor

    def _base(self) -> Node:
        text = self.peek()
        token = self.tokens[self.at] if text else None
        if token is not None and token.kind == "number":
            self.take()
            return Num(Fraction(text), text)
        rules = {
            ".": self._share, r"\sqrt": self._root, r"\sum": self._indexed_sum, r"\begin": self._environment,
            r"\underbrace": self._brace, r"\mathbb": self._indicator, "⟦": self._absolute,
            r"\lVert": self._norm, "{": self._argument,
        }  # fmt: skip
        if text in rules:
            return rules[text]()
        if text in CLOSING:
            return self._group()
        if text in FRACTIONS:
            return self._fraction()
        if text == "O" and self.peek(1) == "(":
            self.take()
            return Remainder(self._group())
        function = self._function()
        if function is not None:
            return function
        if text == "e" and self.peek(1) == "^":
            self.at += 2
            return Call("exp", (self._argument(),))
        if text == r"\pi":
            self.take()
            return Call("pi", ())
        return self._letter()

    def _group(self) -> Node:
        closing = CLOSING[self.take()]
        inner = self.expression()
        self.take(closing)
        return inner

    def _root(self) -> Node:
        self.take()
        return Call("sqrt", (self._argument(),))

    def _absolute(self) -> Node:
        self.take()
        inner = self.expression()
        self.take("⟧")
        return Call("abs", (inner,))

    def _norm(self) -> Node:
        self.take()
        inner = self.expression()
        self.take(r"\rVert")
        return Call("norm", (inner,))

    def _fraction(self) -> Node:
        self.take()
        sign = self.peek(1)
        if self.peek() == "{" and (
            sign == r"\partial" or [sign, *self._ahead(2, 3)] == [r"\mathrm", "{", "d", "}"]
        ):
            return self._derivative()
        top = self._argument()
        return Quotient(top, self._argument())

    def _ahead(self, start: int, count: int) -> list[str]:
        return [self.peek(start + n) for n in range(count)]

    # functions and letters

    def _function(self) -> Node | None:
        start, text = self.at, self.peek()
        if text == r"\log":
            return self._logarithm()
        name = FUNCTIONS.get(text)
        if name is not None:
            self.take()
        elif text in UPRIGHT and self.peek(1) == "{":
            self.take()
            name = "".join(self.raw())
            if name not in NAMED and not self.alphabet.function(name):
                self.at = start
                return None
        elif re.fullmatch("[a-z]", text) and self.alphabet.function(text):
            self.take()
            name = text
        if name is None:
            return None
        primes = 0
        while self.taken("'"):
            primes += 1
        if self.peek() not in CLOSING:
            if text in (r"\sigma", r"\ell", r"\Phi", r"\varphi") and not primes:
                self.at = start
                return None
            raise Unreadable(f"{name} of nothing")
        closing = CLOSING[self.take()]
        arguments = [self.expression()]
        while self.taken(","):
            arguments.append(self.expression())
        self.take(closing)
        return Call(name, tuple(arguments), primes)

    def _logarithm(self) -> Node:
        """A logarithm to a base."""
        self.take()
        self.take("_")
        base = self._argument()
        if self.peek() != "(":
            raise Unreadable("a logarithm of nothing")
        return Quotient(Call("ln", (self._group(),)), Call("ln", (base,)))


def _power_of_ten(node: Node) -> int | None:
    match node:
        case Power(Num(value), Num(exponent)) if value == 10:
            return int(exponent)
        case Power(Num(value), Neg(Num(exponent))) if value == 10:
            return -int(exponent)
    return None


__all__ = ["CLOSING", "RELATIONS", "Alphabet", "Reader"]
