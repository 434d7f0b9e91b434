"""The letters of roles: z, w, η … and those that a problem chooses instead; a letter as that of a whole array."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nbsolve.errors import NbsolveError
from nbsolve.letters import Name
from nbsolve.symbol import Role, Symbol

__all__ = ["ROLE_KEYS", "letters_of_roles", "letters_that_stand_alone", "read_name", "whole_name"]

ROLE_KEYS = {
    Role.INPUT: "input", Role.TARGET: "target", Role.PRE_ACTIVATION: "pre_activation", Role.ERROR: "error",
    Role.ACTIVATION: "activation", Role.WEIGHT: "weight", Role.BIAS: "bias", Role.THRESHOLD: "threshold",
    Role.LOSS: "loss", Role.LEARNING_RATE: "learning_rate", Role.STRENGTH: "strength", Role.DELTA: "delta",
}  # fmt: skip
_LETTERS = {
    Role.INPUT: ("x",), Role.TARGET: ("y",), Role.PRE_ACTIVATION: ("z",), Role.ACTIVATION: ("a",),
    Role.WEIGHT: ("w",), Role.BIAS: ("b",), Role.THRESHOLD: (r"\theta",), Role.LOSS: ("L",),
    Role.LEARNING_RATE: (r"\eta",), Role.STRENGTH: (r"\lambda",), Role.DELTA: (r"\delta",),
    Role.ERROR: ("e", r"\varepsilon"), Role.PENALTY: (r"\Omega", "R"), Role.SHARE: ("s", r"\pi"),
    Role.SAMPLE_COUNT: ("n", "N"), Role.EXPONENTIAL_SUM: ("S", "Q"),
    Role.MASK: ("M", "C"), Role.RIGHT_VECTOR: ("v", "d"), Role.LEFT_VECTOR: ("u", "c"),
    Role.JACOBIAN_VECTOR: ("p", "r"), Role.VECTOR_JACOBIAN: ("q", "h"),
}  # fmt: skip


_OF_JACOBIANS = (Role.RIGHT_VECTOR, Role.LEFT_VECTOR, Role.JACOBIAN_VECTOR, Role.VECTOR_JACOBIAN)
"""Vectors whose entries alone are written, each with its number: v_1 is no v."""


def letters_that_stand_alone(letters: Mapping[Role, Name], penalised: bool) -> Iterator[Name]:
    """The letters that a setting is not to have; that of a penalty's strength only where there is a penalty."""
    left_out = _OF_JACOBIANS if penalised else (*_OF_JACOBIANS, Role.STRENGTH)
    yield from (letter for role, letter in letters.items() if role not in left_out)


def letters_of_roles(custom: Mapping[str, Name]) -> dict[Role, Name]:
    """The letter of each role: the problem's (`custom`, by key), or the first usual one that is free."""
    taken = {name.core for name in custom.values()}
    found = {}
    for role, choices in _LETTERS.items():
        free = next((letter for letter in choices if letter not in taken), choices[0])
        found[role] = custom.get(ROLE_KEYS.get(role, ""), Name(free))
    return found


def read_name(key: str, text: str) -> Name:
    """A name of the problem's own, known by its `key`. Raises: NbsolveError where it cannot stand in a formula."""
    try:
        return Name.read(text)
    except ValueError as error:
        raise NbsolveError(f"notation: {key}: {error}") from None


def is_whole(place: Symbol) -> bool:
    """Whether a place is a whole vector or matrix, or a row of one."""
    if place.shared or place.role in (Role.LEARNING_RATE, Role.STRENGTH, Role.PENALTY, Role.SAMPLE_COUNT):
        return False
    return place.to is None or (place.role is Role.WEIGHT and place.from_ is None)


def whole_name(letter: Name, place: Symbol) -> Name:
    r"""A whole vector \mathbf{a}^{(l)}, a matrix W^{(l)}, or one row or column of it."""
    if place.role in (Role.WEIGHT, Role.MASK):
        core = letter.core.upper() if re.fullmatch("[a-z]", letter.core) else letter.core
        row = "" if place.to is None else rf"{place.to}\cdot"
        column = "" if place.from_ is None else rf"\cdot {place.from_}"
        name = Name(core, row or column)
    else:
        style = "boldsymbol" if letter.core.startswith("\\") else "mathbf"
        bare = re.sub(r"^\\mathrm\{(.*)\}$", r"\1", letter.core)
        name = Name(rf"\mathbf{{{bare}}}" if bare != letter.core else rf"\{style}{{{bare}}}", letter.sub)
    return name if place.layer is None else name.with_sup(f"({place.layer})")
