"""A sample of the fuzzers; `python -m tests.fuzzing` runs them in full."""

from __future__ import annotations

import os
import signal
from itertools import islice

import pytest

from nbsolve.errors import NbsolveError
from tests.fuzzing import data, formulas, problems
from tests.fuzzing.__main__ import fuzz
from tests.fuzzing.running import run

SAMPLE = {"problems": 24, "formulas": 12, "data": 40}


@pytest.mark.parametrize("kind", SAMPLE)
def test_a_sample(kind: str) -> None:
    found = fuzz(kind, SAMPLE[kind], seed=424242)
    assert not found, "\n".join(f"{outcome.fault}\n{shown}" for _, shown, outcome in found)


def test_the_same_seed_gives_the_same_cases() -> None:
    for cases in (problems.cases, formulas.cases, data.cases):
        assert [*islice(cases(7), 20)] == [*islice(cases(7), 20)]


def test_faults_are_seen() -> None:
    def raising() -> None:
        raise KeyError("lost")

    def refusing() -> None:
        raise NbsolveError("no")

    def silent() -> None:
        raise NbsolveError("")

    def dying() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def endless() -> None:
        while True:
            pass

    def large() -> None:
        assert bytearray(1_100_000_000).count(1) == 0

    assert "KeyError" in run(raising).fault
    assert "died" in run(dying).fault
    assert "s of CPU" in run(endless, most_seconds=1).fault
    assert "MB" in run(large).fault
    assert "says nothing" in run(silent).fault
    assert run(refusing).refused
    assert not run(refusing).fault
