"""A file has one purpose, and is short: at most 330 lines, half of them at most 120."""

from __future__ import annotations

from statistics import median

from tests.packaging.test_imports import MODULES, PACKAGE

MOST = 330
TO_BE_CUT = {"variants/pencil/network.py"}
"""Longer ones that wait for being cut; none is added."""


def test_no_file_is_too_long() -> None:
    lengths = {
        path.relative_to(PACKAGE).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in MODULES.values()
    }
    assert {name for name, length in lengths.items() if length > MOST} <= TO_BE_CUT
    assert median(lengths.values()) <= 120
