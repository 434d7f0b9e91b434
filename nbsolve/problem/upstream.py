"""Reading the gradient that comes in at the outputs, where it is given instead of a loss."""

from __future__ import annotations

from nbsolve.given import Entry
from nbsolve.problem.cells import is_symbolic, letters
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.model import Sample, Training

Row = tuple[Entry, ...]


def read_upstream(
    cursor: Cursor, outputs: int | None, samples: tuple[Sample, ...] | None
) -> tuple[Row, ...] | None:
    """∂L/∂a of the outputs, one row a sample; None after noting a fault. What is not known is not checked."""
    count = None if samples is None else len(samples)
    shape = f"{'one' if outputs is None else outputs} for each output of the last layer"
    expected = f"a list of numbers: {shape}; or symbolic"
    if count is not None and count > 1:
        expected = f"{count} rows, one for each sample, each of {shape}"
    if is_symbolic(cursor) and outputs is not None and count is not None:
        return (letters(outputs),) * count
    if not cursor.is_list:
        number = cursor.number("upstream") if outputs == 1 and count == 1 else None
        if number is None and not (outputs == 1 and count == 1):
            cursor.fault("upstream is not a list", expected=expected)
        return None if number is None else ((number,),)
    rows = [*cursor.each()]
    if not any(row.is_list for row in rows) and count in (1, None):
        row = _row(cursor, outputs)
        return None if row is None else (row,)
    if count is not None and len(rows) != count:
        found = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
        cursor.fault(f"upstream has {found}", expected=expected)
        return None
    read = [_row(row, outputs) for row in rows]
    known = tuple(row for row in read if row is not None)
    return known if len(known) == len(read) else None


def _row(cursor: Cursor, outputs: int | None) -> Row | None:
    wanted = f"{outputs} numbers, one for each output" if outputs != 1 else "1 number, for the output"
    if not cursor.is_list:
        cursor.fault("a row of upstream is not a list", expected=wanted if outputs else "a list of numbers")
        return None
    cells = [*cursor.each()]
    numbers = tuple(number for cell in cells if (number := cell.number("an entry of upstream")) is not None)
    if len(numbers) != len(cells):
        return None
    if outputs is not None and len(numbers) != outputs:
        found = "1 number" if len(numbers) == 1 else f"{len(numbers)} numbers"
        cursor.fault(f"the upstream gradient has {found}", expected=wanted)
        return None
    return numbers


def check_upstream(root: Cursor, samples: tuple[Sample, ...] | None, training: Training | None) -> None:
    """What does not go with a given gradient: a loss, targets, a penalty, a second pass over a sample."""
    for key in ("loss", "regulariser"):
        if root.has(key):
            hint = f"leave {key} out, or leave upstream out"
            message = f"upstream and {key} are both there: ∂L/∂a of the outputs is given or found"
            root.key_fault(key, message, expected="one of them", hint=hint)
    if samples is not None and any(sample.target is not None for sample in samples):
        hint = "leave the targets out, or give a loss instead of upstream"
        root.key_fault("samples", "the samples have targets, which upstream makes no use of", hint=hint)
    if training is None or samples is None:
        return
    size = len(samples) if training.batch == "all" else training.batch
    if training.iterations > -(-len(samples) // size):
        expected = "at most one update with each sample: with new parameters another gradient would come in"
        root.key_fault("training", "training takes a sample more than once", expected=expected)
