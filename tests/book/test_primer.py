"""The numbers of the primer's example, worked out another way."""

from __future__ import annotations

from importlib.resources import files

import numpy as np

PAGE = (files("nbsolve") / "templates" / "course" / "book" / "backward-pass.md").read_text(encoding="utf-8")

x, y = np.array([1.0, 2.0]), np.array([2.0, 1.5])
W1, b1 = np.array([[0.5, 0.5], [1.0, -0.5]]), np.array([0.0, 0.5])
W2, b2 = np.array([[1.0, -1.0], [2.0, 1.0]]), np.array([0.0, -1.0])
START = np.concatenate([W1.ravel(), b1, W2.ravel(), b2])


def _outputs(p: np.ndarray) -> np.ndarray:
    hidden = np.maximum(p[:4].reshape(2, 2) @ x + p[4:6], 0)
    outputs: np.ndarray = p[6:10].reshape(2, 2) @ hidden + p[10:]
    return outputs


def _loss(p: np.ndarray) -> float:
    return float(0.5 * np.sum((_outputs(p) - y) ** 2))


def _gradient(p: np.ndarray) -> np.ndarray:
    steps = 1e-6 * np.eye(p.size)
    return np.array([(_loss(p + step) - _loss(p - step)) / 2e-6 for step in steps])


def test_every_gradient_of_the_example() -> None:
    assert _loss(START) == 1
    gradient = _gradient(START).round(6)
    assert gradient[:4].tolist() == [1, 2, 2, 4]
    assert gradient[4:6].tolist() == [1, 2]
    assert gradient[6:10].tolist() == [-1.5, -0.5, 1.5, 0.5]
    assert gradient[10:].tolist() == [-1, 1]
    for matrix in ("1 & 2\\\\ 2 & 4", "-1.5 & -0.5\\\\ 1.5 & 0.5", "0.5 & 0.5\\\\ 1 & -0.5"):
        assert f"\\begin{{pmatrix}}{matrix}\\end{{pmatrix}}" in PAGE


def test_the_update_of_the_example() -> None:
    updated = START - 0.02 * _gradient(START).round(6)
    first, second = _outputs(updated)
    assert f"${first:.3f}$ and ${second:.3f}$" in PAGE
    assert f"from $1$ to ${_loss(updated):.6f}$" in PAGE.replace("\n", " ")


def test_the_difference_quotient_of_the_example() -> None:
    step = np.zeros(START.size)
    step[2] = 0.001  # from unit 1 to unit 2
    quotient = (_loss(START + step) - _loss(START - step)) / 0.002
    assert f"{quotient:.6f}" == "2.000000"
