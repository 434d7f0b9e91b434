"""Who gets a variant: the id that its numbers come from, a name, and the folder of its files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

__all__ = ["Recipient", "numbered"]

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", re.ASCII)
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""Names that Windows does not give to files."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A student, or with a number alone a variant of nobody."""

    id: str
    name: str = ""

    @property
    def folder(self) -> str:
        """A name for its folder on every file system; no two ids have the same."""
        plain = _PLAIN.fullmatch(self.id) and not _RESERVED.fullmatch(self.id) and not self.id.endswith(".")
        if plain:
            return self.id
        written = quote(self.id, safe="").replace(".", "%2E").replace("~", "%7E")
        return written if "%" in written else f"%{ord(self.id[0]):02X}{self.id[1:]}"


def numbered(count: int) -> list[Recipient]:
    """Variants 1 to `count`."""
    return [Recipient(str(number)) for number in range(1, count + 1)]
