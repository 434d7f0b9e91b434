"""The keys of a network, of its layers and of samples."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from nbsolve.catalogue import COMBINATIONS
from nbsolve.problem.keys.base import REQUIRED, Keys, key, word_of
from nbsolve.problem.keys.functions import LayerActivation
from nbsolve.problem.keys.parameters import Bias, Threshold, Weights
from nbsolve.problem.keys.values import Cell, Count, Number, Numbers, Some, Symbolic, Text, Value, Vector
from nbsolve.problem.model import DENSE

__all__ = [
    "NAME_OF_INPUT",
    "WITHOUT",
    "JacobianKeys",
    "LayerKeys",
    "NetworkKeys",
    "SampleKeys",
    "Samples",
    "TableKeys",
    "any_of",
]

NAME_OF_INPUT = "^[A-Za-z][A-Za-z0-9_ -]{0,30}$"
"""How one of several inputs may be called."""
_Source = Literal["input"] | Count | Annotated[str, Field(pattern=NAME_OF_INPUT)]
_FROM = _Source | Annotated[list[_Source], Field(min_length=1, json_schema_extra={"uniqueItems": True})]


def _listed(between: str) -> str:
    return between.join(f"`{name}`" for name in COMBINATIONS)


def any_of(*keys: str) -> dict[str, Any]:
    """At least one of the keys is there."""
    return {"anyOf": [{"required": [key]} for key in keys]}


WITHOUT = ("weights", "bias", "threshold")
"""What a layer that combines others has not."""
_OPTIONAL = {
    name: record.activation for name, record in COMBINATIONS.items() if record.activation is not None
}
_WEIGHTLESS: Any = {
    "properties": {"kind": {"description": "A layer without weights.", "enum": [*COMBINATIONS]}},
    "required": ["kind"],
}


class LayerKeys(Keys):
    """One layer."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": _WEIGHTLESS,
            "then": {"required": ["from"], "not": any_of(*WITHOUT)},
            "else": {"required": ["units", "weights"]},
        }
    )

    kind: Annotated[str, word_of((DENSE, *COMBINATIONS))] = key(
        f"`{DENSE}`; or, [of layers of one width, unit by unit](#what-comes-into-a-layer), "
        + ", ".join(f"`{name}`: {record.result}" for name, record in COMBINATIONS.items()),
        f"`{DENSE}`",
    )
    units: Count = key("how many units the layer has", f"**required** ({_listed(', ')}: as many as come in)")
    from_: _FROM = key(
        "[what comes in](#what-comes-into-a-layer): `input`, one of several [named inputs](#several-inputs), "
        "the number of a layer before it, or a list of these",
        "the layer before it",
        name="from",
    )
    activation: LayerActivation = key(
        "a name from the table below, or `{elu: {alpha: 1}}`, or [a formula of your own](#a-function-of-your-own); "
        "a list has one for each unit: `[relu, sigmoid]`",
        f"**required** ({'; '.join(f'of `{kind}`: `{name}`' for kind, name in _OPTIONAL.items())})",
    )
    weights: Weights = key(
        "their values: see [below](#weights-and-biases)", f"**required** ({_listed(' and ')} have none)"
    )
    bias: Bias = key("b in z = W x + b: see [below](#weights-and-biases)", "no constant")
    threshold: Threshold = key("θ in z = W x − θ, instead of a bias", "no constant")


class Sizes(Value):
    """The sizes of several inputs, by their names."""

    model_config = ConfigDict(
        json_schema_extra={"propertyNames": {"pattern": NAME_OF_INPUT}, "minProperties": 1}
    )

    root: dict[str, Count]


class NetworkKeys(Keys):
    """The network."""

    inputs: Count | Sizes = key(
        "how many numbers an input has; of [several inputs](#several-inputs) each by its name: "
        "`{text: 3, image: 2}`",
        REQUIRED,
    )
    layout: Literal["W x + b", "x W + b", "Wx+b", "xW+b"] = key(
        'what the rows of the matrices are, in the file and in the solution: units (`"W x + b"`) or inputs '
        '(`"x W + b"`)',
        '`"W x + b"`',
    )
    layers: Some[LayerKeys] = key("from the first to the last", REQUIRED)


_ONE_INPUT = ConfigDict(json_schema_extra=any_of("input", "x"))
_NUMBERS = Cell | Vector
_COLUMNS = str | list[str | float]


class ByLayer(Value):
    """The targets of several output layers, by the numbers of these layers."""

    model_config = ConfigDict(json_schema_extra={"propertyNames": {"pattern": "^[1-9][0-9]*$"}})

    root: dict[str, _NUMBERS]


class ByInput(Value):
    """The numbers of several inputs, by their names."""

    root: dict[str, _NUMBERS]


class ByQuantity(Value):
    """Numbers of units, or of all units of a layer, by their canonical names."""

    model_config = ConfigDict(
        json_schema_extra={"propertyNames": {"pattern": r"^[za]\[[1-9][0-9]*\](\[([1-9][0-9]*|:)\])?$"}}
    )

    root: dict[str, Number | list[Number]]


class SampleKeys(Keys):
    """One sample."""

    model_config = _ONE_INPUT

    input: _NUMBERS | ByInput = key(
        "the input: one number for each input of the network; of [several inputs](problem-file.md#several-inputs) "
        "by their names: `{text: [1, 0, 2], image: [0.5, 1]}`",
        "**required**, or `x`",
    )
    target: _NUMBERS | ByLayer = key(
        "the target, one number for each output; of several [output layers](problem-file.md#several-output-layers) "
        "by their numbers: `{2: [0.5], 3: [0, 1]}`",
        "a forward pass only",
    )
    class_: Text = key("instead of a target: one of `classes`", "the target is given", name="class")
    given: ByQuantity = key(
        "values of units that are [given instead of computed](problem-file.md#values-that-are-given): "
        '`{"a[1][1]": 0.6}`',
        "all are computed",
    )
    x: _NUMBERS | ByInput = key("another name for `input`")
    y: _NUMBERS | ByLayer = key("another name for `target`")


class JacobianKeys(Keys):
    """The vectors that the Jacobian of the outputs is multiplied by."""

    model_config = ConfigDict(json_schema_extra=any_of("right", "left"))

    right: Symbolic | Numbers = key(
        "$v$ in $Jv$, one number for each input: `[1, 0.5]`", "no `jacobian_vector_product`"
    )
    left: Symbolic | Numbers = key(
        "$u$ in $u^\\top J$, one number for each output: `[1, -2]`", "no `vector_jacobian_product`"
    )


class TableKeys(Keys):
    """Samples from a file."""

    file: Text = key("a `.csv` file beside the problem; its first line names the columns", REQUIRED)
    input: _COLUMNS = key("the columns of the input")
    target: _COLUMNS = key("the columns of the target")
    class_: Text = key(
        "a column of class names: one-hot targets, in the order of `classes`, else sorted", name="class"
    )
    x: _COLUMNS = key("another name for `input`")
    y: _COLUMNS = key("another name for `target`")


Samples = Some[SampleKeys] | TableKeys
