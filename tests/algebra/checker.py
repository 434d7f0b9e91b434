"""Every line of a page against the truth: each side of every chain, at random points, for all its indices."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from tests.algebra import chains
from tests.algebra.alphabet import Whole
from tests.algebra.chains import Fault
from tests.algebra.matrices import Matrix, Value, single
from tests.algebra.model import Place
from tests.algebra.page import Chain, Display, Item, Tokens, ranges, read, read_condition
from tests.algebra.points import Point, World
from tests.algebra.scalars import Scalar, plain, rational, real
from tests.algebra.scanning import Unreadable
from tests.algebra.tree import Compared, Marked, Neg, Node, Num, Remainder, letters, walk

POINTS = 20
SUPPLY = 400
EXACT = real.mpf(10) ** -40
NEAR, NEARER = real.mpf(10) ** -8, real.mpf(10) ** -12
GIVEN, SLACK = 4, real.mpf("1.001")
"""A number of more digits is one that was rounded; of given ones every digit holds."""
NOTES = {"thetargetsaddupto1": "targets add up to 1"}
"""Words beside a line that restrict what it is said for (without spaces), and the kind of points they ask for."""


@dataclass
class Report:
    """What was read and what is wrong."""

    lines: int = 0
    sides: int = 0
    faults: list[str] = field(default_factory=list)


class Checker:
    """Checks displays in one world; what was found once about a formula at a point is kept."""

    def __init__(self, world: World, points: int = POINTS) -> None:
        self.world, self.points = world, points
        self._nodes: dict[tuple[str, ...], Node] = {}
        self._values: dict[tuple[tuple[str, ...], int, str, str, tuple[tuple[str, int], ...]], Value] = {}
        self._free: dict[Node, frozenset[str]] = {}
        self.marks: dict[str, Tokens] = {}
        self._rounded: set[Num] = set()

    def check(self, pages: Sequence[Display]) -> Report:
        """All displays of a page."""
        report = Report()
        for display in pages:
            report.lines += display.rows
            for chain in display.chains:
                if chain.mark is not None:
                    self.marks[chain.mark] = chain.items[0].tokens
                report.sides += len(chain.items) - 1
                try:
                    self.chain(chain, display)
                except (Unreadable, Fault) as error:
                    report.faults.append(f"{display.heading}: {error}")
        return report

    def display(self, display: Display) -> None:
        """One display. Raises Unreadable, Fault."""
        for chain in display.chains:
            self.chain(chain, display)

    def equal(self, left: Tokens, right: Tokens) -> None:
        """left = right, or ≈ where the right side is a rounded number. Raises Unreadable, Fault."""
        rounded = isinstance(self.node(right), Num | Neg) and not letters_in(self.node(right))
        chain = Chain([Item("", left, 0), Item("≈" if rounded else "=", right, 0)])
        self.chain(chain, Display("", (chain,), (), "Answers", 1))

    def node(self, tokens: Tokens) -> Node:
        """The tree of a formula."""
        texts = tuple(token.text for token in tokens)
        if texts not in self._nodes:
            self._nodes[texts] = read(tokens, self.world.alphabet)
        return self._nodes[texts]

    def chain(self, chain: Chain, display: Display) -> None:
        """One chain of a display. Raises Unreadable, Fault."""
        conditions = [read_condition(tokens, self.world.alphabet) for tokens in display.conditions]
        nodes = [self.node(item.tokens) for item in chain.items]
        free = self.free(nodes[0])
        for item, node in zip(chain.items[1:], nodes[1:], strict=True):
            if not self.free(node) <= free:
                raise Unreadable(f"an index that the left side has not: {written(item.tokens)}")
            self._marked(node)
            chains.check(nodes[0], node)
        kind = display.kind
        kinds: dict[int, str] = {}
        for item in chain.items:
            note = chain.notes.get(item.row, "")
            kind = next((asked for words, asked in NOTES.items() if words in note), kind)
            kinds[item.row] = kind
        for kind in dict.fromkeys(kinds.values()):
            chosen = [n for n, item in enumerate(chain.items) if n == 0 or kinds[item.row] == kind]
            self._at_points(chain, nodes, chosen, conditions, kind)

    def _at_points(
        self, chain: Chain, nodes: list[Node], chosen: list[int], conditions: list[Compared], kind: str
    ) -> None:
        seen = 0
        said = {name: numbers for note in chain.notes.values() for name, numbers in ranges(note).items()}
        if said and set(said) != self.free(nodes[0]):
            raise Unreadable(f"ranges of {sorted(said)}, not of {sorted(self.free(nodes[0]))}")
        for number in range(SUPPLY):
            point = self.world.point(number, kind)
            held = False
            for indices in self.placings(nodes, point):
                if any(indices[name] not in numbers for name, numbers in said.items()):
                    continue
                evaluator = point.evaluator(indices)
                if all(evaluator.holds(condition) for condition in conditions):
                    held = True
                    self._here(chain, nodes, chosen, point, indices)
            seen += held
            if seen == self.points:
                return
        raise Unreadable(f"no case: {written(chain.items[0].tokens)}")

    def _here(
        self, chain: Chain, nodes: list[Node], chosen: list[int], point: Point, indices: Mapping[str, int]
    ) -> None:
        first = self._value(chain.items[0], nodes[0], point, indices)
        for n in chosen[1:]:
            item, node = chain.items[n], nodes[n]
            if any(isinstance(part, Remainder) for part in walk(node)):
                self._to_first_order(chain.items[0], item, point, indices)
                continue
            value = self._value(item, node, point, indices)
            if item.relation == "≈":
                good = self._near(first, value, node, point, indices)
                if letters_in(node):
                    self._stands_for_something(node)
            else:
                good = item.relation == "=" and agree(first, value)
            if not good:
                raise Fault(
                    f"{written(chain.items[0].tokens)} is {show(first)}, not {show(value)} = {written(item.tokens)}"
                    + (f" at {dict(indices)}" if indices else "")
                )

    def _value(self, item: Item, node: Node, point: Point, indices: Mapping[str, int]) -> Value:
        texts = tuple(token.text for token in item.tokens)
        used = tuple(sorted(indices.items()))
        key = (texts, point.number, point.kind, point.scale, used)
        if key not in self._values:
            try:
                self._values[key] = point.evaluator(indices)(node)
            except ZeroDivisionError:
                raise Unreadable(f"a division by zero: {written(item.tokens)}") from None
        return self._values[key]

    @staticmethod
    def _near(first: Value, value: Value, node: Node, point: Point, indices: Mapping[str, int]) -> bool:
        """Whether a rounded side is right within half a unit of the last digits that are rounded in it."""
        if isinstance(first, Matrix) or isinstance(value, Matrix):
            return False
        numbers = {part.value: part.text for part in walk(node) if isinstance(part, Num)}
        rounded = [v for v, text in numbers.items() if isinstance(node, Num | Neg) or digits(text) > GIVEN]
        room = real.mpf(0)
        for one in rounded:
            half = rational(half_a_unit(numbers[one]))
            moved = point.evaluator(indices, _moving(one, half))
            room += abs(plain(moved.scalar(node)) - plain(value))
        return bool(abs(plain(first) - plain(value)) <= room * SLACK)

    def _stands_for_something(self, node: Node) -> None:
        """Beside letters each number is a known quantity as it is rounded, to its last digit."""
        for part in walk(node):
            if isinstance(part, Num) and digits(part.text) > GIVEN and part not in self._rounded:
                half = half_a_unit(part.text)
                if not any(
                    abs(abs(value) - rational(abs(part.value))) <= rational(half) for value in self.known
                ):
                    raise Fault(f"{part.text} is no quantity that is known")
                self._rounded.add(part)

    @cached_property
    def known(self) -> tuple[Scalar, ...]:
        """The values of all quantities that are the same at every point: what follows from the givens."""
        points = [self.world.point(number) for number in range(3)]
        found: dict[Place, Scalar] = {}
        for meaning in self.world.alphabet.table.values():
            places = [p for row in meaning.rows for p in row] if isinstance(meaning, Whole) else [meaning]
            for place in places:
                try:
                    values = [plain(point.model(place)) for point in points]
                except (Unreadable, ZeroDivisionError, KeyError, ValueError):
                    continue
                if all(same(values[0], value) for value in values[1:]):
                    found[place] = values[0]
        # SiLU and GELU are written with these functions of a pre-activation, which have values of their own
        arguments = [value for place, value in found.items() if place[0] == "z"]
        parts = [part(value) for value in arguments for part in (_sigmoid, real.ncdf, real.npdf)]
        return tuple(dict.fromkeys([*found.values(), *parts]))

    def _to_first_order(self, left: Item, right: Item, point: Point, indices: Mapping[str, int]) -> None:
        """What O(…) leaves out must shrink exactly as fast as it says."""
        node = self.node(right.tokens)
        small = {
            letter for part in walk(node) if isinstance(part, Remainder) for letter in letters(part.body)
        }
        if not small:
            raise Unreadable(f"a remainder of nothing small: {written(right.tokens)}")
        ratios = []
        for scale in (NEAR, NEARER):
            evaluator = point.scaled(small, scale).evaluator(indices)
            without = evaluator.scalar(node)
            error = evaluator.scalar(self.node(left.tokens)) - without
            ratios.append(error / (evaluator.with_remainder().scalar(node) - without))
        if ratios[0] == 0 or abs(ratios[1] / ratios[0] - 1) > 0.01:
            raise Fault(
                f"{written(left.tokens)} is not {written(right.tokens)}: the remainder is of another order"
            )

    # index variables and circled numbers

    def free(self, node: Node) -> frozenset[str]:
        """The index variables of a formula that no sum runs over."""
        if node not in self._free:
            found: set[str] = set()
            for letter in letters(node):
                found |= self.world.alphabet.free(letter)
            self._free[node] = frozenset(found - bound(node) - set(self.world.point(0).fixed))
        return self._free[node]

    def placings(self, sides: Sequence[Node], point: Point) -> Iterator[dict[str, int]]:
        """All numbers that the index variables of the left side may take, as far as all sides have them."""
        names = sorted(self.free(sides[0]))
        ranges = []
        for name in names:
            own = [
                point.alphabet.range_of(letter, name, {})
                for side in sides
                if name in self.free(side)
                for letter in letters(side)
                if name in point.alphabet.free(letter) and letter.core != name
            ]
            ranges.append(sorted(frozenset.intersection(*own)) if own else [])
        yield from (dict(zip(names, numbers, strict=True)) for numbers in itertools.product(*ranges))

    def _marked(self, node: Node) -> None:
        """What stands over a circled number is what was found under it."""
        for part in walk(node):
            if not isinstance(part, Marked):
                continue
            if part.mark not in self.marks:
                raise Unreadable(f"{part.mark} was not found before")
            found = self.node(self.marks[part.mark])
            for number in range(self.points):
                evaluator = self.world.point(number, "any").evaluator({})
                if not agree(evaluator(found), evaluator(part.body)):
                    raise Fault(f"{part.mark} is something else than {part.body}")


def letters_in(node: Node) -> bool:
    """Whether a formula has letters."""
    return next(letters(node), None) is not None


def digits(text: str) -> int:
    """How many significant digits a number is written with."""
    return len(text.partition("e")[0].replace(".", "").lstrip("0"))


def half_a_unit(text: str) -> Fraction:
    """Half a unit of the last digit that a number is written with."""
    mantissa, _, exponent = text.partition("e")
    return Fraction(10) ** (int(exponent or 0) - len(mantissa.partition(".")[2])) / 2


def _moving(one: Fraction, by: Scalar) -> Callable[[Fraction], Scalar]:
    """Numbers as they are, but one of them moved."""
    return lambda value: rational(value) + (by if value == one else 0)


def bound(node: Node) -> set[str]:
    """The index variables that a sum of the formula runs over."""
    return {part.index for part in walk(node) if hasattr(part, "index")}


def agree(left: Value, right: Value) -> bool:
    """Whether two values are the same, at 40 digits."""
    left, right = single(left), single(right)
    if isinstance(left, Matrix) != isinstance(right, Matrix):
        return False
    if isinstance(left, Matrix):
        pairs = zip(left.entries, right.entries, strict=True)
        return left.shape == right.shape and all(same(a, b) for a, b in pairs)
    return same(left, right)


def same(left: Scalar, right: Scalar) -> bool:
    """Equal to 40 digits (of 60 that are carried)."""
    a, b = plain(left), plain(right)
    return bool(abs(a - b) <= EXACT * (1 + abs(a)))


def written(tokens: Tokens) -> str:
    """A formula for a message."""
    return " ".join(token.text for token in tokens)


def show(value: Value) -> str:
    """A value for a message."""
    if isinstance(value, Matrix):
        return str([[show(entry) for entry in row] for row in value.rows])
    return str(real.nstr(real.mpf(plain(value)), 12))


def _sigmoid(z: Scalar) -> Scalar:
    return 1 / (1 + real.exp(-z))


__all__ = ["Checker", "Fault", "Report"]
