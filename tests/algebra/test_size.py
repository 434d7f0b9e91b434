"""The size of what is written: four layers of four in full, and no line that nobody could read."""

from __future__ import annotations

import pytest

from tests.algebra.documents import stacked
from tests.algebra.page import displays
from tests.algebra.shipped import markdown as page
from tests.algebra.symbolic import SymbolicPage

PAIRS = [
    ("softmax", "categorical_cross_entropy"),
    ("softmax", "[squared_error, binary_cross_entropy]"),
    ("sigmoid", "squared_error"),
    ("sigmoid", "binary_cross_entropy"),
    ("tanh", "squared_error"),
    ("tanh", "cosine_loss"),
]
TEXT = 120_000
"""Characters of a page with 80 parameters and every gradient."""
LINES = 1_000
LETTERS = 64
"""In one side of an equation; four paths of three partial derivatives have 24 to 32."""


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_four_layers_of_four(output: str, loss: str) -> None:
    text = stacked(4, 4, output, loss)
    markdown = page(text)
    assert len(markdown) < TEXT
    assert sum(display.rows for display in displays(markdown)) < LINES
    longest, side = SymbolicPage(text, markdown).longest()
    assert longest <= LETTERS, side


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("depth", "width"), [(1, 3), (2, 2), (2, 3), (3, 2), (3, 3)])
@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_smaller_ones(output: str, loss: str, depth: int, width: int) -> None:
    text = stacked(depth, width, output, loss)
    longest, side = SymbolicPage(text, page(text)).longest()
    assert longest <= LETTERS, side
