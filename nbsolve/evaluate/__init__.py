"""The value of an expression: one rule for each kind of node."""

from __future__ import annotations

from nbsolve.evaluate.rules import branch, evaluate, holds

__all__ = ["branch", "evaluate", "holds"]
