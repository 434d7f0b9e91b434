"""Solving in letters: the same steps without numbers, chains over every path, closed forms, general formulae."""

from __future__ import annotations

from nbsolve.symbolic.passes import LetterPass, solve_in_letters, without_iterations

__all__ = ["LetterPass", "solve_in_letters", "without_iterations"]
