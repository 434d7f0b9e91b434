"""Printed numbers of a page about a rule, and what is claimed of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.tree import Neg, Node, Num, Quotient, has_symbols
from nbsolve.checking.oracle.rounding import Digits, fault


class Wrong(Exception):
    """What a page says that is not so."""


@dataclass
class Context:
    """Where a block stands."""

    section: str = ""
    epoch: int = 0
    sample: int = 0
    unit: int = 1
    units: int = 0
    """The headings of units that were read below this one."""
    displays: int = 0
    """The displays of an epoch's end that were read."""
    lines: int = 0
    """The lines of a boundary that were read."""
    parts: int = 0
    """The parts whose answers were read."""


def claim(true: bool, words: str) -> None:
    if not true:
        raise Wrong(words)


def exactly(node: Node) -> Fraction:
    """The number that a printed number or fraction is."""
    if has_symbols(node):
        raise Wrong("a letter where a number should be")
    value = Evaluator()(node)
    assert isinstance(value, Fraction)
    return value


def text_of(node: Node) -> str:
    """A printed number as text."""
    if isinstance(node, Neg):
        return f"-{text_of(node.inner)}"
    if not isinstance(node, Num):
        raise Wrong("not a number")
    return node.text


def is_fraction(node: Node) -> bool:
    return isinstance(node.inner if isinstance(node, Neg) else node, Quotient)


def decimals_of(node: Node) -> int | None:
    inner = node.inner if isinstance(node, Neg) else node
    return inner.decimals if isinstance(inner, Num) else None


def longer(node: Node, value: Fraction, digits: Digits) -> bool:
    """Whether a number is printed with more digits than usual, which a later result may need."""
    if digits.significant is None:
        return False
    return any(
        fault(text_of(node), value, Digits(significant=digits.significant + more)) is None
        for more in range(1, 41)
    )
