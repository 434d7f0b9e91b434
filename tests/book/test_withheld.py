"""Solutions that are withheld: no file of the course's book has them, whatever was built in its place before."""

from __future__ import annotations

import base64
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from bs4 import BeautifulSoup
from rich.console import Console

from nbsolve import WorkedSolution, solve
from nbsolve.asking.answers import Answer
from nbsolve.book import build_book, init_course
from nbsolve.book.made import read_made
from nbsolve.errors import ProblemError
from nbsolve.problem import load_problem
from tests.book.problems import FLAT

TELLING = r"""
title: A statement that tells its solution
statement: |
  The first output is {{a[2][1]}}, so the loss {{= L}} of the weight $w = {{W[1][1][2]}}$;
  $\frac{\partial L}{\partial w} = {{dL/dW[1][1][2]}}$, a product is {{x[2]*W[1][1][2]}},
  $\ln 2$ is {{ln(2): 3 decimals}}.
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.15, 0.27], [0.31, 0.43]], bias: [0.1, -0.2]}
    - {units: 1, activation: sigmoid, weights: [[0.28, 0.19]], bias: [0.07]}
samples: [{input: [1.5, 2.5], target: [1]}]
loss: binary_cross_entropy
training: {optimiser: {sgd: {learning_rate: 0.35}}, iterations: 2}
letters: true
parts:
  - {label: a, ask: [forward, loss, gradients, updated_parameters], text: "Find all, the loss too, which is {{L}}."}
pitfalls: ["Whoever forgets the chain gets a sausage, {{a[1][1]}}."]
"""
DERIVATION = """\
title: Two derivatives
kind: derivation
functions: [tanh]
losses: [{binary_cross_entropy: {through: sigmoid}}]
pitfalls: [A hyperbolic crocodile is not a tangent.]
"""
PAGE = """\
# Pictures

```{drawing} problems/week-1/telling.yaml
:show: backward
```

```{drawing} problems/week-1/telling.yaml
:show: network
```

```{drawing} problems/week-1/telling.yaml
:quantity: W[1][1][2]
:show: paths
```
"""
BEFORE, AFTER = datetime(2026, 12, 15, 7, 59), datetime(2026, 12, 15, 8, 0)
_WORDS = (
    "sausage",
    "crocodile",
    "easily lost",
    "Check it yourself",
    "Common mistakes",
)
_PARTS = ("nbsolve-conventions", "boxed", "load_problem", "data-iteration")
_ATTRIBUTES = ("data-finds", "data-uses")
_GIVEN = re.compile(r"(W|b|x|y|theta)\[")


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that its tests change one after the other."""
    folder = tmp_path_factory.mktemp("withheld") / "course"
    init_course(folder)
    problems = folder / "problems"
    (problems / "first.yaml").unlink()  # what it would show the others show too
    (problems / "week-1").mkdir()
    for name, text in {"flat": FLAT, "week-1/telling": TELLING, "derivation": DERIVATION}.items():
        (problems / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "book" / "pictures.md").write_text(PAGE, encoding="utf-8")
    with (folder / "_config.yml").open("a", encoding="utf-8") as config:
        config.write("handouts: true\n")
    contents = folder / "book" / "_toc.yml"
    contents.write_text(
        contents.read_text(encoding="utf-8").rstrip() + "\n  - file: pictures\n", encoding="utf-8"
    )
    return folder


def configured(folder: Path, solutions: str) -> None:
    """The course with another value of `solutions`."""
    config = folder / "_config.yml"
    lines = [
        line for line in config.read_text(encoding="utf-8").splitlines() if not line.startswith("solutions:")
    ]
    config.write_text("\n".join([*lines, f"solutions: {solutions}", ""]), encoding="utf-8")


def answers(folder: Path) -> set[str]:
    """The answers of the course's problems as they are printed, and cut off: those that tell of no given."""
    found: set[str] = set()
    for file in (folder / "problems").rglob("*.yaml"):
        worked = solve(load_problem(file))
        if not isinstance(worked, WorkedSolution):
            continue
        given = file.read_text(encoding="utf-8")
        for entry in worked.entries(everything=True):
            assert isinstance(entry, Answer)
            texts = {str(entry.printed).lstrip("-"), f"{abs(float(entry.exact or 0)):.12f}"[:7]}
            found |= {text for text in texts if _tells(text) and text not in given}
    return found


def _tells(number: str) -> bool:
    """Whether a number has so many digits that it stands nowhere by chance."""
    return len(re.sub(r"^[0.]*|\.", "", number)) >= 4 and "e" not in number and "." in number


def contents(path: Path) -> Iterator[bytes]:
    """What a file holds: as it is, unpacked, and what is written in it in base64."""
    data = path.read_bytes()
    if path.suffix == ".pdf":  # the rest of it draws, with numbers of its own
        document = pypdfium2.PdfDocument(data)
        yield "\n".join(page.get_textpage().get_text_bounded() for page in document).encode()
        yield "\n".join(_strings(path)).encode()
        return
    yield data
    if path.suffix in (".gz", ".svgz"):
        yield gzip.decompress(data)
    for start in (match.start() for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data)):
        unpacked = zlib.decompressobj()
        try:
            yield unpacked.decompress(data[start:])
        except zlib.error:
            continue
    for found in re.findall(rb"[A-Za-z0-9+/]{400,}={0,2}", data):
        yield base64.b64decode(found + b"=" * (-len(found) % 4))


def _strings(path: Path) -> Iterator[str]:
    """Every text that a PDF holds beside its pages: titles, what pictures show in words, attachments' names."""
    with pikepdf.open(path) as pdf:
        for one in pdf.objects:
            if isinstance(one, pikepdf.Stream | pikepdf.Dictionary):
                yield from (str(value) for _, value in one.items() if isinstance(value, pikepdf.String))


def leaks(folder: Path, sought: set[str]) -> dict[str, set[str]]:
    """Which of these texts are in which files of a folder."""
    pattern = re.compile(
        b"|".join(re.escape(text.encode()) for text in sorted(sought, key=len, reverse=True))
    )
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*"):
        others = path.suffix in (".css", ".woff2") or "fontawesome" in path.parts  # full of numbers
        if path.is_file() and not others:
            seen = {match.decode() for data in contents(path) for match in pattern.findall(data)}
            if seen:
                found[path.relative_to(folder).as_posix()] = seen
    return found


def article(site: Path, page: str) -> str:
    found = BeautifulSoup((site / page).read_text(encoding="utf-8"), "html.parser").select_one("article")
    assert found is not None
    return " ".join(found.get_text(" ").split())


def test_switching_builds_everything_anew(mine: Path) -> None:
    book, site = mine / "book", mine / "book" / "_build" / "html"
    sought = answers(mine)
    assert len(sought) > 60
    # with the solutions: the search finds what it looks for
    configured(mine, "2026-12-15 08:00")
    build_book(mine, now=AFTER)
    there = leaks(site, sought | set(_WORDS) | set(_PARTS))
    assert set().union(*there.values()) >= set(_WORDS) | set(_PARTS)
    assert len(sought & set().union(*there.values())) > 30
    for place in (
        "problems/week-1/telling.html",
        "_sources/problems/flat.ipynb",
        "pictures.html",
        "searchindex.js",
        "problems/week-1/telling-solution.pdf",
        "problems/flat-key.pdf",
    ):
        assert place in there
    # a question has blanks for its author's live numbers
    assert "problems/week-1/telling-question.pdf" not in there
    before = {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    # a minute before, everything is built without them, in the same folder
    build_book(mine, [mine / "problems" / "flat.yaml"], now=BEFORE)
    nothing_of_it(mine, sought)
    # the same by another word: nothing has to be done
    index = site / "problems" / "flat.html"
    built = index.stat().st_ino
    configured(mine, "false")
    build_book(mine)
    nothing_of_it(mine, sought)
    assert index.stat().st_ino == built
    # and with them once more, as they were
    configured(mine, "true")
    build_book(mine)
    after = {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    assert after.keys() == before.keys()
    assert [place for place, data in after.items() if data != before[place]] == []
    assert leaks(book, sought)
    # a build without them that fails says that the site still has them
    page = book / "pictures.md"
    page.write_text(PAGE + "\n[nowhere](nowhere.md)\n", encoding="utf-8")
    configured(mine, "9000-01-01")
    console = Console(file=StringIO(), width=300)
    with pytest.raises(ProblemError, match="nowhere"):
        build_book(mine, console=console)
    assert isinstance(console.file, StringIO)
    assert f"{site} stays as it was, with the solutions." in console.file.getvalue()
    page.write_text(PAGE, encoding="utf-8")
    # what was built, and stayed there, goes
    (site / "old").mkdir()
    (site / "old" / "telling.ipynb").write_bytes((site / "_sources" / "problems" / "flat.ipynb").read_bytes())
    (book / "_build" / "pdf").mkdir()
    (book / "_build" / "book.pdf").write_bytes((site / "problems" / "flat-key.pdf").read_bytes())
    configured(mine, "9000-01-01")
    console = Console(file=StringIO(), width=300)
    build_book(mine, console=console)
    assert not (book / "_build" / "book.pdf").exists()
    assert not (book / "_build" / "pdf").exists()
    assert isinstance(console.file, StringIO)
    assert "left out of it until 9000-01-01 00:00: build it again then." in console.file.getvalue()
    nothing_of_it(mine, sought)


def nothing_of_it(mine: Path, sought: set[str]) -> None:
    """No file has anything of the solutions, and the questions are whole."""
    book = mine / "book"
    site = book / "_build" / "html"
    assert leaks(book, sought | set(_WORDS)) == {}
    for path in site.rglob("problems/**/*.html"):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        names = {str(tag[key]) for key in _ATTRIBUTES for tag in page.select(f"[{key}]")}
        assert {name for each in names for name in each.split() if not _GIVEN.match(name)} == set()
        assert not page.select(".boxed, .nbsolve-conventions, [data-iteration]")
    assert [*site.rglob("*.ipynb")] == []
    sheets = {path.relative_to(site / "problems").as_posix() for path in site.rglob("*.pdf")}
    assert sheets == {f"{name}-question.pdf" for name in ("flat", "derivation", "week-1/telling")}
    assert all(made.withheld for made in read_made(book / "_build" / "made.json").values())
    telling = article(site, "problems/week-1/telling.html")
    for words in (
        "A statement that tells its solution",
        "0.15",
        "0.27",
        "0.693",
        "(a)",
        "2.5",
        "The drawing in words",
    ):
        assert words in telling, words
    assert telling.count("\\underline{\\qquad}") == 5
    assert re.search(r"so the loss = \S* ?= \\underline\{\\qquad\} of the weight", telling)
    assert "not published" in telling
    assert "4 marks" in article(site, "problems/flat.html")
    derivation = article(site, "problems/derivation.html")
    assert "tanh" in derivation
    assert "binary cross-entropy" in derivation
    pages = {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in site.rglob("*.html")
    }
    assert not [path for path, page in pages.items() if page.select("a[href*='.ipynb']")]
    assert [
        len(pages[site / f"problems/{name}.html"].select("article svg")) for name in ("flat", "derivation")
    ] == [1, 0]
    pictures = pages[site / "pictures.html"]
    assert len(pictures.select("article svg")) == 1
    assert article(site, "pictures.html").count("published with the solutions") == 2


def test_a_failed_build_leaves_no_page_half_made(mine: Path) -> None:
    """Pages of the other kind that are left from a build that failed are not taken for finished."""
    configured(mine, "false")
    build_book(mine)  # whatever this course has been through before
    configured(mine, "true")
    page = mine / "book" / "pictures.md"
    page.write_text(PAGE + "\n[nowhere](nowhere.md)\n", encoding="utf-8")
    with pytest.raises(ProblemError, match="nowhere"):
        build_book(mine)
    page.write_text(PAGE, encoding="utf-8")
    configured(mine, "false")
    build_book(mine, [mine / "problems" / "flat.yaml"])
    nothing_of_it(mine, answers(mine))


def test_notebooks_of_questions_have_no_code(mine: Path) -> None:
    for path in (mine / "book").rglob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert not [cell for cell in cells if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
