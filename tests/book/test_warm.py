"""Notebooks of a process that has used everything before: the same as of a cold one, and nothing from before."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from nbsolve.errors import NbsolveError
from nbsolve.notebook import NotebookJob, children, make_notebook, make_notebooks
from nbsolve.notebook.children import run_from_prepared
from nbsolve.notebook.compiling import CompilingServer, compiling_at
from nbsolve.problem import load_problem
from nbsolve.render.typst.compiler import CompilingError, compiled
from tests.book.interrupting import children_end
from tests.book.problems import FLAT, TRAINED, UNSOLVABLE

PROBLEMS = Path(__file__).parents[2] / "problems"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Problems of every kind."""
    found = []
    texts = {
        "flat": FLAT,
        "trained": TRAINED,
        "letters": FLAT.replace("parts:", "letters: true\nparts:", 1),
        "derivation": (PROBLEMS / "003-1-derivatives.yaml").read_text(encoding="utf-8"),
    }
    for name, text in texts.items():
        found.append(tmp_path / f"{name}.yaml")
        found[-1].write_text(text, encoding="utf-8")
    return found


def jobs_of(files: list[Path], folder: Path) -> list[NotebookJob]:
    return [
        NotebookJob(load_problem(path), path.parent, folder / f"{path.stem}.ipynb", file=path)
        for path in files
    ]


def test_a_warm_process_makes_the_same_bytes(files: list[Path], tmp_path: Path) -> None:
    make_notebooks(jobs_of(files, tmp_path / "warm"), at_once=2)
    for path in files:
        cold = make_notebook(path, tmp_path / "cold.ipynb")
        assert (tmp_path / "warm" / f"{path.stem}.ipynb").read_bytes() == cold.read_bytes(), path.stem


def test_warming_up_succeeds_and_is_what_makes_children_quick(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child imports nothing any more but what its own problem alone needs."""
    before = children._alone

    def alone(task: Callable[[], None], messages: object) -> None:
        known = set(sys.modules)

        def watched() -> None:
            task()
            new = sorted(name for name in set(sys.modules) - known if name.startswith(("nbsolve", "IPython")))
            if new:
                raise NbsolveError(f"imported {new}")

        before(watched, messages)  # type: ignore[arg-type]

    monkeypatch.setattr(children, "_alone", alone)
    make_notebooks(jobs_of(files, tmp_path / "warm"), at_once=1)


def test_one_fault_does_not_stop_the_others(files: list[Path], tmp_path: Path) -> None:
    files[1].write_text(UNSOLVABLE, encoding="utf-8")
    with pytest.raises(NbsolveError, match=r"trained\.yaml: iteration 1, sample 1: "):
        make_notebooks(jobs_of(files, tmp_path / "warm"))
    assert sorted(path.stem for path in (tmp_path / "warm").iterdir()) == ["derivation", "flat", "letters"]


def test_nothing_leaks_from_the_preparation_or_between_children(tmp_path: Path) -> None:
    def prepare() -> None:
        os.environ["NBSOLVE_PREPARED"] = "yes"

    def soil() -> None:
        assert os.environ.pop("NBSOLVE_PREPARED") == "yes"
        (tmp_path / str(os.getpid())).touch()

    assert run_from_prepared([soil, soil, soil], prepare, at_once=1) == [None] * 3
    assert len(list(tmp_path.iterdir())) == 3
    assert "NBSOLVE_PREPARED" not in os.environ


def test_a_shell_that_was_made_before_the_fork_is_new_to_each_notebook(tmp_path: Path) -> None:
    from nbsolve.papermill_engine.here import HereEngine, fresh_kernel

    def prepare() -> None:
        fresh_kernel(str(tmp_path / "ipython"))

    def notebook(number: int) -> Callable[[], None]:
        def task() -> None:
            asyncio.set_event_loop(None)  # as Python 3.14 has it: none is made because one is asked for
            source = (
                f"found = [n for n in ('mine', 'problem', '_1') if n in globals()]\nmine = {number}\nfound"
            )
            made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])

            class Manager:
                nb = made

                def __getattr__(self, name: str) -> Callable[..., None]:
                    return lambda *_, **__: None

            HereEngine.execute_managed_notebook(Manager(), "", scratch=str(tmp_path))
            (output,) = made.cells[0].outputs
            if output.data["text/plain"] != "[]":
                raise NbsolveError(output.data["text/plain"])

        return task

    assert run_from_prepared([notebook(k) for k in range(3)], prepare) == [None] * 3


def test_ctrl_c_ends_the_children_of_the_prepared_child(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # the caller may ignore it
    try:
        children_end(tmp_path, lambda tasks: run_from_prepared(tasks, lambda: None))
    finally:
        signal.signal(signal.SIGINT, before)


def test_drawings_are_compiled_by_the_process_above(tmp_path: Path) -> None:
    source = "#set page(width: auto, height: auto)\n$x_1 + 1$"
    here = compiled(source)  # from now on a fork of this process could not compile itself
    server = CompilingServer(tmp_path / "socket")

    def task() -> None:
        with compiling_at(tmp_path / "socket"):
            assert compiled(source) == here
            with pytest.raises(
                CompilingError, match=r"typst: .*unknown variable: nothing_of_that_name"
            ) as error:
                compiled("#nothing_of_that_name")
            assert ".typ:1:" in error.value.diagnostic

    def die() -> None:
        with compiling_at(tmp_path / "socket"):
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        faults = run_from_prepared([task, die, task], lambda: None, server=server)
    finally:
        server.close()
    assert (faults[0], faults[2]) == (None, None)
    assert "exit code -9" in str(faults[1])


def test_without_a_server_a_process_compiles_itself(tmp_path: Path) -> None:
    with compiling_at(tmp_path / "nowhere"):
        assert compiled("x").startswith(b"%PDF")
        with pytest.raises(CompilingError):
            compiled("#nothing_of_that_name")
