"""Shipped problems with a block `variants`: of every kind; each variant agrees with what verifies it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from nbsolve.problem.embedding import self_contained_text
from nbsolve.problem.model import Problem
from nbsolve.variants import Family
from nbsolve.variants.checking import Checked, Report, spread
from nbsolve.variants.judging import judged
from nbsolve.variants.verifying import disagreements
from nbsolve.worked.network import WorkedSolution
from tests.variants.small import family

PROBLEMS = sorted((Path(__file__).parents[2] / "problems").glob("*.yaml"))
BLOCK = re.compile(r"^variants:", re.MULTILINE)
VARIED = [path for path in PROBLEMS if BLOCK.search(path.read_text(encoding="utf-8"))]


@cache
def shipped(path: Path) -> Family:
    return Family(path.read_text(encoding="utf-8"), name=path.stem, folder=path.parent)


def test_four_problems_are_fit_for_a_pencil() -> None:
    pencil = [path for path in VARIED if shipped(path).variants.pencil is not None]
    assert len(pencil) >= 4
    activations = {
        layer.activation.name
        for path in pencil
        if isinstance(problem := shipped(path).problem, Problem)
        for layer in problem.network.layers
    }
    assert {"relu", "sigmoid", "tanh", "softmax"} <= activations


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
    """The steps, the difference quotients, the page, and for networks and graphs automatic differentiation."""
    variant = shipped(path).variant("s1", seed=8)
    assert variant.problem.variants is None
    assert disagreements(variant.candidate) == []
    verdict = judged(variant.candidate)
    assert verdict.faults == ()
    in_numbers = not getattr(variant.problem, "symbolic", False) and variant.problem.kind != "derivation"
    assert (verdict.blocks > 20) == in_numbers
    assert verdict.unread is None
    assert (verdict.held > 15) == (in_numbers and variant.problem.kind in ("network", "graph"))
    assert verdict.unheld == 0


def test_given_values_are_held_against_no_difference_quotient() -> None:
    path = next(path for path in VARIED if path.stem == "given-activations")
    candidate = shipped(path).variant("1").candidate
    assert disagreements(candidate) == []
    assert judged(candidate).held > 50


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
        assert text == BLOCK.split(path.read_text(encoding="utf-8"))[0]


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
