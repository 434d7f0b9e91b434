"""The calculation of a problem as a program: in NumPy, and in PyTorch with its own derivatives."""

from __future__ import annotations

from nbsolve.programs.program import CannotBeSaid, Programs, programs_of

__all__ = ["CannotBeSaid", "Programs", "programs_of"]
