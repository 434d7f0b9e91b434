"""Tests: what nbsolve prints is judged by code that does not import it."""
