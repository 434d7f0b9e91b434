"""What was found on each page when it was last served: a page that is as it was is not looked through again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbsolve.book.made import fields_of
from nbsolve.book.publishing import Same
from nbsolve.whole_files import write_whole

__all__ = ["Found", "Published", "ServedPages", "digest"]


@dataclass(frozen=True, slots=True)
class Found:
    """What a page that Sphinx wrote loads, and the words on it that may be classes; `source` is the page's hash."""

    source: str
    linked: tuple[str, ...]
    vocabulary: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServedPages:
    """By place in the site, what was found on each page; `around` is the hash of what else they were made from."""

    found: Mapping[str, Found]
    around: str = ""

    @classmethod
    def read(cls, path: Path) -> ServedPages:
        """As they were `write`n; nothing where there is nothing that can be read."""
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            found = {
                page: Found(one["source"], tuple(one["linked"]), tuple(one["vocabulary"]))
                for page, one in record["found"].items()
            }
            return cls(found, str(record["around"]))
        except (OSError, ValueError, TypeError, AttributeError, KeyError):
            return cls({})

    def write(self, path: Path) -> None:
        """Keep them for the next build, when they have been published."""
        write_whole(path, json.dumps(self, default=fields_of))


@dataclass(frozen=True, slots=True)
class Published:
    """The site of before, with the hash of each of its files, and what its pages were made from."""

    site: Path
    hashes: Mapping[str, str]
    pages: ServedPages

    def same(self, page: str, found: Found, around: str) -> Same | None:
        """The page as it stands there, where it is what would be made anew."""
        if around != self.pages.around or self.pages.found.get(page) != found:
            return None
        path = self.site / page
        if path.is_symlink() or not path.is_file():
            return None
        there = digest(path.read_bytes())
        return Same(path, there) if there == self.hashes.get(page) else None


def digest(data: bytes) -> str:
    """The hash of a file's content."""
    return hashlib.sha256(data).hexdigest()
