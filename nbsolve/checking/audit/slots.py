"""Live numbers in the texts of problems without a network: read off the file, and computed anew."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from nbsolve.checking.audit.page import squeezed
from nbsolve.checking.oracle.numbers import Number, sqrt
from nbsolve.checking.oracle.rounding import Digits, as_fraction, fault, read_printed

SLOT = re.compile(r"\{\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})+)\}\}")
NUMBER = r"\$?\{?((?:=|\\approx)?[-−]?[\d.]+(?:\\cdot10\^\{-?\d+\})?)\}?\$?"
DIGITS = re.compile(r" ?: ?(\d+) (decimals?|significant)$")
QUANTITY = re.compile(
    r"(?:d[A-Za-z]\w*(?:\[[\d,]+\])?/d[A-Za-z]\w*(?:\[[\d,]+\])?|\b[A-Za-z]\w*(?:\[[\d,]+\])?)(?![\w(\[])"
)
FUNCTIONS: dict[str, Callable[..., Any]] = {"abs": abs, "max": max, "min": min, "sqrt": sqrt}
SETTINGS = {"eta": "learning_rate"}
"""What texts call a setting otherwise than the audit's worlds."""
OPERATIONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: lambda base, power: base ** int(power),
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What one place asks for: a formula, the pass it is about (0: the last), its digits, whether with a sign."""

    formula: str
    at: int | None
    digits: Digits | None
    signed: bool


def filled_as(texts: Iterable[str], line: str) -> list[tuple[str, str]] | None:
    """What each place of an author's text asks for and what stands there; None where no text is that line."""
    for text in texts:
        pieces = SLOT.split(text)
        if len(pieces) > 1:
            found = re.fullmatch(NUMBER.join(re.escape(squeezed(one)) for one in pieces[::2]), squeezed(line))
            if found:
                return [*zip(pieces[1::2], found.groups(), strict=True)]
    return None


def read(asked: str) -> Wanted:
    """The parts of what stands in braces."""
    asked = " ".join(asked.split())
    digits = DIGITS.search(asked)
    formula = asked[: digits.start()] if digits else asked
    at = re.search(r" at (\d+|last)$", formula)
    formula = formula[: at.start()] if at else formula
    own = None
    if digits:
        count = int(digits[1])
        own = Digits(significant=count) if digits[2] == "significant" else Digits(decimals=count)
    number = None if at is None else 0 if at[1] == "last" else int(at[1])
    return Wanted(formula.removeprefix("=").strip(), number, own, formula.startswith("="))


def number_of(printed: str) -> str:
    """The number as digits, without the sign of a relation; a power of ten as `e-4`."""
    text = re.sub(r"^(=|\\approx)", "", printed).replace("−", "-")
    return re.sub(r"\\cdot10\^\{(-?\d+)\}", r"e\1", text)


def formula_fault(
    wanted: Wanted, printed: str, value_of: Callable[[str], Number], usual: Digits
) -> Iterator[str]:
    """What is wrong with the number of a formula of several quantities."""
    found: dict[str, Number] = {}

    def named(match: re.Match[str]) -> str:
        key = f"q{len(found)}"
        found[key] = value_of(match[0])
        return key

    tree = ast.parse(QUANTITY.sub(named, wanted.formula).replace("^", "**"), mode="eval").body
    wrong = fault(number_of(printed), _value(tree, found), wanted.digits or usual)
    if wrong:
        yield f"{wanted.formula}: {wrong}"


def _value(node: ast.expr, found: dict[str, Number]) -> Any:
    match node:
        case ast.Name(id=name):
            return found[name]
        case ast.Constant(value=value):
            return Fraction(str(value))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, found)
        case ast.Call(func=ast.Name(id=function), args=arguments):
            return FUNCTIONS[function](*(_value(one, found) for one in arguments))
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATIONS[type(op)](_value(left, found), _value(right, found))
    raise ValueError(ast.dump(node))


def sign_fault(wanted: Wanted, printed: str, value: Number) -> Iterator[str]:
    """What is wrong with the sign before a number: there, not there, = or ≈."""
    sign = re.match(r"=|\\approx", printed)
    exact = isinstance(value, Fraction) and read_printed(number_of(printed))[0] == as_fraction(value)
    if (sign is not None) != wanted.signed or (sign is not None and (sign[0] == "=") != exact):
        yield f"{wanted.formula}: {printed}"
