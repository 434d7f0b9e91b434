"""What can be asked for by name: whole vectors and matrices, a sample's values, the problem's own letters."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any

import pytest

from nbsolve.asking.answers import Answer
from nbsolve.asking.listing import asked
from nbsolve.checking.oracle import network as reference
from nbsolve.checking.oracle.reading import load
from nbsolve.document import Derivation, blocks_within
from nbsolve.render import myst
from nbsolve.render import text as as_text
from nbsolve.symbol import anchor, canonical
from nbsolve.values import whole
from nbsolve.worked.kinds import solve
from nbsolve.worked.network import WorkedSolution
from tests.loading import load_problem

NETWORK = """\
title: A network of two layers of equal size
network:
  inputs: 2
  layout: {layout}
  layers:
    - {{units: 2, activation: tanh, weights: [[0.1, 0.2], [0.3, 0.4]]{bias}}}
    - {{units: 2, activation: {output}, weights: [[0.7, -0.8], [0.2, 0.1]]{bias}}}
samples: [{samples}]
loss: {loss}
training: {{optimiser: {{sgd: {{learning_rate: 0.5}}}}, batch: all, iterations: 2}}
notation: {notation}
explain: {explain}
detail: {detail}
rounding: {rounding}
parts: [{{label: a, ask: {asks}}}]
"""
BIASES = {
    "units": (", bias: [0.5, 0.6]", "b"),
    "shared": (", bias: {shared: 0.5}", "b"),
    "threshold": (", threshold: [0.5, 0.6]", "theta"),
    "absent": ("", None),
}
SAMPLES = ("{input: [1, 2], target: [1, 0]}", "{input: [0, 1], target: [0, 1]}")


def quantities(bias: str | None) -> list[str]:
    """Every canonical name, whole and in part."""
    names = [
        "x",
        "x[1]",
        "y",
        "y[2]",
        "e",
        "e[1]",
        "L",
        "L_new",
        "L - L_new",
        "L_sample",
        "L_sample_new",
        "L_epoch",
    ]
    names += [
        "eta",
        "L_out",
        "L_out[1]",
        "dL_out/da[1]",
        "dL_out[1]/da[1]",
        "dL_out[2]/da[2]",
        "dL_out[1]/da[1][2]",
    ]
    names += ["dz[2]/da[1]", "dz[1][1]/dx", "dL/dx", "dL/dx[1]"]
    for layer in (1, 2):
        names += [
            f"{q}[{layer}]{j}"
            for q in ("z", "a", "z_new", "a_new", "dL/dz", "dL/da", "delta")
            for j in ("", "[2]")
        ]
        names += [
            f"da/dz[{layer}]",
            f"da/dz[{layer}][1]",
            f"da[{layer}]/dz[{layer}]",
            f"da[{layer}][1]/dz[{layer}][2]",
        ]
        names += [
            f"{w}[{layer}]{i}"
            for w in ("W", "W_new", "W_change", "dL/dW")
            for i in ("", "[1][2]", "[1]", "[:][2]")
        ]
        names += [f"dz[{layer}]/dW[{layer}]"]
        if bias:
            kinds = (bias, f"{bias}_new", f"{bias}_change", f"dL/d{bias}", f"dz[{layer}][1]/d{bias}")
            names += [f"{b}[{layer}]" for b in kinds]
            names += [f"{b}[{layer}][1]" for b in kinds]
    return names


def problem(
    bias: str = "units", samples: int = 1, notation: str = "indexed", explain: str = "delta", detail: str = "units",
    output: str = "sigmoid", layout: str = "W x + b", rounding: str = "at_end", asks: list[str] | None = None,
) -> str:  # fmt: skip
    text, letter = BIASES[bias]
    named = quantities(letter) if asks is None else asks
    if output == "softmax":
        named = [name for name in named if not re.search(r"da\[2\]\[1\]/", name)]
    return NETWORK.format(
        layout=layout, bias=text, samples=", ".join(SAMPLES[:samples]), notation=notation, explain=explain,
        detail=detail, output=output, rounding=rounding, asks=json.dumps(named),
        loss="categorical_cross_entropy" if output == "softmax" else "squared_error",
    )  # fmt: skip


def lines(worked: WorkedSolution) -> list[str]:
    blocks = blocks_within(worked.document().blocks)
    return [name for block in blocks if isinstance(block, Derivation) for name in block.anchors]


KEYS = ("bias", "samples", "notation", "explain", "detail", "output", "layout", "rounding")
CASES = [
    dict(zip(KEYS, case, strict=True))
    for number, case in enumerate(
        product(
            BIASES, (1, 2), ("indexed", "flat", "matrix", '{preset: flat, delta: "-dL/dz"}'),
            ("delta", "paths", "local_derivatives"), ("units", "matrix"), ("sigmoid", "softmax"),
            ("W x + b", "x W + b"), ("at_end", "{apply: each_step, decimals: 5}"),
        )
    )
    if number % 131 == 0
]  # fmt: skip
"""A sample of all combinations that meets every value of each."""


@pytest.mark.sampled(5)
@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(map(str, case.values())))
def test_every_canonical_name_has_answers_and_each_of_them_one_line(case: dict[str, Any]) -> None:
    worked = solve(load_problem(problem(**case)))
    found = list(worked.entries())
    assert found
    anchors = lines(worked)
    assert len(anchors) == len(set(anchors))
    for place in asked(worked.problem, worked.solution, worked.names):
        own = {f"it{place.iteration}-{anchor(atom)}" for atom in (place.holder, whole(place.holder)[0])}
        assert own & set(anchors), f"{canonical(place.holder)} has no line"
    stated = as_text.render(worked.statement())
    assert ("for each sample" in stated) == (case["samples"] > 1)


def test_the_combinations_meet_every_value_of_each() -> None:
    for key in CASES[0]:
        assert len({case[key] for case in CASES}) == {"bias": 4, "notation": 4, "explain": 3}.get(key, 2)


COPIES = """\
title: Derivatives of z that are 1, −1, or another quantity
network:
  inputs: 1
  layers:
    - {units: 1, activation: tanh, weights: [[0.50]], bias: [0.00118]}
    - {units: 1, activation: linear, weights: [[0.70]], threshold: [0.0]}
samples: [{input: [0.00], target: [1]}]
loss: squared_error
explain: local_derivatives
parts: [{label: a, ask: ["dz[1]/dW[1]", "dz[1]/db[1]", "dz[2]/dW[2]", "dz[2]/da[1]", "dz[2]/dtheta[2]"]}]
"""


@pytest.mark.parametrize("detail", ["units", "matrix"])
@pytest.mark.parametrize(
    ("rounding", "a"),
    [
        ("{significant: 4}", r"\approx 0.00118000 \approx \boxed{0.001180}"),
        ("{apply: each_step, significant: 5}", r"= \boxed{0.00118}"),
    ],
)
def test_a_derivative_of_z_is_the_number_it_copies(detail: str, rounding: str, a: str) -> None:
    """What is given keeps its digits, what was rounded at its step is not rounded once more."""
    worked = solve(load_problem(f"{COPIES}detail: {detail}\nrounding: {rounding}\n"))
    page = myst.render(worked.document())
    assert [line.partition("&= ")[2] for line in page.splitlines() if "boxed" in line] == [
        r"x_1 = \boxed{0.00}",
        r"\boxed{1}",
        rf"a_1^{{(1)}} {a}",
        r"w_{11}^{(2)} = \boxed{0.70}",
        r"\boxed{-1}",
    ]


@pytest.mark.parametrize("samples", [1, 2])
@pytest.mark.parametrize("bias", list(BIASES))
def test_the_answers_are_those_of_an_independent_reference(bias: str, samples: int) -> None:
    text = problem(bias, samples)
    true = reference.solve(load(text))
    compared = set()
    for answer in solve(load_problem(text)).entries():
        keys = [
            (answer.quantity, t, s)
            for t in (answer.iteration, None)
            for s in ([answer.sample] if answer.sample else [None, 1])
        ]
        key = next((key for key in keys if key in true), None)
        if key is not None:
            compared.add(answer.quantity)
            assert float(answer.exact or 0) == pytest.approx(float(true[key]), rel=1e-13, abs=1e-15)
    assert {
        "e[2]",
        "L_out[1]",
        "dL_out[1]/da[1][2]",
        "dL_out[2]/da[1][1]",
        "dL/dx[2]",
        "W_change[2][1][2]",
    } <= compared


def answers(text: str) -> list[Answer]:
    return list(solve(load_problem(text)).entries())


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        ("delta[1]", ["dL/dz[1][1]", "dL/dz[1][2]"]),
        ("dL/dW[1]", [f"dL/dW[1][{j}][{i}]" for j in (1, 2) for i in (1, 2)]),
        ("W[1][2]", ["W[1][2][1]", "W[1][2][2]"]),
        ("W[1][:][2]", ["W[1][1][2]", "W[1][2][2]"]),
        ("b[2]", ["b[2][1]", "b[2][2]"]),
        ("b_new[1][:]", ["b_new[1][1]", "b_new[1][2]"]),
        ("W^(1)", [f"W[1][{j}][{i}]" for j in (1, 2) for i in (1, 2)]),
        (r"\frac{\partial L}{\partial W^{(1)}}", [f"dL/dW[1][{j}][{i}]" for j in (1, 2) for i in (1, 2)]),
        (r"\mathbf{a}^{(2)}", ["a[2][1]", "a[2][2]"]),
        ("L − L_new", ["L - L_new"]),
        ("L-L_new", ["L - L_new"]),
    ],
)  # fmt: skip
def test_a_whole_means_its_entries(ask: str, expected: list[str]) -> None:
    found = answers(problem(asks=[ask]))
    assert [one.quantity for one in found if one.iteration == 1] == expected


def test_a_batch_has_an_answer_for_each_sample() -> None:
    found = answers(problem(samples=2, asks=["e[1]", "L_sample", "dL_out[1]/da[1][1]"]))
    assert [(one.quantity, one.sample) for one in found if one.iteration == 1] == [
        ("e[1]", 1), ("e[1]", 2), ("L_sample", 1), ("L_sample", 2),
        ("dL_out[1]/da[1][1]", 1), ("dL_out[1]/da[1][1]", 2),
    ]  # fmt: skip
    losses = [one.exact for one in found if one.quantity == "L_sample" and one.iteration == 1]
    (whole_loss,) = [one.exact for one in answers(problem(samples=2, asks=["L"])) if one.iteration == 1]
    assert sum(map(float, losses)) / 2 == pytest.approx(float(whole_loss or 0))  # type: ignore[arg-type]


def test_the_loss_of_a_sample_leaves_the_penalty_out() -> None:
    text = problem(asks=["L", "L_sample"]) + "regulariser: {l2: {strength: 0.1}}\n"
    loss, sample = (one for one in answers(text) if one.iteration == 1)
    weights = [0.1, 0.2, 0.3, 0.4, 0.7, -0.8, 0.2, 0.1]
    assert float(loss.exact or 0) - float(sample.exact or 0) == pytest.approx(
        0.05 * sum(w * w for w in weights)
    )


def test_an_answer_stands_once_in_a_part() -> None:
    found = answers(problem(asks=["a[1]", "forward", "a[1][2]"]))
    assert len(found) == len({(one.quantity, one.iteration) for one in found})


def test_what_is_held_changes_by_0() -> None:
    text = problem(asks=["W_change[1]", "W_new[1]"]).replace(
        "[[0.1, 0.2], [0.3, 0.4]]",
        "{value: [[0.1, 0.2], [0.3, 0.4]], trainable: [[true, false], [true, true]]}",
    )
    worked = solve(load_problem(text))
    first = {one.quantity: one for one in worked.entries() if one.iteration == 1}
    assert first["W_change[1][1][2]"].exact == 0
    assert first["W_new[1][1][2]"].printed == "0.2"
    assert first["W_change[1][1][1]"].exact != 0


# ------------------------------------------------------------------ samples without targets, iterations, epochs


def test_samples_without_targets_are_samples() -> None:
    text = (
        "network: {inputs: 2, layers: [{units: 1, activation: sigmoid, weights: [[20, 20]], bias: [-30]}]}\n"
        "samples: [{input: [0, 1]}, {input: [1, 1]}]\n"
    )
    worked = solve(load_problem(text))
    assert [(one.iteration, one.sample) for one in worked.entries()] == [(1, 1), (1, 1), (1, 2), (1, 2)]
    page = as_text.render(worked.document())
    assert "Iteration" not in page
    assert "Sample 1" in page
    assert "Sample 2" in page


@pytest.mark.parametrize("activation", ["sigmoid", "relu", "softmax"])
@pytest.mark.parametrize("weights", ["[[1, 2], [3, -4]]", "symbolic"])
def test_slopes_can_be_asked_where_there_is_no_loss(activation: str, weights: str) -> None:
    layer = f"{{units: 2, activation: {activation}, weights: {weights}, bias: [0.5, 1]}}"
    text = (
        f"network: {{inputs: 2, layers: [{layer}]}}\nsamples: [{{x: [1, 2]}}]\n"
        'parts: [{label: a, ask: ["da[1]/dz[1]", "dz[1]/dW[1]"]}]\n'
    )
    worked = solve(load_problem(text))
    found = [one.quantity for one in worked.entries()]
    assert found[0] == "da/dz[1][1]"
    assert len(found) == (8 if activation == "softmax" else 6)
    assert all(one.formula != one.symbol for one in worked.entries())
    page = as_text.render(worked.document())
    assert not re.search(r"(∂a₁⁽¹⁾/∂z₁⁽¹⁾) += +\[? ?\1", page)
