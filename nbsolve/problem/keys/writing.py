"""The keys of what is asked and how it is written: parts, rounding, notation."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field

from nbsolve.catalogue.presets import PRESETS
from nbsolve.problem.keys.base import REQUIRED, Keys, key, keys_of, word_of
from nbsolve.problem.keys.values import Iteration, Number, Some, Text
from nbsolve.symbol import Role

__all__ = [
    "APPLY",
    "LOGARITHMS",
    "MAXIMUM_LINES",
    "ROLES",
    "Apply",
    "DigitsKeys",
    "Notation",
    "NotationKeys",
    "PartKeys",
    "Parts",
    "Rounding",
    "RoundingKeys",
]

MAXIMUM_LINES = 500


class PartKeys(Keys):
    """One part."""

    label: Text = key("how the part is called", "a, b, c … by its place")
    ask: str | Some[str] = key(
        'what is asked: words, or quantities such as `dL/dw3`, a whole `"delta[1]"`, `L - L_new`', REQUIRED
    )
    at: Iteration = key("at which iteration: a shown one, or `last`", "every shown one")
    marks: Number = key("marks for this part")
    space: Annotated[int, Field(ge=0, le=MAXIMUM_LINES)] = key(
        "ruled lines for the answer on a [question sheet](handouts.md); 0: none", "by what is asked"
    )
    text: Text = key(
        "the question in words ([Markdown](problem-file.md#texts))", "written from what is asked"
    )


Parts = Some[PartKeys]


class DigitsKeys(Keys):
    """How many digits numbers have."""

    decimals: Annotated[int, Field(ge=0)] = key("digits after the decimal point", "4 significant digits")
    significant: Annotated[int, Field(ge=1)] = key("significant digits, instead of decimals", "4")
    minimum_significant: Annotated[int, Field(ge=0)] = key(
        "goes with `decimals`: keep at least so many significant digits",
        "0 (the intermediate values of `at_end`: 3)",
    )


Apply = Literal["at_end", "each_step"]
APPLY: tuple[Apply, ...] = get_args(Apply)
Logarithms = Literal["kept", "decimal"]
LOGARITHMS: tuple[Logarithms, ...] = get_args(Logarithms)


class _Apply(Keys):
    apply: Apply = key(
        "`at_end`: what is printed is rounded; `each_step`: every value that is written down", "`at_end`"
    )


class RoundingKeys(DigitsKeys, _Apply):
    """When, and to how many digits."""

    intermediates: DigitsKeys = key(
        "`{decimals: …}` or `{significant: …}` for intermediate values alone",
        "2 digits more with `at_end`, as many with `each_step`",
    )
    answers: DigitsKeys = key(
        "`{decimals: …}` or `{significant: …}` for answers alone", "the digits said beside them"
    )
    logarithms: Logarithms = key(
        "whether ln 3 is written as ln 3 on the way (`kept`), or as 1.09861 (`decimal`)",
        "`kept` where a given number has a logarithm",
    )


Rounding = Apply | RoundingKeys
_QUANTITY = rf"^({'|'.join(role.value for role in Role)})(\[[0-9]+\]){{0,3}}$"
_LETTERS = str | list[str | list[Any]]
_OWN: Any = {_QUANTITY: {"description": "A name for this quantity.", "type": "string"}}
_PRESET = Annotated[str, word_of(PRESETS)]


def _letter(role: str) -> Any:
    return key(f"a letter or a template for {role}, or lists of names", "that of the preset")


class NotationKeys(Keys):
    """The letters of the solution: those of a preset, and others."""

    model_config = ConfigDict(json_schema_extra={"patternProperties": _OWN})

    preset: _PRESET = key("the letters to start from", "`indexed`")
    input: _LETTERS = _letter("inputs")
    target: _LETTERS = _letter("targets")
    pre_activation: _LETTERS = _letter("pre-activations")
    activation: _LETTERS = _letter("activations")
    output: _LETTERS = _letter("the activations of the last layer")
    weight: _LETTERS = _letter("weights")
    bias: _LETTERS = _letter("biases")
    threshold: _LETTERS = _letter("thresholds")
    loss: _LETTERS = _letter("the loss")
    learning_rate: _LETTERS = _letter("the learning rate")
    strength: _LETTERS = _letter("the strength of the penalty")
    error: _LETTERS = _letter("errors")
    delta: _LETTERS = key("the sign of error signals, `dL/dz` or `-dL/dz`, or the letter for δ", "`dL/dz`")


ROLES = keys_of(NotationKeys, but=["preset"])
Notation = _PRESET | NotationKeys
