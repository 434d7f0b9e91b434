"""Reading what belongs to parameters by name: gradients, and what an optimiser has kept before the first update."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nbsolve.catalogue import Optimiser
from nbsolve.given import Given
from nbsolve.problem.cursor import Cursor, describe, listing
from nbsolve.problem.graphs.given import read_array, shape_words
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.training import StateKeys
from nbsolve.problem.optimiser_state import MAXIMUM_UPDATES

__all__ = ["Numbers", "read_for_each", "read_kept"]

Shapes = Mapping[str, tuple[int, ...]]
Numbers = dict[str, tuple[Given, ...]]


def read_for_each(cursor: Cursor, what: str, shapes: Shapes) -> Numbers | None:
    """Numbers for each parameter, of its shape; None after noting a fault."""
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
        read = read_array(inner, name)
        if read is None:
            continue
        if read[0] != shape:
            inner.fault(f"{name} has {_size(read[0])} here", expected=f"{_size(shape)}, as the parameter has")
            continue
        found[name] = tuple(entry for entry in read[1] if isinstance(entry, Given))
    return found if len(found) == len(shapes) else None


def _size(shape: tuple[int, ...]) -> str:
    """`a single number`, `3 numbers`, `2 × 3 numbers`."""
    return f"{shape_words(shape)} numbers" if shape else "a single number"


def read_kept(cursor: Cursor, optimiser: Optimiser, shapes: Shapes) -> tuple[dict[str, Numbers], int]:
    """What is kept, by its name and the parameter's, and how many updates were made before: `{t: 3, m: 0.1}`."""
    kept = [equation.name for equation in optimiser.kept]
    if not kept:
        cursor.fault(f"{optimiser.name} keeps nothing from one update to the next", expected="no state")
        return {}, 0
    if not cursor.mapping((*keys_of(StateKeys), *kept), "state"):
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
                found[one] = {name: (number,) * math.prod(shape) for name, shape in shapes.items()}
        elif (numbers := read_for_each(inner, one, shapes)) is not None:
            found[one] = numbers
    return found, updates
