"""What all tests share: tests whose programs are missing are left out, and one line says so."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.programs import Program

LEFT_OUT = "needs "


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--insist", action="store_true", help="fail tests whose browser or TeX is missing")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(program): the test runs only where the program is found")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--insist"):
        return
    for item in items:
        for mark in item.iter_markers("needs"):
            program: Program = mark.args[0]
            if not program.found():
                item.add_marker(pytest.mark.skip(reason=LEFT_OUT + program.missing))


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
