"""The words about index variables name the letters that the formulae have, and no others."""

from __future__ import annotations

import re

import pytest

from nbsolve import solve
from nbsolve.render import myst
from tests.loading import load_problem

TEXT = """\
title: Letters
network:
  inputs: 2
  layers: [LAYERS]
samples: [{input: symbolic, target: symbolic}]
loss: LOSS
notation: {preset: indexed, input: [FIRST_1, FIRST_2]}
"""
LAYERS = {
    "one unit": ("{units: 1, activation: sigmoid, ALL}", "binary_cross_entropy"),
    "one layer": ("{units: 2, activation: sigmoid, ALL}", "binary_cross_entropy"),
    "softmax alone": ("{units: 3, activation: softmax, ALL}", "categorical_cross_entropy"),
    "two layers": (
        "{units: 2, activation: tanh, ALL}, {units: 2, activation: sigmoid, ALL}",
        "squared_error",
    ),
    "one path": ("{units: 2, activation: tanh, ALL}, {units: 1, activation: sigmoid, ALL}", "squared_error"),
    "three layers": (
        "{units: 2, activation: tanh, ALL}, {units: 2, activation: tanh, ALL}, "
        "{units: 2, activation: softmax, ALL}",
        "categorical_cross_entropy",
    ),
}


def page(layers: str, first: str) -> str:
    """The page of a problem in symbols whose inputs are called `first`₁, `first`₂."""
    there, loss = LAYERS[layers]
    text = TEXT.replace("LAYERS", there).replace("ALL", "weights: symbolic, bias: symbolic")
    return myst.render(solve(load_problem(text.replace("LOSS", loss).replace("FIRST", first))).document())


@pytest.mark.parametrize("first", ["x", "i", "j", "k"])
@pytest.mark.parametrize("layers", LAYERS)
def test_the_letters_in_the_words_are_those_of_the_formulae(layers: str, first: str) -> None:
    text = page(layers, first)
    words = "\n".join(line for line in text.split("\n") if re.match(r"Here |- \$\\mathbb", line))
    said = set(re.findall(r"\$([a-z])\$", words))
    formulae = text[text.index("The derivative of a weighted sum") :]
    used = {
        letter
        for group in re.findall(r"_\{?([a-z0-9]+)\}?\^|\\sum_\{([a-z])=", formulae)
        for letter in "".join(group)
        if letter.isalpha()
    }
    assert said == used
    assert first not in said


def test_a_single_index_is_called_one_index() -> None:
    text = page("one unit", "x")
    assert "With an index for where the weight comes from, a single formula" in text
    assert "With one index for the unit and one for" in page("one layer", "x")


def test_one_path_is_no_sum_with_common_factors() -> None:
    assert "The chain rule along the path" in page("one path", "x")
    assert "The chain rule over every path" in page("two layers", "x")
