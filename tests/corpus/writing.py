"""The outputs of many problems, in two processes: their lines of hashes, or files."""

from __future__ import annotations

from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.corpus.cases import Case
from tests.corpus.frozen import line_of
from tests.corpus.outputs import outputs

__all__ = ["lines", "write"]

_PROCESSES = 2


def lines(chosen: list[Case]) -> list[str]:
    """What the outputs are today, in the order of the cases."""
    with get_context("spawn").Pool(_PROCESSES) as pool:
        return pool.map(line_of, chosen, chunksize=4)


def write(chosen: list[Case], folder: Path) -> None:
    """`folder/FORMAT/NAME.txt` for each of them."""
    with get_context("spawn").Pool(_PROCESSES) as pool:
        pool.map(partial(_write_one, folder=folder), chosen, chunksize=4)


def _write_one(case: Case, folder: Path) -> None:
    for form, said in outputs(*case):
        file = folder / form / f"{case[0]}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(said, encoding="utf-8")
