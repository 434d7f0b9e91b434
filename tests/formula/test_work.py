"""Formulae with distinctions within distinctions take as many steps as they have parts, not as they have cases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nbsolve.formula import OwnFunction, own_activation, pieces, simplify
from nbsolve.formula.sampling import value_at

SHAPES: dict[str, Callable[[int], str]] = {
    "max": lambda n: "max(" * n + "z" + "".join(f",{i + 1}*z+{i})" for i in range(n)),
    "min": lambda n: "min(" * n + "z" + "".join(f",{i + 1}*z-{i})" for i in range(n)),
    "abs": lambda n: "abs(" * n + "z" + "-1)" * n,
    "relu": lambda n: "relu(" * n + "z" + "-0.1)" * n,
    "where": lambda n: "where(z>0," * n + "z" + ",1)" * n,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_each_level_adds_work_and_does_not_double_it(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = 0

    def counting(*arguments: object) -> object:
        nonlocal counted
        counted += 1
        return value_at(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pieces, "value_at", counting)
    work = []
    for depth in (4, 8):
        counted = 0
        own_activation(OwnFunction(f"{shape}_{depth}", SHAPES[shape](depth)))
        work.append(counted)
    assert work[1] <= 8 * max(work[0], 50)


def test_sympy_does_not_open_maxima_within_maxima(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[bool] = []
    shapes = simplify._shapes

    def seen(sympy: object, start: object, tame: bool, opened_too: bool = False, **more: bool) -> object:
        opened.append(more.get("opened", opened_too))
        return shapes(sympy, start, tame, **more)

    monkeypatch.setattr(simplify, "_shapes", seen)
    own_activation(OwnFunction("nested", SHAPES["max"](3)))
    assert not any(opened)
    own_activation(OwnFunction("flat", "z*tanh(z)"))
    assert any(opened)
