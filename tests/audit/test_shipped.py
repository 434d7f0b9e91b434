"""Every line of the shipped problems reproduces: each way of explaining, each rounding, both layouts."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbsolve.checking.audit.report import Report
from tests.audit.pages import EXPLANATIONS, PROBLEMS, ROUNDINGS, markdown
from tests.loading import for_a_pencil


def all_reproduce(report: Report) -> str:
    assert not report.faults, "\n".join(report.faults[:10])
    return f"{report.lines} lines, {report.numbers} numbers, {report.digits} digits: all reproduce"


@pytest.mark.sampled(5)
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
def test_as_shipped(path: Path) -> None:
    report = markdown(path).report()
    print(path.stem, all_reproduce(report))
    assert report.lines > (60 if for_a_pencil(path) else 100)


@pytest.mark.sampled(17)
@pytest.mark.parametrize("explain", EXPLANATIONS)
@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
def test_explained_and_rounded(path: Path, rounding: str, explain: str) -> None:
    audit = markdown(path, {**ROUNDINGS[rounding], "explain": explain})
    print(path.stem, all_reproduce(audit.report()))


def test_they_are_there() -> None:
    assert len(PROBLEMS) >= 12
    layouts = {"x W + b" in path.read_text(encoding="utf-8") for path in PROBLEMS}
    assert layouts == {True, False}
