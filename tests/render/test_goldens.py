"""The fixture files of this folder: what is printed, character by character."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.render import golden, notation
from tests.render.fixtures import FIXTURES, outputs

HERE = Path(__file__).parent
CASES = [
    pytest.param(name, case, id=f"{name.removesuffix('.txt')}:{case.title}")
    for name, count in FIXTURES.items()
    for case in golden.read(HERE / name, count)
]


@pytest.mark.parametrize(("name", "case"), CASES)
def test_what_is_printed(name: str, case: golden.Case) -> None:
    changes = [
        golden.difference(expected, found, f"{name}:{case.line} {case.title}")
        for expected, found in zip(case.expected, outputs(name, case), strict=True)
    ]
    assert not any(changes), "\n" + "\n".join(filter(None, changes))


def test_every_kind_of_node_is_printed() -> None:
    from nbsolve import expr

    kinds = {kind for kind in _kinds(expr.Expr) if kind.__module__ == expr.__name__}
    seen = {
        type(node)
        for case in golden.read(HERE / "expressions.txt", FIXTURES["expressions.txt"])
        for node in expr.walk(notation.read(case.source))
    }
    assert {kind.__name__ for kind in kinds if not kind.__name__.startswith("_")} <= {
        k.__name__ for k in seen
    }


def _kinds(kind: type) -> set[type]:
    found: set[type] = set(kind.__subclasses__())
    for below in tuple(found):
        found |= _kinds(below)
    return found
