"""The nodes of an expression, and how those below a node are replaced."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np

from nbsolve.arithmetic import Value
from nbsolve.expr.node import Expr
from nbsolve.symbol import Partial, Symbol, Unit

Atom = Symbol | Partial
Array = np.ndarray[Any, np.dtype[Any]]
Operand = Value | Array


@dataclass(frozen=True, slots=True)
class Number(Expr):
    """A literal; `text` where it must be printed as written or as rounded (its value is then the text's)."""

    value: flint.fmpq
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity(Expr):
    """A symbol or a partial derivative, to be found in the bindings."""

    atom: Atom


@dataclass(frozen=True, slots=True)
class Variable(Expr):
    """A placeholder of a catalogue formula (z, a, y, a parameter); replaced before it is used.

    In derivations, where it is a letter like any other: `index` makes it an entry (a_i), `vector` the whole
    vector (written in bold).
    """

    name: str
    index: Unit | None = None
    vector: bool = False


class _Many(Expr):
    __slots__ = ()
    operands: tuple[Expr, ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        return self.operands

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return type(self)(children)  # type: ignore[call-arg]


@dataclass(frozen=True, slots=True)
class _Annotated(Expr):
    body: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        return (self.body,)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return dataclasses.replace(self, body=children[0])


@dataclass(frozen=True, slots=True)
class Sum(_Many):
    """Terms added; a `Negation` among them is printed as a subtraction."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Product(_Many):
    """Factors multiplied; a scalar may multiply a vector or matrix."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Quotient(_Many):
    """numerator / denominator (scalars)."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Power(_Many):
    """base ^ exponent, the exponent rational (scalars)."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Negation(_Many):
    """−operand."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Function(Expr):
    """One of `FUNCTIONS` (`nbsolve.evaluate`), known by name: exp, ln, sqrt, tanh, sin, abs, max, dot, …"""

    name: str
    operands: tuple[Expr, ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        return self.operands

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return Function(self.name, children)


@dataclass(frozen=True, slots=True)
class Applied(Expr):
    """A catalogue function named `name` (σ, ReLU, …): `definition` is its formula in placeholders.

    `entries` fill the placeholders; where they are vectors the formula acts entry by entry, while `whole`
    placeholders keep their vectors. Printed as the function of its first entry; `primes` marks a derivative (σ′).
    """

    name: str
    definition: Expr
    entries: tuple[tuple[str, Expr], ...]
    whole: tuple[tuple[str, Expr], ...] = ()
    primes: int = 0

    @property
    def argument(self) -> Expr:
        return self.entries[0][1]

    @property
    def children(self) -> tuple[Expr, ...]:
        return tuple(value for _, value in (*self.entries, *self.whole))

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        count = len(self.entries)
        entries = tuple((name, new) for (name, _), new in zip(self.entries, children[:count], strict=True))
        whole = tuple((name, new) for (name, _), new in zip(self.whole, children[count:], strict=True))
        return Applied(self.name, self.definition, entries, whole, self.primes)

    @property
    def expanded(self) -> Expr:
        """The definition with its placeholders filled in."""
        return with_variables(self.definition, dict((*self.entries, *self.whole)))


@dataclass(frozen=True, slots=True)
class Comparison(Expr):
    """left `relation` right, with relation one of < ≤ = ≥ > ≠."""

    left: Expr
    relation: str
    right: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        return (self.left, self.right)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return Comparison(children[0], self.relation, children[1])


@dataclass(frozen=True, slots=True)
class Cases(Expr):
    """value where condition, … ; the last value holds otherwise (its condition is None)."""

    branches: tuple[tuple[Expr, Comparison | None], ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        return tuple(part for value, condition in self.branches for part in (value, condition) if part)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        rest = iter(children)
        pairs = []
        for _, condition in self.branches:
            value = next(rest)
            pairs.append((value, next(rest) if condition else None))
        return Cases(tuple(pairs))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Matrix(Expr):
    """Rows of expressions; one column makes a vector."""

    rows: tuple[tuple[Expr, ...], ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        return tuple(entry for row in self.rows for entry in row)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        width = len(self.rows[0])
        return Matrix(tuple(children[k : k + width] for k in range(0, len(children), width)))


@dataclass(frozen=True, slots=True)
class MatrixProduct(_Many):
    """Matrices and vectors multiplied from the left to the right."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Hadamard(_Many):
    """Vectors or matrices of one shape multiplied entry by entry (⊙)."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Transpose(_Many):
    """The transpose of a matrix, or of a vector (then a row)."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Stacked(_Many):
    """Vectors one below the other, as one vector."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Columns(_Annotated):
    """The columns `first` to `last` of a matrix; `rows`: it is written with its columns as rows (x W + b)."""

    first: int
    last: int
    rows: bool = False


@dataclass(frozen=True, slots=True)
class Total(_Many):
    """The sum of the entries of a vector or matrix."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Brace(_Annotated):
    """An expression with a note under a brace: the id of a phrase and the atoms that it names."""

    phrase: str
    names: tuple[Atom, ...] = ()


@dataclass(frozen=True, slots=True)
class FactorReference(Expr):
    """An expression found earlier, printed with (or as) its circled number."""

    number: int
    body: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        return (self.body,)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return FactorReference(self.number, children[0])


@dataclass(frozen=True, slots=True)
class Known(Expr):
    """An expression that has a line of its own before it is used: written by its name, computed by its body."""

    name: Expr
    body: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        return (self.body,)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return Known(self.name, children[0])


def substitute(expression: Expr, replace: Callable[[Expr], Expr | None]) -> Expr:
    """The expression with every node for which `replace` gives another one replaced by it (not re-entered)."""
    new = replace(expression)
    return _within(expression, expression.children, replace) if new is None else new


def _within(expression: Expr, children: tuple[Expr, ...], replace: Callable[[Expr], Expr | None]) -> Expr:
    """The expression with nodes below it replaced."""
    replaced, same = [], True
    for child in children:
        other = replace(child)
        if other is None:
            below = child.children
            other = _within(child, below, replace) if below else child
        if other is not child:
            same = False
        replaced.append(other)
    return expression if same else expression.rebuilt(tuple(replaced))


def with_variables(expression: Expr, variables: Mapping[str, Expr]) -> Expr:
    """The catalogue formula with those placeholders filled in that are among the variables."""
    return substitute(
        expression,
        lambda node: variables.get(node.name) if isinstance(node, Variable) and node.index is None else None,
    )
