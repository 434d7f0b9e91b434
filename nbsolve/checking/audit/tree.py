"""Formulas as trees. Equality is structural, so that numbers can be laid on letters."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Num:
    """A number as printed; `decimals` is the place of its last digit (negative before the point)."""

    text: str
    value: Fraction
    decimals: int


@dataclass(frozen=True)
class Sym:
    """A letter with its scripts, by the name under which its value is known."""

    name: str


@dataclass(frozen=True)
class Ref:
    """A circled number: a factor found before."""

    mark: str


@dataclass(frozen=True)
class Neg:
    inner: Node


@dataclass(frozen=True)
class Sum:
    terms: tuple[Node, ...]


@dataclass(frozen=True)
class Product:
    """Factors one after the other; `sign` tells whether each is joined by a dot ('.') or by nothing ('')."""

    factors: tuple[Node, ...]


@dataclass(frozen=True)
class Quotient:
    top: Node
    bottom: Node


@dataclass(frozen=True)
class Power:
    base: Node
    exponent: Node


@dataclass(frozen=True)
class Call:
    """A named function, `name` with its primes: sigma', max, ln, log_2, abs, norm, cases, indicator."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Text:
    """Words inside a formula; they have no value."""

    words: str


@dataclass(frozen=True)
class Matrix:
    rows: tuple[tuple[Node, ...], ...]


Node = Num | Sym | Ref | Neg | Sum | Product | Quotient | Power | Call | Text | Matrix


@dataclass(frozen=True)
class Chain:
    """lhs rel expr rel expr …: `relations[n]` stands between items n and n + 1."""

    items: tuple[Node, ...]
    relations: tuple[str, ...]
    boxed: tuple[bool, ...]
    marks: tuple[tuple[int, str], ...] = ()


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node, in reading order."""
    match node:
        case Neg(inner):
            return (inner,)
        case Sum(parts) | Product(parts):
            return parts
        case Quotient(top, bottom):
            return (top, bottom)
        case Power(base, exponent):
            return (base, exponent)
        case Call(_, arguments):
            return arguments
        case Matrix(rows):
            return tuple(cell for row in rows for cell in row)
    return ()


def stands_in(part: Node, node: Node) -> bool:
    """Whether `part` is the formula, a part of it, or factors of it that stand side by side."""
    if part == node or any(stands_in(part, child) for child in children(node)):
        return True
    if isinstance(part, Product) and isinstance(node, Product):
        count = len(part.factors)
        return any(node.factors[at : at + count] == part.factors for at in range(len(node.factors)))
    return False


def has_symbols(node: Node) -> bool:
    """Whether a letter stands somewhere in it."""
    if isinstance(node, Sym):
        return node.name not in ("π", "e")
    return isinstance(node, Ref) or any(has_symbols(part) for part in children(node))


def numbers_in(node: Node) -> list[Num]:
    """The numbers of a formula, from left to right."""
    if isinstance(node, Num):
        return [node]
    return [n for part in children(node) for n in numbers_in(part)]
