"""Softmax, with a temperature or another base than e, and log-softmax: activations of all units of a layer at once.

Sources: J. S. Bridle, "Probabilistic Interpretation of Feedforward Classification Network Outputs", 1990; the
temperature: G. Hinton, O. Vinyals and J. Dean, "Distilling the Knowledge in a Neural Network", arXiv:1503.02531.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from nbsolve.expr import (
    Expr,
    Function,
    Hadamard,
    Negation,
    Power,
    Product,
    Quotient,
    Sum,
    Total,
    number,
    product,
)
from nbsolve.expr.general import IndexedSum, Kronecker
from nbsolve.graph.operation import OUT, UPSTREAM, Entry, Local, Operation, Slot
from nbsolve.step import Rule
from nbsolve.symbol import Index

__all__ = ["SOFTMAX", "Softmax", "softmax"]

_i, _j = Index("i"), Index("j")
_upstream, _out, _z = Slot(UPSTREAM), Slot(OUT), Slot("z")


@dataclass(frozen=True)
class Softmax:
    """p[j] = exp(z[j]/T) / Σ_i exp(z[i]/T), T = 1 without a temperature; with `logarithm` a[j] = ln p[j].

    With a base, p[j] = base^z[j] / Σ_i base^z[i], which is a temperature of 1/ln base.

    ∂p[k]/∂z[j] = p[k] (1[k = j] − p[j]) / T, and ∂a[k]/∂z[j] = (1[k = j] − p[j]) / T with p = exp(a).
    """

    name: str
    temperature: Expr | None = None
    logarithm: bool = False
    base: Expr | None = None

    def exponent(self, z: Expr) -> Expr:
        """What e is raised to."""
        if self.base is not None:
            return product(z, Function("ln", (self.base,)))
        return z if self.temperature is None else Quotient((z, self.temperature))

    def power(self, z: Expr) -> Expr:
        """exp(z/T), or base^z."""
        return Function("exp", (self.exponent(z),)) if self.base is None else Power((self.base, z))

    def probability(self, a: Expr) -> Expr:
        """p of an output: the output itself, or e to its power."""
        return Function("exp", (a,)) if self.logarithm else a

    @property
    def factor(self) -> tuple[Expr, ...]:
        """1/T where there is a temperature, ln base where there is a base."""
        if self.base is not None:
            return (Function("ln", (self.base,)),)
        return () if self.temperature is None else (Quotient((number(1), self.temperature)),)

    def outer(self, a: Expr) -> tuple[Expr, ...]:
        """What the derivatives of an output are multiples of: p, and nothing of its logarithm."""
        return () if self.logarithm else (a,)

    def of(self, z: Expr, total: Expr) -> Expr:
        """The output of a unit (or of all) from its z and the sum of the powers."""
        if self.logarithm:
            return Sum((self.exponent(z), Negation((Function("ln", (total,)),))))
        return Quotient((self.power(z), total))

    def of_all(self, z: Expr) -> Expr:
        """The outputs of a whole layer."""
        return self.of(z, Total((self.power(z),)))

    @cached_property
    def operation(self) -> Operation:
        """The record: backwards Jᵀ g comes to (p ⊙ (g − p·g))/T, and of the logarithm to g − (Σ g) p."""
        a_j, a_i = Entry(OUT, (_j,)), Entry(OUT, (_i,))
        p_j, p_i, p = self.probability(a_j), self.probability(a_i), self.probability(_out)
        mean = Product((Total((_upstream,)), p)) if self.logarithm else Function("dot", (p, _upstream))
        less = Sum((_upstream, Negation((mean,))))
        back = less if self.logarithm else Hadamard((p, less))
        local = Local(
            Negation((product(*self.factor, *self.outer(a_j), p_i),)),
            product(*self.factor, back),
            same=product(*self.factor, *self.outer(a_j), Sum((number(1), Negation((p_j,))))),
            indexed=product(*self.factor, *self.outer(a_j), Sum((Kronecker(_j, _i), Negation((p_i,))))),
        )
        total = IndexedSum(self.power(Entry("z", (_i,))), _i)
        return Operation(
            self.name,
            Rule.ACTIVATION,
            {"z": (_i,)},
            (_j,),
            self.of(Entry("z", (_j,)), total),
            self.of_all(_z),
            {"z": local},
            as_long={_j: _i},
        )


def softmax(name: str, parameters: Mapping[str, Expr]) -> Softmax:
    """The function of this name in the table of activations, with a formula for each of its parameters."""
    return Softmax(name, parameters.get("temperature"), name == "log_softmax", parameters.get("base"))


SOFTMAX = Softmax("softmax").operation
