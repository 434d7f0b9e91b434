"""A reader of formulas in letters: LaTeX tokens to trees. It never guesses and never skips.

Which letters a page has is asked of `Alphabet`: a superscript belongs to a letter where the page has such a
letter, and is a power where it has not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol

from tests.algebra.scanning import Token, Unreadable
from tests.algebra.tree import (
    Call,
    Cases,
    Compared,
    Derivative,
    Grid,
    Hadamard,
    IndexedSum,
    Indicator,
    Letter,
    Marked,
    Neg,
    Node,
    Num,
    Power,
    Product,
    Quotient,
    Remainder,
    Share,
    Sum,
    Transposed,
)

RELATIONS = {
    "=": "=", r"\approx": "≈", "<": "<", ">": ">", r"\le": "≤", r"\ge": "≥", r"\ne": "≠",
}  # fmt: skip
CLOSING = {"(": ")", "[": "]"}
FUNCTIONS = {
    r"\sigma": "sigma", r"\tanh": "tanh", r"\ln": "ln", r"\max": "max", r"\ell": "loss", r"\Phi": "Phi", r"\varphi": "phi",
    r"\sinh": "sinh", r"\cosh": "cosh",
}  # fmt: skip
NAMED = {
    "ReLU", "LeakyReLU", "ELU", "softplus", "GELU", "SiLU", "step", "sign", "erf", "softmax", "id", "sum", "diag",
}  # fmt: skip
FRACTIONS = (r"\frac", r"\dfrac", r"\tfrac")
UPRIGHT = (r"\mathrm", r"\operatorname")
STYLES = (*UPRIGHT, r"\mathit", r"\mathbf", r"\boldsymbol", r"\text", r"\hat", r"\widehat", r"\bar", r"\tilde")
ENDS = {")", "]", "}", ",", "&", r"\\", r"\end", r"\rVert", "⟧", *RELATIONS}
TOP = (r"\top", "T")


class Alphabet(Protocol):
    """The letters and functions of a page."""

    def has(self, letter: Letter) -> bool:
        """Whether the page has this letter, for some numbers in place of its index variables."""

    def function(self, name: str) -> bool:
        """Whether the page defines a function of this name."""


class Reader:
    """One formula; `spans` are the token ranges of factors and terms, for those who want to take one away."""

    def __init__(self, tokens: Sequence[Token], alphabet: Alphabet) -> None:
        self.tokens = tokens
        self.texts = [token.text for token in tokens]
        self.alphabet = alphabet
        self.at = 0
        self.spans: list[tuple[str, int, int]] = []

    def peek(self, ahead: int = 0) -> str:
        position = self.at + ahead
        return self.texts[position] if position < len(self.texts) else ""

    def take(self, expected: str | None = None) -> str:
        text = self.peek()
        if not text or (expected is not None and text != expected):
            wanted, found = expected or "something", text or "the end"
            raise Unreadable(f"{wanted} expected, found {found}: {' '.join(self.texts)}")
        self.at += 1
        return text

    def taken(self, text: str) -> bool:
        """Whether the next token was `text`; it is then read."""
        found = self.peek() == text
        self.at += found
        return found

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
        if self.peek() == "{" and (sign == r"\partial" or [sign, *self._ahead(2, 3)] == [r"\mathrm", "{", "d", "}"]):
            return self._derivative()
        top = self._argument()
        return Quotient(top, self._argument())

    def _ahead(self, start: int, count: int) -> list[str]:
        return [self.peek(start + n) for n in range(count)]

    def _derivative(self) -> Node:
        r"""`\frac{\partial L}{\partial a}`, or `\frac{\mathrm{d}}{\mathrm{d}z}` and what it is applied to."""
        self.take("{")
        sign = self._differential()
        body: Node | None = None if self.peek() == "}" else self._factor()
        self.take("}")
        self.take("{")
        if self._differential() != sign:
            raise Unreadable("a derivative with two kinds of d")
        variable = self._letter()
        self.take("}")
        if body is None:
            if self.peek() != "[":
                raise Unreadable("a derivative of nothing")
            body = self._group()
        return Derivative(body, variable)

    def _differential(self) -> str:
        if self.taken(r"\partial"):
            return "∂"
        for expected in (r"\mathrm", "{", "d", "}"):
            self.take(expected)
        return "d"

    def _share(self) -> Node:
        self.take()
        whole = self._base()
        if not isinstance(whole, Derivative):
            raise Unreadable("a bar after something that is no derivative")
        self.take("⟧")
        self.take("_")
        braced = self.taken("{")
        through = self._letter()
        if braced:
            self.take("}")
        return Share(whole, through)

    def _indexed_sum(self) -> Node:
        self.take()
        self.take("_")
        braced = self.taken("{")
        index = self.take()
        if not re.fullmatch("[a-z]", index):
            raise Unreadable(f"a sum over {index}")
        first: int | None = None
        last: int | str | None = None
        if braced:
            if self.taken("="):
                first = int(self.take())
            self.take("}")
        if self.taken("^"):
            braced = self.taken("{")
            text = self.take()
            last = int(text) if text.isdigit() else text
            if braced:
                self.take("}")
        if (first is None) != (last is None):
            raise Unreadable("a sum with one bound")
        return IndexedSum(index, self._entrywise(), first, last)

    def _indicator(self) -> Node:
        for expected in (r"\mathbb", "{", "1", "}", "_", "{", "["):
            self.take(expected)
        condition = self.condition()
        self.take("]")
        self.take("}")
        return Indicator(condition)

    def condition(self) -> Compared:
        """left relation right."""
        left = self.expression()
        relation = RELATIONS.get(self.take())
        if relation is None:
            raise Unreadable("a condition without a relation")
        return Compared(left, relation, self.expression())

    def _brace(self) -> Node:
        self.take()
        self.take("{")
        inner = self.expression()
        self.take("}")
        self.take("_")
        mark = self.raw()
        number = re.fullmatch(r"\\text\{([①-⑳㉑-㊿]|\(\d+\))\}", "".join(mark))
        if number is not None:
            return Marked(inner, number[1])
        if mark[:1] == [r"\text"]:
            return inner
        raise Unreadable("a brace without words")

    def raw(self) -> list[str]:
        """The texts of a group, unread."""
        self.take("{")
        depth, out = 1, []
        while depth:
            text = self.take()
            depth += (text == "{") - (text == "}")
            out.append(text)
        return out[:-1]

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

    def _letter(self) -> Letter:
        core = self._core()
        sub = self._script("_")
        start = self.at
        sup = self._script("^")
        for letter, end in ((Letter(core, sub, sup), self.at), (Letter(core, sub), start)):
            if (letter.sup or end == start) and self.alphabet.has(letter):
                self.at = end
                return letter
        raise Unreadable(f"no such letter: {Letter(core, sub, sup)} in {' '.join(self.texts)}")

    def _known(self, letter: Letter) -> Letter:
        if not self.alphabet.has(letter):
            raise Unreadable(f"no such letter: {letter}")
        return letter

    def _core(self) -> str:
        text = self.take()
        if text in STYLES:
            return f"{text}{{{''.join(self.raw())}}}" if self.peek() == "{" else f"{text}{{{self.take()}}}"
        if text == r"\Delta":
            return f"{text} {self._core()}"
        if re.fullmatch(r"[A-Za-z]|\\[A-Za-z]+", text):
            return text
        raise Unreadable(f"{text!r} in {' '.join(self.texts)}")

    def _script(self, sign: str) -> str:
        if self.peek() != sign:
            return ""
        self.take()
        if self.peek() == "{":
            return "".join(self.raw())
        return self.take()

    # environments

    def _environment(self) -> Node:
        self.take()
        name = "".join(self.raw())
        if name == "cases":
            node = self._cases()
        elif name == "bmatrix":
            node = self._grid()
        else:
            raise Unreadable(f"environment {name}")
        self.take(r"\end")
        if "".join(self.raw()) != name:
            raise Unreadable("an environment that does not close")
        return node

    def _grid(self) -> Node:
        rows = [[self.expression()]]
        while self.peek() in ("&", r"\\"):
            if self.take() == "&":
                rows[-1].append(self.expression())
            elif self.peek() != r"\end":
                rows.append([self.expression()])
        if len({len(row) for row in rows}) != 1:
            raise Unreadable("rows of different lengths")
        return Grid(tuple(tuple(row) for row in rows))

    def _cases(self) -> Node:
        branches: list[tuple[Node, Compared | None]] = []
        while self.peek() != r"\end":
            value = self.expression()
            self.take("&")
            words = ""
            if self.taken(r"\text"):
                words = "".join(self.raw())
            if words not in ("", "if", "otherwise"):
                raise Unreadable(f"a case {words}")
            branches.append((value, None if words == "otherwise" else self.condition()))
            self.taken(r"\\")
        if any(condition is None for _, condition in branches[:-1]):
            raise Unreadable("a case after otherwise")
        return Cases(tuple(branches))
