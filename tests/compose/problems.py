"""Problems of every kind for tests of the composer: those that are shipped and those of the fixture files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from nbsolve import WorkedSolution, solve
from tests.loading import files, load_problem
from tests.render import golden
from tests.render.fixtures import FIXTURES

ROOT = Path(__file__).parents[2]
SHIPPED = {path.stem: path for path in files("network")}
SMALL = {
    case.title: case.source + "\n"
    for case in golden.read(ROOT / "tests" / "render" / "documents.txt", FIXTURES["documents.txt"])
}
NAMES = [*SHIPPED, *SMALL]


@cache
def worked(name: str) -> WorkedSolution:
    """A solved problem by its name or title."""
    return solve(load_problem(SHIPPED[name] if name in SHIPPED else SMALL[name]))
