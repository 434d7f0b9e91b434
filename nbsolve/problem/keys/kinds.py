"""The keys of a problem of each kind, as its file has them at the top."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import ConfigDict, Field

from nbsolve.problem.keys.base import REQUIRED, Keys, Made, key
from nbsolve.problem.keys.functions import Functions, Loss, Losses, Regulariser
from nbsolve.problem.keys.network import JacobianKeys, NetworkKeys, Samples, any_of
from nbsolve.problem.keys.parameters import Threshold, Weights
from nbsolve.problem.keys.rules import Rule
from nbsolve.problem.keys.training import (
    ClipKeys,
    GraphTrainingKeys,
    NumbersByName,
    Optimiser,
    Schedule,
    StateByName,
    TrainingKeys,
)
from nbsolve.problem.keys.values import (
    Array,
    Count,
    ExactArray,
    Iteration,
    Names,
    Number,
    Numbers,
    Some,
    Symbolic,
    Text,
    Texts,
    Vector,
)
from nbsolve.problem.keys.variants import VariantsKeys
from nbsolve.problem.keys.writing import Notation, Parts, Rounding

__all__ = [
    "DETAIL",
    "EQUATIONS",
    "EXPLAIN",
    "GIVEN",
    "KINDS",
    "DerivationFile",
    "GraphFile",
    "NetworkFile",
    "ProblemFile",
    "RuleFile",
    "UpdateFile",
]

_ROUNDING = key("when and how far values are [rounded](problem-file.md#rounding)", "`at_end`")
_NOTATION = key("[letters](problem-file.md#notation)", "`indexed`")
_FEATURES = key(
    "what each input is: `[height, age]`, one name for each",
    "taken from the columns of a table, else not said",
)
_PARTS = key("[what is asked](problem-file.md#parts), with marks", "one part that asks for everything")
_PITFALLS = key("common mistakes ([Markdown](problem-file.md#texts))", "none")


class ProblemFile(Keys):
    """What problems of every kind begin with."""

    kind: Annotated[str, Made(lambda: Literal[tuple(KINDS)])] = key(
        "what kind of problem this is: `network`, `derivation` (see [derivations](derivations.md)), `graph` (see "
        "[computation graphs](computation-graphs.md)), `rule` (see [rules](rules.md)) or `update` (see "
        "[optimisers](optimisers.md))",
        "`network`",
    )
    title: Text = key("the heading of the page", "made from the file's name")
    source: Text = key("where the problem comes from", "no source is named")
    group: Text = key("the heading under which the site lists the problem", "the source")
    statement: Text = key("the problem in words ([Markdown](problem-file.md#texts))", "written from the data")
    language: Text = key(
        "the language of the title, the statement and the other words of yours: `de`, `ar`",
        "the course's, see `_config.yml`",
    )
    variants: VariantsKeys = key(
        "what differs where each student has numbers of their own: [variants](variants.md)",
        "the same numbers for everybody",
    )


Explain = Literal["delta", "paths", "local_derivatives"]
EXPLAIN: tuple[Explain, ...] = get_args(Explain)
Detail = Literal["auto", "units", "matrix", "both"]
DETAIL: tuple[Detail, ...] = get_args(Detail)


class NetworkFile(ProblemFile):
    """A problem about one network."""

    model_config = ConfigDict(json_schema_extra={"not": {"required": ["loss", "upstream"]}})

    network: NetworkKeys = key("inputs, layout and layers", REQUIRED, expected="network: inputs and layers")
    samples: Samples = key(
        "inputs and targets", REQUIRED, expected="samples: a list of {input: […], target: […]}"
    )
    features: Texts = _FEATURES
    classes: Texts = key(
        "what each output stands for: `[cat, dog]`, one name for each",
        "taken from a `class` column, else not said",
    )
    loss: Loss = key("one loss, or a weighted list", "a forward pass only")
    upstream: Symbolic | Array = key(
        "the gradient with respect to the outputs, [given instead of a loss](problem-file.md#a-given-gradient)",
        "found from the loss",
    )
    jacobian: JacobianKeys = key(
        "what the [Jacobian](problem-file.md#products-with-the-jacobian) of the outputs is multiplied by",
        "none",
    )
    sample_weights: Numbers = key(
        "`[2, 1, 0.5]`: what the [loss](problem-file.md#loss-and-regulariser) of each sample is multiplied by "
        "(at most 100)",
        "1 for each",
    )
    regulariser: Regulariser = key("a penalty on the weights", "none")
    training: TrainingKeys = key(
        "optimiser, batches, number of updates", "all samples are one batch, nothing is updated"
    )
    notation: Notation = _NOTATION
    rounding: Rounding = _ROUNDING
    explain: Explain = key("how gradients are explained", "`delta`")
    detail: Detail = key("unit by unit or in matrices", "`auto`")
    letters: bool = key(
        "`true`: the solution in symbols comes first, general formulae included",
        "`false`; always so where a quantity is a letter",
    )
    parts: Parts = _PARTS
    pitfalls: Text | list[Text] = _PITFALLS


class DerivationFile(ProblemFile):
    """Derivatives to be found."""

    model_config = ConfigDict(json_schema_extra=any_of("functions", "losses"))

    functions: Functions = key("activations of the catalogue, or `custom` ones by their formula", "none")
    losses: Losses = key("losses of the catalogue, or `custom` ones by their formula for one output", "none")
    parts: Parts = key(
        "what is asked, by name, with `marks`, `space` (ruled lines on a sheet) or a `text` of your own",
        "one part for each of them",
    )
    pitfalls: Text | list[Text] = _PITFALLS


class RuleFile(ProblemFile):
    """A rule to learn by."""

    rule: Rule = key(
        "the rule, a name or `{name: {parameters}}`: see below",
        REQUIRED,
        expected="rule: perceptron, adaline or hebb",
    )
    weights: Vector | Weights = key(
        "their values at the start: a row for each unit; for a single unit its numbers alone will do", "0"
    )
    bias: Threshold = key(
        "its value at the start, one number for each unit; `none` for none; "
        "`{value: 0.2, trainable: false}` holds it",
        "0",
    )
    threshold: Threshold = key("θ in z = w x − θ, instead of a bias, in the same forms", "a bias")
    samples: Samples = key(
        "inputs and targets, as [everywhere](problem-file.md#samples); targets are 0 and 1, or −1 and 1",
        REQUIRED,
        expected="samples: a list of {input: […], target: …}",
    )
    features: Texts = _FEATURES
    batch: Literal["sample", "all"] = key(
        "`sample`: parameters change after each sample, in the order of the file; `all`: once an epoch, by the sum "
        "of the changes",
        "`sample`",
    )
    until: Literal["no mistakes"] = key(
        "`no mistakes`: the perceptron trains until an epoch passes without a wrong prediction",
        "`epochs` says when",
    )
    epochs: Count = key(
        "instead of `until`: how often all samples are gone through", "1 for Hebb's rule, else needed"
    )
    most_epochs: Count = key("with `until`: after how many epochs training ends in any case", "100")
    show: Iteration | Literal["all"] | Some[Iteration] = key(
        "which epochs are written out: `all`, or numbers such as `[1, last]`",
        "all up to 12, else the first two and the last",
    )
    notation: Notation = _NOTATION
    rounding: Rounding = _ROUNDING
    parts: Parts = key("`ask` takes the words below", "one part")
    pitfalls: Text | list[Text] = _PITFALLS


_WRITTEN = r"how quantities are written: `{w0: w_0, yhat: \hat y}`"
_NAMES = key(_WRITTEN, r"by their names, `w0` as $w_0$, `beta` as $\beta$")
_NAMES_OF_PARTS = key(
    _WRITTEN,
    r"by their names: `w0` and `w_0` as $w_0$, `beta` as $\beta$, `x_out` as $x_{\text{out}}$, `y_hat` as $\hat y$",
)


GIVEN = "{x: -2, y: 5}, where an array is a list; or names alone, [x, y], for letters"
EQUATIONS = '{q: x + y, f: q * z}, or with axes {"z[j]": "sum(i, W[j,i]*x[i]) + b[j]"}'


class GraphFile(ProblemFile):
    """Equations, and what is differentiated."""

    given: (
        Annotated[
            dict[str, ExactArray],
            Field(min_length=1),
        ]
        | Some[str]
    ) = key(
        "numbers by name, arrays as nested lists (up to three axes), [where a recurrence starts](#recurrences) as "
        '`"h[0]"`; or names alone, `[x, y]`: letters, and a solution of formulae',
        REQUIRED,
        expected=f"given: {GIVEN}",
    )
    equations: Annotated[dict[str, str | float], Field(min_length=1)] = key(
        "name and formula, each from what is given and from others, [earlier entries of its own "
        "array](#recurrences) among them: `{q: x + y, f: q * z}`",
        REQUIRED,
        expected=f"equations: {EQUATIONS}",
    )
    ranges: dict[str, Count] = key(
        "how far an index runs that only stands shifted, where that is not as far as its array: `{t: 3}`"
    )
    padding: dict[str, Number] = key("what is read outside an array: `{x: 0}`", "a read outside is an error")
    names: dict[str, str] = _NAMES_OF_PARTS
    gradients_of: Text = key(
        'what is differentiated: the name of an equation, or one entry, `"z[2]"`', "the last equation"
    )
    upstream: Array = key(
        "the gradient that comes in there: a number, or an array of its shape; the page calls what it is the "
        "gradient of L",
        "1",
    )
    with_respect_to: Names = key(
        "the quantities with respect to which gradients are found", "all that are given"
    )
    training: GraphTrainingKeys = key("[updates](#training) of given quantities", "nothing is updated")
    rounding: Rounding = _ROUNDING
    parts: Parts = _PARTS
    pitfalls: Text | list[Text] = _PITFALLS


class UpdateFile(ProblemFile):
    """Parameters, their gradients, and how they are updated."""

    parameters: NumbersByName = key(
        "parameters by name, numbers or vectors: `{w: 0.5, b: [1, 2]}`",
        REQUIRED,
        expected="parameters: {w: 0.5}",
    )
    gradients: NumbersByName | Some[NumbersByName] = key(
        "their gradients, by name; or a list of such mappings, one for each update",
        REQUIRED,
        expected="gradients: {w: 0.1}, or a list of them, one for each update",
    )
    optimiser: Optimiser = key(
        "how parameters are updated: [a name or `{name: {parameters}}`](problem-file.md#optimisers)",
        REQUIRED,
        expected="optimiser: {adam: {learning_rate: 0.1}}",
    )
    schedule: Schedule = key(
        "the [learning rate of each update](problem-file.md#schedules)", "always the same"
    )
    clip: ClipKeys = key("[clipping](problem-file.md#training): `{norm: 1}` or `{value: 0.5}`", "none")
    state: StateByName = key(
        "what the optimiser has kept before, by the names of the parameters; one number stands for all", "0"
    )
    names: dict[str, str] = _NAMES
    rounding: Rounding = _ROUNDING
    parts: Parts = _PARTS
    pitfalls: Text | list[Text] = _PITFALLS


KINDS: Mapping[str, type[ProblemFile]] = {
    "network": NetworkFile,
    "derivation": DerivationFile,
    "rule": RuleFile,
    "graph": GraphFile,
    "update": UpdateFile,
}
