"""A number exactly as somebody wrote it: its text for printing, its rational value for computing."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import flint

from nbsolve.logarithms import Logarithm, parsed

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

MAXIMUM_EXPONENT = 400
MAXIMUM_LENGTH = 400

_DECIMAL = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?", re.ASCII)
_FRACTION = re.compile(r"([+-]?[0-9]+)/([0-9]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Given:
    """A number as written: `text` is printed unchanged, `value` is the number it means.

    Accepted: integers, decimals (`0.10`, `.5`, `5.`), exponents (`2e-3`, at most 400 either way), fractions of
    integers (`1/3`), and sums of such with logarithms of rationals (`ln(3)`, `ln(4) - 0.3`). Two Givens are equal
    when their texts are (`0.1` is not `0.10`); compare `value` to compare numbers.
    """

    text: str
    value: flint.fmpq | Logarithm

    @classmethod
    def read(cls, text: str) -> Given:
        """The number that `text` writes.

        Raises ValueError, saying why, when `text` is not a finite number in the accepted forms.
        """
        return cls(text, _value(text))

    @classmethod
    def of(cls, number: Any) -> Given:
        """A Given of a Python, NumPy or flint number, or of a text.

        A float gets the shortest decimal that reads back as the same float (of its own width:
        `numpy.float32(0.1)` is `0.1`), an integral one no trailing `.0`.
        Raises ValueError for NaN and infinity, TypeError for anything that is not a number.
        """
        if isinstance(number, Given):
            return number
        if isinstance(number, str):
            return cls.read(number)
        if isinstance(number, flint.fmpq | flint.fmpz):
            value = flint.fmpq(number)
            return cls(str(value), value)
        if isinstance(number, bool):
            raise TypeError("a truth value is not a number")
        if isinstance(number, int):
            return cls(str(number), flint.fmpq(number))
        if isinstance(number, float):
            text = repr(float(number))  # numpy.float64 is a float whose own repr is not a number
        elif hasattr(number, "dtype") and getattr(number, "shape", None) == ():
            if number.dtype.kind not in "fiu":
                raise TypeError(f"{number!r} is not a real number")
            text = str(number)
        elif hasattr(number, "numerator") and hasattr(number, "denominator"):
            return cls.of(flint.fmpq(int(number.numerator), int(number.denominator)))
        else:
            raise TypeError(f"{number!r} is not a number")
        if not math.isfinite(float(number)):
            raise ValueError(f"{text} is not a finite number")
        text = text.removesuffix(".0")
        if text == "-0":
            text = "0"
        return cls(text, _value(text))

    @property
    def rational(self) -> flint.fmpq:
        """The value of a number that was read where no logarithm can stand. Raises: TypeError (it has one)."""
        if isinstance(self.value, Logarithm):
            raise TypeError(f"{self.text} is irrational")
        return self.value

    def __str__(self) -> str:
        return self.text

    def __float__(self) -> float:
        if isinstance(self.value, Logarithm):
            return float(self.value.mid())
        # Python's division of integers is correctly rounded whatever their size.
        try:
            return int(self.value.p) / int(self.value.q)
        except OverflowError:
            return math.inf if self.value > 0 else -math.inf

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        # The text determines the value.
        return self.text == other.text if isinstance(other, Given) else NotImplemented

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return Given.read, (self.text,)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Imported here so that this file, the lowest, does not need pydantic to be of use.
        from pydantic_core import core_schema

        return core_schema.is_instance_schema(cls, serialization=core_schema.to_string_ser_schema())


@dataclass(frozen=True, slots=True)
class Letter:
    """A quantity that stays a letter: `name` where the problem writes one, else the notation's."""

    name: str | None = None

    def __str__(self) -> str:
        return self.name or "symbolic"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic takes it as it is and writes it as text."""
        from pydantic_core import core_schema

        return core_schema.is_instance_schema(cls, serialization=core_schema.to_string_ser_schema())


Entry = Given | Letter
"""What may stand in a cell of weights, biases and samples."""


def known(entry: Entry) -> Given:
    """The number in a cell that must have one. Raises TypeError for a letter."""
    if isinstance(entry, Letter):
        raise TypeError(f"{entry} has no number")
    return entry


def _value(text: str) -> flint.fmpq | Logarithm:
    if len(text) > MAXIMUM_LENGTH:
        raise ValueError(f"a number of {len(text)} characters is too long (at most {MAXIMUM_LENGTH})")
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return _logarithm(text) if "ln" in text else _fraction(text)
    sign, whole, decimals, exponent = match.groups()
    digits = whole + (decimals or "")
    if not digits:
        raise ValueError(f"{text!r} is not a number")
    power = -len(decimals or "")
    if exponent is not None:
        if len(exponent) > 5 or abs(int(exponent)) > MAXIMUM_EXPONENT:
            raise ValueError(f"the exponent of {text} is too large (at most {MAXIMUM_EXPONENT} either way)")
        power += int(exponent)
    mantissa = -int(digits) if sign == "-" else int(digits)
    if power >= 0:
        return flint.fmpq(mantissa * 10**power)
    return flint.fmpq(mantissa, 10**-power)


def _logarithm(text: str) -> flint.fmpq | Logarithm:
    value = parsed(text)
    if isinstance(value, flint.fmpq | Logarithm):
        return value
    raise ValueError(f"{text} is too long a logarithm")


def _fraction(text: str) -> flint.fmpq:
    match = _FRACTION.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a number")
    numerator, denominator = int(match[1]), int(match[2])
    if denominator == 0:
        raise ValueError(f"{text} divides by 0")
    return flint.fmpq(numerator, denominator)
