"""Writing a drawing to a file, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from nbsolve.drawing.charts.chart import Plot
from nbsolve.drawing.scene import Scene
from nbsolve.errors import NbsolveError

__all__ = ["save"]

_SUFFIXES = ("svg", "pdf", "png")


def save(svg: str, source: Scene | Plot, path: Path) -> Path:
    """Write a picture as it is (SVG), or as its source is painted (PDF, PNG). Raises: NbsolveError."""
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in _SUFFIXES:
        raise NbsolveError(f"{path}: a drawing is written as {', '.join(f'.{s}' for s in _SUFFIXES)}")
    if suffix == "svg":
        content = svg.encode()
    else:
        from nbsolve.drawing.charts.plots import rendered

        content = rendered(source, suffix)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise NbsolveError(f"{path} cannot be written: {error.strerror}") from None
    return path
