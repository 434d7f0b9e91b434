"""Shipped problems with a block `variants`: of every kind; each variant agrees with what verifies it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from nbsolve.checking.oracle import autograd_oracle
from nbsolve.checking.oracle.compare import key_of
from nbsolve.checking.oracle.graph_oracle import values_and_gradients
from nbsolve.checking.oracle.reading import load
from nbsolve.problem.embedding import self_contained_text
from nbsolve.problem.model import Problem
from nbsolve.variants import Family
from nbsolve.variants.checking import Checked, Report, spread
from nbsolve.variants.verifying import disagreements
from nbsolve.worked_network import WorkedSolution
from tests.variants.small import family

PROBLEMS = sorted((Path(__file__).parents[2] / "problems").glob("*.yaml"))
VARIED = [path for path in PROBLEMS if "\nvariants:\n" in path.read_text(encoding="utf-8")]


@cache
def shipped(path: Path) -> Family:
    return Family(path.read_text(encoding="utf-8"), name=path.stem, folder=path.parent)


def test_problems_of_every_kind_have_variants() -> None:
    assert len(VARIED) >= 12
    assert {shipped(path).problem.kind for path in VARIED} == {
        "network",
        "derivation",
        "graph",
        "update",
        "rule",
    }


@pytest.mark.sampled(2)
@pytest.mark.parametrize("path", VARIED, ids=lambda path: path.stem)
def test_a_variant_agrees_with_an_oracle(path: Path) -> None:
    """The steps, the difference quotients, and for networks and graphs automatic differentiation."""
    variant = shipped(path).variant("s1", seed=8)
    assert variant.problem.variants is None
    assert disagreements(variant.candidate) == []
    text, answers = variant.problem.text, variant.candidate.answers
    if isinstance(variant.problem, Problem):
        spec = load(text)
        oracle: dict[Any, float] = autograd_oracle.solve(spec)
        found = {answer: key_of(answer, spec, oracle) for answer in answers}
        known = {answer: oracle[key] for answer, key in found.items() if key is not None}
        assert len(known) >= len(answers) / 2
    elif variant.problem.kind == "graph" and "training:" not in text:
        values = values_and_gradients(text)
        known = {answer: values[answer.quantity] for answer in answers}
    else:
        known = {}
    for answer, value in known.items():
        assert float(answer.exact or 0) == pytest.approx(value, rel=1e-9, abs=1e-12), answer.quantity


def test_a_wrong_gradient_is_found() -> None:
    candidate = family().variant("1").candidate
    worked = candidate.worked
    assert isinstance(worked, WorkedSolution)
    assert disagreements(candidate) == []
    solution = worked.solution
    values = solution.iterations[0].values
    target = next(
        atom for atom in values.stored if str(atom).startswith("Partial") and "WEIGHT" in repr(atom)
    )
    values.stored[target] = values.stored[target] * 2
    found = disagreements(candidate)
    assert any("difference quotient" in one for one in found)
    assert any("not" in one and "difference quotient" not in one for one in found)


def test_a_notebook_carries_the_problem_without_the_block() -> None:
    for path in VARIED:
        text = self_contained_text(shipped(path).problem)
        assert "variants:" not in text
        assert text == path.read_text(encoding="utf-8").partition("variants:\n")[0]


def test_the_report_counts_and_names() -> None:
    report = Report()
    for number in range(10):
        report.add(Checked(str(number), (), {"kink": 2}, ((("L", 1, None), float(number)),), 0.1, 0.2))
    report.add(Checked("bad", ("dL/dw differs",)))
    lines = "\n".join(report.lines())
    assert "11 variants from 31 draws, 1 failed" in lines
    assert "variant bad: dL/dw differs" in lines
    assert "rejected by kink" in lines
    assert "0 … 9" in lines
    assert spread([0, 0, 1]) == "█" + " " * 14 + "▄"
