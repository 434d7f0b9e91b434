"""One network held against two oracles that share nothing with nbsolve."""

from __future__ import annotations

from nbsolve import solve
from nbsolve.checking.oracle import autograd_oracle, network
from nbsolve.checking.oracle.compare import mismatches
from nbsolve.checking.oracle.reading import load
from tests.loading import load_problem


def disagreements(text: str, ours: str | None = None) -> list[str]:
    """Where nbsolve and automatic differentiation, or 60 digits, find different values.

    `ours` is another text for nbsolve, to see a difference found.
    """
    spec, entries = load(text), list(solve(load_problem(ours or text)).entries(everything=True))
    by_autograd, precise = autograd_oracle.solve(spec), network.solve(spec)
    wrong = mismatches(entries, spec, spec.shown_only(by_autograd), relative=1e-12, absolute=1e-12)
    return wrong + mismatches(entries, spec, spec.shown_only(precise), relative=1e-14, absolute=1e-40)
