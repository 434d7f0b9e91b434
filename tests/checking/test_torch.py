"""The PyTorch programs print the digits of the page as well, where PyTorch is installed (it is in no lock file)."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbsolve import solve
from tests.audit.pages import PROBLEMS
from tests.checking.edges import EDGES
from tests.checking.running import faults, first, programs, run, texts
from tests.loading import load_problem
from tests.reference.torch_oracle import INSTALLED

pytestmark = pytest.mark.skipif(not INSTALLED, reason="PyTorch is not installed: its programs are not run")


@pytest.mark.sampled(5)
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_shipped(path: Path) -> None:
    worked = solve(load_problem(path))
    text = programs(worked).texts.get("PyTorch")
    assert (text is None) is worked.problem.given_values  # PyTorch would take derivatives at what it computes
    assert text is None or not [*faults(worked, run(text, first(worked)))]


@pytest.mark.parametrize("name", EDGES)
def test_at_the_edges(name: str) -> None:
    worked = solve(load_problem(EDGES[name]))
    text = programs(worked).texts["PyTorch"]
    found = [*faults(worked, run(text, first(worked)))]
    assert not found, "\n".join([*found[:10], text])


@pytest.mark.sampled(3)
@pytest.mark.parametrize("chunk", range(5))
def test_random(chunk: int) -> None:
    for source in texts(chunk):
        worked = solve(load_problem(source))
        made = programs(worked)
        found = [*faults(worked, run(made.texts["PyTorch"], first(worked)))]
        assert made.differing or not found, "\n".join([*found[:10], made.texts["PyTorch"], source])
