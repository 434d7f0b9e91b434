"""Overrides change the tree before it is validated, and the text that a problem carries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nbsolve import Problem, ProblemError
from tests.loading import load_problem
from tests.problem.problems import BASE, SHORT, VALID, write_data

TRAINED = BASE + "training: {optimiser: sgd, epochs: 2}\nrounding: {significant: 3}\n"


def _rate(problem: Problem) -> object:
    assert problem.training is not None
    return problem.training.optimiser.parameters["learning_rate"]


@pytest.mark.parametrize(
    ("override", "read", "expected"),
    [
        ("samples.0.x=[1,3]", lambda p: [str(x) for x in p.samples[0].input], ["1", "3"]),
        ("samples[0].input=[1, 3]", lambda p: [str(x) for x in p.samples[0].input], ["1", "3"]),
        ("samples.0.y.0=0.25", lambda p: str(p.samples[0].target[0]), "0.25"),
        ("rounding.apply=each_step", lambda p: p.rounding.apply, "each_step"),
        ("rounding={apply: each_step, decimals: 4}", lambda p: p.rounding.answers.decimals, 4),
        ("rounding.decimals=4", lambda p: p.rounding.answers.decimals, 4),
        ("network.layers.0.weights.0.1=1/3", lambda p: str(p.network.layers[0].weights[0][1]), "1/3"),
        ("network.layers.0.weights.trainable=false", lambda p: p.network.layers[0].weights_trainable, False),
        ("network.layers.0.bias.trainable=false", lambda p: p.network.layers[0].bias.trainable, False),
        ("network.layers.0.bias={shared: 2}", lambda p: p.network.layers[0].bias.kind, "shared"),
        ("network.layers.0.threshold=[2]", lambda p: p.network.layers[0].bias.kind, "threshold"),
        ("loss=mse", lambda p: p.losses[0].written, "mse"),
        ("loss.squared_error.scale=1/2", lambda p: str(p.losses[0].scale), "1/2"),
        ("notation=flat", lambda p: p.notation.preset, "flat"),
        ("training.iterations=3", lambda p: p.training.iterations, 3),
        ("training.optimiser.sgd.learning_rate=0.5", lambda p: str(_rate(p)), "0.5"),
        ("training=null", lambda p: p.training, None),
        ("parts.0.at=last", None, "parts.0"),
        ("title=XOR again", lambda p: p.title, "XOR again"),
    ],
)  # fmt: skip
def test_override(override: str, read: Callable[[Problem], object] | None, expected: object) -> None:
    if read is None:
        with pytest.raises(ProblemError, match=r"override parts\.0\.at"):
            load_problem(TRAINED, overrides=[override])
        return
    problem = load_problem(TRAINED, overrides=[override])
    assert read(problem) == expected
    again = load_problem(problem.text)
    assert again.model_copy(update={"warnings": ()}) == problem.model_copy(update={"warnings": ()})


def test_short_forms_open() -> None:
    problem = load_problem(
        SHORT, overrides=["notation.delta=-dL/dz", "rounding=each_step", "rounding.decimals=3"]
    )
    assert (problem.notation.preset, problem.notation.delta) == ("flat", "-dL/dz")
    assert (problem.rounding.apply, problem.rounding.answers.decimals) == ("each_step", 3)


def test_python_values() -> None:
    overrides = {
        "samples.0.x": np.array([0.1, 2.0]),
        "network.layers.0.weights": [[1, 0.5]],
        "title": "a: [b",
        "statement": "Two\nlines",
        "network.layers.0.bias": {"value": [0.25], "trainable": False},
        "loss": None,
        "samples.0.target": None,
    }
    problem = load_problem(BASE, overrides=overrides)
    assert [str(x) for x in problem.samples[0].input] == ["0.1", "2"]
    assert (problem.title, problem.statement) == ("a: [b", "Two\nlines")
    assert problem.network.layers[0].bias.trainable is False
    assert problem.losses == ()
    assert load_problem(problem.text) == problem


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("samples.7.x=[1,3]", "override samples.7.x: samples.7 does not exist: there are 1, counted from 0"),
        ("samples.0.x=[1,3", "override samples.0.x:1:"),
        ("samples.0.x", "override samples.0.x: has no value"),
        ("samples.0.x=", "has no value after ="),
        ("=3", "names no path"),
        ("samples.first.x=[1]", "samples is a list"),
        ("title.deeper=1", "which has no 'deeper'"),
        ("loss.huber.delta=2", "loss is 'squared_error', which has no 'huber'"),
        ("samples.0.x=[1]", "override samples.0.x: samples[0].input: input has 1 number"),
        ("rownding.decimals=3", "override rownding.decimals: rownding: unknown key"),
        ("network.layers.0.weights.0.5=1", "does not exist"),
        ("title=a\n---\nb", "several YAML documents"),
    ],
)
def test_overrides_that_do_not_fit(override: str, message: str) -> None:
    text = BASE + "title: One unit\n"
    with pytest.raises(ProblemError) as caught:
        load_problem(text, overrides=[override])
    assert message in str(caught.value)


def test_values_that_are_no_values() -> None:
    for value in (float("nan"), object(), [[float("inf")]], 1 + 2j):
        with pytest.raises(ProblemError, match="override title"):
            load_problem(BASE, overrides={"title": value})


@pytest.mark.parametrize("name", VALID)
def test_text_is_written_anew(name: str, tmp_path: Path) -> None:
    write_data(tmp_path)
    plain = load_problem(VALID[name], folder=tmp_path)
    problem = load_problem(VALID[name], folder=tmp_path, overrides={"title": plain.title})
    again = load_problem(problem.text, folder=tmp_path)
    update = {"text": "", "warnings": ()}
    assert again.model_copy(update=update) == plain.model_copy(update=update)
