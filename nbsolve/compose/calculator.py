"""The line with numbers: as many digits as it takes, and no more, for a calculator to show the printed value.

The line has the shape of the line with letters. What it needs beyond the digits with which a number was found, the
line above that found the number carries, up to a limit; a line that needs more says so.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nbsolve.compose.known import known_in
from nbsolve.compose.numbers import Key, Numbers
from nbsolve.compose.written_numbers import MOST_EXTRA
from nbsolve.document import Derivation, Inline, Line, Math
from nbsolve.expr import Expr, Known, Negation, Number, Quantity
from nbsolve.phrases import phrase
from nbsolve.rounding import Written
from nbsolve.values import Values

MOST_CARRIED = 2
"""Digits beyond the usual ones with which a result is written because later lines need them; a line that needs
more says so: the lines above would need ever more of them."""
MOST_TRIED = 8
"""Lines with more numbers give all of them the same digits."""


@dataclass(frozen=True)
class Computed:
    """The parts of a line with numbers; how many more digits its numbers have than where they were found.

    `known`: what in its formula has a value of its own, each after what it is made of. `collapsed`: a difference
    stands there with its own value.
    """

    parts: tuple[tuple[str, Expr], ...]
    more: Mapping[Key, int]
    known: Sequence[Known] = ()
    collapsed: bool = False


@dataclass(frozen=True)
class _Tried:
    """What a line was computed from: its formula, as it is decided, its results, the digits of what it uses."""

    formula: Expr
    decided: Expr
    goals: Sequence[Written]
    digits: Sequence[tuple[Key, int]]
    computed: Computed

    @property
    def lacking(self) -> list[int] | None:
        """How many more digits each of what it uses should have had; None where digits were not what it lacked."""
        if self.computed.collapsed:
            return None
        return [self.computed.more.get(used, 0) for used, _ in self.digits]


Computations = dict[tuple[Values, Key, bool], list[_Tried]]
"""Lines with numbers by what they find: a line is computed to learn what it needs, and written later."""


@dataclass(frozen=True)
class Calculator(Numbers):
    """Finds the lines with numbers of one iteration, and the digits that they need; `computations` it knows."""

    computations: Computations = field(default_factory=dict, kw_only=True)

    def computed(self, target: Key, formula: Expr, goals: list[Written], terms: bool = False) -> Computed:
        """The lines with numbers that give the result (none where that line is the result itself).

        Operands get more digits until a calculator agrees with what is printed, each only those it needs. Where
        a difference is too small for that, its own value is put in instead. What was found before, when the same
        digits were needed of its operands, still holds.
        """
        every = self.computations.setdefault((self.values, target, terms), [])
        before = [tried for tried in every if tried.formula == formula]
        for tried in before:
            if tried.goals == goals:
                more = [self.needed(used) - digits for used, digits in tried.digits]
                if not any(more):
                    return tried.computed
                if more == tried.lacking:  # it is told by now: the numbers above have the digits themselves
                    return replace(tried.computed, more=dict.fromkeys(tried.computed.more, 0))
        if before:
            decided, keys = before[0].decided, tuple(key for key, _ in before[0].digits)
        else:
            decided = self.decided(formula)
            keys = tuple(self.keys(decided))
        computed = self._search(formula, decided, keys, goals, terms)
        if any(isinstance(key, Known) for key in keys):
            computed = replace(computed, known=tuple(dict.fromkeys(known_in(decided))))
        digits = tuple((used, self.needed(used)) for used in keys)
        every.append(_Tried(formula, decided, goals, digits, computed))
        return computed

    def _search(
        self, whole: Expr, decided: Expr, every: Sequence[Key], goals: list[Written], terms: bool
    ) -> Computed:
        """What `computed` finds, by trying; `every` is all that has digits in the decided formula."""
        rounded = self.writer.each_step
        result = goals[0]
        keys = [key for key in every if not self.is_exact(key)]
        most = 1 if rounded and not any(isinstance(key, Known) for key in keys) else MOST_EXTRA
        for collapse in (False, True):
            for extra in range(most):
                formula = self.collapsed(decided, extra) if collapse else decided
                if not self.gives(formula, *goals, extra=extra):
                    continue
                all_of_them = dict.fromkeys(keys, extra)
                fewest = all_of_them if collapse else self._fewest(formula, keys, extra, goals)
                for more in (fewest, all_of_them):
                    line = self.put_into(formula, more)
                    if _is_literally(line, result):
                        return Computed((), more)
                    numeric = ((self.numeric_relation(every, more), line),)
                    if not terms or rounded:
                        return Computed(numeric, more, collapsed=collapse)
                    middle = self.terms(whole, line, goals)
                    if middle is not None:
                        added = tuple(part for part in middle if part[1] != line)
                        return Computed((*numeric, *added), more, collapsed=collapse)
            if rounded:
                break
        return Computed(((self.numeric_relation(every, 0), self.put_into(decided)),), {})

    def _fewest(self, formula: Expr, keys: Sequence[Key], extra: int, goals: list[Written]) -> dict[Key, int]:
        """How many of `extra` more digits each number needs for the line to give the result."""
        more = dict.fromkeys(keys, extra)
        if not 1 < len(keys) <= MOST_TRIED or extra == 0:
            return more
        for key in keys:
            for fewer in range(extra):
                tried = {**more, key: fewer}
                if self.gives(formula, *goals, extra=tried):
                    more = tried
                    break
        return more

    def beyond_above(self, found: Computed) -> tuple[Inline, ...]:
        """A word about the numbers that have more digits than the lines that found them."""
        names = [
            key.name if isinstance(key, Known) else Quantity(key)
            for key, extra in found.more.items()
            if self.operand(key, extra).text != self.operand(key).text
        ]
        return () if found.collapsed else more_digits(names)


def more_digits(names: Sequence[Expr]) -> tuple[Inline, ...]:
    """A word about numbers that have more digits than the lines that found them."""
    if not names:
        return ()
    listed = [part for n, name in enumerate(names) for part in ((", ", Math(name)) if n else (Math(name),))]
    return (*listed, phrase("notes.more_digits"))


def digits_said_once(shares: Derivation, found: Container[Expr]) -> Derivation:
    """Which numbers have more digits than above, said once for all the e^z and their sum, and once for all shares.

    The shares are what is `found`.
    """
    listed: dict[bool, dict[Math, int]] = {}
    lines, is_share = list(shares.lines), False
    for at, line in enumerate(lines):
        is_share = is_share if line.left is None else line.left in found
        if line.note and line.note[-1] == phrase("notes.more_digits"):
            first = listed.setdefault(is_share, {})
            first.update({part: at for part in line.note if isinstance(part, Math) and part not in first})
            lines[at] = replace(line, note=())
    for names in listed.values():
        for group in _above(names, lines):
            at = min(group.values())
            lines[at] = replace(lines[at], note=more_digits([name.left for name in group]))
    return replace(shares, lines=tuple(lines))


def _above(names: Mapping[Math, int], lines: Sequence[Line]) -> Iterator[Mapping[Math, int]]:
    """The names that one note can say: all of them, if none is found where the note stands or below.

    Else what these lines find, the e^z, is said where it is used first.
    """
    found = {line.left: at for at, line in enumerate(lines) if line.left is not None}
    first = min(names.values())
    if all(found.get(name.left, -1) < first for name in names):
        yield names
        return
    for here in (False, True):
        group = {name: at for name, at in names.items() if (name.left in found) is here}
        if group:
            yield group


def take_over(needs: dict[Key, int], more: Mapping[Key, int]) -> None:
    """Raise the digits that are needed by those that a line has more."""
    for key, extra in more.items():
        before = needs.get(key, 0)
        needs[key] = max(before, min(before + extra, MOST_CARRIED))


def _is_literally(line: Expr, result: Written) -> bool:
    """Whether the line is nothing but the result itself."""
    if isinstance(line, Negation):
        inner = line.operands[0]
        return isinstance(inner, Number) and f"-{inner.text or inner.value}" == result.text
    return isinstance(line, Number) and line.value == result.value
