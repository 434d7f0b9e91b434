"""The cells of a notebook: one for each stage, none for what the problem does not have, together the whole page."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from nbsolve import load_problem, solve
from nbsolve.document import Block
from nbsolve.notebook import make_notebook
from nbsolve.notebook.cells import notebook_of
from nbsolve.problem.model import Problem
from nbsolve.worked.network import WorkedSolution
from tests.sampling import OneIn

PROBLEMS = sorted((Path(__file__).parents[2] / "problems").glob("*.yaml"))
SMALL = """
network:
  inputs: 1
  layers: [{units: 1, activation: sigmoid, weights: [[0.5]], bias: [0.1]}]
samples: [{input: [1], target: [1]}, {input: [2], target: [0]}]
loss: squared_error
training: {optimiser: sgd, epochs: 4, show: [2, 3, 6, epochs]}
"""


def sources(text: str) -> list[str]:
    cells = notebook_of(load_problem(text)).cells
    return [cell.source for cell in cells if cell.cell_type == "code" and cell.source.startswith("solution.")]


def test_each_iteration_that_is_shown_has_cells_of_its_own() -> None:
    stages = [source for source in sources(SMALL) if "iteration=" in source]
    assert stages == [
        call.format(f"iteration={number}")
        for number in (2, 3, 6)
        for call in (
            *(f"solution.{stage}({{}})" for stage in ("forward", "loss", "backward", "update")),
            *(f'solution.draw("{show}", {{}})' for show in ("activations", "backward")),
        )
    ]


@pytest.mark.parametrize(
    ("change", "there", "missing"),
    [
        (("training: {optimiser: sgd, epochs: 4, show: [2, 3, 6, epochs]}", ""),
         ["solution.backward()", "solution.check()"], ["update", 'draw("loss")', "iteration"]),
        ((", target: [1]", "", ", target: [0]", "", "loss: squared_error\ntraining: {optimiser: sgd, epochs: 4, "
          "show: [2, 3, 6, epochs]}", ""),
         ["solution.forward()", 'solution.draw("forward")'], ["loss", "backward", "update", "check", "pitfalls"]),
        (("loss: squared_error", "loss: squared_error\npitfalls: [Signs.]"), ["solution.pitfalls()"], ["letters"]),
        (("loss: squared_error", "loss: squared_error\nletters: true"), ["solution.letters()"], ["pitfalls"]),
        (("[[0.5]]", "[[w]]"), ["solution.letters()", "solution.answers()"], ["forward(", "check", "activations"]),
    ],
)  # fmt: skip
def test_no_cell_for_what_is_not_there(change: tuple[str, ...], there: list[str], missing: list[str]) -> None:
    text = SMALL
    for old, new in zip(change[::2], change[1::2], strict=True):
        text = text.replace(old, new)
    found = sources(text)
    assert set(there) <= set(found)
    assert not [source for source in found for word in missing if word in source]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_the_stages_together_are_the_whole_solution(path: Path) -> None:
    problem = load_problem(path)
    if not isinstance(problem, Problem) or problem.symbolic:
        return
    whole_in_cells(problem)


@pytest.mark.parametrize("extra", ["", "letters: true\n", "explain: paths\n", "detail: both\n"])
def test_iterations_that_are_left_out_are_said_in_the_cells_too(extra: str) -> None:
    problem = load_problem(SMALL + extra)
    assert isinstance(problem, Problem)
    whole_in_cells(problem)


def whole_in_cells(problem: Problem) -> None:
    worked = solve(problem)
    blocks: list[Block] = []
    for source in sources(problem.text if "\n" in problem.text else problem.text + "\n"):
        call = re.fullmatch(
            r"solution\.(letters|forward|loss|backward|update)\((?:iteration=(\d+))?\)", source
        )
        if call is not None:
            stage = getattr(worked, call[1])
            blocks += (stage(iteration=int(call[2])) if call[2] else stage()).blocks
    assert isinstance(worked, WorkedSolution)
    assert tuple(blocks) == worked.worked().blocks
    assert blocks


def test_every_cell_shows_something(tmp_path: Path, one_in: OneIn) -> None:
    for path in PROBLEMS[:: one_in(11)]:
        notebook = nbformat.read(make_notebook(path, tmp_path / f"{path.stem}.ipynb"), as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code" and cell.source.startswith(("solution.", "for ")):
                assert cell.outputs, (path.stem, cell.source)
                for output in cell.outputs:
                    assert output.output_type in ("execute_result", "display_data")
                    assert output.data["text/plain"].strip(), (path.stem, cell.source)


def test_a_derivation_says_what_can_be_changed() -> None:
    cells = notebook_of(load_problem("kind: derivation\nfunctions: [tanh]\n")).cells
    for word in (
        "`functions`",
        "`losses`",
        "`softmax`",
        "`huber`",
        '{"elu": {"alpha": 0.5}}',
        "through",
        "formula",
    ):
        assert word in cells[1].source
    assert cells[2].source == '# What is differentiated\nfunctions = ["tanh"]'


def test_html_by_nbconvert_shows_no_markup(tmp_path: Path) -> None:
    made = make_notebook(PROBLEMS[1], tmp_path / "page.ipynb")
    subprocess.run(
        [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", str(made)],
        check=True,
        capture_output=True,
    )
    text = BeautifulSoup((tmp_path / "page.html").read_text(encoding="utf-8"), "html.parser").get_text()
    assert "Common mistakes" in text
    assert "The conventions of this solution" in text or "Conventions" in text
    for markup in (":::", "{admonition}", "<!--", ":class:", "<details", "```"):
        assert markup not in text


def test_letters_may_become_numbers() -> None:
    """The notebook of a problem in symbols says so, and its cells show what there is then."""
    text = SMALL.split("training")[0].replace("[[0.5]]", "symbolic")
    guide, parameters = notebook_of(load_problem(text)).cells[1:3]
    assert "`symbolic`" in guide.source
    assert 'weights_1 = "symbolic"' in parameters.source
    worked = solve(load_problem(text.replace("symbolic", "[[0.25]]")))
    assert isinstance(worked, WorkedSolution)
    assert not worked.letters().blocks
    assert worked.forward().blocks
    assert worked.answers().blocks
