"""Writing a drawing to a file, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from nbsolve.errors import NbsolveError

if TYPE_CHECKING:
    from nbsolve.drawing.drawing import Drawing

__all__ = ["save"]

_SUFFIXES = ("svg", "pdf", "png")


def save(drawing: Drawing, path: Path) -> Path:
    """See `Drawing.save`."""
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in _SUFFIXES:
        raise NbsolveError(f"{path}: a drawing is written as {', '.join(f'.{s}' for s in _SUFFIXES)}")
    if suffix == "svg":
        content = drawing.svg.encode()
    else:
        from nbsolve.drawing.plots import rendered

        content = rendered(drawing.source, suffix)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise NbsolveError(f"{path} cannot be written: {error.strerror}") from None
    return path
