"""All LaTeX of the fixture files is set by the MathJax of the site, in a real browser, without an error."""

from __future__ import annotations

import html
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from nbsolve import solve
from nbsolve.render import latex, myst
from tests.book.browser import rendered
from tests.loading import load_problem
from tests.programs import BROWSER, needs
from tests.render import golden
from tests.render.fixtures import FIXTURES
from tests.render.reading import doubled

HERE = Path(__file__).parent
PAGE = """<!doctype html><meta charset="utf-8">
<script>MathJax = {{tex: {{inlineMath: [['\\\\(', '\\\\)']], displayMath: [['\\\\[', '\\\\]']]}}}}</script>
<script src="{mathjax}"></script>
<body style="font: 16px sans-serif; max-width: 60em; margin: 2em">{body}</body>
"""


def formulae() -> list[tuple[str, str]]:
    """Title and formula of everything in the fixture files; documents in their three ways of explaining."""
    found = [
        (case.title, case.expected[0])
        for case in golden.read(HERE / "expressions.txt", FIXTURES["expressions.txt"])
    ]
    for case in golden.read(HERE / "documents.txt", FIXTURES["documents.txt"]):
        document = solve(load_problem(case.source + "\n")).document()
        displays = re.findall(r"\$\$\n(.*?)\n\$\$", myst.render(document), re.DOTALL)
        inlines = re.findall(r"(?<!\$)\$([^$\n]+)\$(?!\$)", myst.render(document))
        assert displays
        assert len(displays) == latex.render(document).count("\\[\n")
        found += [(case.title, formula) for formula in dict.fromkeys([*displays, *inlines])]
    return found


@pytest.fixture(scope="module")
def all_formulae() -> list[tuple[str, str]]:
    return formulae()


def test_no_script_is_doubled(all_formulae: list[tuple[str, str]]) -> None:
    for title, formula in all_formulae:
        assert doubled(formula) is None, title


@pytest.mark.sampled(0)
@needs(BROWSER)
def test_every_formula_is_set(all_formulae: list[tuple[str, str]], tmp_path: Path) -> None:
    spec = find_spec("sphinx-mathjax-offline")
    assert spec is not None
    assert spec.origin is not None
    mathjax = Path(spec.origin).parent / "static" / "mathjax" / "tex-chtml-full.js"
    title, rows = "", []
    for own, formula in [*all_formulae, ("not LaTeX", r"x^{2}^{3}"), ("not LaTeX", r"\undefined")]:
        rows.append(f"<h2>{html.escape(own)}</h2>" if own != title else "")
        rows.append(f"<p>\\[{html.escape(formula)}\\]</p>")
        title = own
    page = tmp_path / "formulae.html"
    page.write_text(PAGE.format(mathjax=mathjax.as_uri(), body="\n".join(rows)), encoding="utf-8")
    shown = rendered(page)
    paragraphs = shown.select("p")
    assert len(paragraphs) == len(all_formulae) + 2
    faulty = [
        number
        for number, paragraph in enumerate(paragraphs)
        if paragraph.select("mjx-merror, [data-mjx-error], [mathcolor=red], [style*='color: red']")
        or not paragraph.select("mjx-container")
    ]
    # the two that are no LaTeX show that an error would be seen
    assert faulty == [len(all_formulae), len(all_formulae) + 1], [
        all_formulae[number] for number in faulty if number < len(all_formulae)
    ]
