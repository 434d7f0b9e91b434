"""What can be asked for by name: whole vectors and matrices, a sample's values, the problem's own letters."""

from __future__ import annotations

import json
import re
from io import StringIO
from itertools import product
from typing import Any

import pytest

from nbsolve.answers import Answer, write_json
from nbsolve.checking.oracle import network as reference
from nbsolve.checking.oracle.reading import load
from nbsolve.document import Derivation, Heading, Table, blocks_within
from nbsolve.errors import ProblemError, UnknownQuantityError
from nbsolve.listing import asked
from nbsolve.notation import Names
from nbsolve.refusals import refusal
from nbsolve.render import myst
from nbsolve.render import text as as_text
from nbsolve.symbol import anchor, canonical, parse_canonical
from nbsolve.values import whole
from nbsolve.worked import solve
from nbsolve.worked_network import WorkedSolution
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


ONE_LAYER = """\
network: {{inputs: 2, layers: [{{units: 2, activation: sigmoid, weights: [[0.1, 0.2], [0.3, 0.4]]{bias}}}]}}
samples: [{{input: [1, 2], target: [1, 0]}}]
loss: squared_error
notation: {notation}
"""


@pytest.mark.parametrize("notation", ["indexed", "flat", "matrix"])
@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        ("z[2][1]", "1 layer"), ("z[1][3]", "layer 1 has 2 units"), ("x[3]", "2 inputs"), ("y[3]", "2 outputs"),
        ("W[1][2][3]", "2 inputs"), ("W[2][1]", "1 layer"), ("dL/dz[2][1]", "1 layer"), ("da/dz[1][3]", "2 units"),
        ("theta[1]", r"biases: b\[1\]"), ("dL/dtheta[1][1]", "biases"), ("e_new[1]", "no new value"),
        ("w[1][1][1]", "canonical"), ("z_1^{[2]}", "canonical"), ("dz[1][1]/dW[1][2][1]", "not among them"),
        ("dL/dy[1]", "not among them"), ("z[1][1][1]", "weights"), ("dL_new/dW[1]", "before the update"),
        ("L[1]", "L is a single number"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_an_error(ask: str, reason: str, notation: str) -> None:
    """`z[2][1]` of a network of one layer was once read as z_{12}."""
    own = load_problem(ONE_LAYER.format(bias=", bias: [0.1, 0.2]", notation=notation))
    with pytest.raises(UnknownQuantityError, match=reason):
        Names.of(own).resolve(ask)


def test_an_index_does_not_run_into_the_layer() -> None:
    rows = ", ".join(["[0.1]"] * 12)
    network = f"network: {{inputs: 1, layers: [{{units: 12, activation: linear, weights: [{rows}]}}]}}\n"
    names = Names.of(load_problem(network + "samples: [{x: 1}]\nnotation: flat\n"))
    assert canonical(names.resolve("z_12")) == "z[1][12]"
    with pytest.raises(UnknownQuantityError):
        names.resolve("z_1^{(2)}")


# ------------------------------------------------------------------ a problem's own letters

OWN = """\
network: {{inputs: 1, layers: [{{units: {units}, activation: linear, weights: {weights}}}]}}
samples: [{{input: [2], target: {target}}}]
loss: squared_error
notation: {notation}
parts: [{{label: a, ask: ["{ask}"]}}]
"""


@pytest.mark.parametrize("letter", ["y", "e", "x", "L", "t", "delta", "E", "J", "W", "b", "z"])
@pytest.mark.parametrize("units", [1, 2])
def test_the_output_is_what_the_problem_calls_so(letter: str, units: int) -> None:
    names = f"[{', '.join([letter] if units == 1 else [letter + '_1', letter + '_2'])}]"
    notation = f"{{output: {names}, target: q, input: u, loss: Q, weight: p, pre_activation: s}}"
    for ask in [letter] if units == 1 else [f"{letter}_1", f"{letter}_2"]:
        text = OWN.format(
            units=units, weights="[[3]]" if units == 1 else "[[3], [4]]", target="[10]" if units == 1 else "[1, 2]",
            notation=notation, ask=ask,
        )  # fmt: skip
        (found,) = answers(text)
        assert found.quantity == ("a[1][2]" if ask.endswith("2") else "a[1][1]")
        assert found.exact == (8 if ask.endswith("2") else 6)


def test_a_bare_letter_of_the_outputs_is_the_whole_vector() -> None:
    text = OWN.format(
        units=2, weights="[[3], [4]]", target="[1, 2]", notation="{output: y, target: t}", ask="y"
    )
    assert [(one.quantity, one.exact) for one in answers(text)] == [("a[1][1]", 6), ("a[1][2]", 8)]


def test_own_letters_in_derivatives() -> None:
    text = OWN.format(
        units=1,
        weights="[[3]]",
        target="[10]",
        notation="{output: [L], loss: E, pre_activation: [[z]]}",
        ask="L",
    )
    names = Names.of(load_problem(text))
    assert canonical(names.resolve("dL/dz")) == "da/dz[1][1]"
    assert canonical(names.resolve("dE/dz")) == "dL/dz[1][1]"
    assert canonical(names.resolve("dL/dz[1][1]")) == "dL/dz[1][1]"  # with brackets: canonical
    with pytest.raises(UnknownQuantityError, match=r"L is a\[1\]\[1\] here"):
        names.resolve("dL/dw_1")


def test_the_output_without_targets_can_be_asked_and_explained() -> None:
    text = (
        "network: {inputs: 1, layers: [{units: 1, activation: linear, weights: [[3]]}]}\nsamples: [{x: [2]}]\n"
        'notation: {output: [y]}\nparts: [{label: "1", ask: [y]}]\n'
    )
    worked = solve(load_problem(text))
    assert [one.exact for one in worked.entries()] == [6]
    assert "y = z" in as_text.render(worked.explain("y"))


@pytest.mark.parametrize(
    ("ask", "reason"),
    [("e[1]", "no targets"), ("L", "no loss"), ("W_new[1]", "no training")],
)
def test_what_the_problem_does_not_give_is_refused(ask: str, reason: str) -> None:
    text = "network: {inputs: 1, layers: [{units: 1, activation: linear, weights: [[3]]}]}\nsamples: [{x: [2]}]\n"
    own = load_problem(text)
    assert reason in str(refusal(parse_canonical(ask), own))
    with pytest.raises((UnknownQuantityError, ProblemError), match=reason):
        list(solve(load_problem(text + f'parts: [{{label: a, ask: ["{ask}"]}}]\n')).entries())


# ------------------------------------------------------------------ in letters

LETTERS = """\
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: symbolic, bias: symbolic}
    - {units: 2, activation: sigmoid, weights: symbolic, threshold: symbolic}
samples: [{input: symbolic, target: symbolic}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.5}}}
parts: [{label: a, ask: ["delta[1]", e, L_out, "dL/dx", "dL/dW[1]", "W_new[1]", "theta_change[2]",
  "dL_out[1]/da[1]", "dz[1]/dW[1]", L_sample, x, changes]}]
"""


def test_wholes_in_letters() -> None:
    worked = solve(load_problem(LETTERS))
    found = {one.quantity: one.formula for one in worked.entries()}
    assert found["e[2]"] == "y₂ − a₂⁽²⁾"
    assert found["L_out[1]"] == "(a₁⁽²⁾ − y₁)²"
    assert found["theta_change[2][2]"] == "−η·∂L/∂θ₂⁽²⁾"
    assert found["dL_out[1]/da[1][2]"] == "2·(a₁⁽²⁾ − y₁)·a₁⁽²⁾·(1 − a₁⁽²⁾)·w₂₁⁽²⁾"
    assert found["dz[1][1]/dW[1][1][2]"] == "x₂"
    assert {"delta[1][1]", "dL/dx[2]", "W_new[1][2][1]", "b_change[1][1]"} <= set(found)
    anchors = lines(worked)
    assert len(anchors) == len(set(anchors))
    assert {"letters-delta-1-1", "letters-dL-dx-2", "letters-theta_change-2-2"} <= set(anchors)


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


def training(show: str, iterations: str = "iterations: 10") -> str:
    return (
        "network: {inputs: 1, layers: [{units: 1, activation: sigmoid, weights: [[0.6]], bias: [0.9]}]}\n"
        "samples: [{input: [1], target: [0]}, {input: [2], target: [1]}]\nloss: squared_error\n"
        f"training: {{optimiser: {{sgd: {{learning_rate: 0.15}}}}, {iterations}, show: {show}}}\n"
    )


def headings(worked: WorkedSolution) -> list[str]:
    return [
        "".join(map(str, b.text)) for b in worked.document().blocks if isinstance(b, Heading) and b.level == 2
    ]


def test_a_single_iteration_says_which_it_is_and_what_it_starts_from() -> None:
    worked = solve(load_problem(training("[last]")))
    assert "Iteration 10: sample 2" in headings(worked)
    page = as_text.render(worked.document())
    assert "Iterations 1 to 9 are carried out in the way shown below" in page
    start = page[page.index("left by iteration 9") :]
    weight = float(worked.iterations[0].W[1][0, 0])
    assert f"{weight:.6f}"[:7] in start[: start.index("Forward pass")]
    assert "Iteration 10" in as_text.render(worked.forward())


def test_skipped_iterations_are_carried_out_in_a_way_that_was_shown() -> None:
    page = as_text.render(solve(load_problem(training("[2, 4, 9]"))).document())
    assert "Iteration 1 is carried out in the way shown below" in page
    assert "Iteration 3 is carried out in the same way" in page
    assert "Iterations 5 to 8 are carried out in the same way" in page
    assert "Iteration 10 is carried out in the same way" in page


def test_the_loss_of_every_epoch() -> None:
    worked = solve(load_problem(training("epochs", "epochs: 7")))
    assert [one.number for one in worked.solution.iterations] == [1, 14]
    true = reference.solve(load(training("epochs", "epochs: 7")))
    assert [one.iteration for one in worked.epochs] == [2, 4, 6, 8, 10, 12, 14]
    for one in worked.epochs:
        assert float(one.exact) == pytest.approx(float(true["L_epoch", one.iteration, None]), rel=1e-14)
    tables = [block for block in worked.document().blocks if isinstance(block, Table)]
    (epochs,) = (table for table in tables if table.header[0] == ("Epoch",))
    assert len(epochs.rows) == 7
    stream = StringIO()
    write_json(worked, stream)
    assert [one["epoch"] for one in json.loads(stream.getvalue())["epochs"]] == list(range(1, 8))


def test_the_loss_of_every_epoch_with_each_step_rounded() -> None:
    text = training("[last, epochs]", "epochs: 3") + "rounding: {apply: each_step, decimals: 3}\n"
    worked = solve(load_problem(text))
    assert [one.number for one in worked.solution.iterations] == [6]
    assert [float(one.printed) for one in worked.epochs] == [one.value for one in worked.epochs]


@pytest.mark.parametrize(
    ("show", "iterations", "reason"),
    [
        ("epochs", "iterations: 1", "no whole epoch"),
        ("epochs", "epochs: 1001", "too many"),
        ("[epoch]", "epochs: 2", "show is epoch"),
    ],
)
def test_epochs_that_cannot_be_listed(show: str, iterations: str, reason: str) -> None:
    with pytest.raises(ProblemError, match=reason):
        load_problem(training(show, iterations))


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
