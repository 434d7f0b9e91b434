"""Computation graphs as courses draw them."""

from __future__ import annotations

from nbsolve.drawing.gates.circuit import Circuit, Gate, Lettering, Wire
from nbsolve.drawing.gates.picture import circuit_drawing

__all__ = ["Circuit", "Gate", "Lettering", "Wire", "circuit_drawing"]
