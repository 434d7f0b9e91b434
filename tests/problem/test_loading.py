"""What a problem file says is what the model holds."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from nbsolve import ProblemError, solve
from nbsolve.given import Given
from nbsolve.problem import Problem, draws, self_contained_text
from nbsolve.problem.model import Digits, LossTerm
from nbsolve.problem.starter import starter
from tests.loading import load_problem
from tests.problem.problems import BASE, FORWARD, LONG, NAMED, NETWORK, SHORT, SOFTMAX, VALID, write_data

DRAWN_NORMAL = ["0.0319", "0.1266", "0.0758", "-0.0755", "-0.0524", "0.1143"]
DRAWN_UNIFORM = ["0.2502", "0.7944", "0.5514", "-0.5496", "-0.3997", "0.7471"]


def _texts(values: object) -> object:
    if isinstance(values, tuple):
        return [_texts(value) for value in values]
    return str(values)


def _decimals(decimals: int, minimum: int) -> Digits:
    return Digits(decimals=decimals, minimum_significant=minimum)


def _same(one: Problem, other: Problem) -> bool:
    blank = {"text": "", "warnings": ()}
    return one.model_copy(update=blank) == other.model_copy(update=blank)


def test_short() -> None:
    problem = load_problem(SHORT)
    first = problem.network.layers[0]
    assert _texts(first.weights) == [["0.1", "0.2"], ["0.3", "0.4"]]
    assert (first.bias.kind, _texts(first.bias.values), first.bias.trainable) == ("shared", ["0.1"], True)
    assert [part.ask for part in problem.parts] == [("forward",), ("dL/dw7", "dL/dw3")]
    assert problem.losses == (
        LossTerm(
            name="squared_error", written="squared_error", weight=Given.read("1"), scale=Given.read("1")
        ),
    )
    assert (problem.text, problem.name, problem.notation.preset) == (SHORT, "problem", "flat")
    assert (problem.training, problem.regulariser, problem.explain, problem.detail) == (
        None,
        None,
        "delta",
        "auto",
    )
    assert problem.rounding.answers == Digits(significant=4)


def test_long(tmp_path: Path) -> None:
    path = write_data(tmp_path) / "long-form.yaml"
    path.write_text(LONG)
    problem = load_problem(path)
    first, second = problem.network.layers
    # The file's rows are inputs; the model's are units.
    assert _texts(first.weights) == [["0.1", "0.3"], ["-0.2", "0.7"]]
    assert first.activation.parameters == {"slope": Given.read("0.1")}
    assert (first.bias.kind, _texts(first.bias.values)) == ("threshold", ["0.4", "-0.3"])
    assert _texts(second.weights) == [["0.8", "-0.5"]]
    assert second.bias.trainable is False
    assert _texts(problem.samples[0].input) == ["0.10", "1/3"]
    assert [term.over_samples for term in problem.losses] == ["mean", "mean"]
    assert _texts((problem.losses[0].scale, problem.losses[1].weight)) == ["1/2", "0.5"]
    assert problem.training is not None
    assert (problem.training.iterations, problem.training.show) == (6, (1, 6))
    assert problem.rounding.apply == "each_step"
    assert (
        problem.rounding.answers
        == Digits(decimals=4, minimum_significant=3)
        == problem.rounding.intermediates
    )
    assert (problem.notation.names, problem.notation.delta) == ({"pre_activation": "net"}, "-dL/dz")
    assert [part.at for part in problem.parts] == [1, 6]
    assert problem.name == "long-form"
    assert problem.group == problem.source == "A reference: with a colon"
    assert problem.statement == "Two layers.\nOn two lines."


def test_softmax_on_classes(tmp_path: Path) -> None:
    problem = load_problem(SOFTMAX, folder=write_data(tmp_path))
    # Classes a, b, c in sorted order; the first row's class is c.
    assert _texts(problem.samples[0].target) == ["0", "0", "1"]
    assert _texts(problem.network.layers[1].weights[0]) == ["0", "0.125", "0.25", "0.375", "0.5"]
    assert _texts(problem.network.layers[1].bias.values) == ["0.1", "0", "-0.25"]
    assert problem.training is not None
    assert (problem.training.batch, problem.training.iterations) == ("all", 1)


def test_forward_pass_only() -> None:
    problem = load_problem(FORWARD)
    assert _texts(problem.network.layers[0].weights) == [["1/3"]]
    assert _texts(problem.samples[0].input) == ["012"]
    assert problem.samples[0].target is None
    assert problem.network.layers[0].bias.kind == "absent"
    assert problem.parts[0].ask == ("forward",)
    assert problem.title == "problem"


def test_names() -> None:
    problem = load_problem(NAMED)
    assert problem.notation.names == {
        "loss": "J", "a[1][1]": "h_{1o}", "a[1][2]": "h_{2o}", "a[2][1]": "o",
        "W[1][1][1]": "p", "W[1][1][2]": "q", "W[1][2][1]": "r", "W[1][2][2]": "s",
        "W[2][1][1]": "t", "W[2][1][2]": "u", "b[1]": "c", "z[2][1]": "net_o", "delta": r"\delta",
    }  # fmt: skip
    assert problem.network.layers[1].weights_trainable == ((True, False),)
    first, second = problem.losses
    assert (first.name, first.written, first.over_outputs) == ("squared_error", "mse", "mean")
    assert (second.over_outputs, second.over_samples) == ("sum", "mean")
    assert second.parameters == {"delta": Given.read("2")}
    assert problem.rounding.answers == Digits(significant=5)
    assert problem.rounding.intermediates == Digits(decimals=8)


def test_names_follow_the_layout_of_the_file() -> None:
    text = NETWORK.replace("inputs: 2", 'inputs: 2\n  layout: "xW+b"').replace(
        "[[0.3, -0.6]]", "[[0.3], [-0.6]]"
    )
    problem = load_problem(text + "samples: [{input: [1, 2]}]\nnotation: {weight: [[[v], [w]]]}\n")
    assert problem.network.layout == "x W + b"
    assert problem.notation.names == {"W[1][1][1]": "v", "W[1][1][2]": "w"}


@pytest.mark.parametrize(
    ("written", "name", "over_outputs", "over_samples"),
    [
        ("sse", "squared_error", "sum", "sum"),
        ("mse", "squared_error", "mean", "mean"),
        ("mae", "absolute_error", "mean", "mean"),
        ("{mse: {over_outputs: sum}}", "squared_error", "sum", "mean"),
        ("squared_error", "squared_error", "sum", "mean"),
    ],
)
def test_loss_aliases(written: str, name: str, over_outputs: str, over_samples: str) -> None:
    (term,) = load_problem(BASE.replace("squared_error", written)).losses
    assert (term.name, term.over_outputs, term.over_samples) == (name, over_outputs, over_samples)


@pytest.mark.parametrize(
    ("written", "answers", "intermediates"),
    [
        ("at_end", Digits(significant=4), Digits(significant=6)),
        ("each_step", Digits(significant=4), Digits(significant=4)),
        ("{decimals: 4}", Digits(decimals=4), _decimals(6, 3)),
        ("{decimals: 4, minimum_significant: 0}", Digits(decimals=4), Digits(decimals=6)),
        ("{decimals: 4, minimum_significant: 4}", _decimals(4, 4), _decimals(6, 4)),
        ("{apply: each_step, decimals: 4}", Digits(decimals=4), Digits(decimals=4)),
        ("{significant: 3}", Digits(significant=3), Digits(significant=5)),
        ("{apply: each_step, significant: 3}", Digits(significant=3), Digits(significant=3)),
        ("{answers: {decimals: 2, minimum_significant: 1}}", _decimals(2, 1),
         Digits(significant=6)),
    ],
)  # fmt: skip
def test_rounding(written: str, answers: Digits, intermediates: Digits) -> None:
    rounding = load_problem(BASE + f"rounding: {written}\n").rounding
    assert (rounding.answers, rounding.intermediates) == (answers, intermediates)


@pytest.mark.parametrize(
    ("training", "iterations", "show"),
    [
        ("batch: 2", 2, (1, 2)),
        ("batch: all, epochs: 3", 3, (1, 2, 3)),
        ("epochs: 2", 6, (1, 6)),
        ("iterations: 10000", 10000, (1, 10000)),
        ("iterations: 7, show: [last, 2, 2]", 7, (2, 7)),
        ("iterations: 7, show: all", 7, (1, 2, 3, 4, 5, 6, 7)),
    ],
)
def test_training(training: str, iterations: int, show: tuple[int, ...]) -> None:
    samples = "samples: [" + "{input: [1, 2], target: [1]}, " * 3 + "]\n"
    text = NETWORK + samples + f"loss: sse\ntraining: {{optimiser: sgd, {training}}}\n"
    loaded = load_problem(text).training
    assert loaded is not None
    assert (loaded.iterations, loaded.show) == (iterations, show)
    assert loaded.optimiser.name == "sgd"


def test_an_iteration_that_is_asked_is_shown() -> None:
    text = BASE + "training: {optimiser: sgd, iterations: 9}\nparts: [{ask: forward, at: 4}]\n"
    training = load_problem(text).training
    assert training is not None
    assert training.show == (1, 4, 9)


def test_drawn_weights_never_change() -> None:
    assert [str(x) for x in draws.draw_normal(0, 0.1, 7, 4, 6)] == DRAWN_NORMAL
    assert [str(x) for x in draws.draw_uniform(-1, 1, 7, 4, 6)] == DRAWN_UNIFORM
    numbers = [float(x) for x in draws.draw_normal(2, 3, 1, 6, 20_000)]
    assert abs(np.mean(numbers) - 2) < 0.1
    assert abs(np.std(numbers) - 3) < 0.1


def test_drawn_weights_do_not_depend_on_the_layout() -> None:
    network = (
        "network: {inputs: 3, layout: LAYOUT, layers: [{units: 2, activation: relu, weights: {DRAW}}]}\n"
    )
    text = network.replace("DRAW", "uniform: {low: 0, high: 1, seed: 3}") + "samples: [{input: [1, 2, 3]}]\n"
    one = load_problem(text.replace("LAYOUT", "W x + b"))
    other = load_problem(text.replace("LAYOUT", "x W + b"))
    assert one.network.layers == other.network.layers


def test_large_inline_weights_are_quick() -> None:
    rng = np.random.default_rng(5)
    rows = ",\n   ".join("[" + ", ".join(f"{x:.4f}" for x in rng.normal(size=784)) + "]" for _ in range(128))
    text = f"network: {{inputs: 784, layers: [{{units: 128, activation: relu, weights: [{rows}]}}]}}\n"
    text += f"samples:\n  - input: [{', '.join(['0.5'] * 784)}]\n"
    start = time.process_time()
    problem = load_problem(text)
    assert time.process_time() - start < 4
    assert len(problem.network.layers[0].weights[127]) == 784


def test_long_lists_of_numbers_keep_every_place() -> None:
    numbers = "[" + ", ".join(["1"] * 200) + "]"
    text = f"title: 'a {numbers}'\n# {numbers}\nsource: |\n  {numbers}\n  {numbers}\nstatemnt: x\n" + FORWARD
    with pytest.raises(Exception, match=r"problem:6:1: statemnt: .*") as caught:
        load_problem(text)
    assert "did you mean statement" in str(caught.value)
    problem = load_problem(text.replace("statemnt", "statement"))
    assert problem.title == f"a {numbers}"
    assert problem.source == f"{numbers}\n{numbers}"


@pytest.mark.parametrize("name", VALID)
def test_self_contained_text(name: str, tmp_path: Path) -> None:
    problem = load_problem(VALID[name], folder=write_data(tmp_path))
    text = self_contained_text(problem)
    assert "file:" not in text
    assert _same(load_problem(text), problem)
    if "file:" not in VALID[name]:
        assert text == VALID[name]


def test_starter() -> None:
    problem = load_problem(starter('XOR: "again" é'))
    assert problem.title == 'XOR: "again" é'
    assert problem.text.startswith("# yaml-language-server: $schema=problem.schema.json\n")
    assert problem.warnings == ()


def test_warnings() -> None:
    problem = load_problem(BASE.replace("squared_error", "hinge").replace("target: [1]", "target: [0]"))
    assert "hinge loss is usually taken with targets −1 and 1" in problem.warnings[0]


def test_a_class_column_says_which_output_is_which_class(tmp_path: Path) -> None:
    (tmp_path / "batch.csv").write_text("x,label\n1,dog\n2,cat\n3,dog\n", encoding="utf-8")
    layer = "{units: 2, activation: softmax, weights: [[1], [2]]}"
    start = f"network: {{inputs: 1, layers: [{layer}]}}\nloss: categorical_cross_entropy\n"
    text = start + "samples: {file: batch.csv, input: [x], class: label}\n"
    problem = load_problem(text, folder=tmp_path)
    assert problem.classes == ("cat", "dog")
    assert "1 cat, 2 dog" in str(solve(problem).statement())
    # A notebook carries the numbers in the place of the file, and the names with them.
    carried = load_problem(self_contained_text(problem))
    assert (carried.classes, carried.samples) == (problem.classes, problem.samples)
    listed = start + "samples: [{x: [1], y: [0, 1]}]\n"
    assert load_problem(listed).classes == ()
    assert load_problem(listed + "classes: [no, yes]\n").classes == ("no", "yes")
    with pytest.raises(ProblemError, match="classes has 1 name"):
        load_problem(listed + "classes: [no]\n")
    with pytest.raises(ProblemError, match=r"holds .cat., which classes does not name"):
        load_problem(text + "classes: [no, yes]\n", folder=tmp_path)


def test_what_is_held_may_come_from_a_file_or_a_seed(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("0.1,0.2\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("0.3\n", encoding="utf-8")
    start = "samples: [{x: [1, 2]}]\nnetwork: {inputs: 2, layers: [{units: 1, activation: linear, "
    inside = (
        "weights: {value: {file: w.csv}, trainable: false}, "
        "bias: {value: {file: b.csv}, trainable: false}}]}\n"
    )
    beside = "weights: {file: w.csv, trainable: false}, bias: {file: b.csv, trainable: false}}]}\n"
    problem = load_problem(start + inside, folder=tmp_path)
    assert problem.network == load_problem(start + beside, folder=tmp_path).network
    assert problem.network.layers[0].weights_trainable is False
    assert load_problem(self_contained_text(problem)).network == problem.network
    drawn = "{normal: {std: 1, seed: 7}}"
    held = load_problem(start + f"weights: {{value: {drawn}, trainable: false}}}}]}}\n").network.layers[0]
    assert held.weights == load_problem(start + f"weights: {drawn}}}]}}\n").network.layers[0].weights
    for wrong, message in (
        ("{value: {value: [[1, 2]]}}", "value"),
        ("{value: {file: w.csv}, array: W1}", "array belongs to the file"),
        ("{value: {}}", "none of them"),
    ):
        with pytest.raises(ProblemError, match=message):
            load_problem(start + f"weights: {wrong}}}]}}\n", folder=tmp_path)
