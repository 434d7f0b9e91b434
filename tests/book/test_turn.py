"""Two builds of one course do not meet."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

from nbsolve.book.turn import own_turn


def _hold(folder: Path, log: Path) -> None:
    with own_turn(folder):
        with log.open("a") as stream:
            stream.write("in ")
        time.sleep(0.2)
        with log.open("a") as stream:
            stream.write("out ")


def test_one_waits_for_the_other(tmp_path: Path) -> None:
    log = tmp_path / "log"
    context = multiprocessing.get_context("fork")
    builds = [context.Process(target=_hold, args=(tmp_path / "_build", log)) for _ in range(3)]
    for build in builds:
        build.start()
    for build in builds:
        build.join(30)
    assert log.read_text() == "in out " * 3
