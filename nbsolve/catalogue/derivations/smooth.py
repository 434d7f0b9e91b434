"""The derivatives of softplus, SiLU and GELU."""

from __future__ import annotations

from dataclasses import replace

from nbsolve.catalogue.activations import normal_density, normal_distribution
from nbsolve.catalogue.derivations.building import (
    between,
    d,
    exp,
    function,
    half,
    ln,
    minus,
    neg,
    one,
    over,
    plus,
    slope,
    square,
    stage,
    times,
    two,
)
from nbsolve.derivation import Derivation
from nbsolve.expr import Function, Variable
from nbsolve.step import Reason

z = Variable("z")
sigma = function("sigmoid", z)
LETTERS = {"z": between(-3, 3)}

SOFTPLUS = Derivation(
    "softplus",
    (
        stage(function("softplus", z), ln(plus(one, exp(z)))),
        stage(
            slope("softplus", z),
            d(ln(plus(one, exp(z))), z),
            (times(over(one, plus(one, exp(z))), d(plus(one, exp(z)), z)), Reason.CHAIN_RULE),
            (times(over(one, plus(one, exp(z))), exp(z)), Reason.TERM_BY_TERM),
            (over(one, plus(exp(neg(z)), one)), Reason.EXTENDED, (exp(neg(z)),)),
            (sigma, Reason.RECOGNISED, (sigma,)),
            boxed=True,
        ),
    ),
    letters=LETTERS,
    remarks=("softplus",),
)

SILU = Derivation(
    "silu",
    (
        stage(
            function("silu", z),
            over(z, plus(one, exp(neg(z)))),
            (times(z, sigma), Reason.RECOGNISED, (sigma,)),
        ),
        stage(
            slope("silu", z),
            d(times(z, sigma), z),
            (plus(times(d(z, z), sigma), times(z, d(sigma, z))), Reason.PRODUCT_RULE),
            (plus(sigma, times(z, sigma, minus(one, sigma))), Reason.DIFFERENTIATED),
            (times(sigma, plus(one, times(z, minus(one, sigma)))), Reason.COLLECTED),
            boxed=True,
        ),
    ),
    letters=LETTERS,
    remarks=("silu",),
)


distribution, density = normal_distribution, normal_density
pi = Function("pi", ())
root_two = Function("sqrt", (two,))
erf = Function("erf", (over(z, root_two),))
bell = exp(neg(over(square(z), two)))
two_over_root_pi = over(two, Function("sqrt", (pi,)))

GELU = Derivation(
    "gelu",
    (
        stage(function("gelu", z), times(z, distribution)),
        stage(distribution, times(half, plus(one, erf)), words="gelu_distribution"),
        stage(
            replace(density, name="normal_distribution", primes=1),
            d(times(half, plus(one, erf)), z),
            (times(half, d(erf, z)), Reason.CONSTANT_FACTOR),
            (
                times(half, two_over_root_pi, exp(neg(square(over(z, root_two)))), d(over(z, root_two), z)),
                Reason.CHAIN_RULE,
            ),
            (times(half, two_over_root_pi, bell, over(one, root_two)), Reason.DIFFERENTIATED),
            (over(bell, Function("sqrt", (times(two, pi),))), Reason.SIMPLIFIED),
            (density, Reason.LETTER, (density,)),
            words="gelu_density",
        ),
        stage(
            slope("gelu", z),
            d(times(z, distribution), z),
            (plus(times(d(z, z), distribution), times(z, d(distribution, z))), Reason.PRODUCT_RULE),
            (plus(distribution, times(z, density)), Reason.DIFFERENTIATED),
            words="gelu_product",
            boxed=True,
        ),
    ),
    letters=LETTERS,
    remarks=("gelu",),
)
