"""Pages to audit: rendered by nbsolve from problem files, with overrides."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nbsolve import Problem, WorkedSolution, solve
from nbsolve.checking.audit.audit import Audit
from nbsolve.checking.audit.page import Block, in_numbers, read_markdown
from nbsolve.network_symbols import wholes
from nbsolve.render.myst import render
from nbsolve.symbol import Role, canonical
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


def whole_letters(worked: WorkedSolution) -> dict[str, str]:
    """The letters of whole vectors and matrices, each with what it means: `vector z[1]@2`, `matrix W[1]`."""
    found: dict[str, str] = {}
    samples = [None, *range(1, len(worked.problem.samples) + 1)]
    for symbol in wholes(worked.names.network):
        kind = "matrix" if symbol.role in (Role.WEIGHT, Role.MASK) else "vector"
        parameter = symbol.role in (Role.WEIGHT, Role.MASK, Role.BIAS, Role.THRESHOLD)
        for sample in [None] if parameter else samples:
            for new, change in ((False, False), (True, False), (False, True)):
                one = symbol._replace(sample=sample, new=new, change=change)
                mark = f"@{sample}" if sample else ""
                found[worked.names.latex(one)] = f"{kind} {canonical(one).removesuffix('[:]')}{mark}"
    return found
