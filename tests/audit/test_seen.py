"""The site's MathML: what is seen says the same as the LaTeX that goes with it, and no change of it passes."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.same import spelt
from tests.audit.alter import FORMULAE, Alterations
from tests.audit.built import pages
from tests.audit.html import parsed
from tests.audit.killing import kill
from tests.audit.mathml import seen
from tests.audit.pages import ROOT, site
from tests.audit.test_mutations import IN_FULL
from tests.loading import FOLDER
from tests.sampling import OneIn


def formula(inside: str, *, kind: str = "nbsolve-inline") -> str:
    """What is seen of a formula."""
    found = BeautifulSoup(f'<span class="{kind}">{inside}</span>', "html.parser").span
    assert found is not None
    return seen(found)


def test_the_latex_of_every_formula_is_what_is_seen(tmp_path: Path, one_in: OneIn) -> None:
    every = one_in(7)
    paths = sorted(FOLDER.glob("*.yaml"))[::every]
    read = 0
    for path, page in zip(paths, pages(paths, tmp_path), strict=True):
        for one in parsed(page).select(FORMULAE):
            note = one.select_one("annotation")
            assert note is not None, one
            assert spelt(seen(one)) == spelt(note.get_text()), (path.stem, note.get_text())
            read += 1
    assert read * every > 3_000


@pytest.mark.parametrize("name", IN_FULL)
def test_a_change_of_what_is_seen_is_found(name: str, tmp_path: Path) -> None:
    """One in a hundred of the changes; `python -m tests.audit` makes all."""
    path = ROOT / "problems" / f"{name}.yaml"
    audit = site(path, pages([path], tmp_path)[0])
    assert not audit.report().faults
    result = kill(audit, Alterations(one_in=101))
    print(f"{name}: {result.found} of {result.made} changes found ({result.rate:.4%})")
    assert result.rate == 1, "\n".join(result.passed[:20])
    assert result.made > 80


def test_a_line_in_pieces() -> None:
    left = '<div class="left"><math><msub><mi>z</mi><mn>1</mn></msub></math></div>'
    right = (
        '<math><mo form="infix">=</mo> <mn>2</mn></math><wbr><span class="pieces"><math><mo form="infix">·</mo>'
        '<mo stretchy="false">(</mo><mo form="prefix">−</mo><mn>3</mn><mo stretchy="false">)</mo></math></span>'
        '<span class="part"><math><mo form="infix">≈</mo><mrow class="boxed"><mn>6</mn></mrow></math></span>'
        ' <span class="tail"><span class="number"><a class="nbsolve-mark">12</a></span>'
        '<span class="note">since <math><mi>𝐚</mi><mo>&gt;</mo><mn>0</mn></math></span></span>'
    )
    found = formula(f'<div class="nbsolve-math">{left}<div class="right">{right}</div></div>')
    assert spelt(found) == spelt(
        r"\begin{aligned} z_1 &= 2 \cdot (-3) \approx \boxed{6}"
        r"&& \text{(12)}\;\;\text{since }\mathbf{a} > 0\end{aligned}"
    )


def test_braces_short_and_long() -> None:
    below = '<mtext><a class="nbsolve-mark">3</a></mtext>'
    short = f'<math><munder><munder><mi>x</mi><mo stretchy="true">⏟</mo></munder>{below}</munder></math>'
    long = f'<span class="braced"><math><mi>x</mi></math></span><math><mrow>{below}</mrow></math>'
    assert spelt(formula(short)) == spelt(formula(long)) == spelt(r"\underbrace{x}_{\text{③}}")


def test_what_no_browser_draws_is_no_formula() -> None:
    for inside in (
        "<math><mrow>k <mo>=</mo> j</mrow></math>",
        "<math><menclose><mi>x</mi></menclose></math>",
    ):
        with pytest.raises(Unreadable):
            formula(inside)


@pytest.mark.parametrize(
    ("one", "other"),
    [(r"\tfrac12", r"\frac{1}{2}"), ("w_{1}^{2}", "w^2_1"), (r"\sigma'(z)", r"\sigma^{\prime}\left(z\right)"),
     (r"\operatorname{erf}", r"\mathrm{erf}"), (r"|x| \leq 1", r"\lvert x\rvert\le1")],
)  # fmt: skip
def test_spellings_of_the_same(one: str, other: str) -> None:
    assert spelt(one) == spelt(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("2\\,3", "23"), ("w_{12}", "w_1 2"), ("x^{-1}", "x^-1 1"), (r"\mathbf{a}", "a"), (r"\mathit{out}", "out"),
     (r"\frac{a}{b}", r"\frac{b}{a}"), ("(a)b", "(ab)"), (r"\text{a b}", r"\text{ab}")],
)  # fmt: skip
def test_what_differs(one: str, other: str) -> None:
    assert spelt(one) != spelt(other)
