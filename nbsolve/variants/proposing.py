"""Where no draw passes the gates: which ranges would be met more often, found by trying them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

from nbsolve.problem.model.variants import Lattice, Listed, Source
from nbsolve.problem.tree import Node
from nbsolve.variants.family import Family
from nbsolve.variants.places import Target

__all__ = ["proposal"]

DRAWS = 12
"""Draws with which a range is tried."""
_ENOUGH = Fraction(1, 4)
_HOPE = 3
"""A range that no draw passes after so many is left."""
Change = tuple[str, Source]


def proposal(family: Family, rejected: Counter[str] | dict[str, int]) -> str:
    """What to write instead, in a sentence: a range that passes, else which gate to switch off."""
    best, most = None, 0
    for change in _changes(family.targets):
        name, source = change
        targets = tuple(replace(t, source=source) if t.name == name else t for t in family.targets)
        passed = 0
        for attempt in range(DRAWS):
            _, gate = family.judged("proposal", 0, attempt, targets)
            passed += gate is None
            if attempt >= _HOPE and not passed:
                break
        if passed > most:
            best, most = change, passed
        if passed >= DRAWS * _ENOUGH:
            break
    if best is not None:
        return f"{best[0]}: {_written(best[1])} passed {most} of {DRAWS} draws"
    worst = max(rejected, key=lambda gate: rejected[gate])
    return f"no other range of one name alone helps; where the problem is about that: gates: {{{worst}: off}}"


def _changes(targets: tuple[Target, ...]) -> Iterator[Change]:
    """Ranges in the place of those that there are, the mildest changes first."""
    sources = {target.name: target.source for target in targets}
    for change in _CHANGES:
        for name, source in sources.items():
            changed = _changed(source, change)
            if changed != source:
                yield name, changed


def _changed(source: Source, change: Callable[[Lattice], Lattice]) -> Source:
    if isinstance(source, Listed):
        return Listed(
            tuple(one if isinstance(one, Node) else _changed(one, change) for one in source.entries)
        )
    return change(source) if isinstance(source, Lattice) else source


def _part(start: Fraction, end: Fraction) -> Callable[[Lattice], Lattice]:
    """A part of the range."""

    def cut(source: Lattice) -> Lattice:
        first, last = int((source.count - 1) * start), int((source.count - 1) * end)
        return source if last <= first else replace(source, first=source.at(first), count=last - first + 1)

    return cut


def _times(factor: Fraction, places: int) -> Callable[[Lattice], Lattice]:
    """All numbers of the range smaller, with so many more decimals."""

    def scaled(source: Lattice) -> Lattice:
        return replace(
            source,
            first=source.first * factor,
            step=source.step * factor,
            decimals=None if source.decimals is None else source.decimals + places,
            without=frozenset(one * factor for one in source.without),
        )

    return scaled


def _finer(source: Lattice) -> Lattice:
    """A tenth of the step."""
    decimals = None if source.decimals is None else source.decimals + 1
    return replace(source, step=source.step / 10, count=(source.count - 1) * 10 + 1, decimals=decimals)


_CHANGES = (
    _part(Fraction(1, 4), Fraction(3, 4)),
    _part(Fraction(1, 2), Fraction(1)),
    _part(Fraction(0), Fraction(1, 2)),
    _finer,
    *(_times(Fraction(1, by), places) for by, places in ((2, 1), (5, 1), (10, 1), (20, 2), (100, 2))),
)


def _written(source: Source) -> str:
    if isinstance(source, Lattice):
        step = source.text(source.step)
        return f"{{from: {source.text(source.first)}, to: {source.text(source.last)}, step: {step}}}"
    assert isinstance(source, Listed)
    return f"[{', '.join(_written(one) if isinstance(one, Lattice) else '…' for one in source.entries)}]"
