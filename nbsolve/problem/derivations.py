"""Reading a problem of the kind `derivation`: which derivatives are to be derived."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from nbsolve.catalogue import (
    ACTIVATION_FORMULAS,
    ACTIVATIONS,
    JOINT_LOSS_FORMULAS,
    LOSS_ALIASES,
    LOSS_FORMULAS,
    LOSSES,
    Activation,
    NamedFormula,
)
from nbsolve.catalogue.derivations import DERIVATIONS
from nbsolve.formula import ACTIVATION_VARIABLES, LOSS_VARIABLES
from nbsolve.given import Given
from nbsolve.problem.choices import read_named, read_parameters
from nbsolve.problem.common import has_keys, read_common
from nbsolve.problem.cursor import Cursor, listing, suggestion
from nbsolve.problem.keys.functions import CUSTOM, throughs
from nbsolve.problem.keys.kinds import DerivationFile
from nbsolve.problem.model import DerivationProblem, Part, Topic
from nbsolve.problem.own import read_own
from nbsolve.problem.part_lists import read_part, read_part_list, usual_label

MAXIMUM_TOPICS = 100
_JOINT = tuple(name for name in JOINT_LOSS_FORMULAS if name in DERIVATIONS)
"""The losses of all outputs by a formula whose derivation is made by hand."""


def read_derivation_problem(root: Cursor, name: str, text: str) -> DerivationProblem | None:
    """The problem; None after noting a fault."""
    of_networks = "a derivation has no numbers; this belongs to problems of the kind network"
    hints = dict.fromkeys(("network", "samples", "loss", "training", "notation", "rounding"), of_networks)
    hints["loss"] = hints["activation"] = "losses: [squared_error], functions: [sigmoid]"
    if not has_keys(root, DerivationFile, hints=hints):
        return None
    if not (root.has("functions") or root.has("losses")):
        root.fault(
            "the problem has neither functions nor losses",
            expected="functions: a list of activations, losses: a list of losses, or both",
        )
    topics = [*_topics(root.get("functions"), "functions"), *_topics(root.get("losses"), "losses")]
    parts = _parts(root.get("parts"), topics)
    common = read_common(root, name, text)
    if root.notes.faults:
        return None
    return DerivationProblem(
        **common,
        topics=tuple(topics),
        parts=parts if parts else _default_parts(topics),
    )


def _topics(cursor: Cursor | None, what: str) -> list[Topic]:
    if cursor is None:
        return []
    example = "[sigmoid, tanh]" if what == "functions" else "[squared_error, hinge]"
    elements = [cursor] if cursor.is_scalar else cursor.elements(what, f"a list such as {example}")
    if elements is None:
        return []
    if not 1 <= len(elements) <= MAXIMUM_TOPICS:
        cursor.fault(f"{what} has {len(elements)} entries", expected=f"1 to {MAXIMUM_TOPICS}")
        return []
    topics: list[Topic] = []
    for element in elements:
        topic = _function(element) if what == "functions" else _loss(element)
        if topic is None:
            continue
        if topic.id in [other.id for other in topics]:
            element.fault(f"{topic.id} is asked for twice", expected="each once")
            continue
        topics.append(topic)
    return topics


def _function(cursor: Cursor) -> Topic | None:
    named = read_named(cursor, "function", (*ACTIVATIONS, *ACTIVATION_FORMULAS, CUSTOM))
    if named is None:
        return None
    name, settings = named
    if name == CUSTOM:
        return _own("activation", settings or cursor, ACTIVATION_VARIABLES, ACTIVATIONS)
    record = ACTIVATION_FORMULAS.get(name) or ACTIVATIONS[name]
    parameters = read_parameters(settings, name, record.parameters)
    return None if parameters is None else _topic("activation", record, parameters)


def _loss(cursor: Cursor) -> Topic | None:
    if cursor.is_scalar and cursor.text in LOSS_ALIASES:
        meant = LOSS_ALIASES[cursor.text][0]
        cursor.fault(
            f"{cursor.text} is another name for a sum or mean", expected=meant, hint=f"write {meant}"
        )
        return None
    named = read_named(cursor, "loss", (*LOSSES, *LOSS_FORMULAS, *_JOINT, CUSTOM))
    if named is None:
        return None
    name, settings = named
    if name == CUSTOM:
        return _own("loss", settings or cursor, LOSS_VARIABLES, LOSSES)
    if name in LOSS_FORMULAS:
        formula = LOSS_FORMULAS[name]
        own = read_parameters(settings, name, formula.parameters)
        return None if own is None else _topic("loss", formula, own)
    if name in _JOINT:
        own = read_parameters(settings, name, JOINT_LOSS_FORMULAS[name].parameters)
        return None if own is None else Topic(kind="loss", name=name, parameters=own)
    also = ("through",) if throughs(name) else ()
    if settings is not None and not also and settings.has("through"):
        known = [f"{loss} through {activation}" for loss in LOSSES for activation in throughs(loss)]
        settings.key_fault(
            "through", f"{name} has no derivation through an activation", expected=listing(known, "or")
        )
        return None
    parameters: dict[str, Given] | None = read_parameters(settings, name, LOSSES[name].parameters, also)
    if parameters is None:
        return None
    through = None
    if settings is not None and (inner := settings.get("through")):
        through = inner.word("through", throughs(name))
        if through is None:
            return None
    return Topic(kind="loss", name=name, through=through, parameters=parameters)


def _topic(
    kind: Literal["activation", "loss"],
    record: Activation | NamedFormula,
    parameters: dict[str, Given],
) -> Topic:
    """The topic of a record of the catalogue, with its formula where it has no derivation made by hand."""
    if not isinstance(record, NamedFormula):
        return Topic(kind=kind, name=record.name, parameters=parameters)
    return Topic(
        kind=kind, name=record.name, parameters=parameters, formula=record.formula, latex=record.latex
    )


def _own(
    kind: Literal["activation", "loss"],
    settings: Cursor,
    variables: tuple[str, ...],
    known: Iterable[str],
) -> Topic | None:
    own = read_own(settings, kind, variables, known)
    if own is None:
        return None
    parameters = dict(own.parameters)
    return Topic(kind=kind, name=own.name, parameters=parameters, formula=own.formula, latex=own.latex)


def _default_parts(topics: list[Topic]) -> tuple[Part, ...]:
    """A part for each topic, in order."""
    return tuple(Part(label=usual_label(place), ask=(topic.id,)) for place, topic in enumerate(topics))


def _parts(cursor: Cursor | None, topics: list[Topic]) -> tuple[Part, ...]:
    if cursor is None:
        return ()
    known = tuple(topic.id for topic in topics)
    expected = listing(known, "or") if known else "the name of a function or loss of this problem"

    def word(element: Cursor) -> str | None:
        text = element.string("an entry of ask")
        if text is None or text in known:
            return text
        if known:  # else the topics are at fault, not the part
            message = f"{text[:60]!r} is asked, but not among the functions and losses"
            element.fault(message, expected=expected, hint=suggestion(text, known))
        return None

    hints = {"at": "there are no iterations here"}
    return (
        read_part_list(cursor, lambda part, place: read_part(part, place, word, expected, None, hints)) or ()
    )
