"""The derivatives of losses of all outputs: the hinge of several classes, cross-entropy of logits, smoothing."""

from __future__ import annotations

from nbsolve.catalogue.derivations.building import (
    between,
    either,
    entry,
    exp,
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
    stage,
    times,
    zero,
)
from nbsolve.catalogue.derivations.probabilities import log_of_sum
from nbsolve.derivation import Apart, Derivation
from nbsolve.expr import Function, Variable
from nbsolve.expr.general import Kronecker
from nbsolve.step import Reason
from nbsolve.symbol import Index

__all__ = [
    "CATEGORICAL_FROM_LOGITS",
    "CATEGORICAL_HINGE",
    "LABEL_SMOOTHING",
    "MULTICLASS_HINGE",
]

L, S, g, m, n, s, u = (Variable(name) for name in ("L", "S", "g", "m", "n", "s", "u"))
a_i, a_j, a_k = (entry("a", index) for index in (i, j, k))
y_j, y_k, p_k = entry("y", j), entry("y", k), entry("p", k)
t_j, t_k = entry("t", j), entry("t", k)
u_j, u_k, g_j, g_k = entry("u", j), entry("u", k), entry("g", j), entry("g", k)
_one_hot = stage(y_k, Kronecker(k, i), words="one_hot_target")

# ----------------------------------------------------------------------- hinge

_pulled = over_all(j, times(minus(one, y_j), g_j))

MULTICLASS_HINGE = Derivation(
    "multiclass_hinge",
    (
        _one_hot,
        stage(u_j, plus(m, minus(a_j, a_i)), words="hinge_excess"),
        stage(L, over_all(j, times(minus(one, y_j), Function("max", (zero, u_j)))), words="hinge_wrong"),
        stage(g_j, either(one, is_(u_j, ">", zero), zero), words="hinge_counted"),
        stage(
            partial(L, a_k),
            (partial(Function("max", (zero, u_k)), a_k), Reason.ONE_TERM),
            (g_k, Reason.CHAIN_RULE),
            when=(Apart(k, i),),
        ),
        stage(
            partial(L, a_k),
            (neg(_pulled), Reason.CHAIN_RULE),
            when=(Kronecker(k, i),),
        ),
        stage(
            partial(L, a_k),
            (minus(times(minus(one, y_k), g_k), times(y_k, _pulled)), Reason.BOTH_CASES),
            words="hinge_both",
            boxed=True,
        ),
    ),
    letters={"a": between(-2, 2, 3), "m": between(0, 2)},
    remarks=("multiclass_hinge",),
)

_r = Index("r")
_a_r, _y_r = entry("a", _r), entry("y", _r)
_changed = minus(times(minus(one, y_k), Kronecker(k, _r)), y_k)

CATEGORICAL_HINGE = Derivation(
    "categorical_hinge",
    (
        _one_hot,
        stage(u, plus(m, minus(times(minus(one, _y_r), _a_r), a_i)), words="hinge_best"),
        stage(L, Function("max", (zero, u)), words="hinge_best_alone"),
        stage(g, either(one, is_(u, ">", zero), zero), words="hinge_within"),
        stage(
            partial(u, a_k),
            (
                minus(times(minus(one, _y_r), partial(_a_r, a_k)), partial(a_i, a_k)),
                Reason.SUM_RULE,
            ),
            (minus(times(minus(one, _y_r), Kronecker(k, _r)), Kronecker(k, i)), Reason.ONE_TERM),
            (_changed, Reason.REWRITTEN),
            words="hinge_best_slope",
        ),
        stage(
            partial(L, a_k),
            (times(g, partial(u, a_k)), Reason.CHAIN_RULE),
            (times(g, _changed), Reason.FACTORS),
            boxed=True,
        ),
    ),
    letters={"a": between(-2, 2, 3), "m": between(0, 2)},
    remarks=("categorical_hinge",),
)

# ----------------------------------------------------------------------- cross-entropies

_sum, _targets = over_all(j, exp(a_j)), over_all(j, y_j)

CATEGORICAL_FROM_LOGITS = Derivation(
    "categorical_cross_entropy_from_logits",
    (
        stage(S, _sum, words="softmax_sum"),
        stage(L, minus(times(_targets, ln(S)), over_all(j, times(y_j, a_j)))),
        stage(p_k, over(exp(a_k), S), words="logits_softmax"),
        log_of_sum(S, a_k),
        stage(
            partial(L, a_k),
            (
                minus(times(_targets, partial(ln(S), a_k)), over_all(j, times(y_j, partial(a_j, a_k)))),
                Reason.SUM_RULE,
            ),
            (minus(times(_targets, p_k), y_k), Reason.ONE_TERM),
            boxed=True,
        ),
    ),
    letters={"a": between(-2, 2, 3), "y": between(0, 1, 3)},
    remarks=("any_target", "logits"),
)

_smoothed = plus(times(y_k, minus(one, s)), over(s, n))

LABEL_SMOOTHING = Derivation(
    "label_smoothing",
    (
        stage(t_k, _smoothed, words="smoothed_targets"),
        stage(L, neg(over_all(j, times(t_j, ln(a_j))))),
        stage(
            partial(L, a_k),
            (neg(over_all(j, times(t_j, partial(ln(a_j), a_k)))), Reason.SUM_RULE),
            (neg(times(t_k, over(one, a_k))), Reason.ONE_TERM),
            (neg(over(t_k, a_k)), Reason.SIMPLIFIED),
            (neg(over(_smoothed, a_k)), Reason.REWRITTEN),
            boxed=True,
        ),
    ),
    letters={"a": between(0, 1, 3), "y": between(0, 1, 3), "s": between(0, 1), "n": between(2, 9)},
    remarks=("label_smoothing",),
)
