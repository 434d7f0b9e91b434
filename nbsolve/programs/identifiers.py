"""The names that a program may give to functions: none that mean something in it already."""

from __future__ import annotations

import builtins
import keyword
import re

from nbsolve.catalogue import OPTIMISERS, SCHEDULES

__all__ = ["RATE", "STRENGTH", "identifier"]

RATE, STRENGTH = "eta", "strength"
_WORDS = """
np torch math F x y g G v V z e X Y L erf show rounded digits Decimal p k t rates norm clip
iteration first before parameters optimiser eta eta_0 strength
"""
_SETTINGS = [*(one.letters for one in SCHEDULES.values()), *(one.letters for one in OPTIMISERS.values())]
_TAKEN = frozenset(_WORDS.split()).union(dir(builtins), *_SETTINGS)


def identifier(name: str) -> str:
    """The name, with _ behind it where it means something else in a program."""
    clash = keyword.iskeyword(name) or name in _TAKEN or re.fullmatch(r"d?[A-Za-z]+\d+", name)
    return f"{name}_" if clash else name
