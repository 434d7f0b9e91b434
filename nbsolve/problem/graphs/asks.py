"""What the parts of a problem of the kind `graph` ask: words, values, gradients, local factors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from nbsolve.formula.indexed import parse_equation, reads
from nbsolve.problem.cursor import Cursor, listing, suggestion
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.graphs.shapes import read_entries
from nbsolve.problem.model import Equation, GraphTraining, Part, Start, started
from nbsolve.problem.part_lists import read_part, read_part_list

__all__ = [
    "COMPARISON",
    "LOSS",
    "STATE",
    "WORDS",
    "asked_gradients",
    "quantity",
    "read_graph_parts",
    "state_of",
    "with_starts",
]

COMPARISON = "comparison"
"""What asks for the path of the other optimiser."""
STATE = "state"
LOCAL = "local_derivatives"
WORDS = ("forward", "gradients", LOCAL, "updated_parameters", STATE, COMPARISON)
LOSS = "L"
"""What is differentiated where an upstream gradient is given: a loss that nobody names."""
_QUANTITY = re.compile(
    r"(?P<name>[A-Za-z][A-Za-z_0-9]*?)(?P<new>_new)?(?:\[(?P<at>[0-9]+(?:,[0-9]+)*)\])?", re.ASCII
)
Read = tuple[str, tuple[int, ...], bool]
"""A name, the entry that is meant (none: all), whether the new value is."""


def quantity(text: str) -> tuple[Read | None, Read]:
    """`q`, `W[1,2]`, `x_new`, `df/dx`, `df/dW[1,2]`: what is differentiated (or None), and the quantity.

    Raises ValueError for a text that is no such name.
    """
    typed = "".join(text.split()).replace("∂", "d")
    if "/" not in typed:
        return None, _read(typed)
    over, _, under = typed.partition("/")
    if not (over.startswith("d") and under.startswith("d")):
        raise ValueError(text)
    return _read(over[1:]), _read(under[1:])


def _read(typed: str) -> Read:
    match = _QUANTITY.fullmatch(typed)
    if match is None:
        raise ValueError(typed)
    at = tuple(map(int, match["at"].split(","))) if match["at"] else ()
    return match["name"], at, bool(match["new"])


def with_starts(text: str, starts: Mapping[str, Start]) -> str:
    """The text with the given quantities that starts of recurrences are: dL/dh0 for dL/dh[0], h0[2] for h[0,2]."""
    for given, start in starts.items():

        def plain(match: re.Match[str], given: str = given, start: Start = start) -> str:
            at = tuple(map(int, match["at"].split(",")))
            within = () if at == (start.place,) else start.within(at) if len(at) > start.axis else None
            if within is None:
                return match[0]
            places = f"[{','.join(map(str, within))}]" if within else ""
            return f"{match['d']}{given}{match['new']}{places}"

        text = re.sub(rf"\b(?P<d>[d∂]?){start.array}(?P<new>(?:_new)?)\[(?P<at>[\d, ]+)\]", plain, text)
    return text


def _written(name: str, at: tuple[int, ...]) -> str:
    return f"{name}[{','.join(map(str, at))}]" if at else name


class StateRead(NamedTuple):
    """What a name of the optimiser's state means: equation and parameter, the entry, whether the new value is."""

    equation: str
    parameter: str
    at: tuple[int, ...]
    new: bool
    kept: bool


def state_of(text: str, training: GraphTraining, shapes: Mapping[str, tuple[int, ...]]) -> StateRead | None:
    """What `m_w`, `m_w_new[2]` or `m_hat_w` means; None for what names no state of the optimiser."""
    match = _QUANTITY.fullmatch("".join(text.split()))
    if match is None:
        return None
    at = tuple(map(int, match["at"].split(","))) if match["at"] else ()
    for equation in optimiser_of(training.optimiser).equations:
        for parameter in training.parameters:
            shape = shapes[parameter]
            fits = not at or (
                len(at) == len(shape) and all(1 <= n <= m for n, m in zip(at, shape, strict=True))
            )
            if (
                match["name"] == f"{equation.name}_{parameter}"
                and fits
                and (equation.kept or not match["new"])
            ):
                return StateRead(equation.name, parameter, at, bool(match["new"]), equation.kept)
    return None


def read_graph_parts(
    cursor: Cursor | None,
    of: tuple[str, tuple[int, ...]],
    shapes: Mapping[str, tuple[int, ...]],
    training: GraphTraining | None,
    equations: tuple[Equation, ...],
    starts: Mapping[str, Start],
) -> tuple[Part, ...]:
    """The parts; by default one that asks for all there is. `of`: what is differentiated, and which entry of it."""
    if cursor is None:
        ask: tuple[str, ...] = ("forward", "gradients")
        return (Part(label="a", ask=(*ask, *(("updated_parameters",) if training else ()))),)
    asks = _Asks(of, shapes, training, equations, starts)
    iterations = 1 if training is None else training.iterations
    found = read_part_list(
        cursor, lambda part, place: read_part(part, place, asks.word, asks.expected, iterations)
    )
    return found or ()


def asked_gradients(parts: Iterable[Part], of: str) -> Iterator[str]:
    """The quantities with respect to which a part asks for the gradient, by name."""
    for ask in (ask for part in parts for ask in part.ask if ask not in WORDS):
        over, under = quantity(ask)
        if over is not None and over[0] in (of, LOSS):
            yield under[0]


class _Asks:
    def __init__(
        self,
        of: tuple[str, tuple[int, ...]],
        shapes: Mapping[str, tuple[int, ...]],
        training: GraphTraining | None,
        equations: tuple[Equation, ...],
        starts: Mapping[str, Start],
    ) -> None:
        (self.of, self.at), self.shapes, self.training, self.starts = of, shapes, training, starts
        self.equations = {equation.name: equation for equation in equations}
        example = f"{self.of}, d{self.of}/d{next(iter(shapes))}"
        self.expected = f"{listing(WORDS, 'or')}, or a quantity such as {example}"

    def word(self, cursor: Cursor) -> str | None:
        """A word or quantity that this problem has."""
        text = cursor.string("an entry of ask")
        if text is None:
            return None
        text = with_starts(text, self.starts)
        if text in WORDS:
            if text == "updated_parameters" and self.training is None:
                cursor.fault(f"{text} is asked, but the problem has no training")
                return None
            if text == COMPARISON and (self.training is None or self.training.compare_with is None):
                cursor.fault(
                    f"{text} is asked, but training compares no optimisers",
                    expected="training: {compare_with: nesterov}",
                )
                return None
            if text == STATE and not self._kept:
                cursor.fault(
                    f"{text} is asked, but the optimiser keeps nothing from one update to the next"
                    if self.training
                    else f"{text} is asked, but the problem has no training"
                )
                return None
            if text == LOCAL and not any(
                not one.letters and one.name != self.of for one in self.equations.values()
            ):
                cursor.fault(
                    f"{text} is asked, but no single number stands between what is given and {self.of}",
                    expected=f"derivatives by their names, such as d{self.of}/d{next(iter(self.shapes))}",
                )
                return None
            return text
        if self._is_state(text):
            return text
        try:
            over, under = quantity(text)
        except ValueError:
            cursor.fault(f"{text[:60]!r} is not a quantity", expected=self.expected, hint=self._near(text))
            return None
        for read in (over, under):
            upstream = read is over and over == (LOSS, (), False) and LOSS not in self.shapes
            if read is not None and not upstream and not self._known(cursor, read, text):
                return None
        if over is not None and (over[2] or under[2]):
            cursor.fault(
                f"{text} is asked, but there is no derivative with a new value in it",
                expected=f"such as d{over[0]}/d{under[0]}",
            )
            return None
        if under[2] and (self.training is None or under[0] not in self.training.parameters):
            cursor.fault(f"{text} is asked, but {under[0]} is not trained")
            return None
        gradient = over is None or (over[0] in (self.of, LOSS) and over[1] in ((), self.at))
        if over is not None and not gradient and not self._in_one_step(over, under):
            first, second = (_written(*read[:2]) for read in (over, under))
            cursor.fault(
                f"{text} is asked, but {first} is not computed from {second} in one step",
                expected=f"a gradient of {_written(self.of, self.at)}, or a local derivative of an equation",
                hint=f"gradients_of: {first} takes the gradients of {first}"
                if over[0] in self.equations
                else None,
            )
            return None
        return text

    def _in_one_step(self, over: Read, under: Read) -> bool:
        """Whether the equation of the one quantity, or of one of its entries, reads the other."""
        equation = self.equations.get(over[0])
        if equation is None:
            return False
        axes = {name: len(shape) for name, shape in self.shapes.items()}
        known = dict(zip(equation.letters, over[1], strict=False))
        return any(
            name == under[0] and under[1] in ((), at)
            for symbol in reads(parse_equation(equation.formula, axes, equation.letters))
            for place, _ in read_entries(symbol, equation.lengths, known)
            for name, at in [started(self.starts, self.shapes, symbol.stem, place) or (symbol.stem, place)]
        )

    def _near(self, text: str) -> str | None:
        """What may have been meant by a name that nothing has."""
        joined = text.replace("][", ",")
        if joined != text and _QUANTITY.fullmatch(joined):
            return f"places stand in one bracket: {joined}"
        trained = () if self.training is None else self.training.parameters
        kept = () if self.training is None else optimiser_of(self.training.optimiser).equations
        found = (f"{one.name}_{name}{'_new' if one.kept else ''}" for one in kept for name in trained)
        return suggestion(text, (*WORDS, *self.shapes, *(f"{name}_new" for name in trained), *found))

    @property
    def _kept(self) -> bool:
        """Whether the optimiser carries something over."""
        return self.training is not None and bool(optimiser_of(self.training.optimiser).kept)

    def _is_state(self, text: str) -> bool:
        """Whether it names what the optimiser finds for a parameter: `m_w_new`, `m_hat_w`, `v_w_new[2]`."""
        read = None if self.training is None else state_of(text, self.training, self.shapes)
        return read is not None and (read.new or not read.kept)

    def _known(self, cursor: Cursor, read: Read, text: str) -> bool:
        name, at, _ = read
        if name not in self.shapes:
            hint = suggestion(name, self.shapes) if "/" in text else self._near(text)
            cursor.fault(f"there is no quantity {name!r}", expected=self.expected, hint=hint)
            return False
        shape = self.shapes[name]
        if at and (len(at) != len(shape) or not all(1 <= n <= m for n, m in zip(at, shape, strict=True))):
            size = " × ".join(map(str, shape)) if shape else "a single number"
            cursor.fault(f"{name} has no entry {list(at)}", expected=f"{name} is {size}")
            return False
        return True
