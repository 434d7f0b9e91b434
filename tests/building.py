"""Problems made in Python, for tests of the engine that have nothing to do with problem files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from nbsolve.catalogue import ACTIVATIONS, LOSSES
from nbsolve.given import Given
from nbsolve.problem.model import (
    Bias,
    Choice,
    DenseLayer,
    LossTerm,
    Network,
    Notation,
    Part,
    Problem,
    Regulariser,
    Rounding,
    Sample,
    Training,
)

Numbers = Sequence[Any]


def given(number: object) -> Given:
    return Given.of(number)


def givens(numbers: Numbers) -> tuple[Given, ...]:
    return tuple(map(given, numbers))


def layer(
    weights: Sequence[Numbers],
    activation: str = "sigmoid",
    *,
    bias: Numbers | None = None,
    shared: object = None,
    threshold: Numbers | None = None,
    weights_trainable: bool | tuple[tuple[bool, ...], ...] = True,
    bias_trainable: bool | tuple[bool, ...] = True,
    **parameters: object,
) -> DenseLayer:
    """A dense layer; weights[unit][input]."""
    kind: Literal["units", "shared", "absent", "threshold"] = "absent"
    values: Numbers = ()
    if bias is not None:
        kind, values = "units", bias
    elif shared is not None:
        kind, values = "shared", [shared]
    elif threshold is not None:
        kind, values = "threshold", threshold
    defaults = dict(ACTIVATIONS[activation].parameters)
    chosen = defaults | {name: given(value) for name, value in parameters.items()}
    return DenseLayer(
        units=len(weights),
        activation=Choice(name=activation, parameters=chosen),
        weights=tuple(map(givens, weights)),
        weights_trainable=weights_trainable,
        bias=Bias(kind=kind, values=givens(values), trainable=bias_trainable),
    )


def loss_term(
    name: str = "squared_error",
    *,
    weight: object = "1",
    scale: object = "1",
    over_outputs: Literal["sum", "mean"] = "sum",
    over_samples: Literal["sum", "mean"] = "mean",
    log_base: object = None,
    **parameters: object,
) -> LossTerm:
    """A loss with the defaults of a problem file."""
    defaults = dict(LOSSES[name].parameters)
    return LossTerm(
        name=name,
        written=name,
        weight=given(weight),
        scale=given(scale),
        over_outputs=over_outputs,
        over_samples=over_samples,
        log_base=None if log_base is None else given(log_base),
        parameters=defaults | {key: given(value) for key, value in parameters.items()},
    )


def training(
    rate: object = "0.5",
    *,
    iterations: int = 1,
    batch: int | Literal["all"] = 1,
    show: Sequence[int] | None = None,
) -> Training:
    """Plain gradient descent."""
    default = range(1, iterations + 1) if iterations <= 5 else (1, iterations)
    return Training(
        optimiser=Choice(name="sgd", parameters={"learning_rate": given(rate)}),
        batch=batch,
        iterations=iterations,
        show=tuple(default if show is None else show),
    )


def problem(
    layers: Sequence[DenseLayer],
    samples: Sequence[tuple[Numbers, Numbers | None]],
    *,
    losses: LossTerm | Sequence[LossTerm] | None = None,
    regulariser: Regulariser | None = None,
    trained: Training | None = None,
    explain: Literal["delta", "paths", "local_derivatives"] = "delta",
    rounding: Rounding | None = None,
    notation: Notation | None = None,
    ask: Sequence[str] = ("forward", "loss", "gradients"),
    layout: Literal["W x + b", "x W + b"] = "W x + b",
) -> Problem:
    """A problem of these layers and samples (input, target or None for a forward pass)."""
    terms = [losses] if isinstance(losses, LossTerm) else list(losses or [])
    if not terms and samples[0][1] is not None:
        terms = [loss_term()]
    return Problem(
        name="test",
        text="",
        title="A test",
        network=Network(inputs=len(samples[0][0]), layout=layout, layers=tuple(layers)),
        samples=tuple(Sample(input=givens(x), target=None if y is None else givens(y)) for x, y in samples),
        losses=tuple(terms),
        regulariser=regulariser,
        training=trained,
        rounding=Rounding() if rounding is None else rounding,
        notation=Notation() if notation is None else notation,
        explain=explain,
        parts=(Part(label="a", ask=tuple(ask)),),
    )


def varied(base: Problem, changes: Mapping[str, Any]) -> Problem:
    """The problem with some of its fields replaced."""
    return base.model_copy(update=dict(changes))


def document_001(loss: str = "squared_error", iterations: int = 2) -> Problem:
    """The 3-2-2-1 network of document 001, ReLU and sigmoids, two samples one after the other."""
    return problem(
        [
            layer([["0.42", "0.72", "0.21"], ["0.11", "0.30", "0.65"]], "relu", bias=["0.01", "0.01"]),
            layer([["0.17", "0.29"], ["0.91", "0.08"]], bias=["0.05", "0.05"]),
            layer([["0.61", "0.39"]], bias=["0.08"]),
        ],
        [(["6", "2", "5"], ["1"]), (["5", "8", "6"], ["0"])],
        losses=loss_term(loss, scale="1/2" if loss == "squared_error" else "1"),
        trained=training("0.7", iterations=iterations),
    )


def document_002() -> Problem:
    """The 2-2-2 network of document 002, one bias a layer, plain squared error."""
    return problem(
        [
            layer([["0.1", "0.2"], ["0.3", "0.4"]], shared="0.1"),
            layer([["0.2", "0.1"], ["0.4", "0.3"]], shared="0.2"),
        ],
        [(["1", "2"], ["0", "1"])],
    )


def document_004(layout: Literal["W x + b", "x W + b"] = "x W + b") -> Problem:
    """The 2-2-1 network of document 004, ReLU and sigmoid with cross-entropy, one update."""
    hidden = [["0.5", "-0.4"], ["-0.6", "0.8"]] if layout == "x W + b" else [["0.5", "-0.6"], ["-0.4", "0.8"]]
    return problem(
        [layer(hidden, "relu", bias=["0.2", "-0.2"]), layer([["0.3", "-0.5"]], bias=["0"])],
        [(["1", "2"], ["0"])],
        losses=loss_term("binary_cross_entropy"),
        trained=training("0.01"),
        layout=layout,
    )


def long_training(iterations: int = 10_000) -> Problem:
    """A 2-2-2 network trained on one sample, its shared biases held."""
    return problem(
        [
            layer([["0.1", "0.3"], ["0.2", "0.4"]], shared="0.25", bias_trainable=False),
            layer([["0.5", "0.7"], ["0.6", "0.8"]], shared="0.45", bias_trainable=False),
        ],
        [(["0.2", "0.4"], ["0.01", "0.99"])],
        losses=loss_term(scale="1/2"),
        trained=training("0.5", iterations=iterations),
    )
