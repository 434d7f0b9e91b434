"""What all tests share: those whose programs are missing are left out, and one line says so; slow and sampled ones.

Of a test that is marked `sampled(n)`, whose cases are many of one kind, every n-th case runs; all of them run with
`--thorough` (`make test TESTS=--thorough`). `-m "not slow"` leaves out whatever `_is_slow` names.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

from nbsolve.garbage import collect_seldom
from tests.programs import Program
from tests.sampling import OneIn, left

LEFT_OUT = "needs "
SLOW_FOLDERS = {"algebra", "audit", "book", "checking", "corpus", "fuzzing", "handout", "packaging", "trust"}
"""Whole pages and sheets read back, sites built, files mutated."""
SLOW_FIXTURES = {"course", "run", "site"}
"""A site, or the command in a process of its own."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--insist", action="store_true", help="fail tests whose browser or TeX is missing")
    parser.addoption("--thorough", action="store_true", help="run all cases of tests that are sampled")


def pytest_configure(config: pytest.Config) -> None:
    collect_seldom()  # solved problems are kept: gigabytes in which there is hardly any garbage to find
    config.addinivalue_line("markers", "needs(program): the test runs only where the program is found")
    config.addinivalue_line(
        "markers", "sampled(n): every n-th case runs, all with --thorough; 0: none without"
    )
    settings.register_profile("tests", max_examples=200 if config.getoption("--thorough") else 50)
    settings.load_profile("tests")
    config.addinivalue_line("markers", "slow: the test reads whole pages, builds, or starts another program")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if _is_slow(item):
            item.add_marker(pytest.mark.slow)
    if not config.getoption("--thorough"):
        thorough = left(items)
        config.hook.pytest_deselected(items=[item for item in items if item in thorough])
        items[:] = [item for item in items if item not in thorough]
    if config.getoption("--insist"):
        return
    for item in items:
        for mark in item.iter_markers("needs"):
            program: Program = mark.args[0]
            if not program.found():
                item.add_marker(pytest.mark.skip(reason=LEFT_OUT + program.missing))


def _is_slow(item: pytest.Item) -> bool:
    """By its folder, by what it stands on, by the program that it needs, for many cases; or it says so itself."""
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return (
        folder in SLOW_FOLDERS
        or not SLOW_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
        or item.get_closest_marker("needs") is not None
        or item.get_closest_marker("sampled") is not None
    )


@pytest.fixture
def one_in(request: pytest.FixtureRequest) -> OneIn:
    """How many of many cases that one test tries: `one_in(5)` is 5, and 1 with `--thorough`."""
    thorough = bool(request.config.getoption("--thorough"))
    return lambda every: 1 if thorough else every


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = [
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    ]
    left_out = Counter(reason for reason in reasons if reason.startswith(LEFT_OUT))
    if left_out:
        said = "; ".join(
            f"{count} for want of {reason[len(LEFT_OUT) :]}" for reason, count in left_out.items()
        )
        terminalreporter.write_line(f"Tests left out: {said}", yellow=True)
