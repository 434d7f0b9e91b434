"""Every command of the list: read as Typst that compiles, or refused; MathJax takes what is not refused.

`python -m tests.authored.test_list` writes what is expected anew: look at every changed row, beside LaTeX's.
"""

from __future__ import annotations

import html
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from nbsolve.authored.commands import COMMANDS, ENVIRONMENTS
from nbsolve.authored.dollars import canonical
from nbsolve.authored.reading import read
from nbsolve.authored.spelling import BrokenMathematics
from nbsolve.render.typst.tree import typst_of
from tests.authored.rows import FILE, REFUSED, rows
from tests.authored.test_fuzz import failing
from tests.book.browser import rendered
from tests.programs import BROWSER, needs

PAGE = """<!doctype html><meta charset="utf-8">
<script>MathJax = {{tex: {{
  packages: {{'[-]': ['noundefined']}}, inlineMath: [['\\\\(', '\\\\)']], displayMath: [['\\\\[', '\\\\]']]
}}}}</script>
<script src="{mathjax}"></script><body>{body}</body>
"""


def found(latex: str) -> str:
    """Its Typst, or why it is refused."""
    try:
        return typst_of(read(latex, True))
    except BrokenMathematics as error:
        return REFUSED + error.why + (f" ({error.hint})" if error.hint else "")


@pytest.mark.parametrize(("latex", "expected"), rows())
def test_rows(latex: str, expected: str) -> None:
    assert found(latex) == expected


def test_every_command_and_environment_is_listed() -> None:
    accepted = "\n".join(latex for latex, expected in rows() if not expected.startswith(REFUSED))
    names = {name for name in COMMANDS if name.isalpha()} - {"begin", "end"}
    assert names <= set(re.findall(r"\\([A-Za-z]+)", accepted))
    assert {*ENVIRONMENTS} == set(re.findall(r"\\begin\{([a-zA-Z]+\*?)\}", accepted))
    assert len(rows()) > 500


def test_all_of_them_compile() -> None:
    assert not failing([expected for _, expected in rows() if expected and not expected.startswith(REFUSED)])


@needs(BROWSER)
def test_pages_take_what_is_not_refused(tmp_path: Path) -> None:
    spec = find_spec("sphinx-mathjax-offline")
    assert spec is not None
    assert spec.origin is not None
    mathjax = Path(spec.origin).parent / "static" / "mathjax" / "tex-chtml-full.js"
    accepted = [latex for latex, expected in rows() if not expected.startswith(REFUSED)]
    body = ""
    for number, latex in enumerate([*accepted, r"\undefined"]):
        written = canonical(f"$${latex}$$")[2:-2] if number < len(accepted) else latex
        body += f"<p>\\[{html.escape(written)}\\]</p>"
    page = tmp_path / "page.html"
    page.write_text(PAGE.format(mathjax=mathjax.as_uri(), body=body), encoding="utf-8")
    faulty = [
        number
        for number, row in enumerate(rendered(page).select("p"))
        if row.select("mjx-merror, [data-mjx-error]") or not row.select("mjx-container")
    ]
    # the last one is no LaTeX: an error would be seen
    assert faulty == [len(accepted)], [accepted[number] for number in faulty if number < len(accepted)]


if __name__ == "__main__":
    lines = FILE.read_text("utf-8").splitlines()
    written = [
        line if not line or line.startswith("%") else f"{(latex := line.split(chr(9))[0])}\t{found(latex)}"
        for line in lines
    ]
    FILE.write_text("\n".join(written) + "\n", encoding="utf-8")
