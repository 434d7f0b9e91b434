"""From the error signals of a layer to the gradient of the layer before: the sum over all paths.

∂L/∂a_i = Σ_j ∂L/∂z_j · w_ji.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 6.5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nbsolve.expr import (
    Atom,
    Brace,
    Expr,
    MatrixProduct,
    Negation,
    Quantity,
    Transpose,
    collected,
    product,
    total,
)
from nbsolve.layers.gradient import LOSS, Explanation, Gradient, unit_of
from nbsolve.recorder import Recorder, forms
from nbsolve.step import Form, Reason, Rule
from nbsolve.symbol import Partial, Role, Symbol, number_of

if TYPE_CHECKING:
    from nbsolve.layers.dense import Dense

MOST_SHARES = 8
"""Paths whose shares are written down one by one; more are added up in one line."""


def upstream(
    layer: Dense, recorder: Recorder, how: Explanation, signal: Gradient, sample: int | None
) -> Gradient:
    """∂L/∂a of the layer before; written down unless the way is `paths`."""
    weights = Quantity(layer.w())
    matrix = MatrixProduct((Transpose((weights,)), signal.whole))
    added = collected if how.way == "paths" else total

    def paths(i: int, of: Callable[[int], Expr], note: bool) -> Expr:
        terms = [product(of(j), Quantity(layer.w(j, i))) for j in layer.units]
        if note and len(terms) > 1:
            terms = [
                Brace(t, "through", (layer.a(j, sample),)) for j, t in zip(layer.units, terms, strict=True)
            ]
        return added(*terms)

    def chain(i: int) -> Expr:
        return added(
            *(
                product(signal.chain(j), Quantity(Partial(layer.z(j, sample), layer.source(i, sample))))
                for j in layer.units
            )
        )

    closed = Gradient(matrix, lambda i: paths(i, signal.unit, False), chain)
    if how.way == "paths":
        return closed
    if how.sign < 0 and how.way == "delta":
        # δ = −∂L/∂z throughout: the layer before takes −Σ w δ, whose sign its own δ turns round.
        def plain(j: int | None) -> Expr:
            return Quantity(how.signal(layer.index, j, sample))

        return Gradient(
            Negation((MatrixProduct((Transpose((weights,)), plain(None))),)),
            lambda i: Negation((paths(i, plain, False),)),
            chain,
        )
    sources = range(1, layer.inputs + 1)
    target = Partial(LOSS, layer.source(None, sample))
    written = Gradient(
        Quantity(target),
        lambda i: Quantity(Partial(LOSS, layer.source(i, sample))),
        lambda i: Quantity(Partial(LOSS, layer.source(i, sample))),
    )
    members = [Partial(LOSS, layer.source(i, sample)) for i in sources]
    if (
        how.way == "local_derivatives"
        and 1 < layer.layer.units <= MOST_SHARES
        and layer.inputs <= MOST_SHARES
    ):
        _write_shares(layer, recorder, signal, sample)

        def shares(i: int) -> Expr:
            return total(*(Quantity(_share(layer, i, j, sample)) for j in layer.units))

        recorder.write_units(
            Rule.PATH_SUM,
            members,
            lambda atom: (
                Form(chain(unit_of(atom)), Reason.CHAIN_RULE),
                Form(shares(unit_of(atom)), Reason.FACTORS),
            ),
            sample,
            forms(matrix),
        )
        return written
    recorder.write(
        Rule.PATH_SUM,
        target,
        forms(matrix),
        members,
        lambda atom: forms(
            chain(unit_of(atom)),
            paths(unit_of(atom), signal.unit, True),
            reasons=(Reason.CHAIN_RULE, Reason.FACTORS),
        ),
        sample,
    )
    return written


def _share(layer: Dense, source: int, through: int, sample: int | None) -> Symbol:
    return Symbol(Role.SHARE, layer.index - 1, source, through, sample=sample)


def _write_shares(layer: Dense, recorder: Recorder, signal: Gradient, sample: int | None) -> None:
    def share(atom: Atom) -> tuple[Form, ...]:
        assert isinstance(atom, Symbol)
        i, j = number_of(atom.to), number_of(atom.from_)
        step = Quantity(Partial(layer.z(j, sample), layer.source(i, sample)))
        return forms(
            product(signal.chain(j), step),
            product(signal.unit(j), Quantity(layer.w(j, i))),
            reasons=(Reason.CHAIN_RULE, Reason.FACTORS),
        )

    members = [_share(layer, i, j, sample) for i in range(1, layer.inputs + 1) for j in layer.units]
    recorder.write_units(Rule.PATH_SHARE, members, share, sample)
