"""The derivatives of the sigmoid, of tanh and of the linear unit."""

from __future__ import annotations

from nbsolve.catalogue.derivations.building import (
    between,
    d,
    exp,
    function,
    minus,
    neg,
    one,
    over,
    plus,
    power,
    slope,
    square,
    stage,
    times,
)
from nbsolve.derivation import Derivation
from nbsolve.expr import Variable
from nbsolve.step import Reason

z, u, v = Variable("z"), Variable("u"), Variable("v")
sigma, tanh = function("sigmoid", z), function("tanh", z)
below = plus(one, exp(neg(z)))

LINEAR = Derivation(
    "linear",
    (
        stage(function("linear", z), z),
        stage(slope("linear", z), d(z, z), (one, Reason.DIFFERENTIATED), boxed=True),
    ),
    letters={"z": between(-4, 4)},
    remarks=("linear",),
)

SIGMOID = Derivation(
    "sigmoid",
    (
        stage(sigma, over(one, below), (power(below, -1), Reason.REWRITTEN)),
        stage(
            slope("sigmoid", z),
            d(power(below, -1), z),
            (neg(times(power(below, -2), d(below, z))), Reason.POWER_AND_CHAIN_RULE),
            (neg(times(power(below, -2), neg(exp(neg(z))))), Reason.TERM_BY_TERM),
            (over(exp(neg(z)), square(below)), Reason.SIMPLIFIED),
        ),
        stage(
            slope("sigmoid", z),
            (over(exp(neg(z)), square(below)), Reason.FOUND),
            (times(over(one, below), over(exp(neg(z)), below)), Reason.REWRITTEN),
            (times(over(one, below), over(minus(below, one), below)), Reason.ADDED_AND_TAKEN, (one,)),
            (times(over(one, below), minus(one, over(one, below))), Reason.SPLIT),
            (times(sigma, minus(one, sigma)), Reason.RECOGNISED, (sigma,)),
            words="sigmoid_output",
            boxed=True,
        ),
    ),
    letters={"z": between(-4, 4)},
    remarks=("sigmoid",),
)

above_tanh, below_tanh = minus(exp(z), exp(neg(z))), plus(exp(z), exp(neg(z)))

TANH = Derivation(
    "tanh",
    (
        stage(tanh, over(above_tanh, below_tanh)),
        stage(u, above_tanh, words="tanh_letters"),
        stage(v, below_tanh),
        stage(
            d(u, z),
            d(above_tanh, z),
            (plus(exp(z), exp(neg(z))), Reason.TERM_BY_TERM),
            (v, Reason.LETTER, (v,)),
            words="tanh_parts",
        ),
        stage(
            d(v, z),
            d(below_tanh, z),
            (minus(exp(z), exp(neg(z))), Reason.TERM_BY_TERM),
            (u, Reason.LETTER, (u,)),
        ),
        stage(
            slope("tanh", z),
            d(over(u, v), z),
            (over(minus(times(d(u, z), v), times(u, d(v, z))), square(v)), Reason.QUOTIENT_RULE),
            (over(minus(square(v), square(u)), square(v)), Reason.FACTORS),
            (minus(one, square(over(u, v))), Reason.SPLIT),
            (minus(one, square(tanh)), Reason.RECOGNISED, (tanh,)),
            words="tanh_quotient",
            boxed=True,
        ),
    ),
    letters={"z": between(-3, 3)},
    remarks=("tanh",),
)
