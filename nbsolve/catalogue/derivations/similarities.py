"""The derivatives of the hinge loss, of the cosine similarity and of the cosine loss."""

from __future__ import annotations

import flint

from nbsolve.catalogue.derivations.building import (
    between,
    dot,
    either,
    entry,
    i,
    is_,
    k,
    minus,
    neg,
    norm,
    one,
    over,
    over_all,
    partial,
    plus,
    power,
    square,
    stage,
    times,
    two,
    vector,
    zero,
)
from nbsolve.derivation import Derivation
from nbsolve.expr import Function, Number, Variable
from nbsolve.expr.general import Remainder
from nbsolve.step import Reason

L, C, x = Variable("L"), Variable("C"), Variable("x")
a, y, epsilon = vector("a"), vector("y"), vector("epsilon")
a_i, a_k, y_i, y_k, epsilon_k = (
    entry("a", i),
    entry("a", k),
    entry("y", i),
    entry("y", k),
    entry("epsilon", k),
)
VECTORS = {"a": between(-2, 2, 3), "y": between(-2, 2, 3)}

# ----------------------------------------------------------------------- hinge

product = dot(a, y)

HINGE = Derivation(
    "hinge",
    (
        stage(
            L,
            Function("max", (zero, minus(one, product))),
            (either(minus(one, product), is_(product, "<", one), zero), Reason.CASE_BY_CASE),
        ),
        stage(
            partial(product, a_k),
            partial(over_all(i, times(a_i, y_i)), a_k),
            (over_all(i, times(partial(a_i, a_k), y_i)), Reason.SUM_RULE),
            (y_k, Reason.ONE_TERM),
            words="hinge_product",
        ),
        stage(
            partial(L, a_k),
            partial(minus(one, product), a_k),
            (neg(partial(product, a_k)), Reason.SUM_RULE),
            (neg(y_k), Reason.FACTORS),
            when=(is_(product, "<", one),),
        ),
        stage(
            partial(L, a_k),
            partial(zero, a_k),
            (zero, Reason.DIFFERENTIATED),
            when=(is_(product, ">", one),),
        ),
        stage(
            partial(L, a_k),
            (either(neg(y_k), is_(product, "<", one), zero), Reason.CONVENTION),
            words="kink_hinge",
            boxed=True,
        ),
    ),
    letters=VECTORS,
    kinks=(one,),
    remarks=("hinge",),
)

# ----------------------------------------------------------------------- cosine

norms = times(norm(a), norm(y))
cosine = over(product, norms)
moved = plus(a, epsilon)
share = over(dot(epsilon, a), square(norm(a)))
neglected = Remainder(square(norm(epsilon)))
minus_half = Number(flint.fmpq(-1, 2))
_first_order = minus(over(dot(epsilon, y), norms), times(cosine, share))
_slope = minus(over(y, norms), times(cosine, over(a, square(norm(a)))))
_slope_k = minus(over(y_k, norms), times(cosine, over(a_k, square(norm(a)))))

COSINE_SIMILARITY = Derivation(
    "cosine_similarity",
    (
        stage(C, cosine),
        stage(dot(moved, y), (plus(product, dot(epsilon, y)), Reason.EXPANDED), words="cosine_moved"),
        stage(
            square(norm(moved)),
            dot(moved, moved),
            (plus(square(norm(a)), times(two, dot(epsilon, a)), square(norm(epsilon))), Reason.EXPANDED),
            words="cosine_norm",
        ),
        stage(
            power(plus(one, x), minus_half),
            (plus(one, neg(over(x, two)), Remainder(square(x))), Reason.BINOMIAL),
            words="cosine_binomial",
        ),
        stage(
            over(one, norm(moved)),
            (
                plus(times(over(one, norm(a)), power(plus(one, times(two, share)), minus_half)), neglected),
                Reason.FIRST_ORDER,
            ),
            (plus(times(over(one, norm(a)), minus(one, share)), neglected), Reason.BINOMIAL),
            words="cosine_inverse",
        ),
        stage(
            over(dot(moved, y), times(norm(moved), norm(y))),
            (
                plus(times(over(plus(product, dot(epsilon, y)), norms), minus(one, share)), neglected),
                Reason.FACTORS,
            ),
            (plus(cosine, _first_order, neglected), Reason.EXPANDED),
            words="cosine_together",
        ),
        stage(partial(C, a), (_slope, Reason.COEFFICIENT), words="cosine_coefficient", boxed=True),
        stage(partial(C, a_k), (_slope_k, Reason.ENTRY), words="cosine_entry", boxed=True),
    ),
    letters={**VECTORS, "epsilon": between(-1, 1, 3), "x": between(-1, 1)},
    remarks=("cosine_similarity",),
)

COSINE_LOSS = Derivation(
    "cosine_loss",
    (
        stage(C, cosine),
        stage(L, minus(one, C)),
        stage(
            partial(L, a),
            partial(minus(one, C), a),
            (neg(partial(C, a)), Reason.SUM_RULE),
            words="cosine_loss",
        ),
        stage(partial(C, a), (_slope, Reason.KNOWN_DERIVATIVE), words="cosine_known"),
        stage(
            partial(L, a),
            (minus(times(cosine, over(a, square(norm(a)))), over(y, norms)), Reason.FACTORS),
            words="cosine_sign",
            boxed=True,
        ),
        stage(
            partial(L, a_k),
            (minus(times(cosine, over(a_k, square(norm(a)))), over(y_k, norms)), Reason.ENTRY),
            words="cosine_entry",
            boxed=True,
        ),
    ),
    letters=VECTORS,
    remarks=("cosine_loss",),
)
