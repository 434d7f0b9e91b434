"""The command as a person runs it: in a process of its own, from a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROBLEMS = Path(__file__).parent.parent.parent / "problems"
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


@pytest.fixture
def run(folder: Path) -> Run:
    """Run `nbsolve` with these arguments in the folder."""

    def command(
        *arguments: str, text: str | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        settings = {
            k: v for k, v in os.environ.items() if k not in ("NBSOLVE_DEBUG", "NO_COLOR", "FORCE_COLOR")
        }
        settings |= {"PYTHONUTF8": "1", "COLUMNS": "100", **environment}
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
