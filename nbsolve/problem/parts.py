"""Reading the parts: what is asked, at which iteration, for how many marks."""

from __future__ import annotations

import re
from collections.abc import Collection

from nbsolve.catalogue import OPTIMISERS
from nbsolve.problem.cursor import Cursor, listing, suggestion
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.jacobian_vectors import PRODUCTS
from nbsolve.problem.model import LossTerm, Part, Training
from nbsolve.problem.part_lists import read_part, read_part_list

FORWARD_WORDS = ("forward", "jacobian", *PRODUCTS)
GRADIENT_WORDS = ("gradients", "deltas")
LOSS_WORDS = ("loss", *GRADIENT_WORDS)
TRAINING_WORDS = ("changes", "updated_parameters", "state", "forward_after", "loss_after", "epoch_loss")
VALUES_OF_A_LOSS = ("loss", "loss_after", "epoch_loss")
"""What a loss has a value for, and a given gradient has not."""
CLASS_WORDS = ("decision_boundary", "prediction", "accuracy")
"""What may be asked of a unit that tells two classes apart, with the parameters in the end."""
WORDS = (*FORWARD_WORDS, *LOSS_WORDS, *TRAINING_WORDS, *CLASS_WORDS)
_QUANTITIES = "a quantity such as dL/dw3, da/dz[1][2], z[1][1] or W_new[2][1][1]"
_EXPECTED = f"a list of {listing(WORDS, 'or')}, or {_QUANTITIES}"


def default_parts(
    losses: tuple[LossTerm, ...], training: Training | None, upstream: bool = False
) -> tuple[Part, ...]:
    """One part that asks for all there is: the forward pass, and where there are, gradients and updates."""
    ask: tuple[str, ...] = ("forward",)
    if losses:
        ask = (*ask, "loss", "gradients")
    elif upstream:
        ask = (*ask, "gradients")
    if training is not None:
        ask = (*ask, "updated_parameters")
    return (Part(label="a", ask=ask),)


def read_parts(
    cursor: Cursor,
    has_loss: bool,
    training: Training | None,
    own: Collection[str] = (),
    has_upstream: bool = False,
) -> tuple[Part, ...] | None:
    """The parts; None after noting a fault. `own` are the names that the problem gives to quantities.

    `has_upstream`: the gradient with respect to the outputs is given instead of a loss.
    """
    iterations = 1 if training is None else training.iterations

    def word(element: Cursor) -> str | None:
        return _word(element, (has_loss, has_upstream), training, own)

    return read_part_list(cursor, lambda part, place: read_part(part, place, word, _EXPECTED, iterations))


def _word(
    cursor: Cursor, gradients: tuple[bool, bool], training: Training | None, own: Collection[str]
) -> str | None:
    has_loss, has_upstream = gradients
    if cursor.is_mapping or cursor.is_list:
        hint = 'put names that contain brackets or braces in quotes: "dL/dW[2][1][1]"'
        cursor.fault("an entry of ask is not a text", expected=f"a word or {_QUANTITIES}", hint=hint)
        return None
    word = cursor.string("an entry of ask")
    if word is None:
        return None
    word = word.strip()
    if word in TRAINING_WORDS and training is None:
        hint = "add training: {optimiser: {sgd: {learning_rate: 0.1}}}"
        cursor.fault(f"{word} is asked, but the problem has no training", hint=hint)
        return None
    if word in VALUES_OF_A_LOSS and has_upstream and not has_loss:
        hint = "gradients and deltas can be asked for"
        cursor.fault(f"{word} is asked, but only the gradient of the loss is given (upstream)", hint=hint)
        return None
    of_loss = re.match(r"d(L|L_out\[\d+\])/", word) and "L" not in own
    if (word in (*LOSS_WORDS, *TRAINING_WORDS) or of_loss) and not (has_loss or has_upstream):
        cursor.fault(
            f"{word} is asked, but the problem has no loss", hint="add a loss, such as squared_error"
        )
        return None
    if word == "state" and training is not None and not optimiser_of(training.optimiser).kept:
        kept = listing([name for name, record in OPTIMISERS.items() if record.kept], "or")
        cursor.fault(
            f"state is asked, but {training.optimiser.name} keeps nothing from one update to the next",
            expected=f"an optimiser that does, such as {kept}",
        )
        return None
    if word not in (*WORDS, *own) and not _may_be_quantity(word):
        expected = f"{listing(WORDS, 'or')}, or {_QUANTITIES}"
        cursor.fault(f"unknown word {word[:60]!r} in ask", expected=expected, hint=suggestion(word, WORDS))
        return None
    return word


def _may_be_quantity(word: str) -> bool:
    """Whether a word can be a quantity in some notation; which exist is known once letters are chosen."""
    if not word or len(word) > 100 or not re.match(r"[^\W\d]|\\|[({-]", word):
        return False
    # A longer word of small letters is a misspelt word rather than a letter with indices.
    plain_word = re.fullmatch(r"[a-z_]{5,}", word)
    return plain_word is None or (suggestion(word, WORDS) is None and "_" in word)


def parts_of(
    root: Cursor,
    has_loss: bool,
    training: Training | None,
    own: Collection[str],
    has_upstream: bool = False,
) -> tuple[Part, ...] | None:
    """The parts of a problem's file; None where there are none, or after noting a fault.

    `own`: the author's letters, which win over names that mean something everywhere.
    """
    cursor = root.get("parts")
    if cursor is None:
        return None
    if training is None and root.has("training"):
        # The training is faulty: whatever is asked of it is not a second fault.
        if not cursor.is_list:
            read_parts(cursor, has_loss, None, has_upstream=has_upstream)
        return None
    return read_parts(cursor, has_loss, training, own, has_upstream)
