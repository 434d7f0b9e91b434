"""What all tests share: tests whose programs are missing are left out, and one line says so.

Of a test that is marked `sampled(n)`, whose cases are many of one kind, every n-th case runs; all of them run with
`--thorough` (`make test TESTS=--thorough`).
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.programs import Program

LEFT_OUT = "needs "


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--insist", action="store_true", help="fail tests whose browser or TeX is missing")
    parser.addoption("--thorough", action="store_true", help="run all cases of tests that are sampled")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(program): the test runs only where the program is found")
    config.addinivalue_line(
        "markers", "sampled(n): every n-th case runs, all with --thorough; 0: none without"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--thorough"):
        left = [item for item in items if _is_left(item)]
        items[:] = [item for item in items if item not in set(left)]
        config.hook.pytest_deselected(items=left)
    if config.getoption("--insist"):
        return
    for item in items:
        for mark in item.iter_markers("needs"):
            program: Program = mark.args[0]
            if not program.found():
                item.add_marker(pytest.mark.skip(reason=LEFT_OUT + program.missing))


_cases: Counter[str] = Counter()


def _is_left(item: pytest.Item) -> bool:
    """Whether it is a case that only a thorough run takes: the first of every n of its test stays."""
    mark = item.get_closest_marker("sampled")
    if mark is None:
        return False
    name = item.nodeid.partition("[")[0]
    _cases[name] += 1
    every: int = mark.args[0]
    return every == 0 or (_cases[name] - 1) % every != 0


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
