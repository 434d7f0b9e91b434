"""The problem file: `load_problem` reads one, `Problem` is what it says.

The modules, in the order of a file's way: `reading` (bytes to a tree), `overrides`, then one module for each
section of the file (`network`, `samples`, `losses`, `training`, `digits`, `naming`, `parts`), and `checks`.
"""

from __future__ import annotations

from nbsolve.problem.embedding import self_contained_text
from nbsolve.problem.loading import load_problem, parse_problem
from nbsolve.problem.model import Problem

__all__ = ["Problem", "load_problem", "parse_problem", "self_contained_text"]
