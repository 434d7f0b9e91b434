"""Losses: one record each, its formula and its derivative as data.

A separable loss is a formula for one output in the placeholders a (prediction) and y (target); the others
are formulae in the whole vectors `a` and `y`, with `a_k` and `y_k` for the output that the derivative is taken
in. Logarithms are natural; another base divides by its logarithm. Sources: I. Goodfellow, Y. Bengio and
A. Courville, "Deep Learning", 2016, sections 5.5 and 6.2; P. J. Huber, "Robust Estimation of a Location
Parameter", 1964; hinge: C. Cortes and V. Vapnik, "Support-Vector Networks", 1995.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbsolve.arithmetic import HALF
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
    negated,
    number,
)
from nbsolve.given import Given


@dataclass(frozen=True)
class Loss:
    """ℓ(a, y) and its derivative with respect to a, which is `coefficient` · `derivative`.

    `logarithmic`: the formula is a sum of logarithms, whose base may be chosen. `kink` names the convention at
    a kink, if any. `plain` is the derivative as the rules of differentiation give it, before it is simplified
    (coefficient included in neither). `at_target` is the derivative where a = y is 0 or 1 and the formula reads
    0/0: there 0 · ln 0 counts as 0. `entries`: the definition is in a_1, a_2, … and y_1, y_2, …, and the derivative
    with respect to each output is a formula of its own.
    """

    name: str
    definition: Expr
    derivative: Expr
    coefficient: int = 1
    separable: bool = True
    logarithmic: bool = False
    parameters: Mapping[str, Given] = field(default_factory=dict)
    kink: str | None = None
    plain: Expr | None = None
    at_target: Mapping[int, Expr] = field(default_factory=dict)
    entries: tuple[Expr, ...] = ()


def output_itself(unit: int, outputs: int) -> Loss:
    """One output in the place of a loss: its derivative with respect to itself is 1, to every other output 0."""
    entries = tuple(number(int(k == unit)) for k in range(1, outputs + 1))
    return Loss(OUTPUT, Variable(f"a_{unit}"), number(0), separable=False, entries=entries)


OUTPUT = "output"
a, y, a_k, y_k = Variable("a"), Variable("y"), Variable("a_k"), Variable("y_k")
delta = Variable("delta")
one, zero = number(1), number(0)


def _minus(left: Expr, right: Expr) -> Expr:
    return Sum((left, Negation((right,))))


def _ln(x: Expr) -> Expr:
    return Function("ln", (x,))


error = _minus(a, y)
size = Function("abs", (error,))
inside = Comparison(size, "≤", delta)
dot = Function("dot", (a, y))
norms = Product((Function("norm", (a,)), Function("norm", (y,))))
cosine = Quotient((dot, norms))
cosine_derivative = _minus(
    Quotient((y_k, norms)), Product((cosine, Quotient((a_k, Power((Function("norm", (a,)), number(2)))))))
)

_RECORDS = (
    Loss("squared_error", Power((error, number(2))), error, coefficient=2),
    Loss(
        "binary_cross_entropy",
        Negation((Sum((Product((y, _ln(a))), Product((_minus(one, y), _ln(_minus(one, a)))))),)),
        Quotient((error, Product((a, _minus(one, a))))),
        logarithmic=True,
        plain=Negation((_minus(Quotient((y, a)), Quotient((_minus(one, y), _minus(one, a)))),)),
        at_target={0: one, 1: number(-1)},
    ),
    Loss(
        "categorical_cross_entropy",
        Negation((Product((y, _ln(a))),)),
        Negation((Quotient((y, a)),)),
        logarithmic=True,
        at_target={0: zero},
    ),
    Loss("negative_log_likelihood", Negation((Product((y, a)),)), Negation((y,))),
    Loss("absolute_error", size, Function("sign", (error,)), kink="zero"),
    Loss(
        "huber",
        Cases(
            (
                (Product((Number(HALF), Power((error, number(2))))), inside),
                (Product((delta, _minus(size, Product((Number(HALF), delta))))), None),
            )
        ),
        Cases(((error, inside), (Product((delta, Function("sign", (error,)))), None))),
        parameters={"delta": Given.read("1")},
    ),
    Loss(
        "hinge",
        Function("max", (zero, _minus(one, dot))),
        Cases(((negated(y_k), Comparison(dot, "<", one)), (zero, None))),
        separable=False,
        kink="hinge",
    ),
    Loss("cosine_similarity", cosine, cosine_derivative, separable=False),
    Loss("cosine_loss", _minus(one, cosine), negated(cosine_derivative), separable=False),
)

LOSSES: dict[str, Loss] = {record.name: record for record in _RECORDS}

LOSS_ALIASES: dict[str, tuple[str, dict[str, str]]] = {
    "sse": ("squared_error", {"over_outputs": "sum", "over_samples": "sum"}),
    "mse": ("squared_error", {"over_outputs": "mean", "over_samples": "mean"}),
    "mae": ("absolute_error", {"over_outputs": "mean", "over_samples": "mean"}),
}
"""Further names of losses, with the settings that each stands for."""

ERROR_FACTORS: dict[str, Expr] = {
    "squared_error": one,
    "binary_cross_entropy": Quotient((one, Product((a, _minus(one, a))))),
}
"""Losses whose derivative is coefficient · (a − y) · q(a): the factor q."""

z = Variable("z")
odds = Variable("odds")
SATURATED_PAIRS: dict[tuple[str, str], tuple[Expr, Expr, Expr]] = {
    ("binary_cross_entropy", "sigmoid"): (
        Product((error, Sum((number(2), Function("exp", (z,)), Function("exp", (Negation((z,)),)))))),
        Sum((Product((_minus(one, y), z)), _ln(Sum((one, Function("exp", (Negation((z,)),))))))),
        _minus(_ln(Sum((one, Function("exp", (z,))))), Product((y, z))),
    ),
    ("categorical_cross_entropy", "softmax"): (
        Negation((Product((y, odds)),)),
        Product((y, _ln(odds))),
        Product((y, _ln(odds))),
    ),
}
for _name in ("softmax_with_temperature", "softmax_with_base"):
    SATURATED_PAIRS["categorical_cross_entropy", _name] = SATURATED_PAIRS[
        "categorical_cross_entropy", "softmax"
    ]
"""(loss, activation of the output): ∂ℓ/∂a, ℓ for z > 0 and ℓ for z < 0, all through z.

With a = σ(z), ln a = −ln(1 + e⁻ᶻ), ln(1 − a) = ln a − z and 1/(a(1 − a)) = 2 + eᶻ + e⁻ᶻ: where a is too close to
0 or 1 for a logarithm of it, or a division by it. With p = softmax(z), 1/p_k is odds = Σ_i exp(z_i − z_k),
of exponents z/T with a temperature, and of powers of the base where there is one.
"""

_shares = _minus(Product((a, Variable("target_sum"))), y)
CANCELLATIONS: dict[tuple[str, str], Expr] = {
    ("binary_cross_entropy", "sigmoid"): error,
    ("categorical_cross_entropy", "softmax"): _shares,
    ("categorical_cross_entropy", "softmax_with_temperature"): Product(
        (Quotient((one, Variable("temperature"))), _shares)
    ),
    ("categorical_cross_entropy", "softmax_with_base"): Product((_ln(Variable("base")), _shares)),
    ("negative_log_likelihood", "log_softmax"): _minus(
        Product((Function("exp", (a,)), Variable("target_sum"))), y
    ),
}
"""(loss, activation of the output): what ∂ℓ/∂a · ∂a/∂z comes to (a − y; p Σy − y; over T, times ln b)."""
