r"""Schedules of the learning rate: one record each, η of update t as a formula; words in `phrases/`, `schedules`.

Formulae are written in the placeholders `start` (the learning rate that the optimiser is given), `t` (the number of
the update, from 1), `k` (how often a `step` has lowered it) and the schedule's own settings.
Sources: inverse: CS231n, Neural Networks 3 (1/t decay); cosine: I. Loshchilov and F. Hutter, arXiv:1608.03983;
warm-up: P. Goyal et al., arXiv:1706.02677.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbsolve.expr import Expr, Function, Negation, Power, Product, Quotient, Sum, Variable, number
from nbsolve.given import Given

__all__ = ["SCHEDULES", "Schedule"]


@dataclass(frozen=True)
class Schedule:
    """η = `rate`. `letters` are those of its settings, `usual` the values of those that need not be given.

    `whole` are the settings that count updates; `ends`: the one after which the schedule says nothing; `every`: the
    one after whose updates `k` goes up by one.
    """

    name: str
    rate: Expr
    letters: Mapping[str, str]
    usual: Mapping[str, Given]
    whole: tuple[str, ...] = ()
    ends: str | None = None
    every: str | None = None


_start, _t = Variable("start"), Variable("t")
_made = Sum((_t, Negation((number(1),))))
_half = Quotient((number(1), number(2)))
_RECORDS = (
    Schedule(
        "step",
        Product((_start, Power((Variable("factor"), Variable("k"))))),
        {"factor": r"\gamma", "every": "q"},
        {"factor": Given.read("0.1")},
        whole=("every",),
        every="every",
    ),
    Schedule(
        "exponential",
        Product((_start, Power((Variable("factor"), _made)))),
        {"factor": r"\gamma"},
        {},
    ),
    Schedule(
        "inverse",
        Quotient((_start, Sum((number(1), Product((Variable("growth"), _made)))))),
        {"growth": r"\kappa"},
        {},
    ),
    Schedule(
        "cosine",
        Sum(
            (
                Variable("least"),
                Product(
                    (
                        _half,
                        Sum((_start, Negation((Variable("least"),)))),
                        Sum(
                            (
                                number(1),
                                Function(
                                    "cos",
                                    (Product((Quotient((_made, Variable("updates"))), Function("pi", ()))),),
                                ),
                            )
                        ),
                    )
                ),
            )
        ),
        {"least": r"\eta_{\min}", "updates": "T"},
        {"least": Given.read("0")},
        whole=("updates",),
        ends="updates",
    ),
    Schedule(
        "linear",
        Sum(
            (
                _start,
                Product(
                    (Quotient((_made, Variable("updates"))), Sum((Variable("least"), Negation((_start,)))))
                ),
            )
        ),
        {"least": r"\eta_{\min}", "updates": "T"},
        {"least": Given.read("0")},
        whole=("updates",),
        ends="updates",
    ),
    Schedule(
        "warmup",
        Product((_start, Function("min", (number(1), Quotient((_t, Variable("updates"))))))),
        {"updates": "T"},
        {},
        whole=("updates",),
    ),
)

SCHEDULES: dict[str, Schedule] = {record.name: record for record in _RECORDS}
