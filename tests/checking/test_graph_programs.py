"""The programs of computation graphs and of updates print the digits of their pages, which oracles know too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from nbsolve import load_problem, solve
from nbsolve.checking.oracle.graph_oracle import values_and_gradients
from nbsolve.document import Code, Fold
from nbsolve.programs import graph_programs, update_programs
from nbsolve.worked.graph import WorkedGraph
from nbsolve.worked.update import WorkedUpdate
from tests.checking.running import NUMBER, run
from tests.loading import files
from tests.reference.random_graphs import random_graph
from tests.reference.torch_oracle import INSTALLED
from tests.sampling import OneIn

GRAPHS, UPDATES = files("graph"), files("update")
LANGUAGES = ["NumPy", pytest.param("PyTorch", marks=pytest.mark.skipif(not INSTALLED, reason="no PyTorch"))]
RANDOM = 300
SOFTMAX = """\
kind: graph
given: {W: [[0.1, 0.2, -0.3], [0.4, -0.5, 0.6]], norm: [1, 2, 3], b: [0.1, -0.1], k: 2}
equations:
  "z[j]": sum(i, W[j,i]*norm[i]) + b[j]
  "p[j]": exp(z[j])/sum(m, exp(z[m]))
  L: sum(j, (p[j] - 1)^2)^2/k
"""
WINDOWS = """\
kind: graph
given: {x: [1, 2, 3, 0.5], k: [0.7, -1], c: "1/3"}
equations: {"y[t]": "sum(s, k[s]*x[t+s-2])", "r[t]": "max(y[t], c)*c"}
ranges: {t: 3}
padding: {x: 0}
upstream: [0.5, -1, 2]
"""
ONE_ENTRY = """\
kind: graph
given: {A: [[1, 2], [3, 4]], u: [0.5, -1.5]}
equations: {"v[i]": "sum(j, A[j,i]*u[j])", "w[i,j]": "tanh(v[i]*u[j]) + A[j,i]"}
gradients_of: "w[2,1]"
"""
CLIPPED = """\
kind: graph
given: {w: [0.5, -1], b: 0.25, x: [2, 3]}
equations: {z: "sum(i, w[i]*x[i]) + b", a: sigmoid(z), L: "-ln(a)"}
training:
  optimiser: {OPTIMISER: {learning_rate: 0.1}}
  clip: {norm: 0.5}
  parameters: [w, b]
  iterations: 4
  show: [1, 4]
  direction: WAY
"""
STATE = """\
kind: update
parameters: {w: 0.5, k: [1, -2]}
gradients: [{w: 0.1, k: [0.3, -0.2]}, {w: -0.2, k: [0.1, 0.4]}]
optimiser: {OPTIMISER: {learning_rate: 0.01}}
schedule: {exponential: {factor: 0.9}}
"""
KEYWORD = """\
kind: graph
given: {lambda: 2, np: 3, t: 0.5}
equations: {if: lambda*np, d: "if^2 + t"}
"""
LOGARITHM = """\
kind: graph
given: {x: 1, w: ln(3), y: 1}
equations: {z: w*x, a: sigmoid(z), L: (a - y)^2}
gradients_of: L
"""
OWN = {
    "a logarithm": LOGARITHM,
    "keywords": KEYWORD,
    "softmax": SOFTMAX, "windows": WINDOWS, "one entry": ONE_ENTRY,
    "clipped, up": CLIPPED.replace("OPTIMISER", "momentum").replace("WAY", "ascent"),
    "clipped, nadam": CLIPPED.replace("OPTIMISER", "nadam").replace("WAY", "descent"),
    "schedule, amsgrad": STATE.replace("OPTIMISER", "amsgrad"),
    "schedule, lion": STATE.replace("OPTIMISER", "lion"),
    "schedule, adadelta": STATE.replace("OPTIMISER", "adadelta"),
}  # fmt: skip


def texts(worked: WorkedGraph | WorkedUpdate) -> tuple[dict[str, str], tuple[str, ...]]:
    found = (
        worked.certified(lambda solution: graph_programs(worked._unrounded(solution)))
        if isinstance(worked, WorkedGraph)
        else worked.certified(lambda solution: update_programs(worked._unrounded(solution)))
    )
    return found.texts, found.differing


def by_pass(printed: dict[tuple[int, str], list[str]]) -> Iterator[tuple[int, str, list[str]]]:
    """What is printed, with the number of the update where the program says `update 2`."""
    for (number, label), numbers in printed.items():
        yield number, label, numbers


def faults(text: str, language: str) -> Iterator[str]:
    """Where a program prints other digits than the page."""
    worked = solve(load_problem(text))
    assert isinstance(worked, WorkedGraph | WorkedUpdate)
    programs, differing = texts(worked)
    assert not differing, differing
    program = programs[language].replace('print("update",', 'print("iteration",')
    first = worked.solution.iterations[0].number
    known: dict[tuple[int | None, str], list[str]] = {}
    for one in sorted(worked.entries(everything=True), key=lambda one: _place(one.quantity)):
        label = re.sub(r"\[.*?\]", "", one.quantity.replace(" ", ""))
        label = f"new {label.removesuffix('_new')}" if label.endswith("_new") else label
        known.setdefault((one.iteration, label), []).append(one.printed or "")
    printed = run(program, first)
    for number, label, numbers in by_pass(printed):
        name = re.sub(r"\[.*?\]", "", label)
        expected = known.get((number, name))
        if expected is None:
            yield f"{label} of pass {number} is not on the page"
        elif [Fraction(one) for one in numbers] != [Fraction(one) for one in expected]:
            yield f"{label} of pass {number}: {numbers}, on the page {expected}"
    new = {label for _, label in printed if label.startswith("new ")}
    training = worked.problem.training
    if training is not None and not {f"new {name}" for name in training.parameters} <= new:
        yield f"printed are only {new}"


def _place(quantity: str) -> list[int]:
    """The place in the array below: a page has gradients in the order in which they are known."""
    return [int(one) for one in re.findall(r"\d+", quantity.rpartition("[")[2])] if "[" in quantity else []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", [*GRAPHS, *UPDATES], ids=lambda path: path.stem)
def test_shipped(path: Path, language: str) -> None:
    assert not list(faults(path.read_text(encoding="utf-8"), language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OWN)
def test_own(name: str, language: str) -> None:
    assert not list(faults(OWN[name], language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_random_graphs(language: str, one_in: OneIn) -> None:
    for seed in range(0, RANDOM, one_in(15)):
        text = random_graph(seed)
        found = list(faults(text, language))
        assert not found, "\n".join([*found[:4], text])


@pytest.mark.parametrize("name", ["softmax", "windows", "one entry"])
def test_gradients_are_those_of_automatic_differentiation(name: str) -> None:
    worked = solve(load_problem(OWN[name]))
    assert isinstance(worked, WorkedGraph)
    printed = run(texts(worked)[0]["NumPy"], 1)
    expected = values_and_gradients(OWN[name])
    checked = 0
    for (_, label), numbers in printed.items():
        over, _, under = label.partition("/d")
        own = [
            value for key, value in expected.items()
            if (key.startswith(f"{over}/d{under}[") or key == label if under else re.sub(r"\[.*", "", key) == label)
        ]  # fmt: skip
        assert np.allclose([float(one) for one in numbers], own, rtol=6e-4, atol=1e-9), label
        checked += len(own)
    assert checked > 8


def test_pages_have_them_folded_and_handouts_do_not() -> None:
    for path in (GRAPHS[0], UPDATES[0]):
        blocks = solve(load_problem(path)).document().blocks
        folds = [block for block in blocks if isinstance(block, Fold)]
        assert [fold.title for fold in folds] == [
            "The same calculation in NumPy", "The same calculation in PyTorch",
        ]  # fmt: skip
        assert all(any(isinstance(inner, Code) for inner in fold.blocks) for fold in folds)


def test_a_program_is_short() -> None:
    worked = solve(load_problem(GRAPHS[0]))
    assert isinstance(worked, WorkedGraph)
    program = texts(worked)[0]["NumPy"]
    assert "q = x + y\nf = q * z\n" in program
    assert (
        "df = np.float64(1.0)\ndq = df * z\ndz = df * q\ndx = dq\ndy = dq\n" in program
        or "dz = df * q" in program
    )
    assert NUMBER.search(program)
