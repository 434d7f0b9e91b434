"""Handouts for the tests, each typeset once in a process."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from nbsolve import load_problem, solve
from nbsolve.handout import PAPERS, CourseData, Handout, typeset
from nbsolve.handout.kinds import sheet_of
from nbsolve.worked.network import WorkedSolution
from tests.handout.pdf import Pdf

ROOT = Path(__file__).parents[2]
PROBLEMS = sorted((ROOT / "problems").glob("*.yaml"))
SMALL = """\
title: A small network
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.1, 0.2], [0.3, 0.4]], bias: {shared: 0.1}}
    - {units: 1, activation: sigmoid, weights: [[0.2, 0.1]], bias: [0.2]}
samples:
  - {input: [1, 2], target: [1]}
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.5}}}
parts:
  - {label: a, ask: [forward, loss], marks: 4}
  - {label: b, ask: [gradients], marks: 2.5}
pitfalls: ["The sum $z_1^{(1)}$ is no activation."]
"""
COURSE = CourseData("Neural networks", "Winter 2026/27", "21 November 2026", "A University")


@cache
def handout(source: str | Path, changes: tuple[str, ...] = ()) -> Handout:
    """The handouts of a file, or of a text."""
    return Handout(solve(load_problem(source, overrides=list(changes))), COURSE)


@cache
def pdf(source: str | Path, kind: str = "solution", changes: tuple[str, ...] = (), paper: str = "a4") -> Pdf:
    """One of them, typeset and opened."""
    one = replace(handout(source, changes), paper=PAPERS[paper])
    return Pdf(typeset(sheet_of(one, kind)))


def solution(path: Path) -> WorkedSolution:
    """A problem's solution in numbers."""
    worked = handout(path).worked
    assert isinstance(worked, WorkedSolution)
    return worked


def has_numbers(path: Path) -> bool:
    """Whether a problem has a solution in numbers."""
    worked = handout(path).worked
    return isinstance(worked, WorkedSolution) and not worked.problem.symbolic
