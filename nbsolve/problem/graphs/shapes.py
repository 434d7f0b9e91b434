"""How far the index letters of an equation run, and whether what it reads is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from nbsolve.expr import Expr, walk
from nbsolve.expr.general import Indexed
from nbsolve.formula import FormulaError
from nbsolve.formula.index_numbers import check_exponents
from nbsolve.formula.indexed import reads
from nbsolve.problem.model import Start, started
from nbsolve.symbol import Affine, Index, Symbol, Unit, number_of

__all__ = ["Outside", "check_reads", "known_lengths", "lengths_of", "read_entries", "start_text"]

MOST_READS = 100_000
"""Entries that one equation reads in all."""
_ORDINALS = ("only", "first", "second", "third")


@dataclass(frozen=True)
class Outside:
    """What may be read outside arrays: anything of those `padded`, and where recurrences start.

    `steps` has the axis along which a recurrence finds an array, by the array's name.
    """

    padded: Collection[str] = ()
    starts: Mapping[str, Start] = field(default_factory=dict)
    steps: Mapping[str, int] = field(default_factory=dict)


def lengths_of(
    formula: Expr,
    letters: Iterable[str],
    shapes: Mapping[str, tuple[int, ...]],
    ranges: Mapping[str, int],
    padded: Collection[str] = (),
) -> dict[str, int]:
    """How far each letter runs: as far as the axes at which it stands alone, or as `ranges` says.

    A letter that stands alone on none runs as far as all that it reads is inside arrays that are not `padded`:
    i of x[i+k−1], with k from 1 to 2 and four entries of x, runs to 3.

    Raises FormulaError where two axes under one letter differ, a letter has no length, or an exponent that is made
    of letters gets too large.
    """
    found = reads(formula)
    said = known_lengths(found, letters, shapes, ranges)
    said |= _fitting(found, said, {name: shape for name, shape in shapes.items() if name not in padded})
    used = {*letters, *(name for symbol in found for place in symbol.at for name in _names(place))}
    used |= {node.index.name for node in walk(formula) if isinstance(node, Indexed)}
    lengths = {letter: said[letter] for letter in sorted(used) if letter in said}
    for letter in sorted(used):
        if letter not in lengths:
            raise FormulaError(
                f"how far {letter} runs is not known: it stands alone on no axis",
                1,
                f"ranges: {{{letter}: 3}} in the problem",
            )
    check_exponents(formula, lengths)
    return lengths


def known_lengths(
    found: Iterable[Symbol],
    letters: Iterable[str],
    shapes: Mapping[str, tuple[int, ...]],
    ranges: Mapping[str, int],
) -> dict[str, int]:
    """How far letters run, by the arrays whose shape is known. Raises FormulaError where two of them differ."""
    said: dict[str, tuple[int, str]] = {}
    for symbol in found:
        for axis, place in enumerate(symbol.at if symbol.stem in shapes else ()):
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
    shifted = {
        name for symbol in found for place in symbol.at if isinstance(place, Affine) for name in _names(place)
    }
    for letter, length in ranges.items():
        known, before = said.get(letter, (length, ""))
        if length != known and letter not in letters and not (length < known and letter in shifted):
            raise FormulaError(
                f"ranges lets {letter} run to {length}, and {before} has {known}", 1, "the same length"
            )
        said[letter] = (length, "ranges")
    return {letter: length for letter, (length, _) in said.items()}


def _fitting(
    found: Iterable[Symbol], known: Mapping[str, int], shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, int]:
    """How far letters run that only stand shifted, by the last place of each axis that they read."""
    most: dict[str, int] = {}
    for symbol in found:
        for place, length in zip(symbol.at, shapes.get(symbol.stem, ()), strict=False):
            terms = place.terms if isinstance(place, Affine) else ()
            new = [(letter, factor) for letter, factor in terms if letter not in known]
            if len(new) != 1 or new[0][1] < 0:
                continue
            (letter, factor), shift = new[0], place.shift if isinstance(place, Affine) else 0
            others = sum(max(n, n * known[other]) for other, n in terms if other != letter)
            fits = (length - shift - others) // factor
            most[letter] = min(most.get(letter, fits), fits)
    return {letter: length for letter, length in most.items() if length > 0}


def read_entries(
    symbol: Symbol, lengths: Mapping[str, int], known: Mapping[str, int]
) -> Iterator[tuple[tuple[int, ...], dict[str, int]]]:
    """The places that a read means, with the numbers of its letters; those of `known` letters stay as they are."""
    letters = [
        name
        for name in dict.fromkeys(name for place in symbol.at for name in _names(place))
        if name not in known
    ]
    for numbers in product(*(range(1, lengths[letter] + 1) for letter in letters)):
        at = {**known, **dict(zip(letters, numbers, strict=True))}
        places = {Index(letter): number for letter, number in at.items()}
        yield tuple(number_of(_placed(place, places)) for place in symbol.at), at


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


def check_reads(
    formula: Expr, lengths: Mapping[str, int], shapes: Mapping[str, tuple[int, ...]], outside: Outside
) -> None:
    """Raise FormulaError where a formula reads an entry that is not there."""
    for symbol in reads(formula):
        letters = list(dict.fromkeys(name for place in symbol.at for name in _names(place)))
        count = 1
        for letter in letters:
            count *= lengths[letter]
        if count > MOST_READS:
            raise FormulaError(f"{symbol.stem} is read {count:,} times", 1, f"at most {MOST_READS:,}")
        if symbol.stem in outside.padded:
            continue
        shape = shapes[symbol.stem]
        for at, numbers in read_entries(symbol, lengths, {}):
            beyond = (axis for axis, (n, m) in enumerate(zip(at, shape, strict=True)) if not 1 <= n <= m)
            axis = next(beyond, None)
            if axis is None or started(outside.starts, shapes, symbol.stem, at):
                continue
            with_ = ", ".join(f"{letter} = {numbers[letter]}" for letter in letters)
            read = f"{symbol.stem}[{','.join(map(str, symbol.at))}]"
            where = f" with {with_}" if with_ else ""
            if outside.steps.get(symbol.stem) == axis:
                before = f"{symbol.stem}[{','.join(map(str, at))}]"
                raise FormulaError(
                    f"{read}{where} reads {before}, which is neither computed nor given",
                    1,
                    f"where the recurrence starts, given: {{{start_text(symbol.stem, shape, axis, at[axis])}}}",
                    f"padding: {{{symbol.stem}: 0}} lets everything outside the array be 0",
                )
            raise FormulaError(
                f"{read}{where} reads place {at[axis]}, outside {_axis(symbol.stem, axis, len(symbol.at))}",
                1,
                f"a place from 1 to {shape[axis]}",
                "entries are counted from 1"
                if symbol.at[axis] == 0
                else f"padding: {{{symbol.stem}: 0}} lets reads outside the array be 0",
            )


def start_text(name: str, shape: tuple[int, ...], axis: int, place: int) -> str:
    """`"h[0]": 0` or `"h[0,j]": [0, 0]`: how a problem gives where a recurrence starts."""
    letters = [letter for letter in "jklm" if letter != name][: len(shape) - 1]
    at = [*letters[:axis], str(place), *letters[axis:]]
    number = "0"
    for length in reversed((*shape[:axis], *shape[axis + 1 :])):
        number = f"[{', '.join([number] * length)}]" if length < 5 else f"[{number}, …, {number}]"
    return f'"{name}[{",".join(at)}]": {number}'
