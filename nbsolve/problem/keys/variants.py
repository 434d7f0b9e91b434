"""The keys of the block `variants`: what differs where each student has numbers of their own."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from nbsolve.problem.keys.base import REQUIRED, Keys, key
from nbsolve.problem.keys.values import Number, Numbers, Some, Value

__all__ = [
    "MOST_ATTEMPTS",
    "MOST_DECIMALS",
    "MOST_DIGITS",
    "SHUFFLED",
    "FractionsKeys",
    "GatesKeys",
    "PencilKeys",
    "SourceKeys",
    "VariantsKeys",
]

MOST_ATTEMPTS = 10_000
MOST_DECIMALS = 15
MOST_DIGITS = 6
SHUFFLED = "shuffled"
_OnOff = Literal["on", "off"]
_ONE_OF_THREE: Any = [
    {"required": ["from", "to", "step"]},
    {"required": ["from", "to", "decimals"]},
    {"required": ["choices"]},
    {"required": ["fractions"]},
]
_ALONE: Any = {key: {"maxProperties": 1} for key in ("choices", "fractions")}


class FractionsKeys(Keys):
    """Fractions in lowest terms."""

    from_: Number = key("the least", REQUIRED, name="from")
    to: Number = key("the greatest", REQUIRED)
    denominators: Some[Annotated[int, Field(ge=1, le=1000)]] = key("what their denominators may be", REQUIRED)
    without: Number | Numbers = key("numbers that are left out", "none")


class SourceKeys(Keys):
    """What numbers are taken from."""

    model_config = ConfigDict(json_schema_extra={"anyOf": _ONE_OF_THREE, "dependentSchemas": _ALONE})

    from_: Number = key("the least", name="from")
    to: Number = key("the greatest")
    step: Number = key("the distance of two", "one in the last of the `decimals`")
    decimals: Annotated[int, Field(ge=0, le=MOST_DECIMALS)] = key(
        "how many are written", "as many as they need"
    )
    without: Number | Numbers = key("numbers that are left out", "none")
    choices: Annotated[list[Any], Field(min_length=2)] = key("one of these values, instead of a range")
    fractions: FractionsKeys = key("fractions in lowest terms, instead of a range")


class Source(Value):
    """What the values of something that varies are taken from."""

    root: SourceKeys | Literal["shuffled"] | Some[Source | Number]


class GatesKeys(Keys):
    """Gates that are switched off."""

    zero_gradient: _OnOff = key("no asked gradient is 0", "`on`")
    saturated: _OnOff = key("no unit is within 0.01 of a bound that its activation approaches", "`on`")
    kink: _OnOff = key(
        "no value lies on a kink or a tie (in a rule's training, what counts at 0 is its convention)", "`on`"
    )
    rounding_tie: _OnOff = key(
        "no answer is within a thousandth of its last digit of the middle between two that could be printed",
        "`on`",
    )
    indistinct: _OnOff = key(
        "no answer prints as 0 that is not; no two answers of one sort and part print alike, unless they are "
        "equal in the author's own numbers too",
        "`on`",
    )
    work: _OnOff = key(
        "the quantities that are not 0 are as many as with the author's numbers, and the digits of the drawn "
        "numbers as many as on average, within 10 % (two digits are always allowed)",
        "`on`",
    )
    wrong_method: _OnOff = key(
        "worked out with each of the [named slips](replay.md) that changes the answers to a part, that part has an "
        "answer more than two tolerances away from the right one",
        "`on`",
    )


class PencilKeys(Keys):
    """Numbers fit for a pencil."""

    digits: Annotated[int, Field(ge=1, le=MOST_DIGITS)] = key(
        "how many digits every value of both passes has at most, zeros around them not counted", "2"
    )


class VariantsKeys(Keys):
    """What differs where each student has numbers of their own."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["vary"]}, {"required": ["pencil"]}]})

    vary: Annotated[dict[str, Source], Field(min_length=1)] = key(
        'what varies, by name (`"W[1]"`, `inputs`, `w3`) or path (`parts[0].ask`)',
        "needed without `pencil`; with it all weights, constants, inputs and targets",
    )
    pencil: PencilKeys = key(
        "numbers are searched for with which every value is short, so that nobody needs a calculator",
        "any numbers",
    )
    gates: GatesKeys = key("gates that are switched off: `{work: off}`", "all are on")
    attempts: Annotated[int, Field(ge=1, le=MOST_ATTEMPTS)] = key("how many draws a variant may take", "200")
