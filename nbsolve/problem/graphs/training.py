"""Reading the training of a graph: which quantities change, by which optimiser, in which direction."""

from __future__ import annotations

from collections.abc import Mapping

from nbsolve.catalogue import OPTIMISERS
from nbsolve.expr import Variable, walk
from nbsolve.problem.choices import read_choice
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.graphs.given import shape_words
from nbsolve.problem.kept_state import Numbers, read_kept
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.training import GraphTrainingKeys
from nbsolve.problem.model import Choice, GivenArray, GraphTraining, Start
from nbsolve.problem.training import (
    MAXIMUM_ITERATIONS,
    SHOWN_IN_FULL,
    read_clip,
    read_iteration,
    read_schedule,
)

__all__ = ["read_chosen", "read_graph_training"]

MOST_COMPARED = 30
"""The most updates whose paths are compared, each a row of a table."""


def read_graph_training(
    cursor: Cursor | None, given: tuple[GivenArray, ...], starts: Mapping[str, Start]
) -> GraphTraining | None:
    """The training; None where there is none, or after noting a fault."""
    if cursor is None:
        return None
    if not cursor.mapping(keys_of(GraphTrainingKeys), "training"):
        return None
    inner, rate = cursor.get("optimiser"), cursor.get("learning_rate")
    optimiser = None
    if (inner is None) == (rate is None):
        both = "both a learning rate and an optimiser" if inner else "no learning rate"
        cursor.fault(
            f"training has {both}", expected="learning_rate: 0.1, or optimiser: {sgd: {learning_rate: 0.1}}"
        )
    elif rate is not None:
        number = rate.number("learning_rate", above=0)
        optimiser = None if number is None else Choice(name="sgd", parameters={"learning_rate": number})
    elif inner is not None:
        tables = {name: record.parameters for name, record in OPTIMISERS.items()}
        optimiser = read_choice(inner, "optimiser", tables)
    direction: str | None = "descent"
    if inner := cursor.get("direction"):
        direction = inner.word("direction", ("descent", "ascent"))
        if direction == "ascent" and optimiser is not None and _uses_parameter(optimiser.name):
            inner.fault(
                f"{optimiser.name} only goes down", expected="direction: descent, or another optimiser"
            )
    compared = _compared(cursor, optimiser, direction)
    if inner := cursor.get("clip"):
        optimiser = read_clip(inner, optimiser)
        compared = None if compared is None else read_clip(inner, compared)
    names = [array.name for array in given]
    inner = cursor.get("parameters")
    parameters = tuple(names) if inner is None else read_chosen(inner, "parameters", names, starts)
    iterations: int | None = 1
    if inner := cursor.get("iterations"):
        iterations = inner.integer("iterations", 1, MAXIMUM_ITERATIONS)
    if optimiser is None or direction is None or iterations is None:
        return None
    state: dict[str, Numbers] = {}
    updates = 0
    if inner := cursor.get("state"):
        shapes = {array.name: array.shape for array in given if array.name in parameters}
        state, updates = read_kept(inner, OPTIMISERS[optimiser.name], shapes)
    schedule = read_schedule(cursor.get("schedule"), updates, iterations)
    if schedule is None or (
        cursor.has("compare_with") and not _is_plane(cursor, given, parameters, iterations)
    ):
        return None
    show: tuple[int, ...] = (
        tuple(range(1, iterations + 1)) if iterations <= SHOWN_IN_FULL else (1, iterations)
    )
    if inner := cursor.get("show"):
        elements = [*inner.each()] if inner.is_list else [inner]
        read = [read_iteration(element, "show", iterations) for element in elements]
        show = tuple(sorted({one for one in read if one is not None}))
    return GraphTraining(
        optimiser=optimiser,
        compare_with=compared,
        direction="ascent" if direction == "ascent" else "descent",
        parameters=parameters,
        iterations=iterations,
        show=show,
        state=state,
        updates=updates,
        schedule=schedule[0],
        rates=schedule[1],
    )


def _compared(cursor: Cursor, own: Choice | None, direction: str | None) -> Choice | None:
    """The optimiser that `own` is compared with; None where there is none, or after noting a fault.

    A setting that is not written is that of `own`, where it has one of the same name.
    """
    inner = cursor.get("compare_with")
    if inner is None:
        return None
    settings = {} if own is None else own.parameters
    tables = {
        name: {key: settings.get(key, usual) for key, usual in record.parameters.items()}
        for name, record in OPTIMISERS.items()
    }
    found = read_choice(inner, "optimiser", tables)
    if found is not None and direction == "ascent" and _uses_parameter(found.name):
        inner.fault(f"{found.name} only goes down", expected="direction: descent, or another optimiser")
    if cursor.has("state"):
        cursor.key_fault(
            "state",
            "a state is given, and paths are compared from a start that both optimisers share",
            expected="compare_with without state",
        )
    return found


def _is_plane(
    cursor: Cursor, given: tuple[GivenArray, ...], parameters: tuple[str, ...], iterations: int
) -> bool:
    """Whether paths can be drawn: two single numbers are trained, for not too long; else a fault is noted."""
    shapes = {array.name: array.shape for array in given}
    if len(parameters) != 2 or any(shapes[name] for name in parameters):
        trained = ", ".join(f"{name} ({shape_words(shapes[name])})" for name in parameters)
        cursor.key_fault(
            "compare_with",
            f"paths are drawn in the plane of two parameters, and trained are {trained}",
            expected="parameters: two single numbers, such as [x, y]",
        )
        return False
    if iterations > MOST_COMPARED:
        cursor.key_fault(
            "compare_with",
            f"paths of {iterations:,} updates are too long for the page",
            expected=f"at most {MOST_COMPARED} iterations",
        )
        return False
    return True


def _uses_parameter(optimiser: str) -> bool:
    """Whether a step depends on the parameter itself, as weight decay does: its opposite goes nowhere."""
    record = OPTIMISERS[optimiser]
    formulas = [record.change, *(equation.formula for equation in record.equations)]
    return any(node == Variable("parameter") for formula in formulas for node in walk(formula))


def read_chosen(cursor: Cursor, what: str, names: list[str], starts: Mapping[str, Start]) -> tuple[str, ...]:
    """Some of the quantities, by name; h0 may be called h[0] where a recurrence of h starts from it."""
    elements = [cursor] if cursor.is_scalar else cursor.elements(what, "a list of names") or []
    called = {f"{start.array}[{start.place}]": name for name, start in starts.items()}
    words = (element.word(f"an entry of {what}", [*names, *called]) for element in elements)
    return tuple(dict.fromkeys(called.get(word, word) for word in words if word is not None))
