"""What a check of a page gives, and where what it checks stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from mpmath import mp

from nbsolve.checking.audit.display import Chain
from nbsolve.checking.audit.evaluate import Unknown
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.tree import (
    Node,
)
from nbsolve.checking.oracle.numbers import DIGITS, Number, big

TROUBLE = (Unreadable, Unknown, ZeroDivisionError, ValueError, KeyError, IndexError)


@dataclass
class Context:
    """Where a formula stands: its iteration, the marks of that iteration, the number of the next one."""

    iteration: int
    marks: dict[int, str] = field(default_factory=dict)
    next_mark: int = 1
    formulae: dict[str, int] = field(default_factory=dict)
    below: Sequence[Chain] = ()
    """The chains below it in the same display: a note about digits may be about theirs as well."""


@dataclass
class Found:
    """What a check gives: faults, and how much was checked."""

    faults: list[str] = field(default_factory=list)
    lines: int = 0
    numbers: int = 0
    digits: int = 0


def same(a: Number, b: Number) -> bool:
    """Equal, up to the noise of so many digits."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    return bool(abs(big(a) - big(b)) <= mp.mpf(10) ** (-2 * DIGITS // 3) * (1 + abs(big(a))))


@dataclass(frozen=True)
class Line:
    """One formula of a chain, as a tree and as it is written; `relation` stands before it."""

    relation: str
    node: Node
    words: str
    boxed: bool
