"""A tree written as a formula again: what the parser reads back as the same function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbsolve.expr import (
    Applied,
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
)

_SUM, _PRODUCT, _SIGNED, _POWER, _ATOM = range(5)
_RELATIONS = {"≤": "<=", "≥": ">=", "=": "==", "≠": "!="}


def written(expression: Expr) -> str:
    """The formula. Raises: TypeError for a node that a formula does not have."""
    return _written(expression)[0]


def _at(expression: Expr, least: int) -> str:
    text, own = _written(expression)
    return text if own >= least else f"({text})"


def _written(expression: Expr) -> tuple[str, int]:
    rule = _RULES.get(type(expression))
    if rule is None:
        raise TypeError(f"{type(expression).__name__} cannot be written in a formula")
    return rule(expression)


def _number(e: Number) -> tuple[str, int]:
    text = e.text if e.text is not None else str(e.value)
    if text.startswith("-"):
        return text, _SUM
    return text, _PRODUCT if "/" in text else _ATOM


def _sum(e: Sum) -> tuple[str, int]:
    text = _at(e.operands[0], _PRODUCT) if not isinstance(e.operands[0], Negation) else written(e.operands[0])
    for term in e.operands[1:]:
        if isinstance(term, Negation):
            text += f" - {_at(term.operands[0], _PRODUCT)}"
        else:
            text += f" + {_at(term, _PRODUCT)}"
    return text, _SUM


def _product(e: Product) -> tuple[str, int]:
    first, *rest = e.operands
    return "*".join([_at(first, _PRODUCT), *(_at(factor, _POWER) for factor in rest)]), _PRODUCT


def _quotient(e: Quotient) -> tuple[str, int]:
    return f"{_at(e.operands[0], _PRODUCT)}/{_at(e.operands[1], _POWER)}", _PRODUCT


def _power(e: Power) -> tuple[str, int]:
    return f"{_at(e.operands[0], _ATOM)}^{_at(e.operands[1], _ATOM)}", _POWER


def _call(name: str, arguments: tuple[Expr, ...]) -> tuple[str, int]:
    return f"{name}({', '.join(written(argument) for argument in arguments)})", _ATOM


def _applied(e: Applied) -> tuple[str, int]:
    return _call(e.name + "'" * e.primes, (e.argument,))


def _function(e: Function) -> tuple[str, int]:
    return ("pi", _ATOM) if e.name == "pi" else _call(e.name, e.operands)


def _comparison(e: Comparison) -> tuple[str, int]:
    relation = _RELATIONS.get(e.relation, e.relation)
    return f"{written(e.left)} {relation} {written(e.right)}", _SUM


def _cases(e: Cases) -> tuple[str, int]:
    *conditional, (otherwise, _) = e.branches
    text = written(otherwise)
    for value, condition in reversed(conditional):
        assert condition is not None
        text = f"where({written(condition)}, {written(value)}, {text})"
    return text, _ATOM


_RULES: dict[type[Expr], Callable[[Any], tuple[str, int]]] = {
    Number: _number,
    Variable: lambda e: (e.name, _ATOM),
    Sum: _sum,
    Negation: lambda e: (f"-{_at(e.operands[0], _PRODUCT)}", _SUM),
    Product: _product,
    Quotient: _quotient,
    Power: _power,
    Function: _function,
    Applied: _applied,
    Comparison: _comparison,
    Cases: _cases,
}
