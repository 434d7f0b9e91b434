"""Files that are either the old ones or the new ones, never half of each."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SELDOM = 1.0
"""Seconds between two writes of a record that grows: whoever is killed loses what was noted since the last one."""


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a text (UTF-8) or bytes to `path` through a temporary file beside it; the same file is left alone.

    Left alone, it keeps its date, and what is made from it need not be made again.
    Raises OSError with the name of `path`: the name of the temporary file would tell nobody anything.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        if path.is_file() and path.read_bytes() == data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException as error:
        os.unlink(temporary)
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise


def seldom(write: Callable[[], None]) -> Callable[[], None]:
    """`write`, but done only where SELDOM seconds have passed since it was done, or since this was called."""
    last = time.monotonic()

    def now_and_then() -> None:
        nonlocal last
        if time.monotonic() - last >= SELDOM:
            write()
            last = time.monotonic()

    return now_and_then
