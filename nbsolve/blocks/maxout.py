"""The largest of several layers, unit by unit: z = max(a, a', …), then a = f(z) (maxout, with f the identity).

Shapes: all of them (units,).
Source: I. Goodfellow et al., "Maxout Networks", arXiv:1302.4389, section 3.
"""

from __future__ import annotations

from nbsolve.blocks.addition import Addition
from nbsolve.catalogue.operations import maximum
from nbsolve.graph import Operation

__all__ = ["Maxout"]


class Maxout(Addition):
    """Layer number `index` of a network, without weights: each unit takes the largest of what comes in."""

    @staticmethod
    def operation(count: int) -> Operation:
        """The maximum of as many layers as come in."""
        return maximum(count)
