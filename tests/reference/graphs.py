"""nbsolve's answers on computation graphs beside the oracle: `python -m tests.reference.graphs 1000 0`.

That tries 1,000 random graphs from seed 0 on, a tenth as many that are trained, and all that were published. Every
value and every gradient is there at 50 digits: nbsolve's doubles have to agree to 12, and what it prints has to be
rounded from it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import isclose
from typing import Any, Protocol

import yaml
from mpmath import mp, mpf

from nbsolve.checking.oracle.graph_oracle import iterations
from nbsolve.checking.oracle.graph_precise import precise_local_factors, precise_values_and_gradients

DIGITS = 12


class Entry(Protocol):
    """What an answer of nbsolve shows of itself."""

    @property
    def quantity(self) -> str: ...
    @property
    def iteration(self) -> int | None: ...
    @property
    def exact(self) -> Any: ...
    @property
    def printed(self) -> str | None: ...


def disagreements(entries: Iterable[Entry], text: str) -> Iterator[str]:
    """What is wrong of the answers, and which values are missing."""
    if "training" in yaml.load(text, Loader=yaml.BaseLoader):
        yield from _of_training(entries, text)
        return
    precise = precise_values_and_gradients(text)
    expected = {**precise_local_factors(text), **precise}
    seen = set()
    for entry in entries:
        seen.add(entry.quantity)
        if entry.quantity not in expected:
            yield f"{entry.quantity} is unknown to the oracle"
            continue
        value = expected[entry.quantity]
        if not _agrees(float(entry.exact), value):
            yield f"{entry.quantity} is {mp.nstr(value, 15)}, not {entry.exact!r}"
        elif entry.printed is not None and not _rounded(entry.printed, value):
            yield f"{entry.quantity} is {mp.nstr(value, 25)}, printed {entry.printed}"
    # gradients of what nothing was asked about may be missing
    yield from (f"{name} is missing" for name in precise if name not in seen and "/d" not in name)


def _of_training(entries: Iterable[Entry], text: str) -> Iterator[str]:
    """The same of several iterations, in doubles."""
    expected = iterations(text)
    for entry in entries:
        value = expected[(entry.iteration or 1) - 1].get(entry.quantity)
        if value is None or not isclose(float(entry.exact), value, rel_tol=1e-11, abs_tol=1e-13):
            yield f"{entry.quantity} of iteration {entry.iteration} is {value!r}, not {entry.exact!r}"


def _agrees(value: float, expected: mpf) -> bool:
    return bool(abs(value - expected) <= mpf(10) ** -DIGITS * abs(expected) + mpf(10) ** -30)


def _rounded(printed: str, expected: mpf) -> bool:
    """Whether a text is the value rounded to its last digit, or as a fraction the value itself."""
    try:
        written = Decimal(printed)
    except InvalidOperation:
        with mp.workdps(50):
            fraction = Fraction(printed)
            return bool(abs(mpf(fraction.numerator) / fraction.denominator - expected) < mpf(10) ** -40)
    exponent = written.as_tuple().exponent
    assert isinstance(exponent, int)
    with mp.workdps(50):
        return bool(abs(mpf(str(written)) - expected) <= mpf(10) ** exponent / 2 * (1 + mpf(10) ** -30))


def main(count: int, start: int) -> int:
    """Try so many random graphs and all that were published; says what is wrong."""
    from nbsolve import load_problem, solve
    from tests.reference.published_graphs import published
    from tests.reference.random_graphs import random_graph
    from tests.reference.random_trainings import random_training

    texts = [(f"seed {seed}", random_graph(seed)) for seed in range(start, start + count)]
    texts += [(f"training {seed}", random_training(seed)) for seed in range(start, start + count // 10)]
    texts += [(one.source, one.text) for one in published()]
    wrong = answers = 0
    for name, text in texts:
        try:
            entries: list[Any] = list(solve(load_problem(text)).entries(everything=True))
            found = list(disagreements(entries, text))
            answers += len(entries)
        except Exception as error:
            found = [f"{type(error).__name__}: {error}"]
        wrong += bool(found)
        for fault in found[:3]:
            print(f"{name}: {fault}", flush=True)
    print(f"{len(texts)} graphs, {answers} answers: {wrong} graphs with faults")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(*(int(argument) for argument in [*sys.argv[1:], "1000", "0"][:2]))))
