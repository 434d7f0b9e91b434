"""Random numbers that belong to a name: the same for ever, on every platform and with every version of Python.

The stream of a text is that of NumPy's bit generator Philox (J. K. Salmon et al., "Parallel random numbers: as
easy as 1, 2, 3", 2011), whose key is the first half of the text's SHA-256 and whose counter is the second. NumPy
fixes bit generators, not its distributions; so whole numbers below n are taken from the 64-bit numbers r of the
stream here: r mod n, where r lies below the greatest multiple of n that 64 bits hold, else the next r.
"""

from __future__ import annotations

from collections.abc import MutableSequence
from hashlib import sha256
from typing import Any

from numpy.random import Philox

__all__ = ["Stream"]

_ALL = 2**64
_AT_ONCE = 64


class Stream:
    """The stream of a text."""

    def __init__(self, text: str) -> None:
        digest = sha256(text.encode("utf-8")).digest()
        self._bits = Philox(
            key=int.from_bytes(digest[:16], "little"), counter=int.from_bytes(digest[16:], "little")
        )
        self._ready: list[int] = []

    def below(self, count: int) -> int:
        """A whole number from 0 to `count` − 1, each as likely."""
        bound = _ALL - _ALL % count
        while True:
            if not self._ready:
                self._ready = [int(raw) for raw in self._bits.random_raw(_AT_ONCE)][::-1]
            if (raw := self._ready.pop()) < bound:
                return raw % count

    def shuffle(self, items: MutableSequence[Any]) -> None:
        """Put a list in one of its orders, each as likely (R. A. Fisher and F. Yates)."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
