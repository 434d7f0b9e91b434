"""Where notebooks are run by papermill's own engine and by nbsolve's."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def folders(tmp_path: Path) -> dict[str | None, Path]:
    """Two folders of the same name, one for each engine."""
    found: dict[str | None, Path] = {
        None: tmp_path / "stock" / "course",
        "nbsolve": tmp_path / "warm" / "course",
    }
    for folder in found.values():
        folder.mkdir(parents=True)
    return found
