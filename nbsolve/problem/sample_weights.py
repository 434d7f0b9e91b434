"""Reading the weights of the samples, one for each."""

from __future__ import annotations

from nbsolve.given import Given
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.model import Sample

KEY = "sample_weights"
MOST_SAMPLES = 100
"""The weights of more samples are not listed, and so not taken."""


def read_sample_weights(cursor: Cursor, samples: tuple[Sample, ...] | None) -> tuple[Given, ...] | None:
    """The weights in the order of the samples; None after noting a fault."""
    if not cursor.is_list:
        cursor.fault(f"{KEY} is not a list", expected="a list of numbers, one for each sample")
        return None
    cells = [*cursor.each()]
    read = (cell.number("the weight of a sample", least=0) for cell in cells)
    weights = tuple(number for number in read if number is not None)
    if len(weights) < len(cells):
        return None
    if samples is not None and len(weights) != len(samples):
        found = "1 number" if len(weights) == 1 else f"{len(weights)} numbers"
        cursor.fault(f"{KEY} has {found}", expected=f"{len(samples)}, one for each sample")
        return None
    if len(weights) > MOST_SAMPLES:
        cursor.fault(f"{KEY} has {len(weights)} numbers", expected=f"at most {MOST_SAMPLES}")
        return None
    if all(weight.value == 0 for weight in weights):
        cursor.fault("every sample has the weight 0: there is no loss left", expected="a weight above 0")
        return None
    return weights


def check_sample_weights(root: Cursor, in_letters: bool) -> None:
    """What weights of samples do not go with: no loss, and letters."""
    if not root.has("loss"):
        hint = "the rows of upstream hold them already" if root.has("upstream") else "add a loss"
        root.key_fault(KEY, f"{KEY} without a loss", hint=hint)
    if in_letters:
        root.key_fault(
            KEY, "weights of samples in a problem that is solved in symbols", expected="numbers alone"
        )
