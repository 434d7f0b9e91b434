"""Only what is asked and what it rests on is open; the rest is folded, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nbsolve import WorkedSolution, solve
from nbsolve.document import Block, Derivation, Fold, Heading, Math, blocks_within
from nbsolve.expr import Quantity, atoms
from nbsolve.phrases import phrase
from nbsolve.problem.model import Problem
from nbsolve.render import myst
from nbsolve.symbol import canonical
from tests.audit.pages import markdown
from tests.loading import load_problem

TEXT = """\
title: Only what is asked
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.1, 0.2], [0.3, 0.4]], bias: [0.5, 0.6]}
    - {units: 2, activation: sigmoid, weights: [[0.7, 0.8], [0.2, 0.1]], bias: [1.1, 0.3]}
samples: [{input: [1, 2], target: [0, 1]}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.5}}, iterations: ITERATIONS}
explain: EXPLAIN
parts: [{label: a, ask: [ASKS]}]
"""
LOSS = phrase("passages.not_asked_loss")
BACKWARD = phrase("passages.not_asked_backward")
UPDATE = phrase("passages.not_asked_update")
OTHERS = phrase("passages.other_gradients")
FOLDED = {
    "forward": [LOSS, BACKWARD, UPDATE],
    "L": [BACKWARD, UPDATE],
    "forward, loss": [BACKWARD, UPDATE],
    '"dL/dW[2][1][2]"': [OTHERS, UPDATE],
    '"dL/dW[2][1][2]", "dL/dW[1][2][1]"': [OTHERS, UPDATE],
    '"dL/dW[1]"': [OTHERS, UPDATE],
    '"dL/dz[1][2]"': [OTHERS, UPDATE],
    "deltas": [OTHERS, UPDATE],
    "gradients": [UPDATE],
    "updated_parameters": [],
    '"W_new[1][1][1]"': [],
    "L_new": [],
}


def solved(asks: str, explain: str = "delta", iterations: int = 1) -> WorkedSolution:
    problem = load_problem(text(asks, explain, iterations))
    assert isinstance(problem, Problem)
    return solve(problem)


def text(asks: str, explain: str = "delta", iterations: int = 1) -> str:
    return TEXT.replace("ASKS", asks).replace("EXPLAIN", explain).replace("ITERATIONS", str(iterations))


def folded(worked: WorkedSolution) -> list[str]:
    return [
        b.title
        for b in worked.worked().blocks
        if isinstance(b, Fold) and b.title in (LOSS, BACKWARD, UPDATE, OTHERS)
    ]


def targets(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks_within(blocks):
        for line in block.lines if isinstance(block, Derivation) else ():
            if isinstance(line.left, Quantity):
                yield canonical(line.left.atom)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("explain", ["delta", "paths", "local_derivatives"])
@pytest.mark.parametrize("asks", list(FOLDED))
def test_the_rest_is_folded_and_nothing_is_lost(asks: str, explain: str) -> None:
    worked = solved(asks, explain)
    none = asks in ('"dL/dz[1][2]"', "deltas")  # the paths need no error signal: they are also asked
    assert folded(worked) == ([BACKWARD, UPDATE] if none and explain == "paths" else FOLDED[asks])
    everything = solved("forward, loss, gradients, updated_parameters", explain)
    assert set(targets(worked.worked().blocks)) >= set(targets(everything.worked().blocks))
    assert not markdown(text(asks, explain)).report().faults


@pytest.mark.parametrize("explain", ["delta", "paths", "local_derivatives"])
def test_what_stands_before_the_fold_is_what_the_asked_rests_on(explain: str) -> None:
    asks = ["dL/dW[2][1][2]", "dL/dW[1][2][1]"]
    worked = solved(", ".join(f'"{ask}"' for ask in asks), explain)
    before = tuple(block for block in worked.backward().blocks if not isinstance(block, Fold))
    headings = [b.text[0] for b in before if isinstance(b, Heading)]
    sections = [h.left.atom for h in headings if isinstance(h, Math) and isinstance(h.left, Quantity)]
    assert [canonical(atom) for atom in sections] == asks
    needed, todo = set[str](), set(asks)
    steps = {canonical(u.target): u for s in worked.solution.iterations[0].backward for u in s.units}
    while todo:
        name = todo.pop()
        if name in steps and name not in needed:
            needed.add(name)
            todo |= {canonical(atom) for atom in atoms(steps[name].formula)}
    if explain == "paths":  # whose products have the derivatives at each unit of the paths named before them
        needed |= {f"dL/d{letter}{unit}" for letter in "az" for unit in ("[1][2]", "[2][1]", "[2][2]")}
    assert sorted(targets(before)) == sorted(needed)


def test_an_iteration_that_a_later_one_rests_on_is_open() -> None:
    assert folded(solved("loss", iterations=2)) == [BACKWARD, UPDATE]  # of the second


def test_headings_of_what_is_folded_open_no_section() -> None:
    page = myst.render(solved("loss").worked())
    inside = page.partition("<details")[2].partition("</details>")[0]
    assert "\n#" not in inside
    assert f"<summary>{BACKWARD}</summary>" in inside
