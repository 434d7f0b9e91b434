"""The derivatives of ReLU, leaky ReLU, ELU and the step function: case by case, and at the kink from both sides."""

from __future__ import annotations

from nbsolve.catalogue.derivations.building import (
    between,
    d,
    either,
    exp,
    function,
    is_,
    minus,
    neg,
    one,
    over,
    plus,
    slope,
    square,
    stage,
    times,
    zero,
)
from nbsolve.derivation import Derivation
from nbsolve.expr import Expr, Function, Variable
from nbsolve.expr.general import Remainder
from nbsolve.step import Reason

z, h, alpha = Variable("z"), Variable("h"), Variable("alpha")
right, left = (is_(z, ">", zero),), (is_(z, "<", zero),)
forwards, backwards = (is_(h, ">", zero),), (is_(h, "<", zero),)
LETTERS = {"z": between(-3, 3), "h": between(-1, 1)}
WITH_ALPHA = {**LETTERS, "alpha": between(0, 2)}


def _steepness(name: str, parameter: str | None = None) -> Expr:
    """The difference quotient from 0 to h: (f(h) − f(0)) / h."""
    return over(minus(function(name, h, parameter), function(name, zero, parameter)), h)


RELU = Derivation(
    "relu",
    (
        stage(
            function("relu", z),
            Function("max", (zero, z)),
            (either(z, is_(z, ">", zero), zero), Reason.CASE_BY_CASE),
        ),
        stage(slope("relu", z), d(z, z), (one, Reason.DIFFERENTIATED), when=right),
        stage(slope("relu", z), d(zero, z), (zero, Reason.DIFFERENTIATED), when=left),
        stage(
            _steepness("relu"), over(minus(h, zero), h), (one, Reason.SIMPLIFIED), when=forwards, words="kink"
        ),
        stage(_steepness("relu"), over(minus(zero, zero), h), (zero, Reason.SIMPLIFIED), when=backwards),
        stage(
            slope("relu", z),
            (either(one, is_(z, ">", zero), zero), Reason.CONVENTION),
            words="kink_relu",
            boxed=True,
        ),
    ),
    letters=LETTERS,
    kinks=(zero,),
    remarks=("relu",),
)

LEAKY_RELU = Derivation(
    "leaky_relu",
    (
        stage(function("leaky_relu", z, "alpha"), either(z, is_(z, ">", zero), times(alpha, z))),
        stage(slope("leaky_relu", z, "alpha"), d(z, z), (one, Reason.DIFFERENTIATED), when=right),
        stage(
            slope("leaky_relu", z, "alpha"),
            d(times(alpha, z), z),
            (times(alpha, d(z, z)), Reason.CONSTANT_FACTOR),
            (alpha, Reason.DIFFERENTIATED),
            when=left,
        ),
        stage(
            _steepness("leaky_relu", "alpha"),
            over(minus(h, zero), h),
            (one, Reason.SIMPLIFIED),
            when=forwards,
            words="kink",
        ),
        stage(
            _steepness("leaky_relu", "alpha"),
            over(minus(times(alpha, h), zero), h),
            (alpha, Reason.SIMPLIFIED),
            when=backwards,
        ),
        stage(
            slope("leaky_relu", z, "alpha"),
            (either(one, is_(z, ">", zero), alpha), Reason.CONVENTION),
            words="kink_leaky_relu",
            boxed=True,
        ),
    ),
    letters=WITH_ALPHA,
    kinks=(zero,),
    remarks=("leaky_relu",),
)

ELU = Derivation(
    "elu",
    (
        stage(function("elu", z), either(z, is_(z, ">", zero), times(alpha, minus(exp(z), one)))),
        stage(slope("elu", z), d(z, z), (one, Reason.DIFFERENTIATED), when=right),
        stage(
            slope("elu", z),
            d(times(alpha, minus(exp(z), one)), z),
            (times(alpha, d(minus(exp(z), one), z)), Reason.CONSTANT_FACTOR),
            (times(alpha, exp(z)), Reason.TERM_BY_TERM),
            when=left,
        ),
        stage(
            times(alpha, exp(z)),
            (plus(times(alpha, minus(exp(z), one)), alpha), Reason.ADDED_AND_TAKEN, (alpha,)),
            (plus(function("elu", z), alpha), Reason.RECOGNISED, (function("elu", z),)),
            when=left,
            words="elu_output",
        ),
        stage(
            _steepness("elu"), over(minus(h, zero), h), (one, Reason.SIMPLIFIED), when=forwards, words="kink"
        ),
        stage(
            _steepness("elu"),
            over(minus(times(alpha, minus(exp(h), one)), zero), h),
            (over(times(alpha, plus(h, Remainder(square(h)))), h), Reason.FIRST_ORDER),
            (plus(alpha, Remainder(h)), Reason.SIMPLIFIED),
            when=backwards,
        ),
        stage(
            slope("elu", z),
            (either(one, is_(z, ">", zero), times(alpha, exp(z))), Reason.CONVENTION),
            words="kink_elu",
            boxed=True,
        ),
    ),
    letters=WITH_ALPHA,
    kinks=(zero,),
)

STEP = Derivation(
    "step",
    (
        stage(function("step", z), either(one, is_(z, "≥", zero), zero)),
        stage(slope("step", z), d(one, z), (zero, Reason.DIFFERENTIATED), when=right),
        stage(slope("step", z), d(zero, z), (zero, Reason.DIFFERENTIATED), when=left),
        stage(
            _steepness("step"),
            over(minus(zero, one), h),
            (neg(over(one, h)), Reason.SIMPLIFIED),
            when=backwards,
            words="jump",
        ),
        stage(slope("step", z), (zero, Reason.JUMP), words="jump_step", boxed=True),
    ),
    letters=LETTERS,
    kinks=(zero,),
    remarks=("step",),
)
