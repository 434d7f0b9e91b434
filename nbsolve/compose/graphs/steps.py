"""The steps of a recurrence in words: forwards, back through time, what uses a quantity at which step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nbsolve.compose.sentences import enumerated, set_in
from nbsolve.document import Inline, Math
from nbsolve.equations.building import Built, Stage, entries_of, quantity
from nbsolve.expr import Quantity, Variable, number
from nbsolve.formula.indexed import reads
from nbsolve.graph import Node
from nbsolve.phrases import phrase
from nbsolve.problem.model import Equation, GraphProblem, Recurrence
from nbsolve.symbol import Affine, Index, Symbol, Unit, number_of

__all__ = [
    "at_step",
    "at_steps",
    "every_step_uses",
    "is_shared",
    "is_whole",
    "of_entries",
    "step_begins",
    "steps_back",
    "steps_forward",
    "through",
    "together",
]

TIME = "t"
"""The letter whose steps are called time steps."""


def step_math(recurrence: Recurrence, step: int) -> Math:
    """`t = 2`."""
    return Math(Variable(recurrence.letter), "=", number(step))


def _ends(recurrence: Recurrence) -> tuple[Math, Math]:
    first, *_, last = (*recurrence.steps, recurrence.steps[-1])
    return step_math(recurrence, first), step_math(recurrence, last)


# ---------------------------------------------------------------------- forwards


def steps_forward(recurrence: Recurrence) -> Iterator[Inline]:
    """`Time step by time step, from t = 1 to t = 3:`; nothing where no letter counts steps."""
    if len(recurrence.steps) > 1:
        first, last = _ends(recurrence)
        time = recurrence.letter == TIME
        yield from set_in("graphs.time_steps" if time else "graphs.steps", first=first, last=last)


def step_begins(stage: Stage) -> Iterator[Inline]:
    """`Time step t = 2:`."""
    assert stage.recurrence is not None and stage.step is not None
    time = stage.recurrence.letter == TIME
    yield from set_in(
        "graphs.at_time_step" if time else "graphs.at_step", step=step_math(stage.recurrence, stage.step)
    )


# ---------------------------------------------------------------------- backwards


def steps_back(recurrence: Recurrence) -> Iterator[Inline]:
    """That steps are gone through in reverse; nothing where no letter counts them."""
    if len(recurrence.steps) > 1:
        first, last = _ends(recurrence)
        time = recurrence.letter == TIME
        yield from set_in("graphs.time_steps_back" if time else "graphs.steps_back", first=last, last=first)


def through(stage: Stage, new: bool) -> Iterator[Inline]:
    """`Time step t = 3, back through` an equation; the step is named where it is `new`."""
    recurrence = stage.recurrence
    if recurrence is None or stage.step is None or not new:
        yield phrase("graphs.through") + " "
        return
    time = recurrence.letter == TIME
    yield from set_in(
        "graphs.through_time_step" if time else "graphs.through_step", step=step_math(recurrence, stage.step)
    )
    yield " "


def is_whole(stage: Stage, built: Built) -> bool:
    """Whether a stage has all entries that its equation finds at its step."""
    steps = (one for one in built.stages if (one.equation, one.step) == (stage.equation, stage.step))
    return stage.step is not None and all(one is stage for one in steps)


def of_entries(stage: Stage) -> Iterator[Inline]:
    """` for D_{12}`: the entries that a stage finds."""
    yield f" {phrase('graphs.for_entries')} "
    yield from together([node.target for node in stage.nodes])


def together(symbols: Sequence[Symbol]) -> Iterator[Inline]:
    """`a, b and c`."""
    yield from enumerated([[Math(Quantity(one))] for one in symbols])


# ---------------------------------------------------------------------- what uses what


def at_step(name: str, problem: GraphProblem) -> Symbol:
    """h_t of an array that a recurrence finds, with the other axes left out; a whole quantity for any other."""
    recurrence = problem.recurrence_of(name)
    if recurrence is None or not recurrence.letter:
        return quantity(name)
    return Symbol.node(name, (Index(recurrence.letter),))


def _beside(letter: str, shift: int) -> Unit:
    if not shift:
        return Index(letter)
    return Affine(f"{letter}{'+' if shift > 0 else '−'}{abs(shift)}", ((letter, 1),), shift)


def at_steps(
    name: str, recurrence: Recurrence, built: Built, users: Sequence[Sequence[Node]]
) -> list[Symbol]:
    """The users of an array of a recurrence, each at its step: h_{t+1} and p_t; none where no entry has two.

    `users` has the nodes that use each entry of the array.
    """
    if all(len(own) < 2 for own in users):
        return []
    problem = built.problem
    equations = {one.name: (place, one) for place, one in enumerate(problem.equations)}
    found: dict[tuple[int, int], Symbol] = {}
    for entry, own in zip(entries_of(name, problem.shapes[name]), users, strict=True):
        step = recurrence.step_of(name, [*map(number_of, entry.at)])
        assert step is not None
        for user in (node.target for node in own):
            place, equation = equations[user.stem]
            if _goes_with(name, recurrence, equation, built):
                shift = number_of(user.at[equation.letters.index(recurrence.letter)]) - step
                found[place, shift] = Symbol.node(user.stem, (_beside(recurrence.letter, shift),))
            else:
                found[place, 0] = quantity(user.stem)
    return [found[key] for key in sorted(found)]


def _goes_with(name: str, recurrence: Recurrence, user: Equation, built: Built) -> bool:
    """Whether an equation has the steps of an array of a recurrence, and reads it beside its own step."""
    letter, axis = recurrence.letter, recurrence.axes[name]
    places = [symbol.at[axis] for symbol in reads(built.general[user.name]) if symbol.stem == name]
    return letter in user.letters and all(
        place == Index(letter) or (isinstance(place, Affine) and place.terms == ((letter, 1),))
        for place in places
    )


def is_shared(name: str, built: Built) -> bool:
    """Whether the steps of one recurrence, and nothing else, use the same entries of a quantity."""
    users = [[node for node, _ in built.users(one)] for one in entries_of(name, built.problem.shapes[name])]
    recurrence = built.problem.recurrence_of(next((n.operation.name for own in users for n in own), ""))
    if recurrence is None or not recurrence.letter or name in recurrence.names:
        return False
    own = recurrence
    if any(node.operation.name not in own.names for nodes in users for node in nodes):
        return False
    steps = [
        {own.step_of(node.operation.name, [*map(number_of, node.target.at)]) for node in nodes}
        for nodes in users
    ]
    return any(len(one) > 1 for one in steps)


def every_step_uses(names: Sequence[str], recurrence: Recurrence) -> Iterator[Inline]:
    """`Every time step uses w and u: the gradient is a sum over the time steps.`"""
    time = recurrence.letter == TIME
    symbols = [*together([quantity(name) for name in names])]
    yield from set_in("graphs.time_steps_use" if time else "graphs.steps_use", names=symbols)
