"""The page about drawings is true: it names every kind and every option, and its examples run."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import matplotlib
import pytest

from nbsolve import solve
from nbsolve.book.drawing_directive import DrawingDirective, FunctionPlotDirective
from nbsolve.drawing.pictures import _KINDS
from nbsolve.worked import WorkedSolution
from tests.loading import load_problem

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "drawings.md").read_text(encoding="utf-8")
GALLERY = (ROOT / "book" / "gallery.md").read_text(encoding="utf-8")


def test_every_kind_is_in_the_table_and_in_the_gallery() -> None:
    table = PAGE.partition("| kind |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(_KINDS)
    shown = set(re.findall(r"^:show: (\w+)$", GALLERY, re.MULTILINE))
    assert shown | {"step"} == set(_KINDS)
    assert ":step:" in GALLERY


def test_every_option_is_named() -> None:
    options = set(inspect.signature(WorkedSolution.draw).parameters) - {"self", "show"}
    code = " ".join(re.findall(r"`([^`]+)`", PAGE))
    assert all(option in code for option in options)
    for directive in (DrawingDirective, FunctionPlotDirective):
        assert directive.option_spec is not None
        assert all(f"`{option}`" in PAGE for option in directive.option_spec)


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matplotlib.use("agg")
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "problems").symlink_to(ROOT / "problems")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "docs/drawings.md", "exec"), names)
    assert (tmp_path / "forward.png").read_bytes().startswith(b"\x89PNG")


def test_what_the_gallery_asks_for_is_there() -> None:
    asked = re.findall(r"```\{drawing\} (\S+)\n(.*?)```", GALLERY, re.DOTALL)
    assert len(asked) >= 14
    for path, options in asked:
        given = dict(re.findall(r"^:(\w+): (.+)$", options, re.MULTILINE))
        changed = dict(part.split("=", 1) for part in given.pop("set", "").split(";") if part)
        step = given.pop("step", None)
        worked = solve(load_problem(ROOT / path, overrides=changed))
        drawing = worked.draw(given.pop("show", None), step=None if step is None else int(step), **given)
        assert drawing.svg
