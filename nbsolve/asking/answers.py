"""The answers as data: what each part asks for, or every quantity, with its value, exactly and as printed.

The JSON interface is documented in docs/json.md. `value` is the number under the problem's rounding, `exact`
the number itself (a double, or a text where a double cannot hold it), `printed` what stands on the page.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, Protocol

from nbsolve.arithmetic import Arithmetic, Value
from nbsolve.arithmetic.nearest import SMALLEST_NORMAL, decimal, to_float
from nbsolve.asking.derived import derive
from nbsolve.asking.listing import Place
from nbsolve.asking.writing import Writer, scalar
from nbsolve.expr import Atom
from nbsolve.notation import Names
from nbsolve.problem import wiring
from nbsolve.problem.model import Network, Problem
from nbsolve.solving.jacobian import rests_on_outputs
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.step import Step
from nbsolve.symbol import EPOCH_LOSS, Role, Symbol, canonical
from nbsolve.values import Values

_OPTIONAL = ("part", "formula", "latex")
VERSION = 1
"""The version of the JSON interface."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One quantity of one iteration (None: a given that is the same in all of them), and perhaps one sample.

    In a problem in letters `formula` and `latex` are the closed form; `value` is None unless it is a number.
    """

    quantity: str
    symbol: str
    iteration: int | None
    sample: int | None
    value: float | str | None
    exact: float | str | None
    printed: str | None
    part: str | None = None
    formula: str | None = None
    latex: str | None = None


@dataclass(frozen=True, slots=True)
class Epoch:
    """The loss of one epoch; `iteration` is its last one."""

    epoch: int
    iteration: int
    value: float | str
    exact: float | str
    printed: str


def epochs_of(solution: Solution, exact: Solution) -> tuple[Epoch, ...]:
    """The losses of all epochs, where the problem lists them. Raises: Undecided."""
    loss, arithmetic = EPOCH_LOSS, solution.arithmetic
    return tuple(
        Epoch(
            own.number,
            own.iteration,
            as_double(scalar(own.values[loss]), arithmetic),
            as_double(scalar(same.values[loss]), arithmetic),
            Writer(solution).answer(own.values, loss).text,
        )
        for own, same in zip(solution.epochs, exact.epochs, strict=True)
    )


def answer(place: Place, solution: Solution, exact: Solution, names: Names, extras: Extras) -> Answer:
    """The entry of one quantity. Raises: Undecided."""
    iteration = solution.iteration(place.iteration)
    values = extras.of(solution, iteration, place.holder)
    writer = Writer(solution)
    holder = place.holder
    if place.zero:
        return _entry(place, names, 0.0, 0.0, "0")
    written = writer.answer(values, holder)
    same = exact.iteration(place.iteration)
    exactly = scalar(extras.of(exact, same, holder)[holder])
    value = scalar(values[holder])
    text = written.text
    if place.opposite:
        value, exactly = -value, -exactly
        text = text[1:] if text.startswith("-") else f"-{text}" if written.value != 0 else text
    arithmetic = solution.arithmetic
    return _entry(place, names, as_double(value, arithmetic), as_double(exactly, arithmetic), text)


def formula_answer(
    part: str | None, step: Step, solution: Solution, names: Names, formula: str, latex: str
) -> Answer:
    """The entry of a quantity whose answer is a formula. Raises: Undecided."""
    target, values = step.target, step.values
    value: float | str | None = None
    exact: float | str | None = None
    printed: str | None = None
    if target in values:
        arithmetic = solution.arithmetic
        value = as_double(scalar(values[target]), arithmetic)
        exact = as_double(scalar(values.before_rounding(target)), arithmetic)
        printed = Writer(solution).answer(values, target).text
    name, symbol = canonical(target), names.latex(target)
    return Answer(name, symbol, None, target.sample, value, exact, printed, part, formula, latex)


class Extras:
    """Derived quantities of each iteration, computed when somebody first asks for one."""

    def __init__(self) -> None:
        self._derived: dict[tuple[int, int, bool], Values] = {}

    def of(self, solution: Solution, iteration: Iteration, atom: Atom) -> Values:
        """The values among which the atom is found."""
        if atom in iteration.values:
            return iteration.values
        outputs = rests_on_outputs(atom)
        key = (id(solution), iteration.number, outputs)
        if key not in self._derived:
            self._derived[key] = derive(solution, iteration, outputs).values
        return self._derived[key]


class _Worked(Protocol):
    """What a solution has to tell."""

    problem: Problem

    @property
    def solution(self) -> Solution:
        """The solution as steps."""

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        """The losses of all epochs, where they are listed."""

    def entries(self, everything: bool = False) -> Iterator[Answer]:
        """The answers that are asked for, or all of them."""


def write_json(worked: _Worked, stream: IO[str], everything: bool = False) -> None:
    """Write the solution as one JSON object, an entry a line, as they are computed."""
    problem = worked.problem
    head: dict[str, Any] = {
        "version": VERSION,
        "problem": {
            "name": problem.name,
            "title": problem.title,
            "source": problem.source,
            "layout": problem.network.layout,
            "shape": [problem.network.inputs, *(layer.units for layer in problem.network.layers)],
            **_inputs(problem.network),
            "iterations": [iteration.number for iteration in worked.solution.iterations],
            "rounding": problem.rounding.as_data(),
        },
    }
    write_answers(stream, head, worked.entries(everything=everything))
    epochs = worked.epochs
    if epochs:
        lines = (json.dumps({name: getattr(one, name) for name in Epoch.__slots__}) for one in epochs)
        stream.write(', "epochs": [\n' + ",\n".join(lines) + "\n]")
    stream.write("}\n")


def write_answers(stream: IO[str], head: Mapping[str, Any], entries: Iterable[Any]) -> None:
    """Write the beginning of an object, as far as the end of its answers: one a line, as they are computed."""
    stream.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "answers": [')
    separator = "\n"
    for entry in entries:
        stream.write(separator + json.dumps(as_data(entry), ensure_ascii=False))
        separator = ",\n"
    stream.write("\n]")


def _inputs(network: Network) -> dict[str, dict[str, list[str]]]:
    """The quantities of each input, where a network has several by name."""
    named = {
        one.name: [canonical(Symbol.input(i)) for i in wiring.numbers_of_input(network, one.name)]
        for one in network.named
    }
    return {"inputs": named} if named else {}


def as_data(entry: Any) -> dict[str, Any]:
    """The fields of an answer, or of another result, by name: what may be missing only where it is there."""
    data = ((name, getattr(entry, name)) for name in entry.__dataclass_fields__)
    return {name: value for name, value in data if value is not None or name not in _OPTIONAL}


def _entry(place: Place, names: Names, value: float | str, exact: float | str, printed: str) -> Answer:
    atom = place.atom
    sample = atom.sample
    return Answer(
        canonical(atom),
        names.latex(place.holder if _stands_for(place.holder) else atom),
        None if place.fixed else place.iteration,
        sample,
        value,
        exact,
        printed,
        place.part,
    )


def _stands_for(holder: Atom) -> bool:
    """Whether the holder's letter is the one on the page: a shared bias, an error signal."""
    symbol = holder if isinstance(holder, Symbol) else holder.wrt
    return symbol.shared or symbol.role is Role.DELTA


def as_double(value: Value, arithmetic: Arithmetic) -> float | str:
    """The nearest double; a text of 20 digits where a double would be 0, infinite or short of bits.

    0 is what is 0, or cannot be told from it. Raises: Undecided.
    """
    number = to_float(value, arithmetic)
    if SMALLEST_NORMAL <= abs(number) < math.inf:
        return number
    return 0.0 if arithmetic.magnitude(value) is None else decimal(value, arithmetic, 20)
