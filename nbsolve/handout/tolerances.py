"""How far an answer may be from the printed one: never so far that 0 is right for what is not 0."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from nbsolve.asking.answers import Answer

__all__ = ["Tolerance", "tolerance"]

_EXACT = Decimal("1e-14")
"""A printed value this near to the double of the exact one, relatively, is the exact one."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """`within` as it would be read (`0.01`, `1e-7`); `near` is the value itself where 0 is printed for it."""

    within: str
    near: str | None = None


def tolerance(entry: Answer) -> Tolerance | None:
    """One unit of the last printed digit; None where the answer is exact.

    Half a unit where a whole one would reach 0; a tenth of the value where 0 is printed for what is not 0.
    """
    if entry.printed is None or entry.exact is None:
        return None
    try:
        written, exact = Decimal(entry.printed), Decimal(entry.exact)
    except InvalidOperation:  # a fraction, which is exact
        return None
    if abs(written - exact) <= abs(exact) * _EXACT:
        return None
    if written == 0:
        value = Decimal(f"{exact:.2e}")
        return Tolerance(_read(Decimal(f"{abs(value) / 10:.0e}")), _read(value))
    unit = Decimal((0, (1,), int(written.as_tuple().exponent)))
    return Tolerance(_read(unit if abs(written) > unit else unit / 2, "e" in entry.printed.lower()))


def _read(number: Decimal, power: bool = False) -> str:
    """Plain from 0.0001 to a million, otherwise (and where it is wanted) with a power of ten."""
    if not power and -4 <= number.adjusted() < 7:
        return f"{number:f}"
    mantissa = f"{number.scaleb(-number.adjusted()):f}"
    return f"{mantissa}e{number.adjusted()}"
