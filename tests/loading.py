"""Problems about networks, for tests that have nothing to do with derivations."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import nbsolve
from nbsolve.problem import parse_problem as parse_any_problem
from nbsolve.problem.model import Problem

FOLDER = Path(__file__).parents[1] / "problems"


def load_problem(*arguments: Any, **named: Any) -> Problem:
    """`nbsolve.load_problem` for a problem about a network; a shipped file is read once."""
    path, *others = arguments
    if Path(path).parent == FOLDER and not others and not named:
        return _shipped(Path(path))
    problem = nbsolve.load_problem(*arguments, **named)
    assert isinstance(problem, Problem)
    return problem


@cache
def _shipped(path: Path) -> Problem:
    problem = nbsolve.load_problem(path)
    assert isinstance(problem, Problem)
    return problem


def parse_problem(*arguments: Any, **named: Any) -> Problem:
    """`nbsolve.problem.parse_problem` for a problem about a network."""
    problem = parse_any_problem(*arguments, **named)
    assert isinstance(problem, Problem)
    return problem


def files(kind: str) -> list[Path]:
    """The shipped problem files, by name: of networks in numbers (`network`), in `letters`, or of `derivation`s."""
    return [path for path in sorted(FOLDER.glob("*.yaml")) if _kind(path) == kind]


def for_a_pencil(path: Path) -> bool:
    """Whether a shipped problem has numbers fit for a pencil: a small one, of hardly any long result."""
    return "pencil:" in path.read_text(encoding="utf-8")


def _kind(path: Path) -> str:
    said = re.search(r"^kind: (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    if said is not None:
        return said[1]
    return "letters" if load_problem(path).symbolic else "network"
