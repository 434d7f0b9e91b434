"""The keys of weights and biases: written out, from a file, drawn from a seed, another layer's."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict

from nbsolve.problem.keys.base import REQUIRED, Keys, key
from nbsolve.problem.keys.values import Cell, Count, Natural, Number, Some, Symbolic, Text, Vector

__all__ = [
    "SOURCES",
    "Bias",
    "BiasFrom",
    "FoldedBias",
    "NormalKeys",
    "ReadFrom",
    "Threshold",
    "ThresholdFrom",
    "TieKeys",
]
__all__ += ["UniformKeys", "Weights", "WeightsFrom"]

SOURCES = ("value", "file", "normal", "uniform")


def _one_source(*sources: str) -> ConfigDict:
    """One key says where the numbers come from, and a file alone has arrays."""
    one: Any = [{"required": [source]} for source in sources]
    return ConfigDict(json_schema_extra={"oneOf": one, "dependentRequired": {"array": ["file"]}})


class NormalKeys(Keys):
    """Normal numbers from a seed."""

    std: Number = key("standard deviation", REQUIRED)
    mean: Number = key("mean", "0")
    seed: Natural = key("the same seed draws the same numbers", REQUIRED)
    decimals: Natural = key("decimals that the drawn numbers are rounded to", "4")


class UniformKeys(Keys):
    """Numbers drawn evenly between two others."""

    low: Number = key("the smallest value", REQUIRED)
    high: Number = key("the largest value", REQUIRED)
    seed: Natural = key("the same seed draws the same numbers", REQUIRED)
    decimals: Natural = key("decimals that the drawn numbers are rounded to", "4")


class ReadFrom(Keys):
    """Numbers from a file or a seed."""

    model_config = _one_source(*SOURCES[1:])

    file: Text = key("a `.csv`, `.npy` or `.npz` file beside the problem")
    array: Text = key("the array's name in a `.npz` file")
    normal: NormalKeys = key("drawn from a normal distribution")
    uniform: UniformKeys = key("numbers drawn evenly between `low` and `high`")


_ROW = Symbolic | list[Cell | None]
_WEIGHTS = Symbolic | Some[_ROW]


class WeightsFrom(ReadFrom):
    """Weights, with where they come from."""

    model_config = _one_source(*SOURCES)

    value: _WEIGHTS | ReadFrom = key("the weights, written out or from a file or a seed")
    trainable: bool | list[list[bool]] = key("`false`: held; or a truth value for each weight", "`true`")


class TieKeys(Keys):
    """The weights of another layer."""

    same_as: Count = key("the layer whose weights are used", REQUIRED)
    transposed: bool = key("whether they are used transposed", "`false`")


class ThresholdFrom(ReadFrom):
    """Thresholds, with where they come from."""

    model_config = _one_source(*SOURCES)

    value: Cell | Vector | ReadFrom = key("the numbers, written out or from a file or a seed")
    trainable: bool | list[bool] = key("`false`: held; or a truth value for each unit", "`true`")


class BiasFrom(ThresholdFrom):
    """Biases, with where they come from."""

    model_config = _one_source("shared", *SOURCES)

    shared: Cell = key("one parameter for all units of the layer")


class FoldedBias(Keys):
    """Biases that are a column of the weights."""

    column: Literal["first", "last"] = key("which column of the weights holds the biases", REQUIRED)
    input: Number = key("what this column is multiplied by: 1, or −1", REQUIRED)


_NONE = Literal["none", "absent"] | None
Weights = _WEIGHTS | TieKeys | WeightsFrom
Threshold = _NONE | Cell | Vector | ThresholdFrom
Bias = _NONE | Cell | Vector | BiasFrom | FoldedBias
