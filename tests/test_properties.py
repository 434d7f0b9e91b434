"""What holds for every network: symmetries, scalings, sums; over random networks."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbsolve.arithmetic import ball
from nbsolve.arithmetic.ladder import certified
from nbsolve.arithmetic.nearest import rational_to_float
from nbsolve.blocks.dense import LOSS
from nbsolve.problem.model import Bias, DenseLayer, Problem
from nbsolve.solving.engine import solve_problem
from nbsolve.solving.solution import Solution
from nbsolve.step import verify
from nbsolve.symbol import Partial, Role, Symbol
from tests.building import Numbers, layer, loss_term, problem, training, varied
from tests.building import given as as_given
from tests.loading import load_problem

PROFILE = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NUMBERS = st.integers(-200, 200).map(lambda n: f"{n / 100:.2f}")
HIDDEN = st.sampled_from(
    ["linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "silu", "step"]
)
Way = Literal["delta", "paths", "local_derivatives"]
EVERY_WAY: tuple[Way, ...] = ("delta", "paths", "local_derivatives")
WAYS: st.SearchStrategy[Way] = st.sampled_from(EVERY_WAY)
OUTPUTS = st.sampled_from(
    [
        ("sigmoid", "squared_error"),
        ("linear", "huber"),
        ("tanh", "absolute_error"),
        ("sigmoid", "binary_cross_entropy"),
        ("softmax", "categorical_cross_entropy"),
        ("softmax", "squared_error"),
        ("linear", "hinge"),
        ("softplus", "cosine_loss"),
    ]
)


ERRORS = st.sampled_from(
    [
        ("sigmoid", "squared_error"),
        ("softmax", "squared_error"),
        ("linear", "huber"),
        ("tanh", "absolute_error"),
    ]
)
SOFTMAX = st.sampled_from([("softmax", "categorical_cross_entropy"), ("softmax", "squared_error")])


@st.composite
def networks(
    draw: st.DrawFn,
    *,
    trained: bool = False,
    depth: int = 2,
    hidden: st.SearchStrategy[str] = HIDDEN,
    outputs: st.SearchStrategy[tuple[str, str]] = OUTPUTS,
) -> Problem:
    """A problem with up to `depth` hidden layers, biases of every kind, one or two samples."""
    output, loss = draw(outputs)
    inputs, width = draw(st.integers(1, 3)), draw(st.integers(2, 3))
    widths = draw(st.lists(st.integers(1, 3), min_size=1, max_size=depth))
    layers, before = [], inputs
    for position, units in enumerate([*widths, width]):
        name = output if position == len(widths) else draw(hidden)
        weights = [[draw(NUMBERS) for _ in range(before)] for _ in range(units)]
        kind = draw(st.sampled_from(["units", "shared", "threshold", "absent"]))
        options: dict[str, Any] = {}
        if kind == "units":
            options["bias"] = [draw(NUMBERS) for _ in range(units)]
        elif kind == "shared":
            options["shared"] = draw(NUMBERS)
        elif kind == "threshold":
            options["threshold"] = [draw(NUMBERS) for _ in range(units)]
        layers.append(layer(weights, name, **options))
        before = units
    samples: list[tuple[Numbers, Numbers]] = []
    for _ in range(draw(st.integers(1, 2))):
        x = [draw(NUMBERS) for _ in range(inputs)]
        y = [draw(st.sampled_from(["0", "1", "0.25"])) for _ in range(width)]
        if loss == "hinge":
            y = [draw(st.sampled_from(["-1", "1"])) for _ in range(width)]
        elif loss == "categorical_cross_entropy":
            y = ["1", *["0"] * (width - 1)]
        elif loss == "cosine_loss":
            y[0] = "0.5"
        samples.append((x, y))
    return problem(
        layers,
        samples,
        losses=loss_term(loss),
        trained=training("0.1", batch="all") if trained else None,
        explain=draw(WAYS),
    )


def solved(task: Problem) -> Solution:
    return certified(lambda arithmetic: solve_problem(task, arithmetic))


def gradients(solution: Solution) -> dict[Symbol, Any]:
    """The derivatives of the loss with respect to every array of parameters in the first iteration, as doubles."""
    values = solution.iterations[0].values
    found = {}
    for dense in solution.layers:
        for symbol in (dense.w(), dense.constant()):
            if symbol is not None:
                array = values[Partial(LOSS, symbol)]
                found[symbol] = np.vectorize(lambda entry: float(ball(entry)), otypes=[float])(array)
    return found


def close(left: Any, right: Any) -> bool:
    return bool(np.allclose(left, right, rtol=1e-12, atol=1e-15))


@PROFILE
@given(networks(trained=True))
def test_every_step_comes_to_its_value(task: Problem) -> None:
    solution = solved(task)
    with solution.arithmetic.working():
        for iteration in solution.iterations:
            for step in iteration.steps:
                verify(step, solution.arithmetic)


@PROFILE
@given(networks())
def test_the_way_of_explaining_changes_no_value(task: Problem) -> None:
    found = [
        gradients(solved(varied(task, {"explain": way}))) for way in ("delta", "paths", "local_derivatives")
    ]
    for symbol, gradient in found[0].items():
        assert close(gradient, found[1][symbol])
        assert close(gradient, found[2][symbol])


@PROFILE
@given(networks(depth=1), st.randoms(use_true_random=False))
def test_permuting_hidden_units_permutes_their_gradients(task: Problem, random: Any) -> None:
    hidden, output = task.network.layers
    order = list(range(hidden.units))
    random.shuffle(order)
    values, kind = hidden.bias.values, hidden.bias.kind
    permuted = hidden.model_copy(
        update={
            "weights": tuple(hidden.weights[j] for j in order),
            "bias": hidden.bias
            if kind in ("shared", "absent")
            else Bias(kind=kind, values=tuple(values[j] for j in order)),
        }
    )
    following = output.model_copy(
        update={"weights": tuple(tuple(row[j] for j in order) for row in output.weights)}
    )
    before, after = gradients(solved(task)), gradients(solved(with_layers(task, permuted, following)))
    for symbol, gradient in before.items():
        if symbol.layer == 1:
            expected = gradient if symbol.shared else gradient[order]
        else:
            expected = gradient[:, order] if symbol.role is Role.WEIGHT else gradient
        assert close(after[symbol], expected)


def with_layers(task: Problem, *layers: DenseLayer) -> Problem:
    return varied(task, {"network": task.network.model_copy(update={"layers": layers})})


@PROFILE
@given(networks(), st.sampled_from(["2", "1/2", "-3", "0.7"]), st.sampled_from(["scale", "weight"]))
def test_scaling_the_loss_scales_the_gradients(task: Problem, factor: str, key: str) -> None:
    scaled = varied(task, {"losses": (task.losses[0].model_copy(update={key: as_given(factor)}),)})
    number = rational_to_float(as_given(factor).rational)
    before, after = gradients(solved(task)), gradients(solved(scaled))
    for symbol, gradient in before.items():
        assert close(after[symbol], number * gradient)


@PROFILE
@given(networks(outputs=ERRORS))
def test_a_sum_of_losses_has_the_sum_of_their_gradients(task: Problem) -> None:
    other = loss_term("huber" if task.losses[0].name != "huber" else "squared_error", weight="0.5")
    first, second = gradients(solved(task)), gradients(solved(varied(task, {"losses": (other,)})))
    both = gradients(solved(varied(task, {"losses": (*task.losses, other)})))
    for symbol, gradient in both.items():
        assert close(gradient, first[symbol] + second[symbol])


@PROFILE
@given(networks())
def test_a_shared_bias_has_the_sum_of_the_gradients_of_unit_biases(task: Problem) -> None:
    apart = []
    for dense in task.network.layers:
        bias = dense.bias
        if bias.kind == "shared":
            bias = Bias(kind="units", values=bias.values * dense.units)
        apart.append(dense.model_copy(update={"bias": bias}))
    together, units = gradients(solved(task)), gradients(solved(with_layers(task, *apart)))
    for symbol, gradient in together.items():
        if symbol.shared:
            assert close(gradient, units[Symbol(Role.BIAS, symbol.layer)].sum())
        else:
            assert close(gradient, units[symbol])


@PROFILE
@given(networks(hidden=st.sampled_from(["relu", "step"])))
def test_dead_units_get_no_gradient(task: Problem) -> None:
    solution = solved(task)
    iteration, found = solution.iterations[0], gradients(solution)
    for dense in solution.layers:
        name = dense.layer.activation.name
        if name not in ("relu", "step"):
            continue
        for j in dense.units:
            inputs = [float(ball(iteration.values[dense.z(j, label)])) for label in iteration.labels]  # type: ignore[arg-type]
            if name == "step" or all(z <= 0 for z in inputs):
                assert np.all(found[dense.w()][j - 1] == 0)


@PROFILE
@given(networks(outputs=SOFTMAX))
def test_gradients_of_softmax_with_cross_entropy_sum_to_zero(task: Problem) -> None:
    solution = solved(task)
    iteration = solution.iterations[0]
    for label in iteration.labels:
        signal: Any = iteration.values[Partial(LOSS, solution.layers[-1].z(None, label))]
        assert abs(sum(float(ball(entry)) for entry in signal)) < 1e-14


def text_of(task: Problem, layout: Literal["W x + b", "x W + b"]) -> str:
    """The network as a problem file, its matrices written in the layout."""
    lines = [
        "title: A random network",
        "network:",
        f"  inputs: {task.network.inputs}",
        f'  layout: "{layout}"',
        "  layers:",
    ]
    for dense in task.network.layers:
        rows = [[str(w) for w in row] for row in dense.weights]
        if layout == "x W + b":
            rows = [list(column) for column in zip(*rows, strict=True)]
        values = [str(value) for value in dense.bias.values]
        constant = {
            "absent": "",
            "units": f", bias: [{', '.join(values)}]",
            "shared": f", bias: {{shared: {''.join(values)}}}",
            "threshold": f", threshold: [{', '.join(values)}]",
        }[dense.bias.kind]
        weights = "[" + ", ".join(f"[{', '.join(row)}]" for row in rows) + "]"
        lines.append(
            f"    - {{units: {dense.units}, activation: {dense.activation.name}, weights: {weights}{constant}}}"
        )
    lines.append("samples:")
    for sample in task.samples:
        assert sample.target is not None
        x, y = (", ".join(map(str, entries)) for entries in (sample.input, sample.target))
        lines.append(f"  - {{input: [{x}], target: [{y}]}}")
    lines.append(f"loss: {task.losses[0].name}")
    return "\n".join(lines) + "\n"


@PROFILE
@given(networks())
def test_both_layouts_of_one_network_have_the_same_solution(task: Problem) -> None:
    rows_are_units = load_problem(text_of(task, "W x + b"))
    rows_are_inputs = load_problem(text_of(task, "x W + b"))
    assert rows_are_units.network.layers == rows_are_inputs.network.layers
    before, after = gradients(solved(rows_are_units)), gradients(solved(rows_are_inputs))
    for symbol, gradient in before.items():
        assert np.array_equal(gradient, after[symbol])
