"""Own functions on pages, in every format, and in errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nbsolve import DomainError, ProblemError, load_problem, solve
from nbsolve.asking.answers import write_json
from nbsolve.render import latex
from tests.formula.test_networks import network, solved

MISH = '{custom: {name: mish, formula: "z*tanh(ln(1+exp(z)))"}}'


LOG_COSH = '{custom: {name: log_cosh, formula: "ln(cosh(a-y))"}}'


CLIP = '{custom: {name: soft_clip, formula: "z/(1+beta*abs(z-1))", parameters: {beta: 0.5}, latex: "g_2"}}'


def page(hidden: str = MISH, output: str = CLIP, loss: str = LOG_COSH, more: str = "") -> Any:
    return solve(load_problem(network(hidden, output, loss, "page")[0] + more))


@pytest.mark.parametrize("more", ["", "explain: paths\n", "explain: local_derivatives\n", "detail: both\n"])
def test_pages_name_the_functions(more: str) -> None:
    text = str(page(more=more).document())
    assert "3 mish units" in text
    assert "soft clip: g₂(z) = z/[1 + 0.5·|z − 1|]" in " ".join(text.split())
    assert "loss: log cosh" in text
    assert "∂ℓ/∂a" in text
    assert "In this problem β = 0.5." in text
    assert "where it jumps or has a kink" in text


def test_the_statement_gives_the_formulae() -> None:
    text = " ".join(str(page().statement()).split())
    assert "soft clip: g₂(z) = z/[1 + 0.5·|z − 1|]" in text
    assert "loss: log cosh of each output, ln(cosh(a − y))" in text
    assert "slope" not in text


def test_every_format_prints_them() -> None:
    document = page().document()
    bundle = document._repr_mimebundle_()
    assert r"\mathrm{mish}'(z) &= \frac{\mathrm{d}}{\mathrm{d}z}" in bundle["text/markdown"]
    assert r"g_2'(z)" in bundle["text/markdown"]
    assert r"\beta" in latex.render(document)
    assert r"\mathrm{mish}" in latex.render(document)


def test_the_derivation_is_shown_once_and_names_the_kink() -> None:
    text = str(page(hidden='{custom: {name: f, formula: "abs(z)"}}', output="sigmoid").document())
    assert "At z = 0 there is a kink or a jump, and no derivative; 0 is taken instead." in text
    assert text.count("The derivative of f:") == 1


def test_a_forward_pass_alone_shows_no_derivative() -> None:
    text = network(MISH, CLIP, LOG_COSH, "page")[0].partition("loss:")[0]
    lines = [
        line.partition(", target")[0] + ("}" if ", target" in line else "") for line in text.splitlines()
    ]
    document = str(solve(load_problem("\n".join(lines) + "\n")).document())
    assert "mish(z) = " in document
    assert "The derivative of" not in document


def test_json_and_pictures_carry_them() -> None:
    import io

    solution = page()
    out = io.StringIO()
    write_json(solution, out)
    assert json.loads(out.getvalue())
    assert "mish" in solution.draw().alt


def test_overrides_reach_the_parameters() -> None:
    text = network(MISH, CLIP, LOG_COSH, "page")[0]
    values = []
    for beta in ("0.5", "0.7"):
        path = "network.layers.1.activation.custom.parameters.beta"
        values.append(solved(text, [f"{path}={beta}"]).iterations[0].loss)
    assert values[0] != values[1]


@pytest.mark.parametrize(
    ("hidden", "loss", "words"),
    [
        ('{custom: {name: f, formula: "ln(z)"}}', "mse", "f is not defined for the pre-activation"),
        ('{custom: {name: f, formula: "sqrt(z-z)"}}', "mse", "the derivative of f is not defined"),
        ("tanh", '{custom: {name: l, formula: "ln(-a)"}}', "l is not defined for the prediction"),
    ],
)
def test_outside_the_domain(hidden: str, loss: str, words: str) -> None:
    text = network(hidden, "sigmoid", loss, "domain")[0]
    with pytest.raises(DomainError, match=words):
        solve(load_problem(text)).document()


def test_a_loss_without_a_slope_at_the_prediction() -> None:
    text = """\
network: {inputs: 1, layers: [{units: 1, activation: linear, weights: [[1]]}]}
samples: [{input: [2], target: [2]}]
loss: {custom: {name: l, formula: "sqrt(abs(a-y))"}}
"""
    with pytest.raises(DomainError, match="the derivative of l is not defined for the prediction 2"):
        solve(load_problem(text)).document()


@pytest.mark.parametrize(
    ("hidden", "loss", "words"),
    [
        (
            '{custom: {name: f, formula: "2z"}}',
            "mse",
            ["network.layers[0].activation.custom.formula: formula, column 2", "2*z"],
        ),
        ('{custom: {name: f, formula: "z*tahn(z)"}}', "mse", ["column 3", "did you mean tanh?"]),
        ('{custom: {name: f, formula: ""}}', "mse", ["formula"]),
        ("{custom: {name: f}}", "mse", ["the custom activation has no formula"]),
        ('{custom: {formula: "z"}}', "mse", ["the custom activation has no name"]),
        ('{custom: {name: sigmoid, formula: "z"}}', "mse", ["an activation that nbsolve has", "my_sigmoid"]),
        ('{custom: {name: "a b", formula: "z"}}', "mse", ["letters, digits and _"]),
        ('{custom: {name: f, formula: "z", colour: 1}}', "mse", ["unknown key 'colour'"]),
        ('{custom: {name: f, formula: "z", latex: "f^2"}}', "mse", ["without superscript"]),
        (r"{custom: {name: f, formula: z, latex: '\input{x}'}}", "mse", ["latex"]),
        ('{custom: {name: f, formula: "z*q", parameters: {q: x}}}', "mse", ["parameters.q: q is 'x'"]),
        ('{custom: {name: f, formula: "z*q", parameters: {exp: 1}}}', "mse", ["a function or a constant"]),
        ('{custom: {name: f, formula: "z*q", parameters: {z: 1}}}', "mse", ["a variable of the formula"]),
        ("custom", "mse", ["custom is not a function by itself"]),
        ("{custom: }", "mse", ["custom needs a name and a formula"]),
        ("tanh", '{custom: {name: l, formula: "a-x"}}', ["loss.custom.formula: formula, column 3"]),
        ("tanh", '{custom: {name: l, formula: "a-y", log_base: 2}}', ["unknown key 'log_base'"]),
        ("tanh", '{custom: {name: mse, formula: "a-y"}}', ["a loss that nbsolve has"]),
        ("tanh", '{custom: {name: l, formula: "a-y", scale: -1}}', ["loss.custom.scale"]),
        ("tanh", "custom", ["loss"]),
    ],
)
def test_faults_say_where_and_what(hidden: str, loss: str, words: list[str]) -> None:
    text = network(hidden, "sigmoid", loss, "faults")[0]
    with pytest.raises(ProblemError) as caught:
        load_problem(text)
    for word in words:
        assert word in str(caught.value)


def test_two_functions_with_one_name_are_a_fault() -> None:
    text = network(MISH, MISH.replace("tanh", "sin"), "mse", "names")[0]
    with pytest.raises(ProblemError, match="would be written like another function"):
        load_problem(text)
    load_problem(network(MISH, MISH, "mse", "names")[0])
