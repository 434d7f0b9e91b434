"""Pages to audit: rendered by nbsolve from problem files, with overrides."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nbsolve import Problem, WorkedSolution, solve
from nbsolve.checking.audit.audit import Audit
from nbsolve.checking.audit.page import Block, in_numbers, read_markdown
from nbsolve.render.myst import render
from nbsolve.variants.judging import whole_letters
from tests.audit.html import read_html
from tests.loading import files, load_problem

ROOT = Path(__file__).parents[2]
PROBLEMS = files("network")
ROUNDINGS: dict[str, dict[str, object]] = {
    "at_end": {},
    "4 decimals": {"rounding": {"apply": "each_step", "decimals": 4, "minimum_significant": 3}},
    "5 digits": {"rounding": {"apply": "each_step", "significant": 5}},
}
EXPLANATIONS = ("delta", "paths", "local_derivatives")


def markdown(source: Path | str, overrides: Mapping[str, object] | None = None) -> Audit:
    """The audit of a problem's page in Markdown."""
    problem = load_problem(source, overrides=overrides)
    worked = solve(problem)
    page = render(worked.document())
    return _audit(problem, worked, in_numbers(read_markdown(page)))


def site(source: Path, html: str) -> Audit:
    """The audit of a problem's page of the site."""
    problem = load_problem(source)
    return _audit(problem, solve(problem), in_numbers(read_html(html)))


def _audit(problem: Problem, worked: WorkedSolution, blocks: list[Block]) -> Audit:
    return Audit(problem.text, list(worked.entries(everything=True)), blocks, whole_letters(worked))
