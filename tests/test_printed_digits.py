"""Every printed digit of random small problems against the value at 60 digits, rounded half away from zero.

A tenth of the problems put values on rounding ties and on kinks. A given is printed as it is given; an exact
value that ends within the digits is printed as it is (0.6), a rounded one is padded (0.6000).
"""

from __future__ import annotations

import re
from random import Random
from typing import Any

import pytest
import yaml

from nbsolve import solve
from nbsolve.checking.oracle.compare import key_of
from nbsolve.checking.oracle.network import solve as reference
from nbsolve.checking.oracle.reading import load
from nbsolve.checking.oracle.rounding import Digits, fault, is_tie
from tests.loading import load_problem
from tests.reference.random_problems import to_text
from tests.reference.small_problems import small_problem

pytestmark = pytest.mark.slow

CHUNKS = 10
PROBLEMS = 105  # a chunk: 1,050 in all, every tenth on an edge


def digits_of(rounding: dict[str, Any] | None) -> Digits:
    """The answers' digits, by the rules of the `rounding` key."""
    given = {} if rounding is None else rounding | rounding.get("answers", {})
    minimum = int(given.get("minimum_significant", 0))
    if "decimals" in given:
        return Digits(decimals=int(given["decimals"]), minimum=minimum)
    return Digits(significant=int(given.get("significant", 4)))


def given_texts(node: dict[str, Any]) -> dict[tuple[str, int | None], str]:
    """Every given as it is written, by quantity and sample."""
    out: dict[tuple[str, int | None], str] = {}
    for layer_number, layer in enumerate(node["network"]["layers"], 1):
        for j, row in enumerate(layer["weights"], 1):
            out |= {(f"W[{layer_number}][{j}][{i}]", None): v for i, v in enumerate(row, 1)}
            out[(f"b[{layer_number}][{j}]", None)] = layer["bias"][j - 1]
    for s, sample in enumerate(node["samples"], 1):
        out |= {(f"x[{i}]", s): v for i, v in enumerate(sample["input"], 1)}
        out |= {(f"y[{k}]", s): v for k, v in enumerate(sample["target"], 1)}
    return out


def faults(text: str) -> list[str]:
    node = yaml.load(text, Loader=yaml.BaseLoader)
    digits, spec = digits_of(node.get("rounding")), load(text)
    values, givens = reference(spec), given_texts(node)
    wrong: list[str] = []
    for entry in solve(load_problem(text)).entries(everything=True):
        key = key_of(entry, spec, values)
        if key is None:
            wrong.append(f"unknown: {entry.quantity}")
            continue
        given = givens.get((key[0], key[2]))
        if given is not None and (key[1] or 1) == 1:
            found = None if entry.printed == given else f"printed {entry.printed}, given as {given}"
        else:
            moved = re.fullmatch(r"(W|b|theta)_new(\[.*)", key[0])
            before = values.get((f"{moved[1]}{moved[2]}", *key[1:])) if moved else None
            found = fault(str(entry.printed), values[key], digits, before)
        if found:
            wrong.append(f"{key}: {found}")
    return wrong


@pytest.mark.sampled(5)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_printed_digit(chunk: int) -> None:
    rng = Random(f"digits {chunk}")
    for n in range(PROBLEMS):
        text = to_text(small_problem(rng, edge=n % 10 == 0))
        wrong = faults(text)
        assert not wrong, text + "\n".join(wrong[:10])


def test_ties_and_kinks_do_occur() -> None:
    """The edge problems are what they are meant to be: values that end in a 5 just past the digits, z = 0."""
    ties = kinks = 0
    rng = Random("digits 0")
    for n in range(PROBLEMS):
        problem = small_problem(rng, edge=n % 10 == 0)
        if n % 10:
            continue
        digits = digits_of(problem.get("rounding"))
        for key, value in reference(load(to_text(problem))).items():
            kinks += bool(re.match(r"z\[", key[0])) and value == 0
            ties += is_tie(value, digits)
    assert ties >= 10
    assert kinks >= 5
