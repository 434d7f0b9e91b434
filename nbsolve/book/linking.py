"""A folder in which a program goes on with files of another one: linked, not copied, until it writes them.

What Sphinx remembers of a large course is a gigabyte, of which a run writes a few pages anew.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

__all__ = ["link_or_copy", "own_when_written"]


def link_or_copy(file: Path, new: Path) -> None:
    """Make `new` the same file, or one with the same content and date where the file system has no links."""
    try:
        os.link(file, new)
    except OSError:
        shutil.copy2(file, new)


def own_when_written(folder: Path) -> None:
    """From now on a linked file below `folder` gets a content of its own when this process opens it to write."""
    inside = os.path.realpath(folder) + os.sep

    def opened(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
            path = os.path.realpath(arguments[0])
            if path.startswith(inside):
                _own(Path(path), emptied=bool(arguments[2] & os.O_TRUNC))

    sys.addaudithook(opened)


def _own(path: Path, emptied: bool) -> None:
    """Part a file from those that it is linked with."""
    if not path.is_file() or path.stat().st_nlink == 1:
        return
    if emptied:
        path.unlink()
        return
    copy = path.with_name(f".{path.name}.own")
    shutil.copy2(path, copy)
    copy.replace(path)
