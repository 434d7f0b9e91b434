"""Activations: one record each, its formula and its derivative as data.

Formulae are written in the placeholder z (and the names of parameters); `from_output` is the derivative in
the placeholder a, the unit's own activation, where people write it so. Sources: I. Goodfellow, Y. Bengio and
A. Courville, "Deep Learning", 2016, sections 3.10 and 6.3; GELU: D. Hendrycks and K. Gimpel,
arXiv:1606.08415; SiLU: S. Elfwing et al., arXiv:1702.03118; ELU: D.-A. Clevert et al., arXiv:1511.07289.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from nbsolve.arithmetic import HALF
from nbsolve.expr import (
    Applied,
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
    number,
)
from nbsolve.given import Given


@dataclass(frozen=True)
class Activation:
    """a = definition(z); derivative da/dz in z and, where there is one, from the output a.

    `function` is how it is written: LaTeX (`\\mathrm{mish}`), from which every output format takes it, or the name
    of a sign that all formats know (`sigmoid` is σ). A `vector` activation acts on the whole layer (softmax) and
    has a Jacobian instead. `kink` names the convention at the kink, if any.
    """

    name: str
    function: str
    definition: Expr
    derivative: Expr
    from_output: Expr | None = None
    parameters: Mapping[str, Given] = field(default_factory=dict)
    kink: str | None = None
    vector: bool = False


z, a = Variable("z"), Variable("a")
one, zero = number(1), number(0)
minus_z = Negation((z,))


def _exp(argument: Expr) -> Expr:
    return Function("exp", (argument,))


def _when(value: Expr, relation: str, otherwise: Expr) -> Expr:
    return Cases(((value, Comparison(z, relation, zero)), (otherwise, None)))


def _minus(left: Expr, right: Expr) -> Expr:
    return Sum((left, Negation((right,))))


def _named(name: str, definition: Expr) -> Applied:
    return Applied(name, definition, (("z", z),))


logistic = Quotient((one, Sum((one, _exp(minus_z)))))
sigmoid = _named("sigmoid", logistic)
normal_distribution = _named(
    "normal_distribution",
    Product(
        (
            Number(HALF),
            Sum((one, Function("erf", (Quotient((z, Function("sqrt", (number(2),)))),)))),
        )
    ),
)
normal_density = _named(
    "normal_density",
    Quotient(
        (
            _exp(Negation((Quotient((Power((z, number(2))), number(2))),))),
            Function("sqrt", (Product((number(2), Function("pi", ()))),)),
        )
    ),
)

_RECORDS = (
    Activation("linear", "identity", z, one),
    Activation(
        "sigmoid",
        "sigmoid",
        logistic,
        Quotient((_exp(minus_z), Power((Sum((one, _exp(minus_z))), number(2))))),
        from_output=Product((a, _minus(one, a))),
    ),
    Activation(
        "tanh",
        "tanh",
        Function("tanh", (z,)),
        _minus(one, Power((Function("tanh", (z,)), number(2)))),
        from_output=_minus(one, Power((a, number(2)))),
    ),
    Activation("relu", "relu", Function("max", (zero, z)), _when(one, ">", zero), kink="zero"),
    Activation(
        "leaky_relu",
        "leaky_relu",
        _when(z, ">", Product((Variable("slope"), z))),
        _when(one, ">", Variable("slope")),
        parameters={"slope": Given.read("0.01")},
        kink="slope",
    ),
    Activation(
        "elu",
        "elu",
        _when(z, ">", Product((Variable("alpha"), _minus(_exp(z), one)))),
        _when(one, ">", Product((Variable("alpha"), _exp(z)))),
        from_output=_when(one, ">", Sum((a, Variable("alpha")))),
        parameters={"alpha": Given.read("1")},
        kink="alpha",
    ),
    Activation("softplus", "softplus", Function("ln", (Sum((one, _exp(z))),)), sigmoid),
    Activation(
        "gelu",
        "gelu",
        Product((z, normal_distribution)),
        Sum((normal_distribution, Product((z, normal_density)))),
    ),
    Activation(
        "silu",
        "silu",
        Product((z, sigmoid)),
        Product((sigmoid, Sum((one, Product((z, _minus(one, sigmoid))))))),
    ),
    Activation("step", "step", _when(one, "≥", zero), zero, kink="step"),
    # The definitions of vector activations need all units' z: they are in `softmaxes.py`.
    Activation("softmax", "softmax", z, one, vector=True),
    Activation(
        "softmax_with_temperature",
        "softmax",
        z,
        one,
        parameters={"temperature": Given.read("2")},
        vector=True,
    ),
    Activation("softmax_with_base", "softmax", z, one, parameters={"base": Given.read("2")}, vector=True),
    Activation("log_softmax", r"\mathrm{log\,softmax}", z, one, vector=True),
)

ACTIVATIONS: dict[str, Activation] = {record.name: record for record in _RECORDS}

_NAMED = frozenset({"sigmoid", "softplus", "normal_distribution", "normal_density"})


def is_named(node: Expr) -> TypeGuard[Applied]:
    """Whether it is σ, softplus, Φ or φ, whose values get lines of their own where another formula uses them."""
    return isinstance(node, Applied) and node.name in _NAMED and not node.primes
