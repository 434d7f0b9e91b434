"""Problem files of the kind `derivation`: what they say, and what is wrong with those that are wrong."""

from __future__ import annotations

import pytest

from nbsolve import DerivationProblem, ProblemError, load_problem
from nbsolve.catalogue import ACTIVATIONS, LOSSES
from nbsolve.given import Given
from nbsolve.problem import self_contained_text
from nbsolve.problem.model import Topic

WHOLE = """\
kind: derivation
title: Derivatives
source: A book
functions:
  - sigmoid
  - {leaky_relu: {slope: 0.2}}
  - {custom: {name: mish, formula: "z*tanh(ln(1+exp(z)))"}}
losses:
  - squared_error
  - binary_cross_entropy
  - {binary_cross_entropy: {through: sigmoid}}
  - {huber: {delta: 2}}
parts:
  - {label: "1", ask: [sigmoid, mish], marks: 4}
  - {ask: binary_cross_entropy_through_sigmoid, text: Through the sigmoid.}
pitfalls: Signs.
"""


def loaded(text: str, **more: object) -> DerivationProblem:
    problem = load_problem(text, **more)  # type: ignore[arg-type]
    assert isinstance(problem, DerivationProblem)
    return problem


def test_everything_that_a_file_may_say() -> None:
    problem = loaded(WHOLE)
    assert (problem.kind, problem.title, problem.source, problem.group) == (
        "derivation",
        "Derivatives",
        "A book",
        "A book",
    )
    assert [topic.id for topic in problem.topics] == [
        "sigmoid",
        "leaky_relu",
        "mish",
        "squared_error",
        "binary_cross_entropy",
        "binary_cross_entropy_through_sigmoid",
        "huber",
    ]
    assert problem.topics[1] == Topic(
        kind="activation", name="leaky_relu", parameters={"slope": Given.read("0.2")}
    )
    assert problem.topics[2].formula == "z*tanh(ln(1+exp(z)))"
    assert problem.topics[5].through == "sigmoid"
    assert problem.topics[6].parameters == {"delta": Given.read("2")}
    assert [part.label for part in problem.parts] == ["1", "b"]
    assert problem.parts[0].ask == ("sigmoid", "mish")
    assert problem.parts[0].marks == Given.read("4")
    assert problem.parts[1].text == "Through the sigmoid."
    assert problem.pitfalls == ("Signs.",)
    assert self_contained_text(problem) == WHOLE


def test_what_is_not_said() -> None:
    problem = loaded("kind: derivation\nfunctions: tanh\n")
    assert problem.title == "problem"
    assert [(part.label, part.ask) for part in problem.parts] == [("a", ("tanh",))]
    every = f"kind: derivation\nfunctions: [{', '.join(ACTIVATIONS)}]\nlosses: [{', '.join(LOSSES)}]\n"
    assert [topic.name for topic in loaded(every).topics] == [*ACTIVATIONS, *LOSSES]


def test_it_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        loaded(WHOLE).title = "another"


def test_overrides() -> None:
    problem = loaded(WHOLE, overrides=["functions=[relu]", "parts=null", "losses=null"])
    assert [topic.id for topic in problem.topics] == ["relu"]
    assert problem.text.startswith("kind: derivation")
    problem = loaded(WHOLE, overrides={"losses.3.huber.delta": 3})
    assert problem.topics[6].parameters == {"delta": Given.read("3")}


FAULTS = {
    "nothing to derive": ("kind: derivation", ["neither functions nor losses", "functions: a list"]),
    "unknown function": (
        "kind: derivation\nfunctions: [sigmod]",
        [":2:13: functions[0]: unknown function 'sigmod'", "mish, gelu_tanh or custom", "sigmoid?"],
    ),
    "unknown loss": (
        "kind: derivation\nlosses: [hing]",
        [
            ":2:10: losses[0]: unknown loss 'hing'",
            "label_smoothing or custom",
            "did you mean hinge?",
        ],
    ),
    "a loss among the functions": (
        "kind: derivation\nfunctions: [hinge]",
        ["unknown function 'hinge'"],
    ),
    "an alias": ("kind: derivation\nlosses: [mse]", ["mse is another name", "write squared_error"]),
    "unknown key": (
        "kind: derivation\nfunction: [tanh]",
        [":2:1: function: unknown key 'function'", "did you mean functions?"],
    ),
    "key of a network": (
        "kind: derivation\nfunctions: [tanh]\nsamples: []",
        ["samples: unknown key", "a derivation has no numbers"],
    ),
    "functions empty": ("kind: derivation\nfunctions: []", ["functions has 0 entries"]),
    "functions a mapping": ("kind: derivation\nfunctions: {tanh: 1}", ["expected: a list such as"]),
    "unknown parameter": (
        "kind: derivation\nfunctions: [{leaky_relu: {slop: 1}}]",
        ["functions[0].leaky_relu.slop: unknown key 'slop'", "did you mean slope?"],
    ),
    "no parameters": ("kind: derivation\nfunctions: [{tanh: {x: 1}}]", ["tanh has no parameters"]),
    "through another activation": (
        "kind: derivation\nlosses: [{binary_cross_entropy: {through: tanh}}]",
        ["losses[0].binary_cross_entropy.through: through is 'tanh'", "expected: sigmoid"],
    ),
    "through where there is none": (
        "kind: derivation\nlosses: [{hinge: {through: tanh}}]",
        [
            "losses[0].hinge.through: hinge has no derivation through an activation",
            "binary_cross_entropy through sigmoid, categorical_cross_entropy through softmax, ",
        ],
    ),
    "twice": ("kind: derivation\nfunctions: [tanh, tanh]", ["functions[1]: tanh is asked for twice"]),
    "part asks nothing": (
        "kind: derivation\nfunctions: [tanh]\nparts: [{label: a}]",
        ["the part asks nothing"],
    ),
    "part asks another": (
        "kind: derivation\nfunctions: [tanh]\nparts: [{ask: [tan]}]",
        ["parts[0].ask[0]: 'tan' is asked", "expected: tanh", "did you mean tanh?"],
    ),
    "part at an iteration": (
        "kind: derivation\nfunctions: [tanh]\nparts: [{ask: tanh, at: 1}]",
        ["parts[0].at: unknown key 'at'", "there are no iterations here"],
    ),
    "two parts of one name": (
        "kind: derivation\nfunctions: [tanh]\nparts: [{label: a, ask: tanh}, {label: a, ask: tanh}]",
        ["two parts have the label 'a'"],
    ),
    "parts a word": ("kind: derivation\nfunctions: [tanh]\nparts: tanh", ["parts: parts is 'tanh'"]),
    "marks": ("kind: derivation\nfunctions: [tanh]\nparts: [{ask: tanh, marks: -1}]", ["marks is -1"]),
    "own without formula": (
        "kind: derivation\nfunctions: [{custom: {name: f}}]",
        ["the custom activation has no formula"],
    ),
    "own with nothing": ("kind: derivation\nlosses: [custom]", ["custom needs a name and a formula"]),
    "formula that is none": (
        'kind: derivation\nfunctions: [{custom: {name: f, formula: "z+"}}]',
        ["functions[0].custom.formula"],
    ),
}


@pytest.mark.parametrize("title", FAULTS)
def test_what_is_wrong_is_said_with_its_place(title: str) -> None:
    text, said = FAULTS[title]
    with pytest.raises(ProblemError) as error:
        load_problem(text + "\n")
    for words in said:
        assert words in str(error.value), str(error.value)
