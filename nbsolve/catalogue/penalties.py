"""Penalties on weights: what each weight adds, and its derivative, as data; words in `phrases/`, `penalties`.

Formulae are written in the placeholder `w` and the penalty's own settings; scale and strength stand before the sum.
Sources: L2: A. Hoerl and R. Kennard, "Ridge Regression", 1970; L1: R. Tibshirani, JRSS B 58, 1996; elastic net:
H. Zou and T. Hastie, JRSS B 67, 2005, with the factors of scikit-learn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbsolve.expr import Expr, Function, Negation, Power, Product, Quotient, Sum, Variable, number
from nbsolve.given import Given

__all__ = ["PENALTIES", "Penalty"]


@dataclass(frozen=True)
class Penalty:
    """`term` is what a weight w adds, `slope` its derivative over `coefficient`; `scale` is the usual factor."""

    name: str
    term: Expr
    slope: Expr
    scale: Given
    coefficient: int = 1
    settings: Mapping[str, Given] = field(default_factory=dict)


_w, _ratio = Variable("w"), Variable("ratio")
_size, _square, _sign = Function("abs", (_w,)), Power((_w, number(2))), Function("sign", (_w,))
_rest = Sum((number(1), Negation((_ratio,))))
_RECORDS = (
    Penalty("l2", _square, _w, Given.read("1/2"), coefficient=2),
    Penalty("l1", _size, _sign, Given.read("1")),
    Penalty(
        "elastic",
        Sum((Product((_ratio, _size)), Product((Quotient((_rest, number(2))), _square)))),
        Sum((Product((_ratio, _sign)), Product((_rest, _w)))),
        Given.read("1"),
        settings={"ratio": Given.read("0.5")},
    ),
)

PENALTIES: dict[str, Penalty] = {record.name: record for record in _RECORDS}
