"""Exact rationals, and enclosures as tight as their digits need: numbers that certify what is written down."""

from __future__ import annotations

from nbsolve.arithmetic.certified import (
    HALF,
    MOST_BITS,
    ONE,
    PRECISIONS,
    RATIONAL_BITS,
    TINY,
    ZERO,
    Arithmetic,
    TooLarge,
    Undecided,
    Value,
    ball,
    settled,
    short,
)

__all__ = [
    "HALF",
    "MOST_BITS",
    "ONE",
    "PRECISIONS",
    "RATIONAL_BITS",
    "TINY",
    "ZERO",
    "Arithmetic",
    "TooLarge",
    "Undecided",
    "Value",
    "ball",
    "settled",
    "short",
]
