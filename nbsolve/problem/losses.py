"""Reading the loss (one, or a weighted list) and the regulariser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from nbsolve.catalogue import JOINT_LOSS_FORMULAS, LOSS_ALIASES, LOSS_FORMULAS, LOSSES, PENALTIES
from nbsolve.catalogue.losses import OUTPUT
from nbsolve.formula import LOSS_VARIABLES, MOST_OUTPUTS, is_joint
from nbsolve.given import Given
from nbsolve.problem.choices import read_named, read_parameters
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.heads import every_head, layer_of
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.functions import CUSTOM, LogLossKeys, OutputKeys, OwnLoss, PenaltyKeys
from nbsolve.problem.model import LossTerm, Over, Regulariser
from nbsolve.problem.own import read_own

_ONE, _HALF = Given.read("1"), Given.read("1/2")


def read_losses(
    cursor: Cursor,
    outputs: int | None = None,
    classes: Sequence[str] = (),
    heads: Mapping[int, int] = MappingProxyType({}),
) -> tuple[LossTerm, ...] | None:
    """The terms of the loss, aliases resolved and defaults filled in; None after noting a fault.

    `outputs`: the number of outputs, None where it is not known. `heads`: the output layers and their widths; of
    several each has a term of its own.
    """
    elements = [*cursor.each()] if cursor.is_list else [cursor]
    if not elements:
        cursor.fault("loss is an empty list", expected="at least one loss")
        return None
    if cursor.is_mapping and len(cursor.keys()) > 1:
        hint = "add several losses as a list, each with its weight: [{squared_error: {weight: 1}}, …]"
        cursor.fault(
            f"loss has several names ({', '.join(cursor.keys()[:6])})", expected="one loss", hint=hint
        )
        return None
    terms = [_of_layer(element, outputs, classes, heads) for element in elements]
    known = [term for term in terms if term is not None]
    if len(known) != len(terms):
        return None
    if not every_head(cursor, [term.layer for term, _ in known], heads):
        return None
    if len(known) > 1 and any(term.unit is not None for term, _ in known):
        hint = "give the loss by a formula: {custom: {name: …, formula: …}}"
        cursor.fault("output stands in the place of a loss", expected="it alone", hint=hint)
        return None
    # What one term says about samples holds for terms that say nothing.
    said = {over for _, over in known if over is not None}
    if len(said) > 1:
        message = "the terms of the loss disagree on over_samples"
        cursor.fault(message, expected="the same over_samples (sum or mean) in every term")
        return None
    over_samples: Over = said.pop() if said else "mean"
    return tuple(term.model_copy(update={"over_samples": over_samples}) for term, _ in known)


def _of_layer(
    cursor: Cursor, outputs: int | None, classes: Sequence[str], heads: Mapping[int, int]
) -> tuple[LossTerm, Over | None] | None:
    """A term of the loss, with the output layer that it belongs to where there are several."""
    if not heads:
        return _term(cursor, outputs, classes)
    named = [cursor.text] if cursor.is_scalar else cursor.keys() if cursor.is_mapping else []
    if len(heads) > 1 and OUTPUT in named:
        cursor.fault("output stands in the place of a loss", expected="a loss for each output layer")
        return None
    layer = layer_of(cursor, heads)
    if layer is None:
        return None
    found = _term(cursor, heads[layer], classes)
    if found is None or len(heads) == 1:
        return found
    return found[0].model_copy(update={"layer": layer}), found[1]


def _term(cursor: Cursor, count: int | None, classes: Sequence[str]) -> tuple[LossTerm, Over | None] | None:
    known = [*LOSSES, *LOSS_FORMULAS, *JOINT_LOSS_FORMULAS, *LOSS_ALIASES, OUTPUT, CUSTOM]
    named = read_named(cursor, "loss", known)
    if named is None:
        return None
    written, settings = named
    if written == CUSTOM:
        return _own_term(cursor if settings is None else settings, count)
    if written == OUTPUT:
        return _output(cursor, settings, count, classes)
    name, meant = LOSS_ALIASES.get(written, (written, {}))
    named_formula = LOSS_FORMULAS.get(name) or JOINT_LOSS_FORMULAS.get(name)
    joint = name in JOINT_LOSS_FORMULAS
    if joint and not _can_be_joint(cursor, written, count):
        return None
    record = named_formula or LOSSES[name]
    separable = not joint and (named_formula is not None or LOSSES[name].separable)
    logarithmic = named_formula is None and LOSSES[name].logarithmic
    parameters = read_parameters(settings, written, record.parameters, keys_of(LogLossKeys))
    if parameters is None:
        return None
    outputs: Over | None = "mean" if meant.get("over_outputs") == "mean" else "sum"
    samples: Over | None = None
    if "over_samples" in meant:
        samples = "mean" if meant["over_samples"] == "mean" else "sum"
    weight: Given | None = _ONE
    scale: Given | None = _ONE
    base: Given | None = None
    sound = True
    if settings is not None:
        if inner := settings.get("weight"):
            weight = inner.number("weight")
        if inner := settings.get("scale"):
            scale = inner.number("scale", above=0)
        if inner := settings.get("over_outputs"):
            outputs = read_over(inner, "over_outputs")
            if outputs == "mean" and not separable:
                inner.fault(f"{written} is one number for all outputs: there is nothing to average")
                outputs = None
        if inner := settings.get("over_samples"):
            samples = read_over(inner, "over_samples")
            sound = samples is not None
        if inner := settings.get("log_base"):
            sound = _log_base_is_sound(inner, written, logarithmic) and sound
            base = None if not sound or inner.text == "e" else Given.read(inner.text)
    if weight is None or scale is None or outputs is None or not sound:
        return None
    term = LossTerm(
        name=name,
        written=written,
        weight=weight,
        scale=scale,
        over_outputs=outputs,
        log_base=base,
        parameters=parameters,
        formula=None if named_formula is None else named_formula.formula,
        outputs=(count or 2) if joint else None,
    )
    return term, samples


def _can_be_joint(cursor: Cursor, name: str, count: int | None) -> bool:
    """Whether the loss has outputs to hold against each other, and not too many of them."""
    if count is not None and not 2 <= count <= MOST_OUTPUTS:
        expected = f"2 to {MOST_OUTPUTS} outputs"
        found = "one output" if count == 1 else f"{count} outputs"
        cursor.fault(f"{name} with {found}", expected=expected)
        return False
    return True


def _output(
    cursor: Cursor, settings: Cursor | None, count: int | None, classes: Sequence[str]
) -> tuple[LossTerm, Over | None] | None:
    """`output`, the only one, or `{output: {unit: 2}}`, also by the name of its class."""
    which = None
    if settings is not None:
        if not settings.mapping(keys_of(OutputKeys), OUTPUT):
            return None
        which = settings.get("unit")
    if which is None and count not in (1, None):
        expected = f"{{output: {{unit: …}}}}, a number from 1 to {count}"
        cursor.fault(f"which of the {count} outputs is meant?", expected=expected)
        return None
    unit: int | None = 1
    if which is not None and which.is_scalar and which.text in classes:
        unit = classes.index(which.text) + 1
    elif which is not None:
        unit = which.integer("unit", least=1, most=count or 10**6)
    if unit is None:
        return None
    term = LossTerm(name=OUTPUT, written=OUTPUT, weight=_ONE, scale=_ONE, unit=unit, outputs=count or unit)
    return term, "sum"


def _own_term(settings: Cursor, count: int | None) -> tuple[LossTerm, Over | None] | None:
    """A loss by its formula: {name, formula, parameters} and the settings of any other loss.

    The formula is one for each output, or one of all of them (`a[k]`).
    """
    known = (*LOSSES, *LOSS_ALIASES, *JOINT_LOSS_FORMULAS, OUTPUT)
    own = read_own(settings, "loss", LOSS_VARIABLES, known, OwnLoss, count or 2)
    outputs: Over | None = "sum"
    samples: Over | None = None
    weight: Given | None = _ONE
    scale: Given | None = _ONE
    sound = True
    if inner := settings.get("weight"):
        weight = inner.number("weight")
    if inner := settings.get("scale"):
        scale = inner.number("scale", above=0)
    if inner := settings.get("over_outputs"):
        outputs = read_over(inner, "over_outputs")
        if outputs == "mean" and own is not None and is_joint(own.formula):
            inner.fault(f"{own.name} is one number for all outputs: there is nothing to average")
            outputs = None
    if inner := settings.get("over_samples"):
        samples = read_over(inner, "over_samples")
        sound = samples is not None
    if own is None or weight is None or scale is None or outputs is None or not sound:
        return None
    term = LossTerm(
        name=own.name,
        written=own.name,
        weight=weight,
        scale=scale,
        over_outputs=outputs,
        parameters=dict(own.parameters),
        formula=own.formula,
        outputs=(count or 2) if is_joint(own.formula) else None,
    )
    return term, samples


def read_over(cursor: Cursor, what: str) -> Over | None:
    """`sum` or `mean`."""
    word = cursor.word(what, ("sum", "mean"))
    if word is None:
        return None
    return "sum" if word == "sum" else "mean"


def _log_base_is_sound(cursor: Cursor, name: str, logarithmic: bool) -> bool:
    if not logarithmic:
        cursor.fault(f"{name} has no logarithm", expected="no log_base here")
        return False
    if cursor.is_scalar and cursor.text == "e":
        return True
    base = cursor.number("log_base", above=0)
    if base is not None and base.value == 1:
        cursor.fault("log_base is 1", expected="e, 2, 10 or another positive number that is not 1")
        return False
    return base is not None


def read_regulariser(cursor: Cursor) -> Regulariser | None:
    """`{l2: {strength, scale, over_samples}}`, or another penalty; None after noting a fault."""
    named = read_named(cursor, "regulariser", PENALTIES)
    if named is None:
        return None
    name, settings = named
    record = PENALTIES[name]
    if settings is None:
        cursor.fault(f"{name} has no strength", expected=f"{{{name}: {{strength: 0.1}}}}")
        return None
    if not settings.mapping((*keys_of(PenaltyKeys), *record.settings), name):
        return None
    strength_cursor = settings.get("strength")
    if strength_cursor is None:
        settings.fault(f"{name} has no strength", expected="strength: how much the weights count")
        return None
    strength = strength_cursor.number("strength", least=0)
    scale: Given | None = record.scale
    over: Over | None = "sum"
    if inner := settings.get("scale"):
        scale = inner.number("scale", above=0)
    if inner := settings.get("over_samples"):
        over = read_over(inner, "over_samples")
    own = dict(record.settings)
    for key in record.settings:
        if inner := settings.get(key):
            number = inner.number(key, least=0)
            if number is not None and number.value > 1:
                inner.fault(f"{key} is {number}", expected="a number from 0 to 1")
                return None
            own[key] = number or own[key]
    if strength is None or scale is None or over is None:
        return None
    kind: Literal["l2", "l1", "elastic"] = "l1" if name == "l1" else "elastic" if name == "elastic" else "l2"
    return Regulariser(name=kind, settings=own, strength=strength, scale=scale, over_samples=over)
