"""Every construct of the expression tree in Typst: as it stands in typst.txt, and it compiles; so does the LaTeX.

`python -m tests.render.test_typst` writes the expected parts of typst.txt anew.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from nbsolve.document import Derivation, Line, Math
from nbsolve.render import latex_math
from nbsolve.render.typst import lines as typst_lines
from nbsolve.render.typst import markdown as typst_markdown
from nbsolve.render.typst import math as typst_math
from nbsolve.render.typst.width import math_width
from tests.programs import TEX, needs
from tests.render import golden, notation
from tests.typst_here import typst_compiler

HERE = Path(__file__).parent
FILE = HERE / "typst.txt"
CASES = golden.read(FILE, 1)


def printed(source: str) -> str:
    """An expression in Typst."""
    expression, names = notation.read(source), notation.names()
    return typst_math.fitting(typst_math.printer(names).print(expression))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_what_is_printed(case: golden.Case) -> None:
    assert not golden.difference(
        case.expected[0], printed(case.source), f"{FILE.name}:{case.line} {case.title}"
    )


def test_every_case_of_the_other_formats_is_here() -> None:
    others = golden.read(HERE / "expressions.txt", 2)
    assert {case.source for case in CASES} == {case.source for case in others}


def test_brackets_in_a_note_are_those_of_a_formula() -> None:
    source = "(call sigmoid z[1][1])"
    sigmoid = notation.read(source)
    block = Derivation((Line((("=", sigmoid),), sigmoid, ("recognise ", Math(sigmoid))),))
    (call,) = typst_lines.derivation(block, typst_math.Formulas(notation.names()), 40)
    assert call.count(printed(source)) == 3, call


def test_all_of_them_compile_and_are_no_wider_than_they_are_thought() -> None:
    compiler = typst_compiler()
    measured = ", ".join(
        f"measure(math.equation(block: true, ${printed(c.source)}$.body)).width.pt()" for c in CASES
    )
    source = (
        '#set text(font: "New Computer Modern", size: 100pt)\n'
        '#show math.equation: set text(font: "New Computer Modern Math")\n'
        f"#context [#metadata(({measured},))<widths>]"
    )
    query = typst_compiler(source)
    widths = [float(number) for number in query.query("<widths>", field="value", one=True)[1:-1].split(",")]
    for case, width in zip(CASES, widths, strict=True):
        bound = math_width(printed(case.source))
        assert bound >= width / 100 - 0.25, case.title
        assert bound <= width / 100 * 1.6 + 1.5, case.title
    body = "\n\n".join(f'#math.equation(alt: "x", ${printed(case.source)}$)' for case in CASES)
    front = '#set document(title: "x")\n#set text(lang: "en", font: "New Computer Modern")\n'
    assert compiler.compile((front + body).encode(), format="pdf", pdf_standards=["ua-1"], timestamp=0)


def test_an_address_ends_after_its_signs() -> None:
    address = "https://example.org/2015/03/17/a-step-by-step-backpropagation-example/"
    ends = re.findall(r"(.)\u200b", typst_markdown.escaped(address).replace("\\", ""))
    assert ends
    assert set(ends) == {"/", "-"}
    assert typst_markdown.escaped("x" * 40).count("\u200b") == 39


@pytest.mark.parametrize(
    "written",
    [
        '"multiply top and bottom by"', '"Iteration 12: substitute what was found above"', '"They differ by"',
        '"𝑜𝑢𝑡"', '"𝑡𝑎𝑟𝑔𝑒𝑡"_(o 1) - "𝑜𝑢𝑡"_(o 1)', 'w_(11)^(paren.l 1 paren.r "new")', '∂ C slash ∂ a_(k)',
        '≈ 0.151234 ≈ #boxed($display(0.1512)$) #h(1.6em) "chain rule"',
        'lr(size: #2.4em, paren.l) frac(∂ L, ∂ w_(3)) + w_(1) thin \\(1 - a_(1)^(2)\\) lr(size: #2.4em, paren.r)',
        'cases(delta & quad "if "lr(bar.v a bar.v) ≤ 1, delta thin op("sign") & quad "otherwise")',
        'underbrace(attach(lr(frac(∂ L, ∂ h_(2)) bar.v), b: "via "o_(1)), "⑤")',
    ],
)  # fmt: skip
def test_the_bound_is_close(written: str) -> None:
    prelude = Path(typst_lines.__file__).parents[2] / "handout" / "handout.typ"
    boxed = (
        prelude.read_text(encoding="utf-8").split("#let boxed")[1].split("\n\n")[0].replace("ink", "black")
    )
    source = (
        f'#let boxed{boxed}\n#set text(font: "New Computer Modern", size: 100pt)\n'
        '#show math.equation: set text(font: "New Computer Modern Math")\n'
        f"#context [#metadata(measure($display({written})$).width.pt())<width>]"
    )
    query = typst_compiler(source)
    width = float(query.query("<width>", field="value", one=True)) / 100
    assert 0.98 * width <= math_width(written) <= 1.15 * width + 0.6


@needs(TEX)
def test_their_latex_compiles(tmp_path: Path) -> None:
    body = "\n".join(
        rf"\[{latex_math.printer(notation.names()).print(notation.read(case.source))}\]" for case in CASES
    )
    circles = "".join(rf"\newunicodechar{{{chr(0x2460 + n)}}}{{({n + 1})}}" for n in range(10))
    (tmp_path / "all.tex").write_text(
        r"\documentclass{article}\usepackage[utf8]{inputenc}\usepackage{amsmath,amssymb,newunicodechar}"
        + circles
        + rf"\begin{{document}}{body}\end{{document}}",
        encoding="utf-8",
    )
    run = subprocess.run(
        [TEX.command(), "-interaction=nonstopmode", "-halt-on-error", "all.tex"],
        cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    assert run.returncode == 0, [line for line in run.stdout.splitlines() if line.startswith("!")]


if __name__ == "__main__":
    FILE.write_text(
        golden.written(
            [replace(c, expected=(printed(c.source),)) for c in golden.read(HERE / "expressions.txt", 2)]
        ),
        encoding="utf-8",
    )
