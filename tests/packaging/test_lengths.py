"""A file has one purpose, and is short: at most 330 lines, those of the package half of them at most 120."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from statistics import median

from tests.packaging.test_imports import MODULES, PACKAGE

MOST = 330
TESTS = PACKAGE.parent / "tests"


def lengths(files: Iterable[Path]) -> dict[str, int]:
    return {
        path.relative_to(PACKAGE.parent).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in files
    }


def test_no_file_is_too_long() -> None:
    found = lengths(MODULES.values())
    assert {name for name, length in found.items() if length > MOST} == set()
    assert median(found.values()) <= 120


def test_no_test_file_is_too_long() -> None:
    found = lengths(TESTS.rglob("*.py"))
    assert {name for name, length in found.items() if length > MOST} == set()
