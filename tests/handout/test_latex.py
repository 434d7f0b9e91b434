"""Handouts as LaTeX: one self-contained file each, which compiles with two engines where there is a TeX."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from docutils import nodes
from docutils.utils import new_document
from sphinx.application import Sphinx

from nbsolve import load_problem, solve
from nbsolve.handout import Solutions, collection
from nbsolve.handout.book_pdf import PACKAGES, build_book_pdf, missing
from nbsolve.handout.kinds import sheet_of
from nbsolve.handout.latex import as_latex
from nbsolve.handout.sphinx_latex import _draw
from nbsolve.render.figure import figure
from tests.handout.made import PROBLEMS, SMALL, handout
from tests.programs import TEX, needs

TRIED = [path for path in PROBLEMS if path.stem in ("002-two-sigmoid-layers", "derivation-softmax")]


def compiled(source: str, folder: Path) -> None:
    """Raise AssertionError where an engine that is here does not take it, RuntimeError where there is none."""
    (folder / "one.tex").write_text(source, encoding="utf-8")
    TEX.command()
    for engine in TEX.found():
        run = subprocess.run(
            [engine, "-interaction=nonstopmode", "-halt-on-error", "one.tex"],
            cwd=folder, capture_output=True, text=True, errors="replace", check=False,
        )  # fmt: skip
        log = (folder / "one.log").read_text(encoding="utf-8", errors="replace")
        assert run.returncode == 0, [line for line in log.splitlines() if line.startswith("!")]
        assert "Missing character" not in log
        wide = [float(points) for points in re.findall(r"Overfull \\hbox \((.*?)pt too wide", log)]
        assert all(points < 8 for points in wide)


@pytest.mark.parametrize("path", TRIED, ids=lambda p: p.stem)
@pytest.mark.parametrize("kind", ["question", "solution", "compact", "key"])
def test_handouts(path: Path, kind: str) -> None:
    source = as_latex(sheet_of(handout(path), kind))
    assert r"\includegraphics" not in source
    assert r"\input" not in source
    assert source.count(r"\begin{") == source.count(r"\end{")


@needs(TEX)
@pytest.mark.sampled(3)
@pytest.mark.parametrize("path", TRIED, ids=lambda p: p.stem)
@pytest.mark.parametrize("kind", ["question", "solution", "compact", "key"])
def test_they_compile(path: Path, kind: str, tmp_path: Path) -> None:
    compiled(as_latex(sheet_of(handout(path), kind)), tmp_path)


def test_a_collection_has_a_table_of_contents() -> None:
    assert r"\tableofcontents" in as_latex(collection([handout(SMALL)] * 2, Solutions.APPENDIX))


@needs(TEX)
def test_a_collection_compiles(tmp_path: Path) -> None:
    compiled(as_latex(collection([handout(SMALL)] * 2, Solutions.APPENDIX)), tmp_path)


def test_the_question_has_nothing_of_the_solution() -> None:
    source = as_latex(handout(SMALL).question())
    assert "Conventions" not in source
    assert r"\answerlines" in source
    assert r"\boxed" not in source


def test_what_the_book_needs_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert {"xelatex", "latexmk", "article.cls"} <= set(missing())
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "_toc.yml").write_text("root: intro\n", encoding="utf-8")
    (tmp_path / "_config.yml").write_text("title: A course\n", encoding="utf-8")
    with pytest.raises(Exception, match="apt install --no-install-recommends") as caught:
        build_book_pdf(tmp_path)
    assert "texlive-xetex" in str(caught.value)
    assert "xelatex" in PACKAGES


def test_a_drawing_of_several_pictures_is_a_title_and_pictures(tmp_path: Path) -> None:
    """The curves of activations wrap on a page, one picture each: the book has all, below their title."""
    html = figure(solve(load_problem(SMALL)).draw("activations").svg)
    document = new_document("page")
    document += nodes.raw("", html, format="html")
    app = SimpleNamespace(outdir=str(tmp_path), builder=SimpleNamespace(format="latex"))
    _draw(cast("Sphinx", app), document, "page")
    latex = document.astext()
    assert html.count("<svg") > 1
    assert latex.count(r"\includegraphics") == html.count("<svg")
    assert latex.count(r"\\") == 1
    assert all((tmp_path / file).is_file() for file in re.findall(r"\{(drawing-.*?)\}", latex))
