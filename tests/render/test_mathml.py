"""MathML from expressions and from authors' LaTeX: well formed, and nothing lost where it is broken."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from nbsolve import load_problem, solve
from nbsolve.authored.reading import read
from nbsolve.authored.spelling import BrokenMathematics
from nbsolve.document import Derivation, Result, blocks_within
from nbsolve.expr import Power, Product, Variable, number
from nbsolve.render import latex_math, myst
from nbsolve.render.mathml import formulas as mathml
from nbsolve.render.mathml.lines import derivation
from nbsolve.render.mathml.page import authored_block, authored_inline, formulas, kept, key, opening
from nbsolve.render.mathml.pieces import ROOM, pieces, whole
from nbsolve.render.mathml.tree import APPLIED, THIN
from nbsolve.render.mathml.width import width
from tests.authored.rows import REFUSED, rows
from tests.loading import FOLDER

CORE = {
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup",
    "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mpadded", "mphantom", "mstyle", "mmultiscripts",
    "mprescripts", "none",
}  # fmt: skip
"""Elements of MathML Core: what browsers draw."""
PAGES = sorted(path.name for path in FOLDER.glob("*.yaml"))


def signs(markup: str) -> str:
    """All that is seen of it, in order, without spaces."""
    text = "".join(ElementTree.fromstring(f"<p>{markup}</p>".replace("<wbr>", "")).itertext())
    return re.sub(r"[\s\u00a0\u2061-\u2064]", "", text)


def _tags(tree: ElementTree.Element) -> set[str]:
    """Of all elements of its formulae; words may hold HTML."""
    found = set()
    for math in tree.iter("math"):
        for words in math.iter("mtext"):
            words[:] = []
        found |= {element.tag for element in math.iter()}
    return found


def test_equations_with_a_wide_space_between_them_are_wrapped_there() -> None:
    wide = r"z = Wa + b + c + d + e + f, \qquad a = \varphi(z), \quad \text{and}\quad y = x"
    assert [signs(each) for each in _equations(wide)] == ["z=Wa+b+c+d+e+f,", "a=φ(z),", "and", "y=x"]
    assert "<mspace" not in authored_block(wide)
    aligned = r"\begin{aligned} x &= 1, & y &= 2, \quad z = 3 \\ u &= 4 \end{aligned}"
    assert [signs(each) for each in _equations(aligned)] == ["=1,", "y=2,", "z=3", "=4"]


def _equations(latex: str) -> list[str]:
    """What stands to the right of left sides: one for each that a browser keeps together where it can."""
    rights = re.findall(r'<div class="right">(.*?)</div>', authored_block(latex))
    return [
        each for right in rights for each in re.split(r'(?=<span class="pair">)', right.replace("<wbr>", ""))
    ]


def test_authors_mathematics_is_mathml_core() -> None:
    for latex, expected in rows():
        if expected.startswith(REFUSED):
            with pytest.raises(BrokenMathematics):
                authored_block(latex)
            continue
        written = authored_block(latex)
        tree = ElementTree.fromstring(written.replace("<wbr>", ""))
        assert _tags(tree) <= CORE, latex
        shown = "".join(read(latex, True).tree.itertext())
        shown = re.sub(r"[\s\u00a0\u2061-\u2064]", "", shown).replace("...", "…")
        assert signs(written) == shown, latex


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", PAGES)
def test_every_formula_of_a_page_has_its_mathml(name: str) -> None:
    document = solve(load_problem(FOLDER / name)).document()
    found = formulas(document)
    for block in blocks_within(document.blocks):
        if not isinstance(block, Derivation):
            continue
        names = document.names
        latex = latex_math.derivation(block, names, lambda text: latex_math.note_words(text, names))  # noqa: B023
        assert derivation(block, names) in found[key(latex, True)]
    for markup in (one for markups in found.values() for one in markups):
        tree = ElementTree.fromstring(f"<p>{markup}</p>".replace("<wbr>", ""))
        assert _tags(tree) <= CORE


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", PAGES)
def test_breaking_loses_nothing(name: str) -> None:
    document = solve(load_problem(FOLDER / name)).document()
    printer = mathml.printer(document.names)
    broken = 0
    for block in blocks_within(document.blocks):
        if isinstance(block, Derivation):
            for line in block.lines:
                for relation, right in line.parts:
                    expression = right.value if isinstance(right, Result) else right
                    markup = f" {printer.relation(relation)} {printer.print(expression)}"
                    written = pieces(markup, True)
                    # a factor that may begin a line has its sign, and is no function's argument
                    assert signs(written).replace("·", "") == signs(whole(markup, True)).replace("·", "")
                    assert not re.search(
                        r"<wbr>(?:<span[^>]*>)*<math[^>]*>(?:<mrow>)?<mo[^>]*>[(\[]", written
                    )
                    assert f"{THIN}</math>" not in written
                    assert not re.search(
                        r">[+−·⊙=≈]</mo></math>(?:</span>)*<wbr>", written
                    )  # begins the next
                    broken += width(markup) > ROOM and "<wbr>" in pieces(markup, True)
    assert broken or len(document.blocks) < 30 or name.startswith(("derivation", "graph", "rule", "update"))


def test_a_minus_sign_and_a_minus_between_terms() -> None:
    document = solve(load_problem(FOLDER / "001-a-squared-error.yaml")).document()
    text = "".join(one for markups in formulas(document).values() for one in markups)
    assert '<mo form="infix">−</mo>' in text or "</mn> <mo>−</mo>" in text
    # a sign never has the space of an operator: after a bracket or a relation it is marked as one
    assert not re.search(r"\(</mo><mo>−</mo>", text)
    assert not re.search(r"=</mo> <mo>−</mo>", text)


def test_a_relation_and_a_sign_stay_with_what_follows() -> None:
    long = " <mo>+</mo> ".join(f"<mi>x</mi><mn>{number}23456789</mn>" for number in range(4))
    written = pieces(f' <mo>≈</mo> <mo form="prefix">−</mo><mrow><mo>[</mo>{long}<mo>]</mo></mrow>', True)
    first, *rest = written.split("<wbr>")
    assert signs(first).startswith("≈−[x")
    assert len(rest) >= 3


@pytest.mark.parametrize("name", PAGES)
def test_rows_of_tables_have_their_cells(name: str) -> None:
    """A bar in a formula would begin another one."""
    bars = 0
    for line in myst.render(solve(load_problem(FOLDER / name)).document()).splitlines():
        bars = line.count("|") if line.startswith("| ") and not bars else bars if line.startswith("|") else 0
        assert not bars or line.count("|") == bars, line


def test_dots_stand_where_latex_has_them() -> None:
    """Between factors that begin with a digit, powers among them: 2 · 2ᶻ."""
    z = Variable("z")
    two = number(2)
    for factors in (
        (two, Power((two, z))),
        (two, z),
        (two, number(3)),
        (Power((two, z)), Power((two, z))),
        (z, two),
    ):
        expression = Product(factors)
        names = solve(load_problem(FOLDER / "002-two-sigmoid-layers.yaml")).names
        latex, written = (one.printer(names).print(expression) for one in (latex_math, mathml))
        assert latex.count(r"\cdot") == written.count("·"), latex


@pytest.mark.parametrize(
    ("latex", "spaces"),
    [
        (r"\frac{1}{2}(x+1)", 1),
        (r"(\frac{1}{2})", 0),
        (r"\frac{a}{b}\frac{c}{d}e", 2),
        (r"(x)^2\frac{a}{b}", 1),
        (r"\frac{1}{n}\sum_{s=1}^n x", 0),  # a sum has a space of its own
        (r"\frac{1}{2}\,x", 0),
        (r"-\frac{1}{2} + y", 0),
        (r"\sqrt{2\frac{1}{2}}", 1),
    ],
)
def test_fractions_stand_apart_from_what_they_multiply(latex: str, spaces: int) -> None:
    assert authored_inline(latex).count(THIN) == spaces


def test_browsers_agree_about_functions_and_indices() -> None:
    """Firefox would leave a gap after a function's name, and set the index of y₁ lower than that of x₁."""
    assert "\u2061" not in authored_inline(r"\tanh(z) + \ln p")
    assert authored_inline(r"\ln p").count("<mspace") == 1
    assert '<msub><mpadded depth="0"><mi>y</mi></mpadded><mn>1</mn></msub>' in authored_inline("y_1")
    assert "<mpadded" not in authored_inline("x_1 + y")


def test_a_short_factor_stays_with_the_bracket_that_it_multiplies() -> None:
    long = " + ".join(f"<mi>w</mi><mo>⋅</mo><mn>{n}12345</mn>" for n in range(4)).replace(
        " + ", " <mo>+</mo>"
    )
    row = f"<mo>=</mo><mn>2</mn>{THIN}<mrow><mo>[</mo>{long}<mo>]</mo></mrow>"
    first = pieces(row, True).split("<wbr>")[0]
    assert f'<mn>2</mn>{THIN}<mo form="prefix" stretchy="false">[</mo><mi>w</mi>' in first
    much = row.replace("<mn>2</mn>", "<mn>0.123456789</mn>")
    first, second = pieces(much, True).split("<wbr>")[:2]
    assert first.endswith("<mn>0.123456789</mn></math>")
    assert 'class="gap">·</mo><mo form="prefix" stretchy="false">[</mo>' in second


def test_nothing_is_broken_between_an_operator_and_what_it_acts_on() -> None:
    bracket = f"<mrow><mo>[</mo><mi>f</mi>{'<mi>m</mi>' * 20}<mo>]</mo></mrow>"
    assert "<wbr>" not in pieces(f"<mfrac><mi>d</mi><mi>z</mi></mfrac>{APPLIED}{bracket}", True)
    assert "<wbr>" in pieces(f"<mfrac><mi>d</mi><mi>z</mi></mfrac>{THIN}{bracket}", True)


def test_brackets_around_a_formula_stay_with_its_first_and_last_piece() -> None:
    assert opening("Without it (“") == ("Without it ", "(“")
    assert opening("as in f(x) = ") == ("as in f(x) = ", "")
    shown = kept("<math>a</math><wbr><math>b</math>", "),", "(")
    apart = [part.replace('<span class="nbsolve-kept">', "") for part in shown.split("<wbr>")]
    assert apart == ["(<math>a</math></span>", "<math>b</math>),</span>"]
    assert signs(kept("<math>a</math>", ")", "(")) == "(a)"


def test_an_ellipsis_is_one_sign() -> None:
    assert authored_inline(r"x_1, \ldots, x_{[\ldots]}").count("<mi>…</mi>") == 2
