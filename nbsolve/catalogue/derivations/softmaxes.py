"""Softmax with a temperature and log-softmax: their Jacobians, and the losses that are taken through them."""

from __future__ import annotations

import flint

from nbsolve.catalogue.derivations.building import (
    between,
    entry,
    exp,
    i,
    j,
    k,
    ln,
    minus,
    neg,
    one,
    over,
    over_all,
    partial,
    plus,
    square,
    stage,
    times,
    zero,
)
from nbsolve.catalogue.derivations.probabilities import any_target_slope, log_of_sum, log_sum_slope
from nbsolve.derivation import Apart, Derivation
from nbsolve.expr import Expr, Variable
from nbsolve.general import Kronecker
from nbsolve.step import Reason

L, S, T = Variable("L"), Variable("S"), Variable("T")
z_i, z_j, z_k = (entry("z", index) for index in (i, j, k))
p_j, p_k = entry("p", j), entry("p", k)
a_j, a_k, y_j, y_k = entry("a", j), entry("a", k), entry("y", j), entry("y", k)
same, apart = (Kronecker(k, j),), (Apart(k, j),)
_rate = over(one, T)
_targets = over_all(j, y_j)


# ----------------------------------------------------------------------- softmax with a temperature


def _warm(z: Expr) -> Expr:
    return exp(over(z, T))


def _sum_slope(z: Expr) -> tuple[Expr, Reason]:
    return over_all(i, partial(_warm(z_i), z)), Reason.SUM_RULE


_shared_out = stage(p_k, over(_warm(z_k), over_all(i, _warm(z_i))))
_normaliser = stage(S, over_all(i, _warm(z_i)), words="softmax_sum")
_temperature = between(flint.fmpq(1, 2), 3)

SOFTMAX_WITH_TEMPERATURE = Derivation(
    "softmax_with_temperature",
    (
        _shared_out,
        _normaliser,
        stage(
            partial(S, z_j),
            partial(over_all(i, _warm(z_i)), z_j),
            _sum_slope(z_j),
            (partial(_warm(z_j), z_j), Reason.ONE_TERM),
            (times(_rate, _warm(z_j)), Reason.CHAIN_RULE),
            words="softmax_sum_slope",
        ),
        stage(
            partial(p_k, z_j),
            partial(over(_warm(z_j), S), z_j),
            (
                over(
                    minus(times(partial(_warm(z_j), z_j), S), times(_warm(z_j), partial(S, z_j))), square(S)
                ),
                Reason.QUOTIENT_RULE,
            ),
            (
                over(minus(times(_rate, _warm(z_j), S), times(_rate, square(_warm(z_j)))), square(S)),
                Reason.FACTORS,
            ),
            (times(_rate, over(_warm(z_j), S), minus(one, over(_warm(z_j), S))), Reason.SPLIT),
            (times(_rate, p_j, minus(one, p_j)), Reason.RECOGNISED, (p_j,)),
            when=same,
        ),
        stage(
            partial(p_k, z_j),
            partial(over(_warm(z_k), S), z_j),
            (
                over(
                    minus(times(partial(_warm(z_k), z_j), S), times(_warm(z_k), partial(S, z_j))), square(S)
                ),
                Reason.QUOTIENT_RULE,
            ),
            (over(minus(zero, times(_rate, _warm(z_k), _warm(z_j))), square(S)), Reason.FACTORS),
            (neg(times(_rate, over(_warm(z_k), S), over(_warm(z_j), S))), Reason.SPLIT),
            (neg(times(_rate, p_k, p_j)), Reason.RECOGNISED, (p_k, p_j)),
            when=apart,
        ),
        stage(
            partial(p_k, z_j),
            (times(_rate, p_k, minus(Kronecker(k, j), p_j)), Reason.BOTH_CASES),
            words="softmax_both",
            boxed=True,
        ),
    ),
    letters={"z": between(-2, 2, 3), "T": _temperature},
    remarks=("softmax_with_temperature",),
)

CATEGORICAL_THROUGH_TEMPERATURE = Derivation(
    "categorical_cross_entropy",
    (
        stage(S, over_all(j, _warm(z_j))),
        stage(p_k, over(_warm(z_k), S)),
        stage(
            L,
            neg(over_all(j, times(y_j, ln(p_j)))),
            (neg(over_all(j, times(y_j, minus(over(z_j, T), ln(S))))), Reason.LOGARITHM_RULES),
            (plus(neg(times(_rate, over_all(j, times(y_j, z_j)))), times(ln(S), _targets)), Reason.EXPANDED),
            words="any_target_loss",
        ),
        stage(
            partial(ln(S), z_k),
            (times(over(one, S), partial(S, z_k)), Reason.CHAIN_RULE),
            (times(over(one, S), _rate, _warm(z_k)), Reason.ONE_TERM),
            (times(_rate, p_k), Reason.RECOGNISED, (p_k,)),
            words="log_sum_exp_warm_slope",
        ),
        stage(
            partial(L, z_k),
            (
                plus(
                    neg(times(_rate, over_all(j, times(y_j, partial(z_j, z_k))))),
                    times(partial(ln(S), z_k), _targets),
                ),
                Reason.SUM_RULE,
            ),
            (plus(neg(times(_rate, y_k)), times(_rate, p_k, _targets)), Reason.ONE_TERM),
            (times(_rate, minus(times(p_k, _targets), y_k)), Reason.COLLECTED),
            boxed=True,
        ),
    ),
    letters={"z": between(-2, 2, 3), "y": between(0, 1, 3), "T": _temperature},
    through="softmax_with_temperature",
    remarks=("any_target_temperature",),
)

# ----------------------------------------------------------------------- log-softmax

exponentials = over_all(i, exp(z_i))

LOG_SOFTMAX = Derivation(
    "log_softmax",
    (
        stage(p_k, over(exp(z_k), exponentials)),
        stage(
            a_k,
            ln(p_k),
            (ln(over(exp(z_k), exponentials)), Reason.REWRITTEN),
            (minus(z_k, ln(exponentials)), Reason.LOGARITHM_RULES),
            words="log_softmax",
        ),
        log_of_sum(exponentials, z_j, p_j),
        stage(
            partial(a_k, z_j),
            (minus(partial(z_j, z_j), partial(ln(exponentials), z_j)), Reason.SUM_RULE),
            (minus(one, p_j), Reason.FACTORS),
            when=same,
        ),
        stage(
            partial(a_k, z_j),
            (minus(partial(z_k, z_j), partial(ln(exponentials), z_j)), Reason.SUM_RULE),
            (minus(zero, p_j), Reason.FACTORS),
            (neg(p_j), Reason.SIMPLIFIED),
            when=apart,
        ),
        stage(
            partial(a_k, z_j),
            (minus(Kronecker(k, j), p_j), Reason.BOTH_CASES),
            (minus(Kronecker(k, j), exp(a_j)), Reason.REWRITTEN),
            words="softmax_both",
            boxed=True,
        ),
    ),
    letters={"z": between(-2, 2, 3)},
    remarks=("log_softmax",),
)

NEGATIVE_LOG_LIKELIHOOD = Derivation(
    "negative_log_likelihood",
    (
        stage(L, neg(over_all(j, times(y_j, a_j)))),
        stage(
            partial(L, a_k),
            neg(partial(over_all(j, times(y_j, a_j)), a_k)),
            (neg(over_all(j, times(y_j, partial(a_j, a_k)))), Reason.SUM_RULE),
            (neg(y_k), Reason.ONE_TERM),
            boxed=True,
        ),
    ),
    letters={"a": between(-2, 0, 3), "y": between(0, 1, 3)},
    remarks=("negative_log_likelihood",),
)

LIKELIHOOD_THROUGH_LOG_SOFTMAX = Derivation(
    "negative_log_likelihood",
    (
        stage(S, over_all(i, exp(z_i))),
        stage(p_k, over(exp(z_k), S)),
        stage(a_k, ln(p_k), (minus(z_k, ln(S)), Reason.LOGARITHM_RULES)),
        stage(
            L,
            neg(over_all(j, times(y_j, a_j))),
            (neg(over_all(j, times(y_j, minus(z_j, ln(S))))), Reason.REWRITTEN),
            (plus(neg(over_all(j, times(y_j, z_j))), times(ln(S), _targets)), Reason.EXPANDED),
            words="any_target_loss",
        ),
        log_sum_slope,
        stage(
            partial(L, z_k),
            *any_target_slope,
            (minus(times(exp(a_k), _targets), y_k), Reason.REWRITTEN),
            boxed=True,
        ),
    ),
    letters={"z": between(-2, 2, 3), "y": between(0, 1, 3)},
    through="log_softmax",
    remarks=("any_target",),
)
