"""Reading the parts: what is asked, at which iteration, for how many marks."""

from __future__ import annotations

import re
from collections.abc import Collection

from nbsolve.catalogue import OPTIMISERS
from nbsolve.problem.cursor import Cursor, listing, suggestion
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import LossTerm, Part, Training
from nbsolve.problem.texts import read_string
from nbsolve.problem.training import read_iteration

MAXIMUM_LINES = 500
PART_KEYS = ("label", "ask", "at", "marks", "space", "text")
FORWARD_WORDS = ("forward", "jacobian")
GRADIENT_WORDS = ("gradients", "deltas")
LOSS_WORDS = ("loss", *GRADIENT_WORDS)
TRAINING_WORDS = ("changes", "updated_parameters", "state", "forward_after", "loss_after", "epoch_loss")
VALUES_OF_A_LOSS = ("loss", "loss_after", "epoch_loss")
"""What a loss has a value for, and a given gradient has not."""
CLASS_WORDS = ("decision_boundary", "prediction", "accuracy")
"""What may be asked of a unit that tells two classes apart, with the parameters in the end."""
WORDS = (*FORWARD_WORDS, *LOSS_WORDS, *TRAINING_WORDS, *CLASS_WORDS)
MAXIMUM_PARTS = 200
_QUANTITIES = "a quantity such as dL/dw3, da/dz[1][2], z[1][1] or W_new[2][1][1]"


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
    elements = cursor.elements("parts", "a list of {label: …, ask: […], marks: …}")
    if elements is None:
        return None
    if not 1 <= len(elements) <= MAXIMUM_PARTS:
        cursor.fault(f"there are {len(elements)} parts", expected=f"1 to {MAXIMUM_PARTS}")
        return None
    parts = [
        _part(element, place, (has_loss, has_upstream), training, own)
        for place, element in enumerate(elements)
    ]
    known = [part for part in parts if part is not None]
    seen: set[str] = set()
    for element, part in zip(elements, parts, strict=True):
        if part is not None and part.label in seen:
            element.fault(
                f"two parts have the label {part.label!r}", expected="a label of its own for each part"
            )
            return None
        seen |= {part.label} if part is not None else set()
    return tuple(known) if len(known) == len(parts) else None


def _part(
    cursor: Cursor,
    place: int,
    gradients: tuple[bool, bool],
    training: Training | None,
    own: Collection[str],
) -> Part | None:
    if not cursor.mapping(PART_KEYS, "a part"):
        return None
    before = len(cursor.notes.faults)
    label = chr(ord("a") + place) if place < 26 else str(place + 1)
    label = read_label(cursor) or label
    ask_cursor = cursor.get("ask")
    ask: tuple[str, ...] = ()
    if ask_cursor is None:
        cursor.fault(
            "the part asks nothing", expected=f"ask: a list of {listing(WORDS, 'or')}, or {_QUANTITIES}"
        )
    else:
        ask = _ask(ask_cursor, gradients, training, own)
    at = None
    if inner := cursor.get("at"):
        at = read_iteration(inner, "at", 1 if training is None else training.iterations)
    marks = None
    if inner := cursor.get("marks"):
        marks = inner.number("marks", least=0)
    space = read_space(cursor)
    text = None
    if cursor.has("text"):
        text = read_string(cursor, "text")
    if len(cursor.notes.faults) > before:
        return None
    return Part(label=label, ask=ask, at=at, marks=marks, space=space, text=text)


def read_space(cursor: Cursor) -> int | None:
    """The ruled lines of a part on paper; None where it says none, or after noting a fault."""
    inner = cursor.get("space")
    return None if inner is None else inner.integer("space", least=0, most=MAXIMUM_LINES)


def read_label(cursor: Cursor) -> str | None:
    """What a part is called, as plain text on one line; None where it has no label, or after noting a fault."""
    inner = cursor.get("label")
    text = None if inner is None else inner.string("label")
    return None if text is None else " ".join(text.split())


def _ask(
    cursor: Cursor, gradients: tuple[bool, bool], training: Training | None, own: Collection[str]
) -> tuple[str, ...]:
    elements = [cursor] if cursor.is_scalar else cursor.elements("ask", "a list of what is asked")
    if elements is None:
        return ()
    if not elements:
        cursor.fault("ask is an empty list", expected=f"{listing(WORDS, 'or')}, or {_QUANTITIES}")
    words = (_word(element, gradients, training, own) for element in elements)
    return tuple(word for word in words if word is not None)


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
