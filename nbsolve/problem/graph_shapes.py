"""How far the index letters of an equation run, and whether what it reads is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import product

from nbsolve.expr import Expr
from nbsolve.formula import FormulaError
from nbsolve.formula.indexed import reads
from nbsolve.symbol import Affine, Index, Symbol, Unit, number_of

__all__ = ["lengths_of"]

MOST_READS = 100_000
"""Entries that one equation reads in all."""
_ORDINALS = ("only", "first", "second", "third")


def lengths_of(
    formula: Expr,
    letters: Iterable[str],
    shapes: Mapping[str, tuple[int, ...]],
    ranges: Mapping[str, int],
    padded: Collection[str],
) -> dict[str, int]:
    """How far each letter runs: as far as the axes at which it stands alone, or as `ranges` says.

    Raises FormulaError where two axes under one letter differ, a letter has no length, or an entry is not there.
    """
    found = reads(formula)
    said: dict[str, tuple[int, str]] = {}
    for symbol in found:
        for axis, place in enumerate(symbol.at):
            if type(place) is not Index:
                continue
            shape = shapes[symbol.stem]
            length, where = shape[axis], _axis(symbol.stem, axis, len(shape))
            known, before = said.setdefault(place.name, (length, where))
            if known != length:
                raise FormulaError(
                    f"the index {place.name} runs to {known} along {before}, and to {length} along {where}",
                    1,
                    "axes of one length under one letter",
                )
    for letter, length in ranges.items():
        known, before = said.get(letter, (length, ""))
        if length != known and letter not in letters:
            raise FormulaError(
                f"ranges lets {letter} run to {length}, and {before} has {known}", 1, "the same length"
            )
        said[letter] = (length, "ranges")
    used = {*letters, *(name for symbol in found for place in symbol.at for name in _names(place))}
    lengths = {letter: said[letter][0] for letter in sorted(used) if letter in said}
    for letter in sorted(used):
        if letter not in lengths:
            raise FormulaError(
                f"how far {letter} runs is not known: it stands alone on no axis",
                1,
                f"ranges: {{{letter}: 3}} in the problem",
            )
    _check_reads(found, lengths, shapes, padded)
    return lengths


def _axis(name: str, axis: int, count: int) -> str:
    return f"the {_ORDINALS[axis + 1 if count > 1 else 0]} axis of {name}"


def _names(place: Unit) -> list[str]:
    if isinstance(place, Affine):
        return [letter for letter, _ in place.terms]
    return [place.name] if isinstance(place, Index) else []


def _placed(place: Unit, places: Mapping[Index, int]) -> Unit:
    if isinstance(place, Affine):
        return place.placed(places)
    return places[place] if isinstance(place, Index) else place


def _check_reads(
    found: Iterable[Symbol],
    lengths: Mapping[str, int],
    shapes: Mapping[str, tuple[int, ...]],
    padded: Collection[str],
) -> None:
    for symbol in found:
        letters = list(dict.fromkeys(name for place in symbol.at for name in _names(place)))
        count = 1
        for letter in letters:
            count *= lengths[letter]
        if count > MOST_READS:
            raise FormulaError(f"{symbol.stem} is read {count:,} times", 1, f"at most {MOST_READS:,}")
        if symbol.stem in padded:
            continue
        for numbers in product(*(range(1, lengths[letter] + 1) for letter in letters)):
            places = {Index(letter): number for letter, number in zip(letters, numbers, strict=True)}
            for axis, place in enumerate(symbol.at):
                at = number_of(_placed(place, places))
                length = shapes[symbol.stem][axis]
                if not 1 <= at <= length:
                    with_ = ", ".join(f"{letter} = {n}" for letter, n in zip(letters, numbers, strict=True))
                    read = f"{symbol.stem}[{','.join(map(str, symbol.at))}]"
                    where = f" with {with_}" if with_ else ""
                    raise FormulaError(
                        f"{read}{where} reads place {at}, outside {_axis(symbol.stem, axis, len(symbol.at))}",
                        1,
                        f"a place from 1 to {length}",
                        f"padding: {{{symbol.stem}: 0}} lets reads outside the array be 0",
                    )
