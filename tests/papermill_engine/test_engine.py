"""`papermill --engine nbsolve`: a notebook shows what it shows under papermill's own engine, and shares nothing."""

from __future__ import annotations

import copy
import logging
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from papermill.engines import papermill_engines

from nbsolve.jobs.local import CAN_FORK
from nbsolve.notebook.cells import notebook_of
from nbsolve.papermill_engine import WarmEngine
from nbsolve.papermill_engine.fitting import flags_of, why_not
from nbsolve.problem import load_problem
from tests.book.problems import FLAT

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CAN_FORK, reason="kernels are forked on Linux only")]

TORTURE = [
    # rich displays, changed and cleared afterwards
    "from IPython.display import HTML, Image, Latex, Math, Markdown, SVG, clear_output, display, update_display\n"
    "display(HTML('<b>bold</b>'), Markdown('*md*'), Math('x_1'), Latex('$y$'), {'a': 1}, metadata={'k': 'v'})\n"
    "shown = display('before', display_id='mine')\n"
    "update_display('after', display_id='mine')",
    "update_display('later still', display_id='mine'); display('cleared'); clear_output(); 'left'",
    "class Rich:\n    def _repr_html_(self): return '<i>i</i>'\n"
    "    def _repr_json_(self): return {'j': [1]}\nRich()",
    # streams
    "import os, subprocess, sys\nfor n in range(3):\n    print('out', n); sys.stdout.flush()\n"
    "    print('err', n, file=sys.stderr); sys.stderr.flush()\nsys.stdout.write('no end')",
    "_ = os.system('echo of the system')",
    "!echo of the shell",
    "import threading\nt = threading.Thread(target=print, args=('from a thread',)); t.start(); t.join()",
    # magics
    "%%bash\necho from bash; echo to err >&2",
    "%%capture caught\nprint('hidden')",
    "print(repr(caught.stdout))\n%who_ls str",
    "%env NB_TORTURE=yes",
    "%%writefile here.py\nvalue = 7",
    "import here\nhere.value, _ , Out[3] is not None, In[2][:6]",
    "a = !echo one\na",
    # matplotlib inline
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(1, 1)); ax.plot([1, 2]); None",
    "plt.rcParams['backend'], plt.figure(figsize=(1, 1)).number",
    # asyncio
    "import asyncio\nawait asyncio.sleep(0)\nasyncio.get_running_loop().is_running()",
    "async def late():\n    return 'late'\ntask = asyncio.ensure_future(late())",
    "await task",
    # modules, names, what a kernel is
    "__name__, sys.argv[1:2], sys.path[0], os.path.basename(os.getcwd()), sys.flags.safe_path",
    "import pickle\nclass P: pass\npickle.loads(pickle.dumps(P)) is P",
    "import multiprocessing\n"
    "multiprocessing.get_start_method(allow_none=True), multiprocessing.current_process().name",
    "import warnings\nwarnings.warn('warned')",
    "",
    "x = 1;",
]
_TIMES = re.compile(r"(?<=ipykernel_)\d+/\d+|0x[0-9a-f]+|/tmp/ipykernel_\d+")


def notebook(*sources: str, kernel: str = "python3") -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    spec = {"name": kernel, "display_name": "Python 3", "language": "python"}
    made: nbformat.NotebookNode = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec})
    return made


def run(made: nbformat.NotebookNode, engine: str | None, folder: Path, **options: Any) -> Any:
    """The notebook as it is after papermill, and what papermill raised."""
    out = folder / "out.ipynb"
    try:
        with_options = dict(cwd=str(folder), progress_bar=False, engine_name=engine, **options)
        papermill.execute_notebook(copy.deepcopy(made), str(out), **with_options)
        raised = None
    except Exception as error:
        raised = (type(error), _TIMES.sub("", re.sub(r"\x1b\[[0-9;]*m", "", str(error))))
    assert out.is_file(), raised
    return nbformat.read(out, 4), raised


def shown(made: nbformat.NotebookNode) -> list[tuple[str, Any, list[str]]]:
    """Each cell, with all that it shows and how it ended; without process ids and addresses."""
    return [
        (
            cell.source,
            (cell.get("execution_count"), cell.metadata.get("papermill", {}).get("status")),
            [_TIMES.sub("", repr(sorted(output.items()))) for output in joined(cell.get("outputs", []))],
        )
        for cell in made.cells
    ]


def joined(outputs: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The outputs, pieces of one stream put together: into how many a kernel cuts it is a matter of time."""
    for kind, pieces in groupby(outputs, lambda one: one.get("name")):
        if kind is None:
            yield from map(dict, pieces)
        else:
            yield {"output_type": "stream", "name": kind, "text": "".join(one["text"] for one in pieces)}


def same(made: nbformat.NotebookNode, folders: dict[str | None, Path], **options: Any) -> Any:
    stock, stock_raised = run(made, None, folders[None], **options)
    warm, raised = run(made, "nbsolve", folders["nbsolve"], **options)
    for expected, found in zip(shown(stock), shown(warm), strict=True):
        assert found == expected
    assert stock.metadata.language_info == warm.metadata.language_info
    assert raised == stock_raised
    return warm, raised


def test_papermill_finds_the_engine() -> None:
    assert papermill_engines.get_engine("nbsolve") is WarmEngine


def test_the_torture_notebook(folders: dict[str | None, Path]) -> None:
    made, raised = same(notebook(*TORTURE), folders)
    assert raised is None
    everything = repr(made.cells)
    for needed in ("image/png", "from a thread", "of the shell", "text/latex", "later still", "warned"):
        assert needed in everything


IN_ONE_PROCESS = """
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
import nbformat
from nbsolve.papermill_engine import WarmEngine
notebook = nbformat.read("in.ipynb", 4)
sys.path.insert(0, "")
WarmEngine.execute_notebook(notebook, "python3", progress_bar=False, here="ipython")
nbformat.write(notebook, "out.ipynb")
"""


def test_the_torture_notebook_in_a_process_made_for_it(folders: dict[str | None, Path]) -> None:
    """As a build runs its notebooks; what a process says of itself apart, and that it finds no modules here."""
    stock, _ = run(made := notebook(*TORTURE), None, folders[None])
    folder = folders["nbsolve"]
    made.metadata["papermill"] = {}
    for cell in made.cells:
        cell.metadata["tags"] = []

    nbformat.write(made, folder / "in.ipynb")
    # a process of its own: what the tests before loaded and filtered is not in it
    subprocess.run([sys.executable, "-c", IN_ONE_PROCESS], cwd=folder, check=True)
    here = nbformat.read(folder / "out.ipynb", 4)
    assert stock.metadata.language_info == here.metadata.language_info
    for expected, found in zip(shown(stock), shown(here), strict=True):
        # a kernel reads what a program below it prints in another thread, on a busy machine too late
        if "os.system" in found[0]:
            assert "of the system" in found[2][0]
        else:
            assert found == expected or found[0].startswith(("__name__", "import multiprocessing"))


def test_a_notebook_of_ours(folders: dict[str | None, Path]) -> None:
    _, raised = same(notebook_of(load_problem(FLAT)), folders)
    assert raised is None


def test_parameters(folders: dict[str | None, Path]) -> None:
    made = notebook("a = 1", "a + 1")
    made.cells[0].metadata["tags"] = ["parameters"]
    warm, _ = same(made, folders, parameters={"a": 41})
    assert "42" in repr(warm.cells[-1].outputs)


def test_another_kernel_is_left_to_papermills_own_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kernel = tmp_path / "kernels" / "other"
    kernel.mkdir(parents=True)
    launcher = (
        f'["{sys.executable}", "-c", "from ipykernel.kernelapp import *; launch_new_instance()", "-f", '
    )
    (kernel / "kernel.json").write_text(
        f'{{"argv": {launcher}"{{connection_file}}"], "display_name": "O", "language": "python"}}'
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    with caplog.at_level(logging.WARNING, "papermill"):
        made, raised = run(notebook("40 + 2", kernel="other"), "nbsolve", tmp_path)
    assert raised is None
    assert "42" in repr(made.cells[0].outputs)
    assert "the kernel other is not ipykernel in this Python" in caplog.text


def test_where_there_is_no_fork_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert why_not("python3") is None
    monkeypatch.setattr("nbsolve.papermill_engine.fitting.CAN_FORK", False)
    assert why_not("python3") == "processes cannot be forked here"


def test_which_commands_are_ipykernel_in_this_python() -> None:
    rest = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
    assert flags_of(["python", *rest]) == []
    assert flags_of([sys.executable, "-Xfrozen_modules=off", *rest]) == ["-Xfrozen_modules=off"]
    assert flags_of(["/nowhere/python", *rest]) is None
    assert flags_of(["python", "-m", "bash_kernel"]) is None
