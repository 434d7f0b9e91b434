from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import PythonExporter

from nbsolve.errors import NbsolveError, ProblemError
from nbsolve.notebook import make_notebook
from nbsolve.notebook.execution import execute_notebook
from nbsolve.problem import load_problem
from tests.book.problems import BROKEN, FLAT, TRAINED, UNSOLVABLE

PROBLEMS = Path(__file__).parents[2] / "problems"


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    path = tmp_path / "flat.yaml"
    path.write_text(FLAT, encoding="utf-8")
    return path


def _read(path: Path) -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def _shown(notebook: nbformat.NotebookNode) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(output.data.get("text/markdown", "") for output in outputs if "data" in output)


def test_it_is_a_whole_notebook_with_the_problem_in_it(flat: Path, tmp_path: Path) -> None:
    notebook = _read(make_notebook(flat, tmp_path / "out.ipynb"))
    assert notebook.cells[0].source == "# Two sigmoid layers, one bias per layer"
    [parameters] = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    assert ast.literal_eval(parameters.source.partition("weights_2 = ")[2].split("\n")[0]) == [
        [0.2, 0.1],
        [0.4, 0.3],
    ]
    problem = notebook.cells[notebook.cells.index(parameters) + 1].source
    assert (
        "    - {units: 2, activation: sigmoid, weights: $weights_1" in problem
    )  # lines as a person wrote them
    assert "0.4" not in problem
    assert "papermill" not in str(notebook.metadata)
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == list(
        range(1, sum(cell.cell_type == "code" for cell in notebook.cells) + 1)
    )


def test_it_shows_the_solution(flat: Path, tmp_path: Path) -> None:
    notebook = _read(make_notebook(flat, tmp_path / "out.ipynb"))
    shown = _shown(notebook)
    assert "-0.002817" in shown.replace("−", "-")
    assert any("image/svg+xml" in str(cell.get("outputs")) for cell in notebook.cells)


def test_twice_the_same_bytes(flat: Path, tmp_path: Path) -> None:
    once = make_notebook(flat, tmp_path / "once.ipynb").read_bytes()
    assert make_notebook(flat, tmp_path / "twice.ipynb").read_bytes() == once


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ["001-a-squared-error", "003-1-derivatives", "001-a-symbolic-squared-error"])
def test_a_kernel_of_its_own_gives_the_same(name: str, tmp_path: Path) -> None:
    path = PROBLEMS / f"{name}.yaml"
    make_notebook(path, tmp_path / "forked.ipynb")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    started = execute_notebook(load_problem(path), folder=path.parent, scratch=scratch, in_process=False)
    assert nbformat.writes(started) + "\n" == (tmp_path / "forked.ipynb").read_text(encoding="utf-8")


def test_overrides_are_in_the_problem_that_it_carries(flat: Path, tmp_path: Path) -> None:
    changed = _read(make_notebook(flat, tmp_path / "out.ipynb", {"samples.0.x": [1, 3]}))
    assert _shown(changed) != _shown(_read(make_notebook(flat, tmp_path / "as-it-was.ipynb")))
    [parameters] = [cell for cell in changed.cells if "parameters" in cell.metadata.get("tags", [])]
    assert "[1, 3]" in parameters.source


def test_a_changed_notebook_gives_a_new_solution(flat: Path, tmp_path: Path) -> None:
    notebook = _read(make_notebook(flat, tmp_path / "out.ipynb"))
    namespace: dict[str, object] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(cell.source.replace("0.4, 0.3", "0.4, 0.35"), namespace)
    assert "0.35" in str(namespace["parameters"])
    from nbsolve import solve
    from tests.loading import load_problem

    before = solve(load_problem(FLAT)).iterations[0].loss
    assert namespace["solution"].iterations[0].loss != before  # type: ignore[attr-defined]


def test_a_faulty_problem_leaves_the_old_notebook_alone(flat: Path, tmp_path: Path) -> None:
    out = make_notebook(flat, tmp_path / "out.ipynb")
    before = out.read_bytes()
    flat.write_text(BROKEN, encoding="utf-8")
    with pytest.raises(ProblemError, match="rellu"):
        make_notebook(flat, out)
    assert out.read_bytes() == before


def test_a_cell_that_fails_is_one_message_with_the_problems_name(flat: Path, tmp_path: Path) -> None:
    out = make_notebook(flat, tmp_path / "out.ipynb")
    before = out.read_bytes()
    flat.write_text(UNSOLVABLE, encoding="utf-8")
    with pytest.raises(NbsolveError, match=r"flat\.yaml: iteration 1, sample 1: ") as caught:
        make_notebook(flat, out)
    assert "Traceback" not in str(caught.value)
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["flat.yaml", "out.ipynb"]


def test_a_training_shows_every_iteration(tmp_path: Path) -> None:
    path = tmp_path / "trained.yaml"
    path.write_text(TRAINED, encoding="utf-8")
    shown = _shown(_read(make_notebook(path, tmp_path / "out.ipynb")))
    assert "Iteration 1" in shown
    assert "Iteration 2" in shown


def test_a_notebook_becomes_a_script_that_runs(flat: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(make_notebook(flat, tmp_path / "out.ipynb"), as_version=4)
    assert notebook.metadata.language_info.file_extension == ".py"
    script, _ = PythonExporter().from_notebook_node(notebook)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_file_that_cannot_be_written_is_said_by_its_own_name(flat: Path, tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match=r"flat\.yaml: .*flat\.yaml.*: (file exists|not a directory)"):
        make_notebook(flat, flat / "out.ipynb")
