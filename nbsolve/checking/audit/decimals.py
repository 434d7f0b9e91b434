"""Numbers as they are printed: plain decimals, and those with a power of ten."""

from __future__ import annotations

from fractions import Fraction

from nbsolve.checking.audit.tree import (
    Neg,
    Node,
    Num,
    Power,
)


def number(text: str) -> Num:
    """A plain decimal."""
    return Num(text, Fraction(text), len(text.partition(".")[2]))


def is_power_of_ten(node: Node) -> bool:
    if not (isinstance(node, Power) and isinstance(node.base, Num) and node.base.text == "10"):
        return False
    exponent = node.exponent.inner if isinstance(node.exponent, Neg) else node.exponent
    return isinstance(exponent, Num) and exponent.decimals == 0


def scientific(mantissa: Num, power: Node) -> Num:
    """`7.639 · 10^{-6}` is one number."""
    assert isinstance(power, Power)
    sign, exponent = (-1, power.exponent.inner) if isinstance(power.exponent, Neg) else (1, power.exponent)
    assert isinstance(exponent, Num)
    shift = sign * int(exponent.value)
    return Num(f"{mantissa.text}e{shift}", mantissa.value * Fraction(10) ** shift, mantissa.decimals - shift)
