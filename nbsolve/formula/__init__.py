"""A user's own formulae: read safely, differentiated rule by rule, simplified, made records of the catalogue."""

from __future__ import annotations

from nbsolve.formula.parser import parse_formula
from nbsolve.formula.tokens import FormulaError

__all__ = ["FormulaError", "parse_formula"]
