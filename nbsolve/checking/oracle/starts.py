"""Where a recurrence starts, and the name that this has."""

from __future__ import annotations

from typing import NamedTuple


class Start(NamedTuple):
    """A given quantity that stands at one place outside an array, along one axis: h0 is h[0]."""

    array: str
    axis: int
    place: int


def plain_start(key: str) -> str:
    """`h0` for the start of a recurrence that the file calls `h[0]` or `h[0,j]`; any other name as it is."""
    name, _, inside = key.replace(" ", "").removesuffix("]").partition("[")
    return f"{name}{''.join(one for one in inside.split(',') if one.isdigit())}"
