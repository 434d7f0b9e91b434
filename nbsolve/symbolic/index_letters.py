"""Which letters are the index variables of general formulae: none that the problem has for something else."""

from __future__ import annotations

import re

from nbsolve.problem.model import Problem
from nbsolve.symbol import Index

_LETTERS = "ijkmnpqrs"


def index_variables(problem: Problem, count: int) -> list[Index]:
    """Index variables that are no letters of the problem's own quantities (i for an input, n for a size)."""
    taken = {
        match[1] for name in problem.notation.names.values() if (match := re.match(r"([a-z])(?![a-z])", name))
    }
    free = [letter for letter in _LETTERS if letter not in taken]
    spare = [f"{letter}'" for letter in free]
    return [Index(name) for name in (*free, *spare)[:count]]
