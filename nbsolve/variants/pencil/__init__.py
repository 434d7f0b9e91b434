"""Numbers fit for a pencil: given numbers with which every value of both passes is short."""

from __future__ import annotations

from nbsolve.variants.pencil.filling import PENCIL, NotShort, filled, usual
from nbsolve.variants.pencil.values import has_long

__all__ = ["PENCIL", "NotShort", "filled", "has_long", "usual"]
