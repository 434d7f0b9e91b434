"""How one format writes mathematics: what each construct becomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nbsolve.expr import Atom


@dataclass(frozen=True)
class Dialect:
    """How one format writes what the printer has put in order."""

    atom: Callable[[Atom], str]
    number: Callable[[str], str]
    variable: Callable[[str], str]
    fraction: Callable[[str, str], str]
    fraction_is_atom: bool
    power: Callable[[str, str], str]
    root: Callable[[str], str]
    parentheses: Callable[[str], str]
    brackets: Callable[[str], str]
    call: Callable[[str, Sequence[str], int], str]
    exponential: Callable[[str], str]
    logarithm: Callable[[str, str], str]
    absolute: Callable[[str], str]
    norm: Callable[[str], str]
    matrix: Callable[[Sequence[Sequence[str]]], str]
    cases: Callable[[Sequence[tuple[str, str | None]]], str]
    brace: Callable[[str, str], str]
    reference: Callable[[str, int], str]
    note: Callable[[str, Sequence[Atom]], str]
    relations: dict[str, str]
    minus: str
    dot: str
    juxtaposed: str
    hadamard: str
    transpose: str
    pi: str
    all_of: str
    subscript: Callable[[str, str], str]
    bold: Callable[[str], str]
    indexed_sum: Callable[[str, int, str], str]
    indexed_extreme: Callable[[str, str, int, str], str]
    """max or min over an index from a number to another."""
    derivative: Callable[[str, str, bool], str]
    remainder: Callable[[str], str]
    indicator: Callable[[str], str]
    plus: str = "+"
    subtracted: str | None = None
    """The minus between two terms, where it is not written as a sign is."""
    starts_with_digit: Callable[[str], bool] = lambda text: text[:1].isdigit()
    is_raised: Callable[[str], bool] = lambda text: "^" in text
    """Whether a name has something above it already, where an exponent or a T would stand."""
    is_long: Callable[[str], bool] = lambda text: any(sign in text for sign in ("^", "⁽", "/", "frac"))
    """Whether an exponent of a name would seem to belong to a part of it."""
    applied: str | None = None
    """Between an operator (Σ, d/dz) and what it acts on; None: as between the factors of a product."""
