"""Reading the loss (one, or a weighted list) and the regulariser."""

from __future__ import annotations

from nbsolve.catalogue import LOSS_ALIASES, LOSS_FORMULAS, LOSSES
from nbsolve.formula import LOSS_VARIABLES
from nbsolve.given import Given
from nbsolve.problem.choices import read_named, read_parameters
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.model import LossTerm, Over, Regulariser
from nbsolve.problem.own import CUSTOM, read_own

SETTINGS = ("weight", "scale", "over_outputs", "over_samples", "log_base")
_ONE, _HALF = Given.read("1"), Given.read("1/2")


def read_losses(cursor: Cursor) -> tuple[LossTerm, ...] | None:
    """The terms of the loss, aliases resolved and defaults filled in; None after noting a fault."""
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
    terms = [_term(element) for element in elements]
    known = [term for term in terms if term is not None]
    if len(known) != len(terms):
        return None
    # What one term says about samples holds for terms that say nothing.
    said = {over for _, over in known if over is not None}
    if len(said) > 1:
        message = "the terms of the loss disagree on over_samples"
        cursor.fault(message, expected="the same over_samples (sum or mean) in every term")
        return None
    over_samples: Over = said.pop() if said else "mean"
    return tuple(term.model_copy(update={"over_samples": over_samples}) for term, _ in known)


def _term(cursor: Cursor) -> tuple[LossTerm, Over | None] | None:
    named = read_named(cursor, "loss", [*LOSSES, *LOSS_FORMULAS, *LOSS_ALIASES, CUSTOM])
    if named is None:
        return None
    written, settings = named
    if written == CUSTOM:
        return _own_term(cursor if settings is None else settings)
    name, meant = LOSS_ALIASES.get(written, (written, {}))
    named_formula = LOSS_FORMULAS.get(name)
    record = named_formula or LOSSES[name]
    separable = named_formula is not None or LOSSES[name].separable
    logarithmic = named_formula is None and LOSSES[name].logarithmic
    parameters = read_parameters(settings, written, record.parameters, SETTINGS)
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
    )
    return term, samples


def _own_term(settings: Cursor) -> tuple[LossTerm, Over | None] | None:
    """A loss by its formula for one output: {name, formula, parameters} and the settings of any other loss."""
    keys = ("name", "formula", "parameters", *(key for key in SETTINGS if key != "log_base"))
    own = read_own(settings, "loss", LOSS_VARIABLES, (*LOSSES, *LOSS_ALIASES), keys)
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
    """`{l2: {strength, scale, over_samples}}`; None after noting a fault."""
    named = read_named(cursor, "regulariser", ["l2"])
    if named is None:
        return None
    _, settings = named
    if settings is None:
        cursor.fault("l2 has no strength", expected="{l2: {strength: 0.1}}")
        return None
    if not settings.mapping(("strength", "scale", "over_samples"), "l2"):
        return None
    strength_cursor = settings.get("strength")
    if strength_cursor is None:
        settings.fault("l2 has no strength", expected="strength: how much the weights count")
        return None
    strength = strength_cursor.number("strength", least=0)
    scale: Given | None = _HALF
    over: Over | None = "sum"
    if inner := settings.get("scale"):
        scale = inner.number("scale", above=0)
    if inner := settings.get("over_samples"):
        over = read_over(inner, "over_samples")
    if strength is None or scale is None or over is None:
        return None
    return Regulariser(strength=strength, scale=scale, over_samples=over)
