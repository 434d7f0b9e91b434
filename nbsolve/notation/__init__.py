"""Letters of quantities, and what a person means by a written name."""

from __future__ import annotations

from nbsolve.notation.names import Names

__all__ = ["Names"]
