"""Answers held against automatic differentiation (HIPS autograd), in doubles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isclose, isfinite

import numpy as np
import yaml

from nbsolve.checking.oracle import autograd_oracle, graph_oracle
from nbsolve.checking.oracle.compare import Entry, key_of
from nbsolve.checking.oracle.numbers import NotKnown
from nbsolve.checking.oracle.reading import load

__all__ = ["Verdict", "judged"]

_RELATIVE, _ABSOLUTE = 1e-9, 1e-12
Name = tuple[str, int | None, int | None]


@dataclass(frozen=True)
class Verdict:
    """The answers that differ, in words; how many were held against their values, how many have none there."""

    faults: tuple[str, ...] = ()
    held: int = 0
    unknown: int = 0


def judged(text: str, entries: Iterable[Entry]) -> Verdict:
    """The verdict on the answers to the problem of a YAML text: of networks and graphs, whatever is differentiated.

    Raises: ValueError where the text is not understood; an oracle never guesses.
    """
    kind, listed = yaml.load(text, Loader=yaml.BaseLoader).get("kind", "network"), [*entries]
    try:
        if kind == "network":
            return _compared(_of_network(text, listed))
        if kind == "graph":
            return _compared(_of_graph(text, listed))
    except NotKnown:
        return Verdict(unknown=len(listed))
    return Verdict()


Pairs = list[tuple[Entry, float | None]]


def _of_network(text: str, entries: list[Entry]) -> Pairs:
    spec = load(text)
    if not autograd_oracle.knows(spec):
        return [(entry, None) for entry in entries]
    with np.errstate(all="ignore"):  # a saturated prediction, of which doubles know too little
        values = {key: value for key, value in autograd_oracle.solve(spec).items() if isfinite(value)}
    keys = ((entry, key_of(entry, spec, values)) for entry in entries)
    return [(entry, None if key is None else values[key]) for entry, key in keys]


def _of_graph(text: str, entries: list[Entry]) -> Pairs:
    if "training" in yaml.load(text, Loader=yaml.BaseLoader):
        found: list[Mapping[str, float]] = [*graph_oracle.iterations(text)]
    else:
        found = [{**graph_oracle.local_factors(text), **graph_oracle.values_and_gradients(text)}]
    return [(entry, found[(entry.iteration or 1) - 1].get(entry.quantity)) for entry in entries]


def _compared(pairs: Pairs) -> Verdict:
    known = [(entry, float(entry.exact), value) for entry, value in pairs if value is not None]
    faults = tuple(
        f"{entry.quantity} is {ours!r}, automatic differentiation finds {value!r}"
        for entry, ours, value in known
        if not isclose(ours, value, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)
    )
    return Verdict(faults, len(known), len(pairs) - len(known))
