"""The command as a person runs it: in a process of its own, from a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROBLEMS = Path(__file__).parent.parent.parent / "problems"
STARTERS = {"build", "notebook", "preview"}
Run = Callable[..., "subprocess.CompletedProcess[str]"]
GOOD = """\
title: A small network
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.1, 0.2], [0.3, 0.4]], bias: {shared: 0.1}}
    - {units: 1, activation: sigmoid, weights: [[0.2, 0.1]], bias: [0.2]}
samples:
  - {input: [1, 2], target: [1]}
loss: squared_error
notation: flat
parts:
  - {label: a, ask: [forward, dL/dw3], marks: 4}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one good problem in problems/first.yaml."""
    (tmp_path / "problems").mkdir()
    (tmp_path / "problems" / "first.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


class Forking:
    """A process that has loaded nbsolve, and runs commands in forks of it (`tests/cli/forking.py`)."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None

    def __call__(
        self, arguments: tuple[str, ...], folder: Path, settings: dict[str, str], text: str | None
    ) -> subprocess.CompletedProcess[str]:
        """Run one command."""
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.cli.forking"],
                cwd=PROBLEMS.parent,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with tempfile.TemporaryDirectory() as streams:
            files = [Path(streams) / name for name in ("in", "out", "err")]
            for file in files:
                file.write_text((text or "") if file.name == "in" else "", encoding="utf-8", newline="")
            asked = {
                "arguments": arguments,
                "folder": str(folder),
                "environment": settings,
                "streams": [str(file) for file in files],
            }
            print(json.dumps(asked), file=self.process.stdin, flush=True)
            code = int(self.process.stdout.readline())
            out, err = (file.read_text(encoding="utf-8") for file in files[1:])
        return subprocess.CompletedProcess(arguments, code, out, err)

    def close(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.communicate(timeout=60)


@pytest.fixture(scope="session")
def forking() -> Iterator[Forking]:
    """The process that runs commands, begun with the first of them."""
    made = Forking()
    yield made
    made.close()


@pytest.fixture
def run(folder: Path, forking: Forking) -> Run:
    """Run `nbsolve` with these arguments in the folder: in a fork of a process that has loaded it.

    What starts processes of its own, or asks for an environment of its own, is run as a person does.
    """

    def command(
        *arguments: str, text: str | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        settings = {
            k: v for k, v in os.environ.items() if k not in ("NBSOLVE_DEBUG", "NO_COLOR", "FORCE_COLOR")
        }
        settings |= {"PYTHONUTF8": "1", "COLUMNS": "100", **environment}
        if not set(environment) - {"COLUMNS"} and not set(arguments) & STARTERS:
            return forking(arguments, folder, settings, text)
        return subprocess.run(
            [sys.executable, "-m", "nbsolve", *arguments],
            cwd=folder,
            input=text,
            env=settings,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return command
