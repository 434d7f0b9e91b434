"""Reading the training: optimiser, batches, how many updates, and which of them are written out."""

from __future__ import annotations

from typing import Literal

from nbsolve.catalogue import OPTIMISERS, SCHEDULES
from nbsolve.given import Given
from nbsolve.problem.choices import read_choice, read_named
from nbsolve.problem.cursor import Cursor, describe
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.training import ClipKeys, TrainingKeys
from nbsolve.problem.model import Choice, Network, Training
from nbsolve.problem.optimiser_state import read_own_rates, read_state

MAXIMUM_ITERATIONS = 1_000_000
MAXIMUM_SHOWN = 1_000
SHOWN_IN_FULL = 5


def read_training(cursor: Cursor, samples: int | None, network: Network | None) -> Training | None:
    """The training; None after noting a fault. `samples` or `network` of None: not known."""
    hints = {"learning_rate": "it belongs to the optimiser: optimiser: {sgd: {learning_rate: 0.1}}"}
    if not cursor.mapping(keys_of(TrainingKeys), "training", hints):
        return None
    optimiser_cursor = cursor.get("optimiser")
    optimiser = None
    if optimiser_cursor is None:
        cursor.fault("training has no optimiser", expected="optimiser: {sgd: {learning_rate: 0.1}}")
    else:
        tables = {name: record.parameters for name, record in OPTIMISERS.items()}
        optimiser = read_choice(optimiser_cursor, "optimiser", tables)
    clip = cursor.get("clip")
    if clip is not None:
        optimiser = read_clip(clip, optimiser)
    kept = read_state(cursor.get("state"), None if optimiser is None else OPTIMISERS[optimiser.name], network)
    batch = _batch(cursor.get("batch"), samples)
    if batch is None or samples is None:
        return None
    per_epoch = -(-samples // (samples if batch == "all" else batch))
    iterations = _iterations(cursor, per_epoch)
    if iterations is None:
        return None
    show = _show(cursor.get("show"), iterations, per_epoch)
    own_rates = read_own_rates(cursor.get("learning_rates"), network)
    if own_rates and cursor.has("schedule"):
        cursor.key_fault("schedule", "there are both learning_rates and a schedule", expected="one of them")
        return None
    if optimiser is None or show is None or kept is None or own_rates is None:
        return None
    schedule = read_schedule(cursor.get("schedule"), kept[1], iterations)
    if schedule is None:
        return None
    shown, epochs = show
    state, updates = kept
    return Training(
        optimiser=optimiser,
        batch=batch,
        iterations=iterations,
        show=shown,
        epochs=epochs,
        state=state,
        updates=updates,
        schedule=schedule[0],
        rates=schedule[1],
        own_rates=own_rates,
    )


def read_schedule(
    cursor: Cursor | None, updates: int, iterations: int
) -> tuple[Choice | None, tuple[Given, ...]] | None:
    """The schedule of the learning rate, or the rates in a list; None after noting a fault.

    `updates` were made before; there are `iterations` more of them.
    """
    if cursor is None:
        return None, ()
    if cursor.is_list:
        rates = cursor.numbers("schedule")
        if rates is None:
            return None
        for element, rate in zip(cursor.each(), rates, strict=True):
            if rate.value <= 0:
                element.fault(f"a learning rate is {rate}", expected="a number greater than 0")
                return None
        if len(rates) < iterations:
            cursor.fault(
                f"the schedule ends before training does: it has {len(rates)} learning rates",
                expected=f"one for each of the {iterations:,} iterations",
            )
            return None
        return None, rates
    named = read_named(cursor, "schedule", SCHEDULES)
    if named is None:
        return None
    name, settings = named
    record = SCHEDULES[name]
    if settings is not None and not settings.mapping([*record.letters], name):
        return None
    found = dict(record.usual)
    for key in record.letters:
        inner = None if settings is None else settings.get(key)
        if inner is None and key not in found:
            cursor.fault(f"the schedule {name} has no {key}", expected=f"{name}: {{{key}: …}}")
            return None
        if inner is None:
            continue
        if key in record.whole:
            whole = inner.integer(key, 1, MAXIMUM_ITERATIONS)
            number = None if whole is None else Given.read(str(whole))
        else:
            number = inner.number(key, **({"least": 0} if key == "least" else {"above": 0}))
        if number is None:
            return None
        found[key] = number
    last = updates + iterations
    if record.ends is not None and int(found[record.ends].text) < last:
        where = (settings and settings.get(record.ends)) or cursor
        where.fault(
            f"the schedule ends before training does: after {found[record.ends]} updates",
            expected=f"at least {last:,}, the number of the last update",
        )
        return None
    return Choice(name=name, parameters=found), ()


def read_clip(cursor: Cursor, optimiser: Choice | None) -> Choice | None:
    """The optimiser with gradients clipped by `{value: 0.5}` or `{norm: 1}`; None after noting a fault."""
    if not cursor.is_mapping or len(cursor.keys()) != 1:
        cursor.fault(f"clip is {describe(cursor.node)}", expected="{norm: 1} or {value: 0.5}")
        return None
    if not cursor.mapping(keys_of(ClipKeys), "clip"):
        return None
    (how,) = cursor.keys()
    inner = cursor.get(how)
    limit = None if inner is None else inner.number(how, above=0)
    if limit is None or optimiser is None:
        return None
    return optimiser.model_copy(update={"clip": how, "parameters": {**optimiser.parameters, "clip": limit}})


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


def _show(cursor: Cursor | None, iterations: int, per_epoch: int) -> tuple[tuple[int, ...], bool] | None:
    """The iterations that are written out, and whether the loss of every epoch is listed."""
    every = tuple(range(1, iterations + 1))
    usual = every if iterations <= SHOWN_IN_FULL else (1, iterations)
    if cursor is None:
        return usual, False
    if cursor.is_scalar and cursor.text == "all":
        if iterations > MAXIMUM_SHOWN:
            cursor.fault(
                f"{iterations:,} iterations are too many to show", expected=f"at most {MAXIMUM_SHOWN:,}"
            )
            return None
        return every, False
    elements = [*cursor.each()] if cursor.is_list else [cursor]
    if not 1 <= len(elements) <= MAXIMUM_SHOWN:
        message = f"show lists {len(elements)} iterations"
        cursor.fault(message, expected=f"1 to {MAXIMUM_SHOWN:,} of them, such as [1, last]")
        return None
    single = [element for element in elements if not _is_epochs(element)]
    epochs = len(single) < len(elements)
    if epochs and not _epochs_fit(cursor, iterations, per_epoch):
        return None
    shown = [read_iteration(element, "show", iterations, ", all or epochs") for element in single]
    known = {one for one in shown if one is not None}
    if None in shown:
        return None
    return tuple(sorted(known)) or usual, epochs


def _is_epochs(cursor: Cursor) -> bool:
    return cursor.is_scalar and cursor.text == "epochs"


def _epochs_fit(cursor: Cursor, iterations: int, per_epoch: int) -> bool:
    count = iterations // per_epoch
    if count > MAXIMUM_SHOWN:
        cursor.fault(f"{count:,} epochs are too many to list", expected=f"at most {MAXIMUM_SHOWN:,}")
    elif count == 0:
        expected = f"at least {per_epoch} iterations, which go through all samples once"
        cursor.fault(f"show: epochs, but {iterations} iterations make no whole epoch", expected=expected)
    return 1 <= count <= MAXIMUM_SHOWN


def read_iteration(cursor: Cursor, what: str, iterations: int, more: str = "") -> int | None:
    """A number of an iteration, counted from 1, or `last`; `more` is what else could be said there."""
    if cursor.is_scalar and cursor.text in ("last", "first"):
        return iterations if cursor.text == "last" else 1
    if cursor.is_scalar and cursor.text.isascii() and cursor.text.isdigit():
        return cursor.integer(what, 1, iterations)
    found = cursor.text if cursor.is_scalar else "not a number"
    last = f"last{more}" if more else "or last"
    cursor.fault(f"{what} is {found}", expected=f"a number from 1 to {iterations:,}, {last}")
    return None
