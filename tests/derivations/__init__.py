"""Derivations: loaded, composed, printed, and what they arrive at."""
