"""Softmax with a temperature or another base, and log-softmax: their Jacobians, and losses taken through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
    power,
    square,
    stage,
    times,
    zero,
)
from nbsolve.catalogue.derivations.probabilities import any_target_slope, log_of_sum, log_sum_slope
from nbsolve.derivation import Apart, Derivation, Domain
from nbsolve.expr import Expr, Variable
from nbsolve.expr.general import Kronecker
from nbsolve.step import Reason

L, S, T, b = Variable("L"), Variable("S"), Variable("T"), Variable("b")
z_i, z_j, z_k = (entry("z", index) for index in (i, j, k))
p_j, p_k = entry("p", j), entry("p", k)
a_j, a_k, y_j, y_k = entry("a", j), entry("a", k), entry("y", j), entry("y", k)
same, apart = (Kronecker(k, j),), (Apart(k, j),)
_targets = over_all(j, y_j)


# ----------------------------------------------------------------------- with a temperature, to another base

Power = Callable[[Expr], Expr]
Letters = Mapping[str, Domain]


def _softmax(name: str, power: Power, rate: Expr, letters: Letters) -> Derivation:
    """Derive ∂p_k/∂z_j of p_k = power(z_k) / Σ power(z_i); the derivative of power(z) is rate · power(z)."""
    return Derivation(
        name,
        (
            stage(p_k, over(power(z_k), over_all(i, power(z_i)))),
            stage(S, over_all(i, power(z_i)), words="softmax_sum"),
            stage(
                partial(S, z_j),
                partial(over_all(i, power(z_i)), z_j),
                (over_all(i, partial(power(z_i), z_j)), Reason.SUM_RULE),
                (partial(power(z_j), z_j), Reason.ONE_TERM),
                (times(rate, power(z_j)), Reason.CHAIN_RULE),
                words="softmax_sum_slope",
            ),
            stage(
                partial(p_k, z_j),
                partial(over(power(z_j), S), z_j),
                (
                    over(
                        minus(times(partial(power(z_j), z_j), S), times(power(z_j), partial(S, z_j))),
                        square(S),
                    ),
                    Reason.QUOTIENT_RULE,
                ),
                (
                    over(minus(times(rate, power(z_j), S), times(rate, square(power(z_j)))), square(S)),
                    Reason.FACTORS,
                ),
                (times(rate, over(power(z_j), S), minus(one, over(power(z_j), S))), Reason.SPLIT),
                (times(rate, p_j, minus(one, p_j)), Reason.RECOGNISED, (p_j,)),
                when=same,
            ),
            stage(
                partial(p_k, z_j),
                partial(over(power(z_k), S), z_j),
                (
                    over(
                        minus(times(partial(power(z_k), z_j), S), times(power(z_k), partial(S, z_j))),
                        square(S),
                    ),
                    Reason.QUOTIENT_RULE,
                ),
                (over(minus(zero, times(rate, power(z_k), power(z_j))), square(S)), Reason.FACTORS),
                (neg(times(rate, over(power(z_k), S), over(power(z_j), S))), Reason.SPLIT),
                (neg(times(rate, p_k, p_j)), Reason.RECOGNISED, (p_k, p_j)),
                when=apart,
            ),
            stage(
                partial(p_k, z_j),
                (times(rate, p_k, minus(Kronecker(k, j), p_j)), Reason.BOTH_CASES),
                words="softmax_both",
                boxed=True,
            ),
        ),
        letters={"z": between(-2, 2, 3), **letters},
        remarks=(name,),
    )


def _through(
    name: str, power: Power, exponent: Power, rate: Expr, letters: Letters, slope: str, remark: str
) -> Derivation:
    """Derive ∂L/∂z_k of L = −Σ y_j ln p_j with such p_j; ln power(z) is exponent(z) = rate · z."""
    return Derivation(
        "categorical_cross_entropy",
        (
            stage(S, over_all(j, power(z_j))),
            stage(p_k, over(power(z_k), S)),
            stage(
                L,
                neg(over_all(j, times(y_j, ln(p_j)))),
                (neg(over_all(j, times(y_j, minus(exponent(z_j), ln(S))))), Reason.LOGARITHM_RULES),
                (
                    plus(neg(times(rate, over_all(j, times(y_j, z_j)))), times(ln(S), _targets)),
                    Reason.EXPANDED,
                ),
                words="any_target_loss",
            ),
            stage(
                partial(ln(S), z_k),
                (times(over(one, S), partial(S, z_k)), Reason.CHAIN_RULE),
                (times(over(one, S), rate, power(z_k)), Reason.ONE_TERM),
                (times(rate, p_k), Reason.RECOGNISED, (p_k,)),
                words=slope,
            ),
            stage(
                partial(L, z_k),
                (
                    plus(
                        neg(times(rate, over_all(j, times(y_j, partial(z_j, z_k))))),
                        times(partial(ln(S), z_k), _targets),
                    ),
                    Reason.SUM_RULE,
                ),
                (plus(neg(times(rate, y_k)), times(rate, p_k, _targets)), Reason.ONE_TERM),
                (times(rate, minus(times(p_k, _targets), y_k)), Reason.COLLECTED),
                boxed=True,
            ),
        ),
        letters={"z": between(-2, 2, 3), "y": between(0, 1, 3), **letters},
        through=name,
        remarks=(remark,),
    )


_temperature: Letters = {"T": between(flint.fmpq(1, 2), 3)}
_base: Letters = {"b": between(flint.fmpq(3, 2), 4)}


def _warm(z: Expr) -> Expr:
    return exp(over(z, T))


def _raised(z: Expr) -> Expr:
    return power(b, z)


SOFTMAX_WITH_TEMPERATURE = _softmax("softmax_with_temperature", _warm, over(one, T), _temperature)
SOFTMAX_WITH_BASE = _softmax("softmax_with_base", _raised, ln(b), _base)
CATEGORICAL_THROUGH_TEMPERATURE = _through(
    "softmax_with_temperature",
    _warm,
    lambda z: over(z, T),
    over(one, T),
    _temperature,
    "log_sum_exp_warm_slope",
    "any_target_temperature",
)
CATEGORICAL_THROUGH_BASE = _through(
    "softmax_with_base",
    _raised,
    lambda z: times(z, ln(b)),
    ln(b),
    _base,
    "log_sum_power_slope",
    "any_target_base",
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
