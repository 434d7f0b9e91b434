"""From steps to blocks: what is said, in which order, with which formulae."""

from __future__ import annotations

from nbsolve.compose.composer import Composer

__all__ = ["Composer"]
