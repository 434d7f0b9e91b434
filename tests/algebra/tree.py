"""Formulas in letters as trees: what a displayed line says, without markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Num:
    """A number; `decimals` of its text tell how far it can be trusted after ≈."""

    value: Fraction
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter with its scripts as they are written: core, subscript, superscript."""

    core: str
    sub: str = ""
    sup: str = ""

    def __str__(self) -> str:
        return self.core + (f"_{{{self.sub}}}" if self.sub else "") + (f"^{{{self.sup}}}" if self.sup else "")


@dataclass(frozen=True, slots=True)
class Neg:
    inner: Node


@dataclass(frozen=True, slots=True)
class Sum:
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Product:
    factors: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Quotient:
    top: Node
    bottom: Node


@dataclass(frozen=True, slots=True)
class Power:
    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function by name, with its primes: σ′ is sigma with one."""

    name: str
    arguments: tuple[Node, ...]
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Derivative:
    """d body / d variable; of a letter it is that letter's derivative wherever it depends on the variable."""

    body: Node
    variable: Letter


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a derivative that comes through one unit: ∂L/∂h |_u."""

    derivative: Derivative
    through: Letter


@dataclass(frozen=True, slots=True)
class IndexedSum:
    """Σ over an index; without bounds it runs over all places that the letters of the body have."""

    index: str
    body: Node
    first: int | None = None
    last: int | str | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """left relation right: true or false."""

    left: Node
    relation: str
    right: Node


@dataclass(frozen=True, slots=True)
class Indicator:
    """1 where the condition holds, 0 elsewhere; in k = j the sides are places, not values."""

    condition: Compared


@dataclass(frozen=True, slots=True)
class Cases:
    """Values with their conditions; the last condition may be missing (otherwise)."""

    branches: tuple[tuple[Node, Compared | None], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix or a column, entry by entry."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Transposed:
    inner: Node


@dataclass(frozen=True, slots=True)
class Hadamard:
    factors: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Remainder:
    """O(body)."""

    body: Node


@dataclass(frozen=True, slots=True)
class Marked:
    """A formula over a brace with the circled number under which it was found."""

    body: Node
    mark: str


Node = (
    Num
    | Letter
    | Neg
    | Sum
    | Product
    | Quotient
    | Power
    | Call
    | Derivative
    | Share
    | IndexedSum
    | Compared
    | Indicator
    | Cases
    | Grid
    | Transposed
    | Hadamard
    | Remainder
    | Marked
)
NODES = Node.__args__
FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in NODES}


def children(node: Node) -> Iterator[Node]:
    """The parts of a node."""
    for name in FIELDS[type(node)]:
        yield from _nodes(getattr(node, name))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, NODES):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)


def walk(node: Node) -> Iterator[Node]:
    """Every node, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def letters(node: Node) -> Iterator[Letter]:
    """Every letter of a formula."""
    return (part for part in walk(node) if isinstance(part, Letter))
