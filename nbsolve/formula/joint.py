"""A loss by a formula of all outputs: sums, maxima and minima over outputs are written out for their number.

    sum(k, …)   max(k, …)   min(k, …)      over all outputs, k = 1, 2, … (any name; one inside of another: pairs)
    a[k], y[k], a[2]                       the prediction and the target of one output
    where(j == k, …, …)                    an output beside itself
    K                                      the number of outputs

What is left is a formula in a_1, a_2, …, y_1, y_2, …, which is differentiated with respect to each output.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import flint

from nbsolve.catalogue import Loss
from nbsolve.derivation import Derivation, Domain, Stage
from nbsolve.expr import (
    Cases,
    Comparison,
    Expr,
    Negation,
    Number,
    Product,
    Quotient,
    Sum,
    Variable,
    number,
    product,
    substitute,
    total,
)
from nbsolve.expr.general import Derivative
from nbsolve.formula.differentiate import differentiated, times, zero
from nbsolve.formula.parser import parse_tokens
from nbsolve.formula.records import OwnFunction
from nbsolve.formula.tokens import FormulaError, Token, tokens
from nbsolve.step import Form, Reason

__all__ = [
    "MOST_OUTPUTS",
    "is_joint",
    "joint_derivations",
    "joint_forms",
    "joint_loss",
    "parse_joint",
    "settled",
]

MOST_OUTPUTS = 12
"""Formulae of all outputs are written out for at most so many."""
MOST_TOKENS = 4000
"""Numbers, names and signs of a formula that is written out."""
MOST_IN_FULL = 40
"""A formula of more parts is differentiated in one line."""
COUNT = "K"
_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*(?:\[\s*[A-Za-z0-9_]+\s*\])?", re.ASCII)
_ENTRY = re.compile(r"([A-Za-z_][A-Za-z_0-9]*)\[\s*([A-Za-z0-9_]+)\s*\]", re.ASCII)
_OVER = {"sum": "+", "max": ",", "min": ","}


def is_joint(formula: str) -> bool:
    """Whether a formula speaks of single outputs, as `a[k]` does."""
    return _ENTRY.search(formula) is not None


def parse_joint(text: str, outputs: int, parameters: Mapping[str, object] | Iterable[str] = ()) -> Expr:
    """The tree in a_1, y_1, a_2, … for a number of outputs. Raises: FormulaError."""
    written_out = _Expansion(outputs).of(tokens(text, _NAME)[:-1], {})
    if len(written_out) > MOST_TOKENS:
        raise FormulaError(
            f"for {outputs} outputs the formula has {len(written_out):,} numbers, names and signs",
            1,
            f"at most {MOST_TOKENS:,}",
        )
    end = Token("end", "", len(text) + 1)
    variables = [f"{letter}_{k}" for k in range(1, outputs + 1) for letter in ("a", "y")]
    return settled(parse_tokens([*written_out, end], variables, parameters, MOST_TOKENS))


class _Expansion:
    """Puts numbers in for index variables, which sums, maxima and minima go through."""

    def __init__(self, outputs: int) -> None:
        self.outputs = outputs

    def of(self, found: list[Token], indices: Mapping[str, int]) -> list[Token]:
        out: list[Token] = []
        place = 0
        while place < len(found):
            token = found[place]
            if self._begins(found, place):
                end = _closing(found, place + 1)
                out += self._over(found[place : end + 1], indices)
                place = end + 1
                continue
            out.append(self._single(token, indices))
            place += 1
            if len(out) > MOST_TOKENS:
                break
        return out

    @staticmethod
    def _begins(found: list[Token], place: int) -> bool:
        """Whether `sum(k, …)` stands here; `max(a[1], a[2])` is an ordinary maximum."""
        following = [token.text for token in found[place + 1 : place + 4]]
        if found[place].text not in _OVER or len(following) < 3 or following[0] != "(" or following[2] != ",":
            return False
        index = found[place + 2]
        return index.kind == "name" and "[" not in index.text and index.text not in ("a", "y", COUNT)

    def _over(self, found: list[Token], indices: Mapping[str, int]) -> list[Token]:
        head, opening, index = found[:3]
        if index.text in indices:
            raise FormulaError(f"{index.text} is an index already", index.column, "another letter")
        body = found[4:-1]
        if not body:
            raise FormulaError("there is nothing to add up", head.column, f"{head.text}({index.text}, …)")
        between = Token("sign", _OVER[head.text], head.column)
        out = [opening] if head.text == "sum" else [head, opening]
        for k in range(1, self.outputs + 1):
            out += [] if k == 1 else [between]
            out += [opening, *self.of(body, {**indices, index.text: k}), found[-1]]
            if len(out) > MOST_TOKENS:
                break
        return [*out, found[-1]]

    def _single(self, token: Token, indices: Mapping[str, int]) -> Token:
        if token.kind != "name":
            return token
        if token.text == COUNT:
            return Token("number", str(self.outputs), token.column)
        if token.text in indices:
            return Token("number", str(indices[token.text]), token.column)
        entry = _ENTRY.fullmatch(token.text)
        if entry is None:
            if token.text in ("a", "y"):
                raise FormulaError(
                    f"{token.text} is a whole vector here",
                    token.column,
                    f"one of its entries, {token.text}[k]",
                )
            return token
        letter, place = entry[1], entry[2]
        if letter not in ("a", "y"):
            raise FormulaError(f"{letter} has no entries", token.column, "a[k] or y[k]")
        number = indices.get(place) if not place.isdigit() else int(place)
        if number is None:
            raise FormulaError(
                f"unknown index {place!r}", token.column, f"a number, or sum({place}, …) around it"
            )
        if not 1 <= number <= self.outputs:
            raise FormulaError(f"there is no output {number}", token.column, f"1 to {self.outputs}")
        return Token("name", f"{letter}_{number}", token.column)


def _closing(found: list[Token], opening: int) -> int:
    depth = 0
    for place in range(opening, len(found)):
        depth += {"(": 1, ")": -1}.get(found[place].text, 0)
        if depth == 0:
            return place
    raise FormulaError("a parenthesis is open", found[opening].column, "')'")


_DECIDED = {
    "=": int.__eq__,
    "≠": int.__ne__,
    "<": int.__lt__,
    ">": int.__gt__,
    "≤": int.__le__,
    "≥": int.__ge__,
}


def settled(e: Expr) -> Expr:
    """Decide distinctions between numbers, add sums within sums in one, leave out terms of 0 and factors of 1."""

    def simpler(node: Expr) -> Expr | None:
        match node:
            case Cases(branches):
                kept: list[tuple[Expr, Comparison | None]] = []
                for value, written in branches:
                    condition = written
                    if condition is not None:
                        condition = Comparison(
                            settled(condition.left), condition.relation, settled(condition.right)
                        )
                    holds = None if condition is None else _holds(condition)
                    if holds is False:
                        continue
                    kept.append((settled(value), None if holds else condition))
                    if holds or condition is None:
                        break
                same = all(value == kept[0][0] for value, _ in kept)
                return kept[0][0] if same or kept[0][1] is None else Cases(tuple(kept))
            case Product(operands):
                return times(*map(settled, operands))
            case Sum(operands):
                parts = [settled(operand) for operand in operands]
                flat = [p for part in parts for p in (part.operands if isinstance(part, Sum) else (part,))]
                if all(isinstance(_bare(part), Number) for part in flat):  # 1 − 0
                    return number(sum((_signed(part) for part in flat), start=flint.fmpq(0)))
                return total(*flat)
            case Negation((inner,)):
                found = settled(inner)
                return found if found == zero else Negation((found,))
        return None

    return substitute(e, simpler)


def _bare(e: Expr) -> Expr:
    return e.operands[0] if isinstance(e, Negation) else e


def _signed(e: Expr) -> flint.fmpq:
    bare = _bare(e)
    assert isinstance(bare, Number)
    return bare.value if bare is e else -bare.value


def _holds(condition: Comparison) -> bool | None:
    """Whether a comparison of two numbers holds; None for any other."""
    left, right = condition.left, condition.right
    if not (isinstance(left, Number) and isinstance(right, Number)):
        return None
    difference = left.value - right.value
    return bool(_DECIDED[condition.relation](int(difference > 0) - int(difference < 0), 0))


@lru_cache(maxsize=64)
def joint_loss(own: OwnFunction, outputs: int) -> Loss:
    """The record of a loss of all outputs."""
    definition = parse_joint(own.formula, outputs, dict(own.parameters))
    entries = tuple(lines[-1].expression for lines in joint_forms(own, outputs))
    kink = "own" if any(isinstance(entry, Cases) for slope in entries for entry in _nodes(slope)) else None
    return Loss(
        own.name,
        definition,
        zero,
        separable=False,
        parameters=dict(own.parameters),
        kink=kink,
        entries=entries,
    )


@lru_cache(maxsize=64)
def joint_forms(own: OwnFunction, outputs: int) -> tuple[tuple[Form, ...], ...]:
    """For each output the lines that differentiate with respect to it."""
    definition = parse_joint(own.formula, outputs, dict(own.parameters))
    found = (differentiated(definition, Variable(f"a_{k}"), partial=True) for k in range(1, outputs + 1))
    return tuple(_ending_in_quotients(lines) for lines in found)


def _ending_in_quotients(lines: tuple[Form, ...]) -> tuple[Form, ...]:
    """The lines, and where 1/u is a factor one with u below the others."""

    def gathered(node: Expr) -> Expr | None:
        if not isinstance(node, Product):
            return None
        below = [
            f.operands[1] for f in node.operands if isinstance(f, Quotient) and f.operands[0] == number(1)
        ]
        if len(below) != 1:
            return None
        rest = [f for f in node.operands if not (isinstance(f, Quotient) and f.operands[0] == number(1))]
        return Quotient((product(*rest), below[0]))

    last = substitute(lines[-1].expression, gathered)
    return lines if last == lines[-1].expression else (*lines, Form(last, Reason.SIMPLIFIED))


def joint_derivations(own: OwnFunction, outputs: int) -> Iterator[Derivation]:
    """∂ℓ/∂a_k, line by line, for each output k."""
    loss = Variable("ell")
    definition = parse_joint(own.formula, outputs, dict(own.parameters))
    ends = Domain(flint.fmpq(-4), flint.fmpq(4))
    letters = {node.name for node in _nodes(definition) if isinstance(node, Variable)}
    domains = dict.fromkeys(sorted(letters), ends)
    for k, lines in enumerate(joint_forms(own, outputs), start=1):
        slope = Derivative(loss, Variable(f"a_{k}"), partial=True)
        first = (Stage(loss, (Form(definition),)),) if k == 1 else ()
        if sum(1 for _ in _nodes(definition)) > MOST_IN_FULL:
            lines = (Form(lines[-1].expression, Reason.TERM_BY_TERM),)
        yield Derivation(f"{own.name}_{k}", (*first, Stage(slope, lines, boxed=True)), domains)


def _nodes(e: Expr) -> Iterable[Expr]:
    yield e
    for child in e.children:
        yield from _nodes(child)
