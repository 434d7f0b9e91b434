"""The site's own pages: formulae, tables and sentences out of their HTML, the drawing, the code they carry.

Where the site has been built, its pages; else the page is made into HTML by Sphinx alone.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from nbsolve import Problem
from tests.audit.built import pages
from tests.audit.html import code, drawing_faults
from tests.audit.pages import PROBLEMS, ROOT, site
from tests.loading import for_a_pencil, load_problem

BUILT = ROOT / "book" / "_build" / "html" / "problems"


def html_of(path: Path, folder: Path) -> str:
    """A page of the site, or the same Markdown through Sphinx."""
    built = BUILT / f"{path.stem}.html"
    return built.read_text(encoding="utf-8") if built.exists() else pages([path], folder)[0]


@pytest.mark.sampled(11)
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
def test_every_line_of_the_site_reproduces(path: Path, tmp_path: Path) -> None:
    page = html_of(path, tmp_path)
    audit = site(path, page)
    report = audit.report()
    assert not report.faults, "\n".join(report.faults[:10])
    assert report.lines > (60 if for_a_pencil(path) else 100)
    if BUILT.exists():
        assert drawing_faults(page, audit.world.givens) == []
        problem, carried = load_problem(path), problem_of(code(page))
        # What varies is left out of notebooks.
        fields = set(type(problem).model_fields) - {"name", "text", "warnings", "variants"}
        assert all(getattr(problem, field) == getattr(carried, field) for field in fields)


def problem_of(carried: str) -> Problem:
    """The problem that the notebook's code holds: its parameters, and the YAML that they are put into."""
    values: dict[str, Any] = {}
    for node in ast.parse(carried).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name == "parameters":
                assert isinstance(node.value, ast.Dict)
                names = [key.value for key in node.value.keys if isinstance(key, ast.Constant)]
                return load_problem(
                    values["problem_text"], parameters={str(n): values[str(n)] for n in names}
                )
            values[name] = ast.literal_eval(node.value)
    raise AssertionError("no problem is put together")
