"""Equations of a computation graph: formulae whose names may have axes, `sum(i, W[j,i]*x[i]) + b[j]`.

    left  = name ["[" letter {"," letter} "]"]
    read  = name ["[" place {"," place} "]"]
    place = ["-"] step {("+" | "-") step}
    step  = whole number | [whole number "*"] (letter | "(" place ")")
    over  = ("sum" | "mean" | "max" | "min") "(" letter {"," letter} "," formula ")"

`mean` is the sum divided by the number of its terms, unless something has that name. A place is affine in the index
letters; a letter outside of brackets is the number of its index. Everything else is read as in any formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from nbsolve.expr import Expr, Quantity, Quotient, Variable, walk, with_variables
from nbsolve.expr.general import Count, IndexedExtreme, IndexedSum, IndexNumber
from nbsolve.formula.functions import CONSTANTS, RESERVED
from nbsolve.formula.index_numbers import counted
from nbsolve.formula.instead import INSTEAD_WITH_INDICES
from nbsolve.formula.parser import Parser
from nbsolve.formula.tokens import SIGNS, FormulaError, Token, near, tokens
from nbsolve.symbol import Affine, Index, Symbol, Unit

__all__ = ["NAME", "SUM", "parse_equation", "parse_left", "reads", "tokens_of"]

SUM, MEAN, EXTREMES = "sum", "mean", ("max", "min")
NAME = re.compile(r"[A-Za-z][A-Za-z_0-9]{0,30}", re.ASCII)
ENTRY = 'an equation is that of one entry: "z[j]": sum(i, W[j,i]*x[i]) + b[j]'
_SIGNS = (*SIGNS, "[", "]")


def parse_left(text: str) -> tuple[str, tuple[str, ...]]:
    """The name of an equation and the letters of its axes: `z[j,t]` is z with j and t. Raises: FormulaError."""
    found = _Reader(tokens_of(text), {}, ())
    token = found.take()
    if token.kind != "name" or not NAME.fullmatch(token.text):
        raise FormulaError(f"found {token.shown}", token.column, "a name such as q, or z[j]")
    refuse_reserved(token.text, token.column)
    letters: list[str] = []
    if found.at("["):
        found.take()
        letters.append(found.letter())
        while found.at(","):
            found.take()
            letters.append(found.letter())
        found.expect("]", "after the letters of the axes")
    if found.token.kind != "end":
        raise found.misplaced("the end of the name")
    if len(set(letters)) < len(letters):
        raise FormulaError("one letter stands for two axes", 1, "a letter of its own for each axis")
    return token.text, tuple(letters)


def tokens_of(text: str) -> list[Token]:
    """The tokens of a formula with indices, with an end at the end. Raises: FormulaError."""
    return tokens(text, signs=_SIGNS)


def refuse_reserved(name: str, column: int = 1) -> None:
    """Raise FormulaError for the name of a function: exp, sum. (e and pi are free: they are numbers otherwise.)"""
    if (name in RESERVED and name not in CONSTANTS) or name == SUM:
        raise FormulaError(f"{name} means something else in formulae", column, "another name")


def parse_equation(text: str, axes: Mapping[str, int], letters: Iterable[str]) -> Expr:
    """The right side of an equation over names with so many axes each, in terms of symbols with places.

    `letters` are those of the equation's own axes. Raises: FormulaError.
    """
    return _Reader(tokens_of(text), axes, letters).equation()


def reads(formula: Expr) -> list[Symbol]:
    """The symbols that a formula reads, with the places that it reads them at, each once."""
    found = (node.atom for node in walk(formula) if isinstance(node, Quantity))
    return list(dict.fromkeys(atom for atom in found if isinstance(atom, Symbol)))


class _Reader(Parser):
    """Reads names with axes as variables of their own, and puts the symbols in at the end."""

    instead = INSTEAD_WITH_INDICES

    def __init__(self, found: list[Token], axes: Mapping[str, int], letters: Iterable[str]) -> None:
        super().__init__(found, [*axes], [], {})
        self.axes = axes
        self.letters = [*letters]
        self.read: dict[str, Expr] = {}

    def equation(self) -> Expr:
        """The formula in symbols."""
        return counted(with_variables(self.formula(), self.read))

    def about(self, name: str) -> str | None:
        """What may have been meant by a name that is not known."""
        array, _, rest = name.partition("_")
        if self.axes.get(array) and len(rest) == self.axes[array]:
            return f"an entry is {array}[{','.join(rest)}]"
        return f"what is given has its number under given: {{{name}: …}}" if NAME.fullmatch(name) else None

    def named(self) -> Expr:
        """A sum, a name with its places, or what any formula may have."""
        token = self.token
        if token.text == SUM or (token.text == MEAN and MEAN not in self.axes) or self._is_over_index():
            return self.over_index()
        if token.text not in self.axes:
            if token.text in self.letters:
                self.take()
                return IndexNumber(Index(token.text))
            return super().named()
        self.take()
        wanted = self.axes[token.text]
        places = self.places() if self.at("[") else ()
        if len(places) != wanted:
            has = "no axis" if not wanted else "1 axis" if wanted == 1 else f"{wanted} axes"
            example = "" if not wanted else f"[{', '.join('ijkl'[:wanted])}]"
            raise FormulaError(
                f"{token.text} has {has}, not {len(places)}",
                token.column,
                f"{token.text}{example}",
                ENTRY if wanted and not places else None,
            )
        key = f"{token.text}[{','.join(map(str, places))}]"
        self.read[key] = Quantity(Symbol.node(token.text, places))
        return Variable(key)

    def _is_over_index(self) -> bool:
        """Whether max( or min( is followed by a letter that is no quantity, and a comma: max(i, x[i])."""
        match [token.text for token in self.tokens[self.place : self.place + 4]]:
            case [("max" | "min"), "(", letter, ","]:
                free = letter not in self.axes and letter not in CONSTANTS
                return free and re.fullmatch("[a-z]", letter) is not None
        return False

    def over_index(self) -> Expr:
        """sum(i, body), sum(i, j, body); mean, max and min likewise."""
        opening = self.take()
        usage = f"{opening.text}(i, W[j,i]*x[i])"
        self.expect("(", f"({usage})")
        mine = [self.letter()]
        self.expect(",", f"({usage})")
        while self.token.kind == "name" and self.tokens[self.place + 1].text == "," and self._is_letter():
            mine.append(self.letter())
            self.take()
        for letter in mine:
            if letter in self.letters:
                raise FormulaError(
                    f"{letter} is an index already", opening.column, f"another letter for this {opening.text}"
                )
        self.letters += mine
        body = self.sum()
        self.expect(")", f"({usage})")
        for letter in reversed(mine):
            self.letters.remove(letter)
            counts = any(node == IndexNumber(Index(letter)) for node in walk(body))
            if not counts and not any(letter in _letters_of(symbol) for symbol in self._symbols(body)):
                raise FormulaError(
                    f"nothing in the {opening.text} has the index {letter}",
                    opening.column,
                    f"such as {usage}",
                )
            if opening.text in EXTREMES:
                body = IndexedExtreme(body, Index(letter), name=opening.text)
            else:
                body = IndexedSum(body, Index(letter))
        return Quotient((body, Count(tuple(map(Index, mine))))) if opening.text == MEAN else body

    def _is_letter(self) -> bool:
        return self.token.text not in self.axes and self.token.text not in RESERVED

    def _symbols(self, body: Expr) -> Iterable[Symbol]:
        return reads(with_variables(body, self.read))

    def letter(self) -> str:
        """An index letter."""
        token = self.take()
        if token.kind != "name" or not re.fullmatch("[a-z]", token.text):
            raise FormulaError(f"found {token.shown}", token.column, "an index: one small letter, such as i")
        if token.text in self.axes:
            of = f"{token.text}[{','.join('ijk'[: self.axes[token.text]])}]"
            raise FormulaError(
                f"{token.text} is the name of a quantity",
                token.column,
                "an index that nothing else is called by",
                f"such as sum(i, {of})" if self.axes[token.text] and not self.at(",") else None,
            )
        return token.text

    def places(self) -> tuple[Unit, ...]:
        """The places in brackets."""
        opening = self.take()
        found = [self.affine()]
        while self.at(","):
            self.take()
            found.append(self.affine())
        self.expect("]", f"to close the bracket of column {opening.column}")
        return tuple(found)

    def affine(self) -> Unit:
        """A place: 3, i, t + s − 1, 2*t, 2*(t − 1)."""
        start = self.place
        factors, shift = self.steps()
        terms = tuple((letter, factor) for letter, factor in factors.items() if factor)
        if not terms:
            return shift
        if terms == ((terms[0][0], 1),) and not shift:
            return Index(terms[0][0])
        written = "".join(token.text for token in self.tokens[start : self.place] if token.text != "*")
        name = Affine.of(terms, shift).name if "(" in written else written
        return Affine(name.replace("-", "−"), terms, shift)

    def steps(self) -> tuple[dict[str, int], int]:
        """A sum of steps: the factor of each letter, and what is added."""
        self.deeper()
        factors: dict[str, int] = {}
        shift, sign = 0, -1 if self.at("-") else 1
        self.place += self.at("-")
        while True:
            own, count = self.step()
            shift += sign * count
            for letter, factor in own.items():
                factors[letter] = factors.get(letter, 0) + sign * factor
            if not self.at("+", "-"):
                break
            sign = -1 if self.take().text == "-" else 1
        self.depth -= 1
        return factors, shift

    def step(self) -> tuple[dict[str, int], int]:
        """A number, a letter, a sum in parentheses, or a number times one of these."""
        opening = self.token
        if self.at("("):
            self.take()
            found = self.steps()
            self.expect(")", f"to close the parenthesis of column {opening.column}")
            return found
        token = self.take()
        if token.kind == "number" and token.text.isdigit():
            count = int(token.text)
            if count > 1_000_000:
                raise FormulaError("this index is too large", token.column, "at most 1,000,000")
            if not self.at("*"):
                return {}, count
            self.take()
            factors, shift = self.step()
            return {letter: count * factor for letter, factor in factors.items()}, count * shift
        if token.kind != "name" or token.text not in self.letters:
            listed = ", ".join(self.letters) or "no letter: the equation has no index"
            left = f"the indices of an equation stand on its left side, too: z[{token.text}]"
            raise FormulaError(
                f"found {token.shown} in an index",
                token.column,
                f"a whole number, or one of {listed}" if self.letters else f"a whole number ({listed})",
                left if re.fullmatch("[a-z]", token.text) else near(token.text, self.letters),
            )
        return {token.text: 1}, 0


def _letters_of(symbol: Symbol) -> set[str]:
    found: set[str] = set()
    for place in symbol.at:
        if isinstance(place, Affine):
            found |= {letter for letter, _ in place.terms}
        elif isinstance(place, Index):
            found.add(place.name)
    return found
