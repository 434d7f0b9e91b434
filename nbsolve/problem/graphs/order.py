"""Equations that rest on one another: which make up a recurrence, what counts its steps, which entry comes when."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from nbsolve.expr import Expr
from nbsolve.formula import FormulaError
from nbsolve.formula.indexed import MEAN, SUM, reads, tokens_of
from nbsolve.problem.graphs.shapes import read_entries
from nbsolve.problem.model import Equation, Recurrence
from nbsolve.symbol import Affine, Index, Unit

__all__ = ["Steps", "groups_of", "mentioned", "recurrence_of", "steps_of"]

_MOST_IN_A_CIRCLE = 4
"""Entries of a circle that a message names."""
Entry = tuple[str, tuple[int, ...]]


def mentioned(text: str, names: Collection[str]) -> set[str]:
    """The names that a formula reads; none of a formula that cannot be taken apart.

    What stands in brackets, or before the commas of a sum, is an index.
    """
    try:
        found = tokens_of(text)
    except FormulaError:
        return set()
    read: set[str] = set()
    depth = 0
    for place, token in enumerate(found):
        depth += (token.text == "[") - (token.text == "]")
        if depth or token.kind != "name" or token.text not in names:
            continue
        before = place
        while found[before - 1].text == "," and found[before - 2].kind == "name":
            before -= 2
        heads = [one.text for one in found[before - 2 : before]]
        if found[place + 1].text != "," or heads not in ([SUM, "("], [MEAN, "("]):
            read.add(token.text)
    return read


def groups_of(names: Sequence[str], mentions: Mapping[str, Collection[str]]) -> Iterator[tuple[str, ...]]:
    """The names in groups that can be computed one after another: one name, or all that rest on one another.

    A group comes as early as what it rests on lets it; as the names stand where nothing speaks against it.
    """
    reached = {name: _reached(name, mentions) for name in names}
    groups = dict.fromkeys(
        tuple(
            other for other in names if other == name or (other in reached[name] and name in reached[other])
        )
        for name in names
    )
    order = {name: place for place, name in enumerate(names)}
    left, done = list(groups), set[str]()
    while left:
        ready = [one for one in left if all({*mentions[name]} <= done | {*one} for name in one)]
        first = min(ready, key=lambda one: order[one[0]])
        left.remove(first)
        done.update(first)
        yield first


def _reached(name: str, mentions: Mapping[str, Collection[str]]) -> set[str]:
    """All that a name rests on, itself only in a circle."""
    found: set[str] = set()
    ahead = [*mentions[name]]
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += mentions[one]
    return found


@dataclass(frozen=True)
class Steps:
    """What counts the steps of a recurrence: a letter, and its axis in each array; "" where no letter does.

    `backwards`: each step rests on the one after it, as in v[t] = r[t] + g·v[t+1].
    """

    letter: str = ""
    axes: Mapping[str, int] = field(default_factory=dict)
    backwards: bool = False


def steps_of(letters: Mapping[str, Sequence[str]], formulae: Mapping[str, Expr]) -> Steps:
    """What counts the steps: along it all is read at the same step or before it, or all at it or after it."""
    first, *others = letters.values()
    shared = [letter for letter in first if all(letter in own for own in others)]
    for letter in sorted(shared, key=lambda one: one != "t"):
        axes = {name: [*own].index(letter) for name, own in letters.items()}
        shifts = [
            _shift(symbol.at[axes[symbol.stem]], letter)
            for formula in formulae.values()
            for symbol in reads(formula)
            if symbol.stem in letters
        ]
        known = {shift for shift in shifts if shift}
        if None not in shifts and known and (min(known) > 0 or max(known) < 0):
            return Steps(letter, axes, min(known) > 0)
    return Steps()


def _shift(place: Unit, letter: str) -> int | None:
    """How far a place is from that of the letter; None where it is not beside it."""
    if isinstance(place, Affine):
        return place.shift if place.terms == ((letter, 1),) else None
    return 0 if place == Index(letter) else None


def recurrence_of(equations: Sequence[Equation], formulae: Mapping[str, Expr], steps: Steps) -> Recurrence:
    """The recurrence of some equations, its entries in order. Raises FormulaError where entries go in a circle."""
    shapes = {one.name: one.shape for one in equations}
    needs: dict[Entry, set[Entry]] = {}
    for one in equations:
        within = [symbol for symbol in reads(formulae[one.name]) if symbol.stem in shapes]
        for at in product(*(range(1, length + 1) for length in one.shape)):
            known = dict(zip(one.letters, at, strict=True))
            needs[one.name, at] = {
                (symbol.stem, places)
                for symbol in within
                for places, _ in read_entries(symbol, one.lengths, known)
                if all(1 <= n <= m for n, m in zip(places, shapes[symbol.stem], strict=True))
            }
    number = {one.name: place for place, one in enumerate(equations)}

    def rank(entry: Entry) -> tuple[int, int, Entry]:
        name, at = entry
        step = at[steps.axes[name]] if steps.letter else 0
        return -step if steps.backwards else step, number[name], entry

    order = tuple(_sorted(needs, rank))
    if len(order) < len(needs):
        raise _circle({entry: own - {*order} for entry, own in needs.items() if entry not in {*order}})
    return Recurrence(names=tuple(number), letter=steps.letter, axes=dict(steps.axes), order=order)


def _sorted(
    needs: Mapping[Entry, Collection[Entry]], rank: Callable[[Entry], tuple[int, int, Entry]]
) -> Iterator[Entry]:
    """The entries, each after all that it needs, else by their ranks; those of a circle are missing."""
    waiting = {entry: len(own) for entry, own in needs.items()}
    users: dict[Entry, list[Entry]] = {}
    for entry, own in needs.items():
        for one in own:
            users.setdefault(one, []).append(entry)
    ready = [rank(entry) for entry, count in waiting.items() if not count]
    heapq.heapify(ready)
    while ready:
        *_, entry = heapq.heappop(ready)
        yield entry
        for user in users.get(entry, ()):
            waiting[user] -= 1
            if not waiting[user]:
                heapq.heappush(ready, rank(user))


def _circle(needs: Mapping[Entry, Collection[Entry]]) -> FormulaError:
    """What to say of entries each of which needs another one of them."""
    entry = min(needs)
    seen: list[Entry] = []
    while entry not in seen:
        seen.append(entry)
        entry = min(needs[entry])
    circle = [_written(one) for one in seen[seen.index(entry) :]]
    if len(circle) == 1:
        said = f"{circle[0]} is computed from itself"
    else:
        more = circle if len(circle) <= _MOST_IN_A_CIRCLE else [*circle[: _MOST_IN_A_CIRCLE - 1], "…"]
        said = f"{more[0]} is computed from {', that from '.join([*more[1:], circle[0]])}"
    return FormulaError(
        said,
        1,
        "each entry from what is known before it: h[t] from h[t-1], or each from h[t+1], with a start given",
        "a graph has no cycles",
    )


def _written(entry: Entry) -> str:
    name, at = entry
    return f"{name}[{','.join(map(str, at))}]" if at else name
