"""Reading the equations of a graph, each over what stands above it, and how far indices run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nbsolve.expr import Expr
from nbsolve.formula import FormulaError
from nbsolve.formula.indexed import parse_equation, parse_left, reads
from nbsolve.given import Given
from nbsolve.problem.cursor import Cursor, describe, listing, suggestion
from nbsolve.problem.graphs.given import MOST_AXES, MOST_ENTRIES, is_name, shape_words, start_of
from nbsolve.problem.graphs.order import Steps, groups_of, mentioned, recurrence_of, steps_of
from nbsolve.problem.graphs.shapes import Outside, check_reads, known_lengths, lengths_of, start_text
from nbsolve.problem.keys.kinds import EQUATIONS
from nbsolve.problem.model import Equation, Recurrence, Start
from nbsolve.problem.overrides import is_override
from nbsolve.symbol import Affine, Symbol, Unit

__all__ = ["EQUATIONS", "Read", "read_equations"]

MOST_QUANTITIES = 200
Shapes = dict[str, tuple[int, ...]]


@dataclass
class Read:
    """Equations in the order in which they can be computed, recurrences among them, and where these start.

    `last` is the name of the last equation in the file.
    """

    equations: list[Equation] = field(default_factory=list)
    last: str = ""
    recurrences: list[Recurrence] = field(default_factory=list)
    starts: dict[str, Start] = field(default_factory=dict)


@dataclass(frozen=True)
class _Left:
    """The left side of an equation and the text of its right side, not read yet."""

    cursor: Cursor
    name: str
    letters: tuple[str, ...]
    text: str


def read_equations(
    root: Cursor, shapes: Shapes, padding: Mapping[str, Given], typed: Mapping[str, tuple[str, int]]
) -> Read:
    """The equations, whatever their order in the file; `shapes` learns theirs.

    `typed` has the given quantities that the file calls the start of an array, h[0]: the array and the place.
    """
    cursor = root.get("equations")
    found = Read()
    if cursor is None:
        return found
    if not cursor.keys():
        cursor.fault(f"equations is {describe(cursor.node)}", expected=EQUATIONS)
        return found
    lefts = _lefts(cursor, shapes)
    if lefts is None:
        return found
    found.last = [*lefts][-1]
    reader = _Reader(root, lefts, shapes, _ranges(root.get("ranges")), padding, typed, found)
    for group in groups_of([*lefts], {name: mentioned(left.text, lefts) for name, left in lefts.items()}):
        if not reader.read(group):
            return found  # what follows may rest on it: one fault, not one after another
    inner = root.get("padding")
    for name in padding if inner else ():
        if name not in shapes and inner:
            inner.key_fault(name, f"padding of {name}, which is no quantity", hint=suggestion(name, shapes))
    if len(shapes) > MOST_QUANTITIES:
        cursor.fault(f"{len(shapes)} quantities", expected=f"at most {MOST_QUANTITIES}")
    if reader.letters_are_free():
        reader.check_starts()
        reader.check_used()
    return found


def _lefts(cursor: Cursor, shapes: Shapes) -> dict[str, _Left] | None:
    """The left sides by their names; None after noting a fault."""
    found: dict[str, _Left] = {}
    keys = cursor.keys()
    for key in keys:
        inner = cursor.get(key)
        assert inner is not None
        try:
            name, letters = parse_left(key)
        except FormulaError as error:
            inner.fault(
                f"{key[:40]!r}, column {error.column}: {error.message}",
                expected=error.expected,
                hint=error.hint,
            )
            return None
        if not is_name(inner, name, [*shapes, *found]):
            return None
        if len(letters) > MOST_AXES:
            inner.fault(f"{name} has {len(letters)} axes", expected=f"at most {MOST_AXES}")
            return None
        text = inner.string(f"the equation of {name}")
        if text is None:
            return None
        found[name] = _Left(inner, name, letters, text)
    return found


@dataclass
class _Reader:
    """Reads groups of equations, each over what was read before."""

    root: Cursor
    lefts: Mapping[str, _Left]
    shapes: Shapes
    ranges: Mapping[str, int]
    padding: Mapping[str, Given]
    typed: Mapping[str, tuple[str, int]]
    found: Read

    def read(self, group: tuple[str, ...]) -> bool:
        """Whether the equations of a group are sound; a fault where they are not."""
        formulae = self._formulae(group)
        if formulae is None:
            return False
        within = [
            symbol for formula in formulae.values() for symbol in reads(formula) if symbol.stem in group
        ]
        if not within:
            return self._equation(group[0], formulae) and self._reads_what_is_there(group, formulae, Steps())
        steps = steps_of({name: self.lefts[name].letters for name in group}, formulae)
        self._learn(formulae, steps)
        if steps.letter and not all(
            self._start(name, steps, within) for name in group if name in self.shapes
        ):
            return False
        if not all(self._equation(name, formulae) for name in group):
            return False
        equations = [one for one in self.found.equations if one.name in group]
        try:
            self.found.recurrences.append(recurrence_of(equations, formulae, steps))
        except FormulaError as error:
            return self._fault(group[0], error)
        return self._reads_what_is_there(group, formulae, steps)

    def _formulae(self, group: tuple[str, ...]) -> dict[str, Expr] | None:
        """The formulae over what is known before, and over the group itself where that is a recurrence."""
        found: dict[str, Expr] = {}
        circular = len(group) > 1 or group[0] in mentioned(self.lefts[group[0]].text, group)
        axes = {one: len(shape) for one, shape in self.shapes.items()}
        axes |= {one: len(self.lefts[one].letters) for one in group if circular}
        for name in group:
            try:
                found[name] = parse_equation(self.lefts[name].text, axes, self.lefts[name].letters)
            except FormulaError as error:
                self._fault(name, error)
                return None
        return found

    def _learn(self, formulae: Mapping[str, Expr], steps: Steps) -> None:
        """The shapes of a recurrence's arrays, as far as others, or their starts, say how far letters run."""
        for _ in formulae:
            for name, formula in formulae.items():
                letters = self.lefts[name].letters
                try:
                    lengths = known_lengths(reads(formula), letters, self.shapes, self.ranges)
                except FormulaError:
                    continue  # that comes up again where the equation is read
                lengths = {**self._by_start(name, steps), **lengths}
                if name not in self.shapes and all(letter in lengths for letter in letters):
                    self.shapes[name] = tuple(lengths[letter] for letter in letters)

    def _by_start(self, name: str, steps: Steps) -> dict[str, int]:
        """How far the letters of an array run beside that of its steps, by the shape of what it starts from."""
        letters = [letter for letter in self.lefts[name].letters if letter != steps.letter]
        for given, shape in self.shapes.items():
            own = given.startswith(name) and given.removeprefix(name).isdecimal() and given not in self.lefts
            if own and len(shape) == len(letters):
                return dict(zip(letters, shape, strict=True))
        return {}

    def _start(self, name: str, steps: Steps, within: Iterable[Symbol]) -> bool:
        """Note what is given as the start of an array, h0 for h[0]; False after noting a fault."""
        axis, shape = steps.axes[name], self.shapes[name]
        rest = (*shape[:axis], *shape[axis + 1 :])
        read = {
            place
            for symbol in within
            if symbol.stem == name
            for place in _along(symbol.at[axis], shape[axis])
        }
        for given in [one for one in self.shapes if one not in self.lefts]:
            place = given.removeprefix(name)
            if given == place or not place.isdecimal() or str(int(place)) != place:
                continue
            start = Start(array=name, axis=axis, place=int(place))
            inside = 1 <= start.place <= shape[axis]
            if given in self.typed and inside:
                return self._given_fault(
                    given,
                    f"{name}[{place}] is given, and the equation of {name} finds it",
                    f"a start before what is found: {start_text(name, shape, axis, 0)}",
                )
            if inside or not (given in self.typed or start.place in read):
                continue
            if self.shapes[given] != rest:
                size = shape_words(self.shapes[given])
                return self._given_fault(
                    given,
                    f"{given} is {size}, and the equation of {name} starts from {shape_words(rest)}",
                    start_text(name, shape, axis, start.place),
                )
            self.found.starts[given] = start
        return True

    def letters_are_free(self) -> bool:
        """Whether no index has the name of a quantity, one that is computed later among them; else a fault."""
        for name, left in self.lefts.items():
            try:
                self._read_by(left)
            except FormulaError as error:
                return self._fault(name, error)
        return True

    def check_starts(self) -> None:
        """Note a fault for a start that nothing reads."""
        for given, (name, place) in self.typed.items():
            start = self.found.starts.get(given)
            if start is None or not any(
                symbol.stem == name and place in _along(symbol.at[start.axis], self.shapes[name][start.axis])
                for left in self.lefts.values()
                for symbol in self._read_by(left)
            ):
                expected = f'a recurrence that starts there, such as "{name}[t]": "w*{name}[t-1] + x[t]"'
                self._given_fault(given, f"no equation reads {name}[{place}]", expected)

    def check_used(self) -> None:
        """Note what is given and read by no equation: a fault where it was set from outside, else a warning."""
        read = {symbol.stem for left in self.lefts.values() for symbol in self._read_by(left)}
        cursor = self.root.get("given")
        for key in [] if cursor is None else cursor.keys():
            name, _ = start_of(key)
            if name in read or name in self.found.starts or name not in self.shapes:
                continue
            inner = cursor and cursor.get(key)
            assert inner is not None
            if not is_override(inner.node):
                inner.warn(f"no equation uses {key}")
            else:
                others = [one for one in self.shapes if one not in self.lefts and one != name]
                inner.fault(
                    f"no equation uses {key}", expected=listing(others, "or"), hint=suggestion(key, others)
                )

    def _read_by(self, left: _Left) -> list[Symbol]:
        axes = {one: len(shape) for one, shape in self.shapes.items()}
        return reads(parse_equation(left.text, axes, left.letters))

    def _reads_what_is_there(
        self, group: tuple[str, ...], formulae: Mapping[str, Expr], steps: Steps
    ) -> bool:
        outside = Outside(self.padding, self.found.starts, steps.axes)
        lengths = {one.name: one.lengths for one in self.found.equations}
        for name in group:
            try:
                check_reads(formulae[name], lengths[name], self.shapes, outside)
            except FormulaError as error:
                return self._fault(name, error)
        return True

    def _equation(self, name: str, formulae: Mapping[str, Expr]) -> bool:
        left = self.lefts[name]
        try:
            lengths = lengths_of(formulae[name], left.letters, self.shapes, self.ranges, self.padding)
        except FormulaError as error:
            return self._fault(name, error)
        equation = Equation(name=name, letters=left.letters, formula=left.text, lengths=lengths)
        if (size := math.prod(equation.shape)) > MOST_ENTRIES:
            left.cursor.fault(f"{name} has {size:,} entries", expected=f"at most {MOST_ENTRIES}")
            return False
        self.found.equations.append(equation)
        self.shapes[name] = equation.shape
        return True

    def _fault(self, name: str, error: FormulaError) -> bool:
        self.lefts[name].cursor.fault(
            f"the equation of {name}, column {error.column}: {error.message}",
            expected=error.expected,
            hint=error.hint,
        )
        return False

    def _given_fault(self, given: str, message: str, expected: str | None = None) -> bool:
        cursor = self.root.get("given")
        assert cursor is not None
        keys = cursor.keys()
        key = next((key for key in keys if start_of(key) == (given, self.typed.get(given))), given)
        cursor.key_fault(key, message, expected=expected)
        return False


def _along(place: Unit, length: int) -> set[int]:
    """The places along an axis that one index means, where its letter runs as far as the axis does."""
    match place:
        case int():
            return {place}
        case Affine(_, ((_, 1),), shift):
            return {n + shift for n in range(1, length + 1)}
    return {*range(1, length + 1)}


def _ranges(cursor: Cursor | None) -> dict[str, int]:
    if cursor is None:
        return {}
    if not cursor.is_mapping:
        cursor.fault(f"ranges is {describe(cursor.node)}", expected="{t: 3}: how far the index t runs")
        return {}
    found: dict[str, int] = {}
    keys = cursor.keys()
    for key in keys:
        inner = cursor.get(key)
        length = None if inner is None else inner.integer(f"the range of {key}", 1, MOST_ENTRIES)
        if length is not None:
            found[key] = length
    return found
