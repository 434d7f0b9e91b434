"""Fuzzers: mutated problem files, random formulas and mutated data files, each in a process of its own.

`python -m tests.fuzzing problems 10000` (or `formulas 2000`, `data 1000`, `all`) runs them in full.
"""
