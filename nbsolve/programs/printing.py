"""How a program prints numbers: with the digits of the page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from nbsolve.problem.model import Rounding

MOST_DIGITS = 400
"""No double has so many digits before the point and after it as a page prints; decimals hold 28 by default."""
_PLAIN = """\
def show(name, values):
    def rounded(value):
        return [*map(rounded, value)] if isinstance(value, list) else f"{{value:{spec}}}"

    print(name, "=", str(rounded(values.tolist())).replace("'", ""))"""

_EXACT = """\
def digits(value, before):
    value, before = Decimal(f"{{round(value, 15):.14g}}"), Decimal(f"{{round(before, 15):.14g}}")
    places = {places}

    def rounded(number):  # ties away from zero
        return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=400))
{apart}
    return str(rounded(value))


def show(name, values, before=None):
    def rounded(value, old):
        return [*map(rounded, value, old)] if isinstance(value, list) else digits(value, old)

    old = values if before is None else before
    print(name, "=", str(rounded(values.tolist(), old.tolist())).replace("'", ""))"""

_APART = """
    while value != before and rounded(value) == rounded(before):  # a new parameter is told from the old one
        places += 1
"""


OTHER_ORDER = 4e-15
"""How far apart, relatively, doubles may be that were added up in another order."""


@dataclass(frozen=True)
class Format:
    """Digits of answers. `exact`: ties as by hand, and new parameters (`told`) apart from the old ones."""

    decimals: int | None
    significant: int | None
    minimum: int
    told: bool
    exact: bool

    @classmethod
    def of(cls, rounding: Rounding) -> Format:
        """The simplest way of printing such digits."""
        digits = rounding.answers
        told = rounding.apply == "at_end" and digits.significant is not None
        minimum = digits.minimum_significant
        return cls(digits.decimals, digits.significant, minimum, told, exact=bool(minimum))

    @property
    def helper(self) -> list[str]:
        """The functions that print."""
        if not self.exact:
            return _PLAIN.format(spec=self._spec).split("\n")
        apart = _APART if self.told else ""
        return _EXACT.format(places=self._places, apart=apart).split("\n")

    @property
    def _spec(self) -> str:
        return f".{self.decimals}f" if self.significant is None else f"#.{self.significant}g"

    @property
    def _places(self) -> str:
        if self.significant is not None:
            return f"max({self.significant - 1} - value.adjusted(), 0) if value else 0"
        if self.minimum:
            return (
                f"max({self.decimals}, {self.minimum - 1} - value.adjusted()) if value else {self.decimals}"
            )
        return str(self.decimals)

    def printed(self, value: float, before: float | None) -> str | None:
        """What the program prints for a number; None where it is none."""
        if not math.isfinite(value):
            return None
        if not self.exact:
            return f"{value:{self._spec}}"
        return self._rounded_by_hand(value, before)

    def printed_near(self, value: float, before: float | None) -> tuple[str | None, ...]:
        """What programs may print that add up in another order; an `exact` one rounds that off."""
        ways = (0,) if self.exact else (-1, 0, 1)
        return tuple(self.printed(value * (1 + way * OTHER_ORDER), before) for way in ways)

    def _rounded_by_hand(self, value: float, before: float | None) -> str:
        """The number with ties away from zero."""
        number = Decimal(f"{round(value, 15):.14g}")
        old = number if before is None else Decimal(f"{round(before, 15):.14g}")
        size = number.adjusted() if number else None
        if self.significant is not None:
            places = 0 if size is None else max(self.significant - 1 - size, 0)
        else:
            assert self.decimals is not None
            least = self.minimum - 1 - size if self.minimum and size is not None else 0
            places = max(self.decimals, least)

        def rounded(x: Decimal) -> Decimal:
            return x.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=MOST_DIGITS))

        while self.told and number != old and rounded(number) == rounded(old):
            places += 1
        return str(rounded(number))
