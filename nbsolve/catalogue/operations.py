"""The operations of networks, one record each: the weighted sum of a layer, activations, sums.

Sources: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, sections 6.2.2 and 6.5;
K. He et al., "Deep Residual Learning for Image Recognition", 2016 (sums of branches).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal

from nbsolve.catalogue.activations import Activation
from nbsolve.expr import (
    Applied,
    Comparison,
    Expr,
    Function,
    Hadamard,
    Matrix,
    MatrixProduct,
    Negation,
    Product,
    Sum,
    Total,
    Transpose,
    number,
    product,
    substitute,
    with_variables,
)
from nbsolve.expr.general import IndexedSum
from nbsolve.graph.operation import OUT, SLOPE, UPSTREAM, EachPlace, Entry, Local, Operation, Slot
from nbsolve.step import Rule
from nbsolve.symbol import Index

__all__ = ["ADD", "BiasKind", "addition", "elementwise", "maximum", "unit_by_unit", "weighted_sum"]

BiasKind = Literal["units", "absent", "shared", "threshold"]

_i, _j = Index("i"), Index("j")
_upstream, _out = Slot(UPSTREAM), Slot(OUT)
_W, _x, _b, _z = Slot("W"), Slot("x"), Slot("b"), Slot("z")


def _signed(term: Expr, minus: bool) -> Expr:
    return Negation((term,)) if minus else term


@cache
def weighted_sum(bias: BiasKind, transposed: bool = False, masked: bool = False) -> Operation:
    """z[j] = Σ_i W[j,i]·x[i] + b[j]; without b, with one b for all units, or with −b[j] (a threshold).

    `transposed`: with W[i,j], which another layer uses as it stands; `masked`: some connections do not exist, so
    that the gradient with respect to the whole of W is multiplied by M, which is 1 where there is a weight.
    Shapes: W and M (units, inputs) or transposed, x (inputs,), b (units,) or a single number.
    """
    places = (_i, _j) if transposed else (_j, _i)
    matrix: Expr = Transpose((_W,)) if transposed else _W
    axes = {"W": places, "x": (_i,)}
    entry: Expr = IndexedSum(Product((Entry("W", places), Entry("x", (_i,)))), _i)
    whole: Expr = MatrixProduct((matrix, _x))
    outer: Expr = MatrixProduct(
        (_x, Transpose((_upstream,))) if transposed else (_upstream, Transpose((_x,)))
    )
    if masked:
        axes["M"] = places
        outer = Hadamard((outer, Slot("M")))
    local = {
        "W": Local(Entry("x", (_i,)), outer),
        "x": Local(Entry("W", places), MatrixProduct((_W if transposed else Transpose((_W,)), _upstream))),
    }
    if bias != "absent":
        axes["b"] = () if bias == "shared" else (_j,)
        minus = bias == "threshold"
        entry = Sum((entry, _signed(Entry("b", axes["b"]), minus)))
        whole = Sum((whole, _signed(_b, minus)))
        back: Expr = Total((_upstream,)) if bias == "shared" else _upstream
        local["b"] = Local(number(-1 if minus else 1), _signed(back, minus))
    return Operation("weighted_sum", Rule.PRE_ACTIVATION, axes, (_j,), entry, whole, local)


def elementwise(record: Activation, parameters: Mapping[str, Expr], everywhere: bool = True) -> Operation:
    """a[j] = f(z[j]), with a formula for each of f's parameters; `everywhere`: whether f′ exists at every z.

    f′ is written through the output a where the record has such a formula.
    """
    definition = with_variables(record.definition, parameters)
    through_output = record.from_output is not None
    slope = with_variables(record.from_output or record.derivative, parameters)

    def function(z: Expr) -> Expr:
        return z if record.name == "linear" else Applied(record.function, definition, (("z", z),))

    def derivative(z: Expr, a: Expr) -> Expr:
        entries = (("z", z), ("a", a)) if through_output else (("z", z),)
        return Applied(record.function, slope, entries, primes=1)

    z, a = Entry("z", (_j,)), Entry(OUT, (_j,))
    own = number(1) if slope == number(1) else derivative(z, a)
    whole = derivative(_z, _out)
    local = Local(own, Hadamard((_upstream, Slot(SLOPE))), slope=whole, everywhere=everywhere)
    return Operation(
        record.name, Rule.ACTIVATION, {"z": (_j,)}, (_j,), function(z), function(_z), {"z": local}
    )


def unit_by_unit(functions: Sequence[Operation]) -> Operation:
    """a[j] = f_j(z[j]): a function of its own for each unit, each an operation that acts entry by entry."""
    locals_ = [function.local["z"] for function in functions]
    slopes = [local.entry for local in locals_]
    local = Local(
        EachPlace(_j, tuple(slopes)),
        Hadamard((_upstream, Slot(SLOPE))),
        slope=_column(slopes),
        everywhere=all(local.everywhere for local in locals_),
        by_name=True,
    )
    entries = [function.entry for function in functions]
    name = ", ".join(dict.fromkeys(function.name for function in functions))
    return Operation(
        name,
        Rule.ACTIVATION,
        {"z": (_j,)},
        (_j,),
        EachPlace(_j, tuple(entries)),
        _column(entries),
        {"z": local},
    )


def _column(entries: Sequence[Expr]) -> Expr:
    """The whole array, from the formula of each of its entries."""

    def at(entry: Expr, place: int) -> Expr:
        return substitute(entry, lambda node: Entry(node.slot, (place,)) if isinstance(node, Entry) else None)

    return Matrix(tuple((at(entry, place),) for place, entry in enumerate(entries, start=1)))


@cache
def addition(count: int) -> Operation:
    """z[j] = x1[j] + x2[j] + …: several layers are added up (a residual connection)."""
    names = [f"x{n}" for n in range(1, count + 1)]
    return Operation(
        "addition",
        Rule.PRE_ACTIVATION,
        dict.fromkeys(names, (_j,)),
        (_j,),
        Sum(tuple(Entry(name, (_j,)) for name in names)),
        Sum(tuple(Slot(name) for name in names)),
        {name: Local(number(1), _upstream) for name in names},
    )


@cache
def maximum(count: int) -> Operation:
    """z[j] = max(x1[j], x2[j], …): maxout, each x being a layer of its own; at a tie the first one counts.

    ∂z[j]/∂x1[j] is 1 where x1[j] is the largest and 0 elsewhere.
    Source: I. Goodfellow et al., "Maxout Networks", arXiv:1302.4389, section 3.
    """
    names = [f"x{n}" for n in range(1, count + 1)]

    def largest(of: Sequence[Expr], place: int) -> Expr:
        before, own, after = of[:place], of[place], of[place + 1 :]
        beyond = [Comparison(own, ">", _largest(before))] if before else []
        return product(*beyond, *([Comparison(own, "≥", _largest(after))] if after else []))

    entries = [Entry(name, (_j,)) for name in names]
    slots = [Slot(name) for name in names]
    return Operation(
        "maxout",
        Rule.PRE_ACTIVATION,
        dict.fromkeys(names, (_j,)),
        (_j,),
        Function("max", tuple(entries)),
        Function("max", tuple(slots)),
        {
            name: Local(largest(entries, place), Hadamard((_upstream, largest(slots, place))))
            for place, name in enumerate(names)
        },
    )


def _largest(of: Sequence[Expr]) -> Expr:
    return of[0] if len(of) == 1 else Function("max", tuple(of))


ADD = Operation(
    "add",
    Rule.ACTIVATION,
    {"x": (_j,), "y": (_j,)},
    (_j,),
    Sum((Entry("x", (_j,)), Entry("y", (_j,)))),
    Sum((Slot("x"), Slot("y"))),
    {"x": Local(number(1), _upstream), "y": Local(number(1), _upstream)},
)
"""s[j] = x[j] + y[j]: two branches of a network meet (a residual connection)."""
