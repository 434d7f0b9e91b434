"""What the parts of a problem of the kind `graph` ask: words, values, gradients, local factors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from nbsolve.formula.indexed import parse_equation, reads
from nbsolve.problem.cursor import Cursor, listing, suggestion
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import Equation, GraphTraining, Part, Start
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
WORDS = ("forward", "gradients", "local_derivatives", "updated_parameters", STATE, COMPARISON)
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
    of: str,
    shapes: Mapping[str, tuple[int, ...]],
    training: GraphTraining | None,
    equations: tuple[Equation, ...],
    starts: Mapping[str, Start],
) -> tuple[Part, ...]:
    """The parts; by default one that asks for all there is."""
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
        of: str,
        shapes: Mapping[str, tuple[int, ...]],
        training: GraphTraining | None,
        equations: tuple[Equation, ...],
        starts: Mapping[str, Start],
    ) -> None:
        self.of, self.shapes, self.training, self.starts = of, shapes, training, starts
        self.operands = {
            equation.name: {
                name
                for symbol in reads(
                    parse_equation(equation.formula, {n: len(s) for n, s in shapes.items()}, equation.letters)
                )
                for name in (
                    symbol.stem,
                    *(given for given, one in starts.items() if one.array == symbol.stem),
                )
            }
            for equation in equations
        }
        self.expected = f"{listing(WORDS, 'or')}, or a quantity such as {of}, d{of}/d{next(iter(shapes))}"

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
            return text
        if self._is_state(text):
            return text
        try:
            over, under = quantity(text)
        except ValueError:
            near = suggestion(text, (*WORDS, *self.shapes))
            cursor.fault(f"{text[:60]!r} is not a quantity", expected=self.expected, hint=near)
            return None
        for read in (over, under):
            if read is not None and not self._known(cursor, read):
                return None
        if under[2] and (self.training is None or under[0] not in self.training.parameters):
            cursor.fault(f"{text} is asked, but {under[0]} is not trained")
            return None
        if (
            over is not None
            and over[0] not in (self.of, LOSS)
            and under[0] not in self.operands.get(over[0], ())
        ):
            cursor.fault(
                f"{text} is asked, but {over[0]} is not computed from {under[0]} in one step",
                expected=f"a gradient of {self.of}, or a local derivative of an equation",
                hint=f"gradients_of: {over[0]} takes the gradients of {over[0]}",
            )
            return None
        return text

    @property
    def _kept(self) -> bool:
        """Whether the optimiser carries something over."""
        return self.training is not None and bool(optimiser_of(self.training.optimiser).kept)

    def _is_state(self, text: str) -> bool:
        """Whether it names what the optimiser finds for a parameter: `m_w_new`, `m_hat_w`, `v_w_new[2]`."""
        read = None if self.training is None else state_of(text, self.training, self.shapes)
        return read is not None and (read.new or not read.kept)

    def _known(self, cursor: Cursor, read: Read) -> bool:
        name, at, _ = read
        if name == LOSS and name not in self.shapes:
            return True
        if name not in self.shapes:
            cursor.fault(
                f"there is no quantity {name!r}", expected=self.expected, hint=suggestion(name, self.shapes)
            )
            return False
        shape = self.shapes[name]
        if at and (len(at) != len(shape) or not all(1 <= n <= m for n, m in zip(at, shape, strict=True))):
            size = " × ".join(map(str, shape)) if shape else "a single number"
            cursor.fault(f"{name} has no entry {list(at)}", expected=f"{name} is {size}")
            return False
        return True
