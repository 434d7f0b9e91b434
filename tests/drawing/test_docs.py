"""The page about drawings is true: it names every kind and every option, and its examples run."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import matplotlib
import pytest

from nbsolve.book.drawing_directive import DrawingDirective, FunctionPlotDirective
from nbsolve.drawing.pictures import _KINDS
from nbsolve.worked.network import WorkedSolution
from tests.drawing.gallery import pictures

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "drawings.md").read_text(encoding="utf-8")

PICTURES = tuple(pictures())


def test_every_kind_is_in_the_table_and_in_the_gallery() -> None:
    table = PAGE.partition("| kind |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(_KINDS)
    shown = {kind for _, code, _ in PICTURES for kind in re.findall(r'\.draw\("(\w+)"', code)}
    assert shown == set(_KINDS)


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


def test_the_pictures_of_the_gallery_are_those_of_today() -> None:
    """`python -m tests.drawing.gallery` writes them anew."""
    assert len(PICTURES) >= 14
    for path, _, svg in PICTURES:
        assert path.read_text(encoding="utf-8") == svg, path
