"""`nbsolve variants` killed in the middle with a signal that nobody can catch, and resumed: the same tree."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.variants.small import NETWORK, VARY

pytestmark = pytest.mark.slow

EVERYTHING = "question,solution,key,notebook,page"


def command(folder: Path, out: str, *options: str) -> subprocess.Popen[bytes]:
    call = [sys.executable, "-m", "nbsolve", "variants", "problem.yaml", "--count", "3", "--make", EVERYTHING]
    return subprocess.Popen([*call, "--out", out, *options], cwd=folder, start_new_session=True)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_was_killed_and_resumed_is_what_was_never_killed(tmp_path: Path) -> None:
    """Keys, sheets, solutions, notebooks and pages; with other numbers of processes before and after."""
    (tmp_path / "problem.yaml").write_text(f"{NETWORK}variants:\n{VARY}")
    killed = command(tmp_path, "out", "--jobs", "1")
    unfinished = tmp_path / ".out.unfinished"
    while not [*unfinished.glob("*/page.html")]:
        assert killed.poll() is None, "it ended before it could be killed"
        time.sleep(0.01)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert not (tmp_path / "out").exists()
    assert len([*unfinished.glob("[0-9]")]) < 3
    assert command(tmp_path, "out", "--resume", "--jobs", "2").wait() == 0
    assert command(tmp_path, "whole", "--jobs", "1").wait() == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
    assert len(tree(tmp_path / "out")) == 3 * 6 + 3
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
