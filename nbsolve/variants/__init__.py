"""Variants of a problem: numbers of their own for each student.

family = Family(Path("problem.yaml").read_text())
variant = family.variant("s1234567")
"""

from __future__ import annotations

from nbsolve.variants.family import Family, NoVariant, Variant

__all__ = ["Family", "NoVariant", "Variant"]
