"""The keys of training: the optimiser with what it has kept, clipping, schedules, which updates there are."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from nbsolve.catalogue import OPTIMISERS, SCHEDULES
from nbsolve.catalogue.schedules import Schedule as ScheduleRecord
from nbsolve.problem.keys.base import REQUIRED, Keys, Made, Single, choice_of, key, made
from nbsolve.problem.keys.functions import settings_of
from nbsolve.problem.keys.values import (
    Array,
    Count,
    Iteration,
    Matrix,
    Names,
    Natural,
    Number,
    Numbers,
    Some,
    Value,
)

__all__ = [
    "ClipKeys",
    "GraphTrainingKeys",
    "LayerNumbers",
    "NumbersByName",
    "Optimiser",
    "Schedule",
    "StateByName",
]
__all__ += ["StateKeys", "TrainingKeys"]


class ClipKeys(Single):
    """How gradients are clipped before an update: {norm: 1} or {value: 0.5}."""

    value: Number = key("the largest size of each gradient")
    norm: Number = key("the largest norm of all gradients together")


class LayerNumbers(Keys):
    """Numbers for the parameters of a layer."""

    weights: Number | Matrix = key("one number, or a matrix like the weights", REQUIRED)
    bias: Number | list[Number] = key("one number, or one for each bias")
    threshold: Number | list[Number] = key("one number, or one for each threshold")


class StateKeys(Keys):
    """What the optimiser has kept before the first update (0 where absent)."""

    t: Natural = key("how many updates were made before", "0")


class NumbersByName(Value):
    """Numbers, or vectors, by the names of parameters."""

    model_config = ConfigDict(json_schema_extra={"propertyNames": {"pattern": "^[A-Za-z][A-Za-z0-9]*$"}})

    root: Annotated[dict[str, Number | Numbers], Field(min_length=1)]


@cache
def _optimiser() -> Any:
    return choice_of("optimiser", settings_of("optimiser", OPTIMISERS))


@cache
def _schedule() -> Any:
    def setting(record: ScheduleRecord, letter: str) -> tuple[Any, Any]:
        usual = str(record.usual.get(letter, REQUIRED))
        return (
            (Count, key("a number of updates", usual))
            if letter in record.whole
            else (Number, key(letter, usual))
        )

    options = {
        name: made(f"schedule {name}", {letter: setting(record, letter) for letter in record.letters})
        for name, record in SCHEDULES.items()
    }
    return Numbers | choice_of("schedule", {}, options)


def _state(name: str, single: Any) -> Any:
    kept = sorted({equation.name for record in OPTIMISERS.values() for equation in record.kept})
    return made(
        name, {one: (Number | single, key(f"{one} before the first update")) for one in kept}, StateKeys
    )


Optimiser = Annotated[Any, Made(_optimiser)]
Schedule = Annotated[Any, Made(_schedule)]
State = Annotated[Any, Made(lambda: _state("state", Some[LayerNumbers]))]
_ByQuantity = Annotated[dict[str, Array], Field(min_length=1)]
StateOfGraph = Annotated[Any, Made(lambda: _state("state by quantity", _ByQuantity))]
StateByName = Annotated[Any, Made(lambda: _state("state by name", NumbersByName))]
_Listed = Iteration | Literal["epochs"]
_ONE_LENGTH = ConfigDict(json_schema_extra={"not": {"required": ["iterations", "epochs"]}})


class TrainingKeys(Keys):
    """Updates of the parameters."""

    model_config = _ONE_LENGTH

    optimiser: Optimiser = key(
        "how parameters are updated: `{sgd: {learning_rate: 0.5}}`, or [another](problem-file.md#optimisers)",
        REQUIRED,
        expected="optimiser: {sgd: {learning_rate: 0.1}}",
    )
    learning_rates: Some[Number | LayerNumbers] = key(
        "those of each layer, `[0.1, 0.01]`, or of each parameter, `[{weights: [[0.1, 0.2]], bias: 0.05}, 0.01]`, "
        "in the shapes of the parameters; instead of the optimiser's, and of a schedule",
        "the optimiser's for all",
    )
    schedule: Schedule = key(
        "the [learning rate of each update](problem-file.md#schedules): `{step: {factor: 0.5, every: 10}}`, or a "
        "list, one for each iteration",
        "always the same",
    )
    clip: ClipKeys = key(
        "`{norm: 1}` multiplies all gradients by the same factor where the root of the sum of their squares "
        "is larger than 1; `{value: 0.5}` clips each gradient to the interval from −0.5 to 0.5; both come before "
        "the optimiser",
        "gradients are taken as they are",
    )
    state: State = key(
        "what the optimiser [has kept](problem-file.md#what-an-optimiser-has-kept) before the first update: "
        "`{t: 3, m: 0.1, v: 0.25}`",
        "0",
    )
    batch: Count | Literal["all"] = key(
        "samples for one update: a number, or `all`; samples are taken in order, starting over", "1"
    )
    iterations: Count = key("how many updates", "one epoch")
    epochs: Count = key("instead of `iterations`: how many times through all samples", "1")
    show: _Listed | Literal["all"] | Some[_Listed] = key(
        "which iterations are written out, such as `[1, last]`, or `all`; `epochs`, alone or in the list "
        "(`[last, epochs]`), adds a table of the loss of every epoch (at most 1,000)",
        "all up to five, then the first and the last",
    )


class GraphTrainingKeys(Keys):
    """Steps on the given quantities of a computation graph."""

    optimiser: Optimiser = key(
        "[as for networks](problem-file.md#optimisers)", "plain steps along the gradient"
    )
    learning_rate: Number = key("that of plain steps along the gradient, instead of an optimiser")
    schedule: Schedule = key("[as for networks](problem-file.md#schedules)", "always the same")
    clip: ClipKeys = key("[as for networks](problem-file.md#training)", "gradients are taken as they are")
    state: StateOfGraph = key(
        "what the optimiser has kept before, by its name and the quantity's: `{t: 3, m: {x: 0.5}, v: 0.2}`; one "
        "number stands for all",
        "0",
    )
    compare_with: Optimiser = key(
        "another optimiser that takes as many steps from the same start: the page has [both paths](#two-paths); "
        "what is not said of it is as with the first",
        "one path, and no picture of it",
    )
    direction: Literal["descent", "ascent"] = key("`descent`, or `ascent`: up the gradient", "`descent`")
    parameters: Names = key("the given quantities that are trained", "all")
    iterations: Count = key("how many updates", "1")
    show: Iteration | Some[Iteration] = key(
        "which iterations are written out, such as `[1, last]`", "all up to five, then the first and the last"
    )
