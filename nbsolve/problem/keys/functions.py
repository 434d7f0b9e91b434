"""The keys of activations, losses and penalties: names of the catalogue with their settings, or formulae."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from nbsolve.catalogue import (
    ACTIVATION_FORMULAS,
    ACTIVATIONS,
    JOINT_LOSS_FORMULAS,
    LOSS_ALIASES,
    LOSS_FORMULAS,
    LOSSES,
    PENALTIES,
)
from nbsolve.catalogue.derivations import DERIVATIONS, derivation_id
from nbsolve.catalogue.losses import OUTPUT
from nbsolve.problem.keys.base import REQUIRED, Keys, Made, choice_of, key, made
from nbsolve.problem.keys.values import Count, Number, Over, Some, Text

__all__ = ["CUSTOM", "Functions", "LayerActivation", "LogLossKeys", "Loss", "LossKeys", "Losses"]
__all__ += ["OutputKeys", "OwnActivation", "OwnLoss", "PenaltyKeys", "Regulariser", "throughs"]

CUSTOM = "custom"
_several: Any = Some  # of a type that is known when the schema is made


class OwnKeys(Keys):
    """A function by its formula."""

    name: Annotated[str, Field(pattern="^[A-Za-z][A-Za-z0-9_]*$")] = key("how it is called", REQUIRED)
    formula: str | float = key("such as `z*tanh(ln(1+exp(z)))`", REQUIRED)
    parameters: dict[str, Number] | None = key(
        "letters of the formula with their values: `{beta: 1.5}`", "none"
    )


class OwnActivation(OwnKeys):
    """An activation by its formula in z."""

    latex: Text = key("how its name is written", "in upright letters")


class LossKeys(Keys):
    """What every loss can be set to."""

    weight: Number = key("the factor of this term in the sum", "1")
    scale: Number = key("a factor that belongs to the loss, such as 1/2", "1")
    over_outputs: Over = key("`sum` or `mean`", "`sum`")
    over_samples: Over = key("`sum` or `mean` over a batch; the same in all terms", "`mean`")
    of: Count = key(
        "of several [output layers](problem-file.md#several-output-layers) the one whose loss it is"
    )


class LogLossKeys(LossKeys):
    """What a cross-entropy can be set to."""

    log_base: Number | Literal["e"] = key("of a cross-entropy: `e`, 2, 10 …", "`e`")


class OwnLoss(LossKeys, OwnKeys):
    """A loss by its formula for one output, in the prediction a and the target y, or of all: a[k], y[k]."""


class OutputKeys(Keys):
    """An output in the place of a loss."""

    unit: Count | str = key("which output: its number, or the name of its class", "the only one")


class PenaltyKeys(Keys):
    """What every penalty can be set to."""

    strength: Number = key("λ", REQUIRED)
    scale: Number = key("the factor before λ and the sum", "1/2 for `l2`, else 1")
    over_samples: Over = key("`mean` divides by the number of samples", "`sum`")


def _settings(defaults: Mapping[str, object]) -> dict[str, Any]:
    return {name: (Number, key(name, str(value))) for name, value in defaults.items()}


def settings_of(what: str, records: Mapping[str, Any], base: type[Keys] = Keys) -> dict[str, type[Keys]]:
    """A model of the numeric parameters of each record."""
    return {name: made(f"{what} {name}", _settings(one.parameters), base) for name, one in records.items()}


def _of_a_layer() -> Any:
    """One for the layer, or a list of one for each unit."""
    models = settings_of("activation", ACTIVATIONS | ACTIVATION_FORMULAS)
    own = {CUSTOM: OwnActivation}
    whole = {name for name, record in ACTIVATIONS.items() if record.vector}
    unit = choice_of("unit", {name: model for name, model in models.items() if name not in whole}, own)
    return choice_of("activation", models, own) | _several[unit]


def _losses() -> Any:
    single = (Literal["sum"], key("one number for all outputs: nothing to average"))
    options: dict[str, type[Keys]] = {}
    for name in (*LOSSES, *LOSS_ALIASES):
        record = LOSSES[LOSS_ALIASES[name][0] if name in LOSS_ALIASES else name]
        fields = _settings(record.parameters) | ({} if record.separable else {"over_outputs": single})
        options[name] = made(f"loss {name}", fields, LogLossKeys if record.logarithmic else LossKeys)
    options |= settings_of("loss", LOSS_FORMULAS, LossKeys)
    for name, named in JOINT_LOSS_FORMULAS.items():
        options[name] = made(f"loss {name}", _settings(named.parameters) | {"over_outputs": single}, LossKeys)
    one = choice_of("loss", {**options, OUTPUT: OutputKeys}, {CUSTOM: OwnLoss})
    return one | _several[one]


def throughs(loss: str) -> tuple[str, ...]:
    """The activations through which there is a derivation of the loss."""
    return tuple(name for name in ACTIVATIONS if derivation_id(loss, name) in DERIVATIONS)


def _derived_functions() -> Any:
    options = settings_of("function", ACTIVATIONS | ACTIVATION_FORMULAS)
    return _name_or_list(options, choice_of("function", options, {CUSTOM: OwnActivation}))


def _derived_losses() -> Any:
    joint = {name: record for name, record in JOINT_LOSS_FORMULAS.items() if name in DERIVATIONS}
    options = settings_of("derived loss", LOSSES | LOSS_FORMULAS | joint)
    for name in LOSSES:
        if names := throughs(name):
            through = (Literal[names], key("differentiated through this activation of the outputs"))
            options[name] = made(f"derived loss {name} through", {"through": through}, options[name])
    return _name_or_list(options, choice_of("derived loss", options, {CUSTOM: OwnKeys}))


def _name_or_list(names: Iterable[str], one: Any) -> Any:
    return Literal[tuple(names)] | _several[one]


def _penalties() -> Any:
    models = {
        name: made(f"penalty {name}", _settings(one.settings), PenaltyKeys) for name, one in PENALTIES.items()
    }
    return choice_of("penalty", {}, models)


LayerActivation = Annotated[Any, Made(_of_a_layer)]
Loss = Annotated[Any, Made(_losses)]
Functions = Annotated[Any, Made(_derived_functions)]
Losses = Annotated[Any, Made(_derived_losses)]
Regulariser = Annotated[Any, Made(_penalties)]
