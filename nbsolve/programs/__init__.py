"""The calculation of a problem as a program: in NumPy, and in PyTorch with its own derivatives."""

from __future__ import annotations

from nbsolve.programs.graphs import graph_programs
from nbsolve.programs.program import CannotBeSaid, Programs, programs_of
from nbsolve.programs.updates import update_programs

__all__ = ["CannotBeSaid", "Programs", "graph_programs", "programs_of", "update_programs"]
