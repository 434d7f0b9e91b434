"""Reading the training: optimiser, batches, how many updates, and which of them are written out."""

from __future__ import annotations

from typing import Literal

from nbsolve.catalogue import OPTIMISERS
from nbsolve.problem.choices import read_choice
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.model import Training

MAXIMUM_ITERATIONS = 1_000_000
MAXIMUM_SHOWN = 1_000
SHOWN_IN_FULL = 5


def read_training(cursor: Cursor, samples: int | None) -> Training | None:
    """The training; None after noting a fault. `samples` of None: not known."""
    hints = {"learning_rate": "it belongs to the optimiser: optimiser: {sgd: {learning_rate: 0.1}}"}
    known = ("optimiser", "batch", "iterations", "epochs", "show")
    if not cursor.mapping(known, "training", hints):
        return None
    optimiser_cursor = cursor.get("optimiser")
    optimiser = None
    if optimiser_cursor is None:
        cursor.fault("training has no optimiser", expected="optimiser: {sgd: {learning_rate: 0.1}}")
    else:
        tables = {name: record.parameters for name, record in OPTIMISERS.items()}
        optimiser = read_choice(optimiser_cursor, "optimiser", tables)
    batch = _batch(cursor.get("batch"), samples)
    if batch is None or samples is None:
        return None
    iterations = _iterations(cursor, -(-samples // (samples if batch == "all" else batch)))
    if iterations is None:
        return None
    show = _show(cursor.get("show"), iterations)
    if optimiser is None or show is None:
        return None
    return Training(optimiser=optimiser, batch=batch, iterations=iterations, show=show)


def _batch(cursor: Cursor | None, samples: int | None) -> int | Literal["all"] | None:
    if cursor is None:
        return 1
    if cursor.is_scalar and cursor.text == "all":
        return "all"
    if samples is None:
        return None
    if cursor.is_scalar and cursor.text.isascii() and cursor.text.isdigit():
        return cursor.integer("batch", 1, samples)
    cursor.fault(f"batch is {cursor.text if cursor.is_scalar else 'not a number'}", expected="1, n or all")
    return None


def _iterations(cursor: Cursor, per_epoch: int) -> int | None:
    iterations, epochs = cursor.get("iterations"), cursor.get("epochs")
    if iterations is not None and epochs is not None:
        cursor.key_fault("epochs", "training has both iterations and epochs", expected="one of them")
        return None
    if iterations is not None:
        return iterations.integer("iterations", 1, MAXIMUM_ITERATIONS)
    if epochs is None:
        return per_epoch
    count = epochs.integer("epochs", 1, MAXIMUM_ITERATIONS // per_epoch)
    return None if count is None else count * per_epoch


def _show(cursor: Cursor | None, iterations: int) -> tuple[int, ...] | None:
    if cursor is None:
        if iterations <= SHOWN_IN_FULL:
            return tuple(range(1, iterations + 1))
        return (1, iterations)
    if cursor.is_scalar and cursor.text == "all":
        if iterations > MAXIMUM_SHOWN:
            cursor.fault(
                f"{iterations:,} iterations are too many to show", expected=f"at most {MAXIMUM_SHOWN:,}"
            )
            return None
        return tuple(range(1, iterations + 1))
    elements = [*cursor.each()] if cursor.is_list else [cursor]
    if not 1 <= len(elements) <= MAXIMUM_SHOWN:
        message = f"show lists {len(elements)} iterations"
        cursor.fault(message, expected=f"1 to {MAXIMUM_SHOWN:,} of them, such as [1, last]")
        return None
    shown = [read_iteration(element, "show", iterations) for element in elements]
    known = {one for one in shown if one is not None}
    return tuple(sorted(known)) if None not in shown else None


def read_iteration(cursor: Cursor, what: str, iterations: int) -> int | None:
    """A number of an iteration, counted from 1, or `last`."""
    if cursor.is_scalar and cursor.text in ("last", "first"):
        return iterations if cursor.text == "last" else 1
    if cursor.is_scalar and cursor.text.isascii() and cursor.text.isdigit():
        return cursor.integer(what, 1, iterations)
    found = cursor.text if cursor.is_scalar else "not a number"
    cursor.fault(f"{what} is {found}", expected=f"a number from 1 to {iterations:,}, or last")
    return None
