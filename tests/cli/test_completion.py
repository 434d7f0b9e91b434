"""What a shell completes: files and the quantities of a problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbsolve.cli import completion
from tests.cli.test_commands import FIRST


def test_completion_of_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert completion.problem_files("") == ["problems/"]
    assert completion.problem_files("problems/f") == [FIRST]
    assert completion.problem_files("nowhere/") == []


def test_completion_of_quantities(folder: Path) -> None:
    class Context:
        def __init__(self, file: str) -> None:
            self.params = {"file": file}

    found = completion.quantities(Context(str(folder / FIRST)), "dL/dW[1]")  # type: ignore[arg-type]
    assert "dL/dW[1][2][1]" in found
    assert completion.quantities(Context("nowhere.yaml"), "") == []  # type: ignore[arg-type]
    assert completion.quantities(Context("-"), "") == []  # type: ignore[arg-type]
