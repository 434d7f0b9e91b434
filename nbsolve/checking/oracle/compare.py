"""Answers of nbsolve laid beside an oracle's values, quantity by quantity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isclose
from typing import Any, Protocol

from nbsolve.checking.oracle.spec import Spec

Key = tuple[str, int | None, int | None]


class Entry(Protocol):
    """What an answer of nbsolve shows of itself."""

    @property
    def quantity(self) -> str: ...
    @property
    def iteration(self) -> int | None: ...
    @property
    def sample(self) -> int | None: ...
    @property
    def exact(self) -> Any: ...
    @property
    def printed(self) -> str | None: ...


def key_of(entry: Entry, spec: Spec, oracle: Mapping[Key, Any]) -> Key | None:
    """The oracle's key for an entry: a batch of one sample, or the only iteration, may go unnamed."""
    iteration, sample = entry.iteration, entry.sample
    iterations = [iteration] if iteration is not None else [None, 1]
    for t in iterations:
        samples = [sample]
        if sample is None:
            batch = spec.batch_of(t or 1)
            samples += [batch[0] + 1] if len(batch) == 1 else []
        for s in samples:
            if (entry.quantity, t, s) in oracle:
                return entry.quantity, t, s
    if iteration is not None and (entry.quantity, None, sample) in oracle:
        return entry.quantity, None, sample
    return None


def mismatches(
    entries: Iterable[Entry], spec: Spec, oracle: Mapping[Key, Any], *, relative: float, absolute: float
) -> list[str]:
    """Everything that is wrong: a value that differs, a quantity the oracle lacks, one missing."""
    wrong: list[str] = []
    seen: set[Key] = set()
    for entry in entries:
        key = key_of(entry, spec, oracle)
        if key is None:
            wrong.append(f"unknown: {entry.quantity} (iteration {entry.iteration}, sample {entry.sample})")
            continue
        seen.add(key)
        got, expected = float(entry.exact), float(oracle[key])
        if not isclose(got, expected, rel_tol=relative, abs_tol=absolute):
            wrong.append(f"{key}: nbsolve {got!r}, oracle {expected!r}")
    # δ is another letter for dL/dz, reported where the explanation uses it; t is the number of an optimiser's step
    told = {key for key in oracle if not key[0].startswith("delta") and key[0] != "t"}
    wrong += [f"missing: {key}" for key in oracle if key in told and key not in seen]
    return wrong
