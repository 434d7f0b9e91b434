"""Softmax's Jacobian, and the cross-entropies: on their own, and through the sigmoid and through softmax."""

from __future__ import annotations

from nbsolve.catalogue.derivations.building import (
    between,
    either,
    entry,
    exp,
    function,
    i,
    is_,
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
from nbsolve.derivation import Apart, Derivation, Stage
from nbsolve.expr import Expr, Variable
from nbsolve.expr.general import Kronecker
from nbsolve.step import Reason

z, a, y, L, S = Variable("z"), Variable("a"), Variable("y"), Variable("L"), Variable("S")
z_i, z_j, z_k = (entry("z", index) for index in (i, j, k))
p_i, p_j, p_k = (entry("p", index) for index in (i, j, k))
a_j, a_k, y_j, y_k = entry("a", j), entry("a", k), entry("y", j), entry("y", k)
same, apart = (Kronecker(k, j),), (Apart(k, j),)

_normaliser = stage(S, over_all(i, exp(z_i)), words="softmax_sum")
_its_slope = stage(
    partial(S, z_j),
    partial(over_all(i, exp(z_i)), z_j),
    (over_all(i, partial(exp(z_i), z_j)), Reason.SUM_RULE),
    (exp(z_j), Reason.ONE_TERM),
    words="softmax_sum_slope",
)

SOFTMAX = Derivation(
    "softmax",
    (
        stage(p_k, over(exp(z_k), over_all(i, exp(z_i)))),
        _normaliser,
        _its_slope,
        stage(
            partial(p_k, z_j),
            partial(over(exp(z_j), S), z_j),
            (
                over(minus(times(partial(exp(z_j), z_j), S), times(exp(z_j), partial(S, z_j))), square(S)),
                Reason.QUOTIENT_RULE,
            ),
            (over(minus(times(exp(z_j), S), square(exp(z_j))), square(S)), Reason.FACTORS),
            (times(over(exp(z_j), S), minus(one, over(exp(z_j), S))), Reason.SPLIT),
            (times(p_j, minus(one, p_j)), Reason.RECOGNISED, (p_j,)),
            when=same,
        ),
        stage(
            partial(p_k, z_j),
            partial(over(exp(z_k), S), z_j),
            (
                over(minus(times(partial(exp(z_k), z_j), S), times(exp(z_k), partial(S, z_j))), square(S)),
                Reason.QUOTIENT_RULE,
            ),
            (over(minus(zero, times(exp(z_k), exp(z_j))), square(S)), Reason.FACTORS),
            (neg(times(over(exp(z_k), S), over(exp(z_j), S))), Reason.SPLIT),
            (neg(times(p_k, p_j)), Reason.RECOGNISED, (p_k, p_j)),
            when=apart,
        ),
        stage(
            partial(p_k, z_j),
            (times(p_k, minus(Kronecker(k, j), p_j)), Reason.BOTH_CASES),
            words="softmax_both",
            boxed=True,
        ),
    ),
    letters={"z": between(-2, 2, 3)},
    remarks=("softmax",),
)

# ----------------------------------------------------------------------- binary cross-entropy

_binary = neg(plus(times(y, ln(a)), times(minus(one, y), ln(minus(one, a)))))
_slope_in_a = over(minus(a, y), times(a, minus(one, a)))

BINARY_CROSS_ENTROPY = Derivation(
    "binary_cross_entropy",
    (
        stage(L, _binary),
        stage(
            partial(L, a),
            neg(plus(partial(times(y, ln(a)), a), partial(times(minus(one, y), ln(minus(one, a))), a))),
            (
                neg(
                    plus(
                        times(y, over(one, a)),
                        times(minus(one, y), over(one, minus(one, a)), partial(minus(one, a), a)),
                    )
                ),
                Reason.CHAIN_RULE,
            ),
            (plus(neg(over(y, a)), over(minus(one, y), minus(one, a))), Reason.SIMPLIFIED),
            (
                over(plus(neg(times(y, minus(one, a))), times(minus(one, y), a)), times(a, minus(one, a))),
                Reason.COMMON_DENOMINATOR,
            ),
            (
                over(plus(neg(y), times(y, a), a, neg(times(y, a))), times(a, minus(one, a))),
                Reason.EXPANDED,
            ),
            (_slope_in_a, Reason.TERMS_CANCEL),
            boxed=True,
        ),
    ),
    letters={"a": between(0, 1), "y": between(0, 1)},
    remarks=("binary_cross_entropy",),
)

BINARY_THROUGH_SIGMOID = Derivation(
    "binary_cross_entropy",
    (
        stage(a, function("sigmoid", z)),
        stage(L, _binary),
        stage(partial(L, a), (_slope_in_a, Reason.KNOWN_DERIVATIVE), words="through_known"),
        stage(partial(a, z), (times(a, minus(one, a)), Reason.KNOWN_DERIVATIVE)),
        stage(
            partial(L, z),
            (times(partial(L, a), partial(a, z)), Reason.CHAIN_RULE),
            (times(_slope_in_a, a, minus(one, a)), Reason.FACTORS),
            (minus(a, y), Reason.CANCELLATION),
            words="through_chain",
            boxed=True,
        ),
    ),
    letters={"z": between(-3, 3), "y": between(0, 1)},
    through="sigmoid",
    remarks=("prediction_minus_target",),
)

# ----------------------------------------------------------------------- categorical cross-entropy

CATEGORICAL_CROSS_ENTROPY = Derivation(
    "categorical_cross_entropy",
    (
        stage(L, neg(over_all(j, times(y_j, ln(a_j))))),
        stage(
            partial(L, a_k),
            neg(partial(over_all(j, times(y_j, ln(a_j))), a_k)),
            (neg(over_all(j, times(y_j, partial(ln(a_j), a_k)))), Reason.SUM_RULE),
            (neg(times(y_k, partial(ln(a_k), a_k))), Reason.ONE_TERM),
            (neg(over(y_k, a_k)), Reason.DIFFERENTIATED),
            boxed=True,
        ),
    ),
    letters={"a": between(0, 1, 3), "y": between(0, 1, 3)},
    remarks=("categorical_cross_entropy",),
)

exponentials = over_all(j, exp(z_j))


def log_of_sum(summed: Expr, z: Expr = z_k, share: Expr = p_k) -> Stage:
    """∂ln S/∂z = exp(z)/S = p, where S is the sum of the exponentials and p the share of this one."""
    return stage(
        partial(ln(summed), z),
        (times(over(one, summed), partial(summed, z)), Reason.CHAIN_RULE),
        (over(exp(z), summed), Reason.ONE_TERM),
        (share, Reason.RECOGNISED, (share,)),
        words="log_sum_exp_slope",
    )


ONE_HOT_THROUGH_SOFTMAX = Derivation(
    "categorical_cross_entropy",
    (
        stage(p_k, over(exp(z_k), exponentials)),
        stage(y_k, Kronecker(k, i), words="one_hot_target"),
        stage(
            L,
            neg(over_all(j, times(y_j, ln(p_j)))),
            (neg(ln(p_i)), Reason.SIMPLIFIED),
            (neg(ln(over(exp(z_i), exponentials))), Reason.REWRITTEN),
            (plus(neg(z_i), ln(exponentials)), Reason.LOGARITHM_RULES),
            words="one_hot_loss",
        ),
        log_of_sum(exponentials),
        stage(
            partial(L, z_k),
            (plus(neg(partial(z_i, z_k)), partial(ln(exponentials), z_k)), Reason.SUM_RULE),
            (plus(neg(one), p_k), Reason.FACTORS),
            (minus(p_k, one), Reason.REWRITTEN),
            when=(Kronecker(k, i),),
        ),
        stage(
            partial(L, z_k),
            (plus(neg(partial(z_i, z_k)), partial(ln(exponentials), z_k)), Reason.SUM_RULE),
            (plus(zero, p_k), Reason.FACTORS),
            (p_k, Reason.SIMPLIFIED),
            when=(Apart(k, i),),
        ),
        stage(
            partial(L, z_k),
            (either(minus(p_k, one), is_(Variable("k"), "=", Variable("i")), p_k), Reason.BOTH_CASES),
            words="one_hot_cases",
            boxed=True,
        ),
        stage(
            partial(L, z_k),
            (minus(p_k, Kronecker(k, i)), Reason.BOTH_CASES),
            (minus(p_k, y_k), Reason.LETTER, (y_k,)),
            words="one_hot_both",
            boxed=True,
        ),
    ),
    letters={"z": between(-2, 2, 3)},
    through="softmax",
    variant="one_hot",
    remarks=("prediction_minus_target",),
)

_targets = over_all(j, y_j)
log_sum_slope = log_of_sum(S)
any_target_slope = (
    (
        plus(neg(over_all(j, times(y_j, partial(z_j, z_k)))), times(partial(ln(S), z_k), _targets)),
        Reason.SUM_RULE,
    ),
    (plus(neg(y_k), times(p_k, _targets)), Reason.ONE_TERM),
    (minus(times(p_k, _targets), y_k), Reason.REWRITTEN),
)
"""∂L/∂z_k for targets that need not add up to 1."""

CATEGORICAL_THROUGH_SOFTMAX = Derivation(
    "categorical_cross_entropy",
    (
        stage(S, exponentials),
        stage(p_k, over(exp(z_k), S)),
        stage(
            L,
            neg(over_all(j, times(y_j, ln(p_j)))),
            (neg(over_all(j, times(y_j, minus(z_j, ln(S))))), Reason.LOGARITHM_RULES),
            (plus(neg(over_all(j, times(y_j, z_j))), times(ln(S), _targets)), Reason.EXPANDED),
            words="any_target_loss",
        ),
        log_sum_slope,
        stage(
            partial(L, z_k),
            *any_target_slope,
            boxed=True,
        ),
    ),
    letters={"z": between(-2, 2, 3), "y": between(0, 1, 3)},
    through="softmax",
    variant="any_target",
    remarks=("any_target",),
)
