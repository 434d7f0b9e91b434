"""Which files of the package a quantity passes through, from a problem's file to its page.

A file is visited if one of its functions is called with the quantity: with the number as it is given, or with the
symbol. `python -m tests.packaging.visiting` lists the files.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from nbsolve import load_problem, solve
from nbsolve.given import Given
from nbsolve.render.myst import render
from nbsolve.symbol import LOSS, Partial, Symbol
from tests.packaging.test_imports import PACKAGE

PROBLEM = PACKAGE.parent / "problems" / "002-two-sigmoid-layers.yaml"
WEIGHT = Symbol.weight(1, 2, 1)
Wanted = Callable[[Any], bool]


def is_weight(value: Any) -> bool:
    """Whether it is w₃ of document 002, by name or as the number 0.3 that its file gives."""
    if isinstance(value, Symbol):
        return value[:4] == WEIGHT[:4]
    return isinstance(value, Given) and value.text == "0.3"


def is_gradient(value: Any) -> bool:
    """Whether it is ∂L/∂w₃."""
    return isinstance(value, Partial) and value.of[:4] == LOSS[:4] and is_weight(value.wrt)


def visited(*wanted: Wanted, path: Path = PROBLEM) -> list[list[str]]:
    """The files in which a function is called with each thing wanted, while a problem is read, solved, written."""
    found: list[set[str]] = [set() for _ in wanted]
    package = f"{PACKAGE}/"

    def watch(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(package):
            return
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        given = [frame.f_locals.get(name) for name in names]
        for files, is_wanted in zip(found, wanted, strict=True):
            if code.co_filename not in files and any(map(is_wanted, given)):
                files.add(code.co_filename)

    sys.setprofile(watch)
    try:
        render(solve(load_problem(path)).document())
    finally:
        sys.setprofile(None)
    return [sorted(Path(name).relative_to(PACKAGE).as_posix() for name in files) for files in found]


if __name__ == "__main__":
    for name, files in zip(("weight", "gradient"), visited(is_weight, is_gradient), strict=True):
        print(f"{name}: {len(files)} files", *files, sep="\n  ")
