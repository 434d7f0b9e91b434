"""Reading a problem of the kind `update`: parameters, their gradients, an optimiser and what it has kept."""

from __future__ import annotations

import re

from nbsolve.catalogue import OPTIMISERS, Optimiser
from nbsolve.given import Given
from nbsolve.letters import Name
from nbsolve.problem.choices import read_choice
from nbsolve.problem.cursor import Cursor, describe, listing, suggestion
from nbsolve.problem.digits import read_rounding
from nbsolve.problem.model import Choice, GivenArray, GraphTraining, Part, Rounding, UpdateProblem
from nbsolve.problem.optimiser_state import MAXIMUM_UPDATES
from nbsolve.problem.parts import MAXIMUM_PARTS, PART_KEYS, read_label, read_space
from nbsolve.problem.texts import TEXTS, group_of, read_string, read_texts, title_of
from nbsolve.problem.training import read_clip, read_iteration, read_schedule

__all__ = ["ASKS", "KEYS", "read_update_problem"]

KEYS = (
    "kind", "title", "source", "group", "statement", "language", "parameters", "gradients", "optimiser",
    "schedule", "clip", "state", "names", "rounding", "parts", "pitfalls",
)  # fmt: skip
ASKS = ("updated_parameters", "state")
MAXIMUM_PARAMETERS, MAXIMUM_STEPS = 200, 100
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_NUMBERS = "numbers by name, such as {w: 0.5, b: [1, -2]}"
Numbers = dict[str, tuple[Given, ...]]


def read_update_problem(root: Cursor, name: str, text: str) -> UpdateProblem | None:
    """The problem; None after noting a fault."""
    hints = {
        "network": "updates have no network: parameters and their gradients are given",
        "training": "optimiser and state stand by themselves here",
        "learning_rate": "it belongs to the optimiser: optimiser: {sgd: {learning_rate: 0.1}}",
    }
    if not root.mapping(KEYS, "the problem", hints):
        return None
    for key, expected in (
        ("parameters", "parameters: {w: 0.5}"),
        ("gradients", "gradients: {w: 0.1}, or a list of them, one for each update"),
        ("optimiser", "optimiser: {adam: {learning_rate: 0.1}}"),
    ):
        if not root.has(key):
            root.fault(f"the problem has no {key}", expected=expected)
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
        state, updates = _state(inner, OPTIMISERS[optimiser.name], shapes)
    schedule = read_schedule(root.get("schedule"), updates, len(gradients)) if gradients else (None, ())
    letters = _letters(root.get("names"), shapes)
    rounding: Rounding | None = Rounding()
    if inner := root.get("rounding"):
        rounding = read_rounding(inner)
    texts = {key: read_string(root, key) for key in TEXTS}
    pitfalls = read_texts(root.get("pitfalls"))
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
    return UpdateProblem(
        name=name,
        text=text,
        title=texts["title"] or title_of(name),
        source=texts["source"],
        group=group_of(texts),
        language=texts["language"] or root.notes.language,
        trust=root.notes.trust,
        statement=texts["statement"],
        pitfalls=pitfalls,
        given=given,
        gradients=gradients,
        training=training,
        letters=letters,
        rounding=rounding,
        parts=parts,
        warnings=tuple(root.notes.warnings),
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
    found = [_for_each(element, "the gradients", shapes) for element in elements]
    return tuple(one for one in found if one is not None)


def _for_each(cursor: Cursor, what: str, shapes: dict[str, tuple[int, ...]]) -> Numbers | None:
    """Numbers for each parameter, of its shape; a number by itself where there is one parameter, or for all."""
    if not cursor.is_mapping:
        cursor.fault(
            f"{what} is {describe(cursor.node)}", expected=f"{{{', '.join(f'{n}: …' for n in shapes)}}}"
        )
        return None
    if not cursor.mapping([*shapes], what):
        return None
    found: Numbers = {}
    for name, shape in shapes.items():
        inner = cursor.get(name)
        if inner is None:
            cursor.fault(f"{what} has no {name}", expected=f"a number for each of {listing(shapes)}")
            continue
        read = _numbers(inner, name)
        if read is None:
            continue
        if read[0] != shape:
            has = f"{len(read[1])} numbers" if read[0] else "a single number"
            wanted = f"{shape[0]} numbers" if shape else "a single number"
            inner.fault(f"{name} has {has} here", expected=f"{wanted}, as the parameter has")
            continue
        found[name] = read[1]
    return found if len(found) == len(shapes) else None


def _state(
    cursor: Cursor, optimiser: Optimiser, shapes: dict[str, tuple[int, ...]]
) -> tuple[dict[str, Numbers], int]:
    kept = [equation.name for equation in optimiser.kept]
    if not kept:
        cursor.fault(f"{optimiser.name} keeps nothing from one update to the next", expected="no state")
        return {}, 0
    if not cursor.mapping(("t", *kept), "state"):
        return {}, 0
    updates = 0
    if inner := cursor.get("t"):
        updates = inner.integer("t, the number of updates made before,", 0, MAXIMUM_UPDATES) or 0
    found: dict[str, Numbers] = {}
    for one in kept:
        inner = cursor.get(one)
        if inner is None:
            continue
        if inner.is_scalar:
            number = inner.number(one)
            if number is not None:
                found[one] = {name: (number,) * (shape[0] if shape else 1) for name, shape in shapes.items()}
        elif (numbers := _for_each(inner, one, shapes)) is not None:
            found[one] = numbers
    return found, updates


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
    elements = cursor.elements("parts", "a list of {label: …, ask: […], marks: …}") or []
    if len(elements) > MAXIMUM_PARTS or (cursor.is_list and not elements):
        cursor.fault(f"there are {len(elements)} parts", expected=f"1 to {MAXIMUM_PARTS}")
        return ()
    names = [f"{name}_new" for name in shapes]
    names += [
        f"{equation.name}_{name}{'_new' if equation.kept else ''}"
        for name in shapes
        for equation in record.equations
    ]
    parts: list[Part] = []
    for place, element in enumerate(elements):
        part = _part(element, place, names, bool(record.kept), updates, shapes)
        if part is not None and part.label in [other.label for other in parts]:
            element.fault(
                f"two parts have the label {part.label!r}", expected="a label of its own for each part"
            )
        elif part is not None:
            parts.append(part)
    return tuple(parts)


def _part(
    cursor: Cursor, place: int, names: list[str], kept: bool, updates: int, shapes: dict[str, tuple[int, ...]]
) -> Part | None:
    if not cursor.mapping(PART_KEYS, "a part"):
        return None
    label = read_label(cursor) or (chr(ord("a") + place) if place < 26 else str(place + 1))
    expected = f"{listing(ASKS, 'or')}, or a quantity such as {names[0]}"
    inner = cursor.get("ask")
    ask: list[str] = []
    if inner is None:
        cursor.fault("the part asks nothing", expected=f"ask: {expected}")
    else:
        words = [inner] if inner.is_scalar else inner.elements("ask", expected) or []
        if inner.is_list and not words:
            inner.fault("ask is an empty list", expected=expected)
        for word in words:
            text = word.text.strip() if word.is_scalar else ""
            name, _, at = text.partition("[")
            parameter = name.removesuffix("_new").rpartition("_")[2]
            sound = name in names and (not at or _is_entry(at, shapes[parameter]))
            if text == "state" and not kept:
                word.fault("state is asked, but the optimiser keeps nothing", expected=f"such as {names[0]}")
            elif text not in ASKS and not sound:
                near = suggestion(text, (*ASKS, *names)) if word.is_scalar else None
                word.fault(f"an entry of ask is {describe(word.node)}", expected=expected, hint=near)
            else:
                ask.append(text)
    at_update = None
    if inner := cursor.get("at"):
        at_update = read_iteration(inner, "at", updates)
    marks = None
    if inner := cursor.get("marks"):
        marks = inner.number("marks", least=0)
    space, text_ = read_space(cursor), read_string(cursor, "text")
    return Part(label=label, ask=tuple(ask), at=at_update, marks=marks, space=space, text=text_)


def _is_entry(at: str, shape: tuple[int, ...]) -> bool:
    """Whether `2]` is a place in an array of that shape."""
    match = re.fullmatch(r"([1-9][0-9]{0,4})\]", at)
    return match is not None and bool(shape) and int(match[1]) <= shape[0]
