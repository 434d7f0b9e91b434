"""Text to expression tree: a small precedence parser of its own, so that a formula can only be a formula.

    sum     = ["-"] product {("+" | "-") product}
    product = signed {("*" | "/") signed}
    signed  = {"-" | "+"} power
    power   = atom [("^" | "**") signed]                (from the right: 2^3^2 is 2^9; −z^2 is −(z^2))
    atom    = number | name | name "(" arguments ")" | "(" sum ")"
    where   = "where" "(" sum relation sum "," sum "," sum ")"

The tree keeps the order and the numbers as they were written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nbsolve.expr import (
    Cases,
    Comparison,
    Expr,
    Function,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    walk,
)
from nbsolve.formula.functions import CONSTANTS, FUNCTIONS, WHERE
from nbsolve.formula.instead import INSTEAD
from nbsolve.formula.limits import MOST_DEPTH, MOST_OPERATIONS, Limits, check_height
from nbsolve.formula.tokens import FormulaError, Token, near, tokens
from nbsolve.given import Given

_RELATIONS = {
    "<": "<", ">": ">", "<=": "≤", ">=": "≥", "==": "=", "=": "=", "!=": "≠", "≤": "≤", "≥": "≥", "≠": "≠",
}  # fmt: skip
_WHERE_USAGE = "where(condition, value, otherwise), such as where(z > 0, z, 0.1*z)"


def parse_formula(
    text: str, variables: Iterable[str], parameters: Mapping[str, object] | Iterable[str] = ()
) -> Expr:
    """The tree of a formula in these variables and parameters (with their values, where they are known).

    Whatever is computed from numbers alone must have a value, and what takes too long is refused here: nothing
    after the parser needs a clock.
    Raises: FormulaError with the column, what was expected and, where there is one, a suggestion.
    """
    given = parameters.items() if isinstance(parameters, Mapping) else ()
    values = {name: value for name, value in given if isinstance(value, Given)}
    return Parser(tokens(text), [*variables], [*parameters], values).formula()


def parse_tokens(
    found: list[Token],
    variables: Iterable[str],
    parameters: Mapping[str, object] | Iterable[str] = (),
    most: int = MOST_OPERATIONS,
) -> Expr:
    """The tree of a formula that was taken apart already, of at `most` so many parts. Raises: FormulaError."""
    given = parameters.items() if isinstance(parameters, Mapping) else ()
    values = {name: value for name, value in given if isinstance(value, Given)}
    return Parser(found, [*variables], [*parameters], values, most).formula()


class Parser:
    """Reads the tokens of one formula, from left to right; `instead` says what functions that it lacks are."""

    instead = INSTEAD

    def __init__(
        self,
        found: list[Token],
        variables: list[str],
        parameters: list[str],
        values: dict[str, Given],
        most: int = MOST_OPERATIONS,
    ) -> None:
        self.most = most
        self.tokens = found
        self.variables, self.parameters = variables, parameters
        self.limits = Limits({name: Number(given.rational) for name, given in values.items()})
        self.place = self.depth = 0

    # ------------------------------------------------------------------ moving

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def at(self, *signs: str) -> bool:
        return self.token.kind == "sign" and self.token.text in signs

    def take(self) -> Token:
        token = self.token
        self.place += token.kind != "end"
        return token

    def expect(self, sign: str, where: str) -> None:
        if self.at(sign):
            self.place += 1
            return
        raise self.misplaced(f"{sign!r} {where}")

    def misplaced(self, expected: str) -> FormulaError:
        """What stands here does not fit; a value straight after a value is a forgotten *."""
        token = self.token
        before = self.tokens[self.place - 1] if self.place else None
        ends_value = before is not None and (before.kind in ("number", "name") or before.text == ")")
        if ends_value and (token.kind in ("number", "name") or self.at("(")):
            assert before is not None
            left = before.text if before.kind != "sign" else "(…)"
            right = token.text if token.kind != "sign" else "(…)"
            return FormulaError(
                f"{token.shown} follows {before.shown} without a sign between",
                token.column,
                "an operator",
                f"a product is written with *: {left}*{right}",
            )
        if self.at("=", "==", "<", ">", "<=", ">=", "!=", "≤", "≥", "≠"):
            return FormulaError(
                f"a comparison, {token.shown}, stands outside where", token.column, expected, _WHERE_USAGE
            )
        return FormulaError(f"found {token.shown}", token.column, expected)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise FormulaError(
                "the formula is nested too deeply", self.token.column, f"at most {MOST_DEPTH} levels"
            )

    # ------------------------------------------------------------------ the rules

    def formula(self) -> Expr:
        if self.token.kind == "end":
            raise FormulaError("the formula is empty", 1, self.a_value())
        found = self.sum()
        if self.token.kind != "end":
            raise self.misplaced("an operator or the end of the formula")
        check_height(found)
        count = sum(1 for _ in walk(found))
        if count > self.most:
            raise FormulaError(
                f"the formula has {count} parts (numbers, letters, operations)",
                1,
                f"at most {self.most:,}",
            )
        return found

    def sum(self) -> Expr:
        self.deeper()
        terms = [self.product()]
        while self.at("+", "-"):
            minus = self.take().text == "-"
            term = self.product()
            terms.append(Negation((term,)) if minus else term)
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def product(self) -> Expr:
        """The sign in front of a product belongs to all of it: −y·ln(a) is −(y ln a), the same number."""
        negative = False
        while self.at("-", "+"):
            negative ^= self.take().text == "-"
        found = self.power()
        factors = [found]
        while self.at("*", "/"):
            sign = self.take()
            factor = self.signed()
            if sign.text == "/":
                factors = [Quotient((_product(factors), factor))]
            else:
                factors.append(factor)
            self.limits.check_constant(_product(factors), sign.column)
        found = _product(factors)
        return Negation((found,)) if negative else found

    def signed(self) -> Expr:
        if not self.at("-", "+"):
            return self.power()
        self.deeper()
        minus = self.take().text == "-"
        found = self.signed()
        self.depth -= 1
        return Negation((found,)) if minus else found

    def power(self) -> Expr:
        base = self.atom()
        if not self.at("^", "**"):
            return base
        column = self.take().column
        self.deeper()
        exponent = self.signed()
        self.depth -= 1
        if base == CONSTANTS["e"]:
            found: Expr = Function("exp", (exponent,))
        else:
            self.limits.check_exponent(exponent, column)
            found = Power((base, exponent))
        self.limits.check_constant(found, column)
        self.limits.check_degree(found, column)
        return found

    def atom(self) -> Expr:
        token = self.token
        if token.kind == "number":
            return self.number()
        if token.kind == "name":
            return self.named()
        if self.at("("):
            self.take()
            found = self.sum()
            self.expect(")", f"to close the parenthesis of column {token.column}")
            return found
        raise self.misplaced(self.a_value())

    def number(self) -> Expr:
        token = self.take()
        try:
            given = Given.read(token.text)
        except ValueError as error:
            raise FormulaError(str(error), token.column, "a number such as 0.10, 3 or 2e-3") from None
        number = Number(given.rational, None if str(given.rational) == given.text else given.text)
        self.limits.check_constant(number, token.column)
        return number

    def named(self) -> Expr:
        token = self.take()
        name = token.text
        if name == WHERE:
            return self.where(token)
        if name in FUNCTIONS:
            return self.call(token)
        known = [*self.variables, *self.parameters, *CONSTANTS]
        if name not in known:
            functions = [*FUNCTIONS, WHERE]
            if self.at("("):
                raise FormulaError(
                    f"unknown function {name[:60]!r}",
                    token.column,
                    f"one of {', '.join(functions)}",
                    self.instead.get(name.lower()) or near(name, functions),
                )
            raise FormulaError(
                f"unknown name {name[:60]!r}",
                token.column,
                f"one of {', '.join(known)}, or a function",
                near(name, [*known, *functions]) or self.about(name),
            )
        if self.at("("):
            message, hint = f"{name} is not a function", f"a product is {name}*(…)"
            raise FormulaError(message, self.token.column, "an operator", hint)
        return CONSTANTS[name] if name in CONSTANTS else Variable(name)

    def about(self, name: str) -> str | None:
        if name == "x" and self.variables:
            return f"the variable is {self.variables[0]}"
        return "a parameter is named under parameters: {…}" if len(name) > 1 or name.isalpha() else None

    def call(self, token: Token) -> Expr:
        function = FUNCTIONS[token.text]
        if not self.at("("):
            raise FormulaError(
                f"{token.text} needs an argument in parentheses", self.token.column, function.usage
            )
        operands = self.arguments(function.usage)
        if len(operands) < function.least or (function.most is not None and len(operands) > function.most):
            raise FormulaError(
                f"{token.text} has {len(operands)} argument{'s' if len(operands) != 1 else ''}",
                token.column,
                function.usage,
            )
        found = function.make(operands)
        self.limits.check_constant(found, token.column)
        return found

    def arguments(self, usage: str) -> tuple[Expr, ...]:
        opening = self.take()
        found = [self.sum()]
        while self.at(","):
            self.take()
            found.append(self.sum())
        self.expect(")", f"or ',' ({usage}; the parenthesis of column {opening.column} is open)")
        return tuple(found)

    def where(self, token: Token) -> Expr:
        """`where(c1, v1, where(c2, v2, v3))` is one distinction of three cases."""
        if not self.at("("):
            raise FormulaError("where needs three arguments", self.token.column, _WHERE_USAGE)
        self.take()
        condition = self.comparison()
        values = []
        for _ in range(2):
            self.expect(",", f"({_WHERE_USAGE})")
            values.append(self.sum())
        self.expect(")", f"after the third argument of where in column {token.column}")
        first, otherwise = values
        rest = otherwise.branches if isinstance(otherwise, Cases) else ((otherwise, None),)
        return Cases(((first, condition), *rest))

    def comparison(self) -> Comparison:
        left = self.sum()
        if not (self.token.kind == "sign" and self.token.text in _RELATIONS):
            raise FormulaError(
                f"found {self.token.shown} where a comparison is needed",
                self.token.column,
                "one of < <= > >= == !=",
                _WHERE_USAGE,
            )
        relation = _RELATIONS[self.take().text]
        right = self.sum()
        if self.token.kind == "sign" and self.token.text in _RELATIONS:
            raise FormulaError(
                "a condition has one comparison only",
                self.token.column,
                "','",
                "nest a second one: where(z < -1, …, where(z < 1, …, …))",
            )
        return Comparison(left, relation, right)

    def a_value(self) -> str:
        return f"a number, {', '.join((*self.variables, *self.parameters))}, a function or '('"


def _product(factors: list[Expr]) -> Expr:
    return factors[0] if len(factors) == 1 else Product(tuple(factors))
