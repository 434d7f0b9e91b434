"""Names of quantities: a letter and its places, the iteration, the sample."""

from __future__ import annotations

import re
from typing import Protocol

Key = tuple[str, int | None, int | None]
PRODUCTS = ("v", "u", "Jv", "uJ")
"""What the Jacobian is multiplied by, and what comes of it."""
INDEXED = re.compile(r"([\w/]+)((?:\[\d+\])+)")


class Entry(Protocol):
    """What the audit reads of an answer of nbsolve: the letter, and which quantity it names."""

    @property
    def quantity(self) -> str: ...
    @property
    def symbol(self) -> str: ...
    @property
    def iteration(self) -> int | None: ...
    @property
    def sample(self) -> int | None: ...
    @property
    def printed(self) -> str | None: ...


def indices(name: str) -> tuple[str, list[int]]:
    """`W[1][2][3]` as its letter and its numbers, the sample left off."""
    match = INDEXED.match(name)
    if match is None:
        return name.partition("@")[0], []
    return match[1], [int(n) for n in re.findall(r"\d+", match[2])]
