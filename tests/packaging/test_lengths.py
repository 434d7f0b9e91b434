"""A file has one purpose, and is short: at most 330 lines, half of them at most 120."""

from __future__ import annotations

from statistics import median

from tests.packaging.test_imports import MODULES, PACKAGE

MOST = 330
TO_BE_CUT = {"variants/pencil/network.py"}
"""Longer ones that wait for being cut; none is added."""
READERS = {
    "checking/audit/audit.py",
    "checking/audit/chains.py",
    "checking/audit/conventions.py",
    "checking/audit/graph_chains.py",
    "checking/audit/graphs.py",
    "checking/audit/parser.py",
    "checking/audit/prose.py",
    "checking/audit/tables.py",
    "checking/audit/wholes.py",
    "checking/audit/world.py",
}
"""Those of the audit that came from the tests, where length had no limit."""


def test_no_file_is_too_long() -> None:
    lengths = {
        path.relative_to(PACKAGE).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in MODULES.values()
    }
    assert {name for name, length in lengths.items() if length > MOST} <= TO_BE_CUT | READERS
    assert median(lengths.values()) <= 120
