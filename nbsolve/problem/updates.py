"""Reading a problem of the kind `update`: parameters, their gradients, an optimiser and what it has kept."""

from __future__ import annotations

import re

from nbsolve.catalogue import OPTIMISERS
from nbsolve.given import Given
from nbsolve.letters import Name
from nbsolve.problem.choices import read_choice
from nbsolve.problem.common import has_keys, read_common, rounding_of
from nbsolve.problem.cursor import Cursor, describe, listing, suggestion
from nbsolve.problem.graphs.letters import check_letters_of_training
from nbsolve.problem.kept_state import Numbers, read_for_each, read_kept
from nbsolve.problem.keys.kinds import UpdateFile
from nbsolve.problem.model import Choice, GivenArray, GraphTraining, Part, UpdateProblem
from nbsolve.problem.part_lists import read_part, read_part_list
from nbsolve.problem.training import read_clip, read_schedule

__all__ = ["ASKS", "read_update_problem"]

ASKS = ("updated_parameters", "state")
MAXIMUM_PARAMETERS, MAXIMUM_STEPS = 200, 100
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_NUMBERS = "numbers by name, such as {w: 0.5, b: [1, -2]}"


def read_update_problem(root: Cursor, name: str, text: str) -> UpdateProblem | None:
    """The problem; None after noting a fault."""
    hints = {
        "network": "updates have no network: parameters and their gradients are given",
        "training": "optimiser and state stand by themselves here",
        "learning_rate": "it belongs to the optimiser: optimiser: {sgd: {learning_rate: 0.1}}",
    }
    if not has_keys(root, UpdateFile, hints=hints):
        return None
    given = _parameters(root.get("parameters"))
    shapes = {array.name: array.shape for array in given}
    gradients = _gradients(root.get("gradients"), shapes) if given else ()
    inner = root.get("optimiser")
    tables = {one: record.parameters for one, record in OPTIMISERS.items()}
    optimiser = None if inner is None else read_choice(inner, "optimiser", tables)
    if (inner := root.get("clip")) is not None:
        optimiser = read_clip(inner, optimiser)
    state: dict[str, Numbers] = {}
    updates = 0
    if optimiser is not None and given and (inner := root.get("state")) is not None:
        state, updates = read_kept(inner, OPTIMISERS[optimiser.name], shapes)
    schedule = read_schedule(root.get("schedule"), updates, len(gradients)) if gradients else (None, ())
    letters = _letters(root.get("names"), shapes)
    rounding = rounding_of(root)
    common = read_common(root, name, text)
    parts: tuple[Part, ...] = ()
    if optimiser is not None and shapes and gradients:
        parts = _parts(root.get("parts"), optimiser, shapes, len(gradients))
    if root.notes.faults or optimiser is None or rounding is None or schedule is None:
        return None
    training = GraphTraining(
        optimiser=optimiser,
        parameters=tuple(shapes),
        iterations=len(gradients),
        show=tuple(range(1, len(gradients) + 1)),
        state=state,
        updates=updates,
        schedule=schedule[0],
        rates=schedule[1],
    )
    check_letters_of_training(root, shapes, letters, training)
    if root.notes.faults:
        return None
    return UpdateProblem(
        **common,
        given=given,
        gradients=gradients,
        training=training,
        letters=letters,
        rounding=rounding,
        parts=parts,
    )


# ------------------------------------------------------------------ numbers


def _numbers(cursor: Cursor, what: str) -> tuple[tuple[int, ...], tuple[Given, ...]] | None:
    """A number, or a list of them, and its shape."""
    if not cursor.is_list:
        number = cursor.number(what)
        return None if number is None else ((), (number,))
    numbers = cursor.numbers(what)
    if numbers is not None and not numbers:
        cursor.fault(f"{what} is an empty list", expected="numbers")
        return None
    return None if numbers is None else ((len(numbers),), numbers)


def _parameters(cursor: Cursor | None) -> tuple[GivenArray, ...]:
    if cursor is None:
        return ()
    if not cursor.is_mapping or not cursor.keys():
        cursor.fault(f"parameters is {describe(cursor.node)}", expected=_NUMBERS)
        return ()
    found: list[GivenArray] = []
    for key in [*cursor.keys()]:
        inner = cursor.get(key)
        if not _NAME.fullmatch(key) or key in ("L", "t", "new"):
            cursor.key_fault(
                key,
                f"{key[:40]!r} cannot be the name of a parameter",
                expected="letters and digits, such as w1",
            )
            continue
        read = None if inner is None else _numbers(inner, key)
        if read is not None:
            found.append(GivenArray(name=key, shape=read[0], entries=read[1]))
    if sum(len(array.entries) for array in found) > MAXIMUM_PARAMETERS:
        cursor.fault("there are too many parameters", expected=f"at most {MAXIMUM_PARAMETERS} numbers")
        return ()
    return tuple(found)


def _gradients(cursor: Cursor | None, shapes: dict[str, tuple[int, ...]]) -> tuple[Numbers, ...]:
    if cursor is None:
        return ()
    elements = [*cursor.each()] if cursor.is_list else [cursor]
    if not 1 <= len(elements) <= MAXIMUM_STEPS:
        cursor.fault(f"gradients lists {len(elements)} updates", expected=f"1 to {MAXIMUM_STEPS}")
        return ()
    found = [read_for_each(element, "the gradients", shapes) for element in elements]
    return tuple(one for one in found if one is not None)


def _letters(cursor: Cursor | None, shapes: dict[str, tuple[int, ...]]) -> dict[str, str]:
    """How parameters are written, by name."""
    if cursor is None:
        return {}
    if not cursor.is_mapping or not cursor.mapping([*shapes], "names"):
        if not cursor.is_mapping:
            cursor.fault(f"names is {describe(cursor.node)}", expected=r"{w1: w_1}")
        return {}
    found: dict[str, str] = {}
    for key in [*cursor.keys()]:
        inner = cursor.get(key)
        text = None if inner is None else inner.string(f"the letter of {key}")
        if text is None or inner is None:
            continue
        try:
            Name.read(text)
        except ValueError as error:
            inner.fault(str(error), expected=r"a letter, such as w_1 or \theta")
            continue
        found[key] = text
    return found


# ------------------------------------------------------------------ parts


def _parts(
    cursor: Cursor | None, optimiser: Choice, shapes: dict[str, tuple[int, ...]], updates: int
) -> tuple[Part, ...]:
    record = OPTIMISERS[optimiser.name]
    if cursor is None:
        return (Part(label="a", ask=ASKS if record.kept else ASKS[:1]),)
    names = [f"{name}_new" for name in shapes]
    names += [
        f"{equation.name}_{name}{'_new' if equation.kept else ''}"
        for name in shapes
        for equation in record.equations
    ]
    expected = f"{listing(ASKS, 'or')}, or a quantity such as {names[0]}"

    def word(element: Cursor) -> str | None:
        text = element.text.strip() if element.is_scalar else ""
        name, _, at = text.partition("[")
        sound = name in names and (
            not at or _is_entry(at, shapes[name.removesuffix("_new").rpartition("_")[2]])
        )
        if text == "state" and not record.kept:
            element.fault("state is asked, but the optimiser keeps nothing", expected=f"such as {names[0]}")
            return None
        if text in ASKS or sound:
            return text
        if name in names and at:
            parameter = name.removesuffix("_new").rpartition("_")[2]
            shape = shapes[parameter]
            size = f"{parameter} has {shape[0]} numbers" if shape else f"{parameter} is a single number"
            element.fault(f"{name} has no entry [{at}", expected=size)
            return None
        near = suggestion(text, (*ASKS, *names)) if element.is_scalar else None
        element.fault(f"an entry of ask is {describe(element.node)}", expected=expected, hint=near)
        return None

    return read_part_list(cursor, lambda part, place: read_part(part, place, word, expected, updates)) or ()


def _is_entry(at: str, shape: tuple[int, ...]) -> bool:
    """Whether `2]` is a place in an array of that shape."""
    match = re.fullmatch(r"([1-9][0-9]{0,4})\]", at)
    return match is not None and bool(shape) and int(match[1]) <= shape[0]
