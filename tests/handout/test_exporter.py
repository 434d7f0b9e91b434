"""nbconvert's own command on notebooks of nbsolve: as they are, edited by hand, with tags, and to other formats."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pypandoc
import pytest
from nbconvert.exporters import HTMLExporter, LatexExporter, MarkdownExporter, PythonExporter, get_exporter

from nbsolve import WorkedSolution, load_problem, solve
from nbsolve.errors import NbsolveError
from nbsolve.handout.exporter import NbsolvePDFExporter
from nbsolve.notebook import make_notebook
from nbsolve.render import latex, myst, stored, text
from tests.handout.made import PROBLEMS, ROOT, SMALL
from tests.handout.pdf import Pdf
from tests.handout.reading import digits, formulas
from tests.sampling import OneIn

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg=="


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated notebook."""
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    return make_notebook(folder / "small.yaml", folder / "small.ipynb")


def read(made: Path) -> Any:
    return nbformat.read(made, as_version=4)


def exported(notebook: Any, **options: Any) -> Pdf:
    exporter: Any = NbsolvePDFExporter
    data, resources = exporter(**options).from_notebook_node(notebook)
    assert resources["output_extension"] == ".pdf"
    return Pdf(data)


def test_it_is_registered_and_the_command_works(made: Path) -> None:
    assert get_exporter("nbsolve-pdf") is NbsolvePDFExporter
    run = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "nbsolve-pdf", str(made)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    one = Pdf(made.with_suffix(".pdf").read_bytes())
    assert one.title == "A small network"
    assert "Backward pass" in one.bookmarks


def stripped(made: Path, folder: Path) -> Path:
    """The notebook as nbstripout leaves it."""
    notebook = read(made)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    path = folder / "stripped.ipynb"
    nbformat.write(notebook, path)
    return path


def test_a_notebook_without_outputs_is_refused_and_typeset_when_it_is_run(made: Path, tmp_path: Path) -> None:
    path = stripped(made, tmp_path)
    command = [sys.executable, "-m", "nbconvert", "--to", "nbsolve-pdf", str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "the notebook has not been run, or its outputs were removed: add --execute" in run.stderr
    assert "Traceback" not in run.stderr
    assert not path.with_suffix(".pdf").exists()
    run = subprocess.run([*command, "--execute"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "Backward pass" in Pdf(path.with_suffix(".pdf").read_bytes()).bookmarks


def test_a_cell_of_nbsolve_that_was_not_run_is_named(made: Path) -> None:
    notebook = read(made)
    number = next(n for n, cell in enumerate(notebook.cells) if cell.source == "solution.forward()")
    notebook.cells[number].update(outputs=[], execution_count=None)
    with pytest.raises(NbsolveError, match=r"^cell \d+ has not been run"):
        exported(notebook)


def test_a_notebook_of_somebody_elses_needs_no_outputs() -> None:
    cells = [nbformat.v4.new_markdown_cell("# Mine"), nbformat.v4.new_code_cell("print(1)")]
    assert "print(1)" in exported(nbformat.v4.new_notebook(cells=cells)).tree.seen


def test_what_nbsolve_made_is_typeset_from_its_blocks(made: Path) -> None:
    one = exported(read(made))
    assert "from nbsolve import" not in one.tree.seen
    assert "problem_text" not in one.tree.seen
    assert "solution." not in one.tree.seen
    found = list(formulas(one.tree))
    assert len(found) > 30
    assert all(digits(node.alt or "") == digits(node.seen) for node in found)
    assert len([node for node in one.tree if node.kind == "Figure"]) == 3


def test_every_document_comes_back_from_what_is_stored(one_in: OneIn) -> None:
    for path in PROBLEMS[:: one_in(4)]:
        document = solve(load_problem(path)).document()
        again = stored.read(stored.written(document))
        assert again.blocks == document.blocks
        assert all(form.render(again) == form.render(document) for form in (myst, latex, text))


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"version": 99},
        {"version": 1},
        {"version": 1, "atoms": [], "blocks": [0, ["Nonsense"]]},
        {"version": 2, "document": "[" * 9999},
    ],
)
def test_blocks_that_cannot_be_read(data: Any) -> None:
    with pytest.raises(stored.UnreadableDocument, match="run its cells again"):
        stored.read(data)


def test_other_numbers_give_another_handout(made: Path) -> None:
    notebook = read(made)
    again = solve(load_problem(SMALL, overrides=["samples.0.input=[3, 4]"]))
    assert isinstance(again, WorkedSolution)
    for cell in notebook.cells:
        if cell.source == "solution.forward()":
            cell.outputs[0].data = again.forward()._repr_mimebundle_()
    assert "0.1 · 3 + 0.2 · 4" in " ".join(node.alt or "" for node in formulas(exported(notebook).tree))


def test_cells_written_by_hand(made: Path) -> None:
    notebook = read(made)
    words = (
        "## By hand\n\nA *remark* with $\\frac{\\partial L}{\\partial w_3} \\approx -0.5$, a footnote[^1] and\n\n"
        "| a | b |\n|---|--:|\n| 1 | $x_1^2$ |\n\n$$z = \\begin{bmatrix}1 & 2\\end{bmatrix}$$\n\n- one\n- two\n\n"
        "[^1]: Its text.\n"
    )
    notebook.cells.append(nbformat.v4.new_markdown_cell(words))
    code = nbformat.v4.new_code_cell("print('seen')", execution_count=9)
    code.outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="what it \x1b[31mprints\x1b[0m\n"),
        nbformat.v4.new_output("display_data", data={"image/png": PNG, "text/plain": "a small picture"}),
        nbformat.v4.new_output("error", ename="ValueError", evalue="went wrong", traceback=["…"]),
    ]
    notebook.cells.append(code)
    one = exported(notebook)
    seen = one.tree.seen
    for part in (
        "By hand",
        "remark",
        "Its text.",
        "one",
        "print('seen')",
        "what it prints",
        "ValueError: went wrong",
    ):
        assert part in seen
    alts = [node.alt for node in one.tree if node.alt]
    assert "∂L/∂w₃ ≈ −0.5" in alts
    assert "a small picture" in alts


@pytest.mark.parametrize(
    "wrong", [r"A $\foo$ formula", "<video src='x'></video>", "a [link][nowhere] \\newcommand{\\a}{b}"]
)
def test_what_cannot_be_shown_is_an_error_with_its_cell(made: Path, wrong: str) -> None:
    notebook = read(made)
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(wrong))
    with pytest.raises(NbsolveError, match="cell 2"):
        exported(notebook)


def tagged(made: Path, *tags: str) -> Any:
    notebook = read(made)
    cell = nbformat.v4.new_code_cell("secret_code = 1", execution_count=9, metadata={"tags": list(tags)})
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="secret output\n")]
    notebook.cells.append(cell)
    return notebook


@pytest.mark.parametrize(
    ("tags", "code", "output"),
    [
        ((), True, True),
        (("hide-input",), False, True),
        (("remove-input",), False, True),
        (("hide-output",), True, False),
        (("remove-cell",), False, False),
        (("hide-cell",), False, False),
        (("solution",), True, True),
    ],
)
def test_tags(made: Path, tags: tuple[str, ...], code: bool, output: bool) -> None:
    seen = exported(tagged(made, *tags)).tree.seen
    assert ("secret_code" in seen) is code
    assert ("secret output" in seen) is output


def test_solutions_left_out(made: Path) -> None:
    everything = exported(tagged(made, "solution"), solutions=False).everything()
    assert "secret" not in everything


def test_options_of_every_exporter(made: Path) -> None:
    from traitlets.config import Config

    config = Config()
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = ("drop",)
    assert "secret" not in exported(tagged(made, "drop"), config=config).tree.seen
    no_input = Config()
    no_input.TemplateExporter.exclude_input = True
    seen = exported(tagged(made), config=no_input).tree.seen
    assert "secret_code" not in seen
    assert "secret output" in seen


def test_paper_and_course(made: Path) -> None:
    one = exported(read(made), paper="letter", course="Networks", institution="A University")
    assert round(float(one.file.pages[0].mediabox[2])) == 612
    assert "A University · Networks" in one.tree.seen


def test_stock_exporters_give_sensible_results(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(Path(pypandoc.get_pandoc_path()).parent)
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}{os.pathsep}{folder}")
    html, _ = HTMLExporter().from_notebook_node(read(made))
    assert html.count('src="data:image/svg+xml;base64,') == 3
    assert "No description has been provided" not in html
    assert 'alt="Network 2-2-1' in html
    assert ":::" not in html
    assert r"\frac{\partial L}" in html
    script, _ = PythonExporter().from_notebook_node(read(made))
    compile(script, "small.py", "exec")
    tex, resources = LatexExporter().from_notebook_node(read(made))
    assert r"\begin{aligned}" in tex
    assert r"\subsection{Forward pass}" in tex
    assert ":::" not in tex
    pictures = [data for name, data in resources["outputs"].items() if name.endswith(".pdf")]
    assert len(pictures) == 3
    assert all(data.startswith(b"%PDF") for data in pictures)


def test_a_picture_of_png_is_one() -> None:
    assert base64.b64decode(PNG).startswith(b"\x89PNG")


# What each reader shows of an output, best first: nbconvert says it itself, VS Code in its sources
# (`NOTEBOOK_DISPLAY_ORDER` in notebookCommon.ts; types that no extension shows are passed over), JupyterLab by the
# ranks of its renderers.
READERS = {
    "html": HTMLExporter().default_config.NbConvertBase.display_data_priority,
    "markdown": MarkdownExporter().default_config.NbConvertBase.display_data_priority,
    "latex": LatexExporter().default_config.NbConvertBase.display_data_priority,
    "VS Code": [
        "application/json", "application/javascript", "text/html", "image/svg+xml", "text/latex",
        "text/markdown", "image/png", "image/jpeg", "text/plain",
    ],
    "JupyterLab": ["text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png", "text/plain"],
}  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_shows_the_best_that_it_can(made: Path, reader: str) -> None:
    bundles = [output.data for cell in read(made).cells for output in cell.get("outputs", [])]
    assert len(bundles) > 6
    for data in bundles:
        shown = next(kind for kind in READERS[reader] if kind in data)
        if stored.MIME in data:
            assert shown == "text/markdown"
        else:
            assert shown == ("application/pdf" if reader == "latex" else "text/html")


def test_boxes_are_read_everywhere_and_are_directives_on_the_site() -> None:
    for path in PROBLEMS:
        document = solve(load_problem(path)).document()
        plain = myst.render_plain(document)
        assert ":::" not in plain
        assert myst.with_directives(plain) == myst.render(document)
    assert "<!-- box: note nbsolve-conventions -->\n\n**" in plain


@pytest.mark.parametrize(
    "name", ["graph-a-gate-at-a-time", "update-rmsprop-given-state", "rule-perceptron-xor"]
)
def test_documents_of_every_kind_come_back_from_a_notebook(name: str) -> None:
    document = solve(load_problem(ROOT / "problems" / f"{name}.yaml")).document()
    assert stored.read(json.loads(json.dumps(stored.written(document)))).blocks == document.blocks
