"""The derivatives of the squared error, the absolute error and Huber's loss."""

from __future__ import annotations

from nbsolve.catalogue.derivations.building import (
    absolute,
    between,
    either,
    entry,
    half,
    i,
    is_,
    k,
    minus,
    neg,
    one,
    over,
    over_all,
    partial,
    sign,
    square,
    stage,
    times,
    two,
    zero,
)
from nbsolve.derivation import Derivation
from nbsolve.expr import Cases, Expr, Variable
from nbsolve.step import Reason

a, y, L, h, n, ell, delta = (Variable(name) for name in ("a", "y", "L", "h", "n", "ell", "delta"))
a_i, a_k, y_i, y_k = entry("a", i), entry("a", k), entry("y", i), entry("y", k)
ell_i, ell_k = entry("ell", i), entry("ell", k)
error, error_i, error_k = minus(a, y), minus(a_i, y_i), minus(a_k, y_k)
ONE_OUTPUT = {"a": between(-2, 2), "y": between(-2, 2)}
VECTORS = {"a": between(-2, 2, 3), "y": between(-2, 2, 3)}

SQUARED_ERROR = Derivation(
    "squared_error",
    (
        stage(L, square(error)),
        stage(
            partial(L, a),
            partial(square(error), a),
            (times(two, error, partial(error, a)), Reason.POWER_AND_CHAIN_RULE),
            (times(two, error), Reason.TERM_BY_TERM),
            boxed=True,
        ),
    ),
    letters=ONE_OUTPUT,
    variant="one_output",
    remarks=("squared_error",),
)

SQUARED_ERRORS = Derivation(
    "squared_error",
    (
        stage(L, over_all(i, square(error_i))),
        stage(
            partial(L, a_k),
            partial(over_all(i, square(error_i)), a_k),
            (over_all(i, partial(square(error_i), a_k)), Reason.SUM_RULE),
            (partial(square(error_k), a_k), Reason.ONE_TERM),
            (times(two, error_k), Reason.POWER_AND_CHAIN_RULE),
            boxed=True,
        ),
    ),
    letters=VECTORS,
    variant="summed",
    remarks=("sum_disappears",),
)

# ----------------------------------------------------------------------- absolute error


def _signs(a: Expr, y: Expr) -> Expr:
    """The sign of a − y, case by case."""
    return Cases(((one, is_(a, ">", y)), (zero, is_(a, "=", y)), (neg(one), is_(a, "<", y))))


_above, _below = (is_(a, ">", y),), (is_(a, "<", y),)

ABSOLUTE_ERROR = Derivation(
    "absolute_error",
    (
        stage(L, absolute(error), (either(error, is_(a, ">", y), minus(y, a)), Reason.CASE_BY_CASE)),
        stage(partial(L, a), partial(error, a), (one, Reason.TERM_BY_TERM), when=_above),
        stage(partial(L, a), partial(minus(y, a), a), (neg(one), Reason.TERM_BY_TERM), when=_below),
        stage(
            over(minus(absolute(h), absolute(zero)), h),
            over(h, h),
            (one, Reason.CANCELLATION),
            when=(is_(h, ">", zero),),
            words="kink_of_absolute_value",
        ),
        stage(
            over(minus(absolute(h), absolute(zero)), h),
            over(neg(h), h),
            (neg(one), Reason.CANCELLATION),
            when=(is_(h, "<", zero),),
        ),
        stage(
            partial(L, a),
            (sign(error), Reason.CONVENTION),
            (_signs(a, y), Reason.CASE_BY_CASE),
            words="kink_absolute_error",
            boxed=True,
        ),
    ),
    letters={**ONE_OUTPUT, "h": between(-1, 1)},
    kinks=(y,),
    variant="one_output",
)

ABSOLUTE_ERRORS = Derivation(
    "absolute_error",
    (
        stage(L, over_all(i, absolute(error_i))),
        stage(
            partial(L, a_k),
            (over_all(i, partial(absolute(error_i), a_k)), Reason.SUM_RULE),
            (partial(absolute(error_k), a_k), Reason.ONE_TERM),
            (sign(error_k), Reason.FOUND),
            (_signs(a_k, y_k), Reason.CASE_BY_CASE),
            boxed=True,
        ),
    ),
    letters=VECTORS,
    kinks=(y_k,),
    variant="summed",
    remarks=("sum_disappears",),
)

# ----------------------------------------------------------------------- Huber


def _huber(a: Expr, y: Expr) -> Expr:
    e = minus(a, y)
    inside = is_(absolute(e), "≤", delta)
    return either(times(half, square(e)), inside, times(delta, minus(absolute(e), times(half, delta))))


def _huber_slope(a: Expr, y: Expr) -> Expr:
    e = minus(a, y)
    return either(e, is_(absolute(e), "≤", delta), times(delta, sign(e)))


HUBER = Derivation(
    "huber",
    (
        stage(L, _huber(a, y)),
        stage(
            partial(L, a),
            partial(times(half, square(error)), a),
            (times(half, two, error, partial(error, a)), Reason.POWER_AND_CHAIN_RULE),
            (error, Reason.SIMPLIFIED),
            when=(is_(absolute(error), "<", delta),),
        ),
        stage(
            partial(L, a),
            partial(times(delta, minus(absolute(error), times(half, delta))), a),
            (times(delta, partial(absolute(error), a)), Reason.CONSTANT_FACTOR),
            (times(delta, sign(error)), Reason.DIFFERENTIATED),
            when=(is_(absolute(error), ">", delta),),
        ),
        stage(error, (times(absolute(error), sign(error)), Reason.REWRITTEN), words="huber_joint"),
        stage(partial(L, a), (_huber_slope(a, y), Reason.BOTH_CASES), words="huber_both", boxed=True),
    ),
    letters={**ONE_OUTPUT, "delta": between(0, 2)},
    variant="one_output",
    remarks=("huber",),
)

HUBER_MEAN = Derivation(
    "huber",
    (
        stage(ell_i, _huber(a_i, y_i)),
        stage(L, times(over(one, n), over_all(i, ell_i))),
        stage(
            partial(L, a_k),
            (times(over(one, n), over_all(i, partial(ell_i, a_k))), Reason.SUM_RULE),
            (times(over(one, n), partial(ell_k, a_k)), Reason.ONE_TERM),
            (times(over(one, n), _huber_slope(a_k, y_k)), Reason.FOUND),
            boxed=True,
        ),
    ),
    letters={**VECTORS, "delta": between(0, 2), "n": between(1, 9)},
    variant="mean",
    remarks=("sum_disappears",),
)
