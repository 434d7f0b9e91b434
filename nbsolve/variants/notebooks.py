"""The notebook of a variant, executed, as bytes."""

from __future__ import annotations

import multiprocessing
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from nbsolve.notebook import NotebookJob, make_notebooks
from nbsolve.variants.family import Family, Variant

__all__ = ["notebook_of"]


def notebook_of(variant: Variant, folder: Path | None) -> bytes:
    """The notebook; its cells run in a forked child. Raises: NbsolveError."""
    with tempfile.TemporaryDirectory(prefix="nbsolve-") as scratch:
        if multiprocessing.parent_process() is not None:  # a worker; the command's own process stays as it is
            _warm(variant.family)
        out = Path(scratch) / "notebook.ipynb"
        make_notebooks([NotebookJob(variant.problem, folder or Path(scratch), out)])
        return out.read_bytes()


@lru_cache(maxsize=4)
def _warm(family: Family) -> None:
    """Use everything once in this worker, which forks a child for each notebook."""
    from nbsolve.notebook.warm import warm_up

    with tempfile.TemporaryDirectory(prefix="nbsolve-") as scratch, suppress(Exception):
        warm_up([family.problem], Path(scratch))
