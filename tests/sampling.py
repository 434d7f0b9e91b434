"""Of cases that are many of one kind `make test` tries some: every n-th, all with `--thorough`.

Where the cases are tests, they are marked `sampled(n)`; where one test tries many, the fixture `one_in` says n.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import pytest

OneIn = Callable[[int], int]
"""The fixture's type: `one_in(5)` is 5, and 1 where all are tried."""


def left(items: list[pytest.Item]) -> set[pytest.Item]:
    """The cases that only a thorough run takes: the first of every n of each test stays.

    Raises: pytest.UsageError where n never meets one of few values.
    """
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    strides: dict[str, int] = {}
    for item in items:
        mark = item.get_closest_marker("sampled")
        if mark is not None:
            name = item.nodeid.partition("[")[0]
            cases[name].append(item)
            strides[name] = mark.args[0]
    found: set[pytest.Item] = set()
    for name, all_of_them in cases.items():
        taken = all_of_them[:: strides[name]] if strides[name] else []
        missed = _missed(all_of_them, taken)
        if missed:
            raise pytest.UsageError(f"one in {strides[name]} cases of {name} never meets every {missed}")
        found.update(set(all_of_them) - set(taken))
    return found


def _missed(items: list[pytest.Item], taken: list[pytest.Item]) -> str:
    """A parameter that has half as many values as cases are taken, or fewer, and is not met with all of them."""
    values = [_values(item) for item in items]
    met = [_values(item) for item in taken]
    for parameter in values[0]:
        there = {one[parameter] for one in values}
        if 2 * len(there) <= len(taken) and there - {one[parameter] for one in met}:
            return parameter
    return ""


def _values(item: pytest.Item) -> dict[str, str]:
    """What each parameter is."""
    callspec = getattr(item, "callspec", None)
    return {} if callspec is None else {name: repr(value) for name, value in callspec.params.items()}
