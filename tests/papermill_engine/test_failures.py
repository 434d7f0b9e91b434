"""Notebooks that fail, end their kernel or leave things behind: what comes of them under papermill's own engine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from nbsolve.jobs.local import CAN_FORK
from tests.papermill_engine.test_engine import notebook, run, shown

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CAN_FORK, reason="kernels are forked on Linux only")]


def both(folders: dict[str | None, Path], *sources: str, **options: Any) -> tuple[Any, Any]:
    """What the notebook shows, and what papermill raises, under both engines, which agree."""
    (stock, expected), (warm, raised) = (
        run(notebook(*sources), engine, folder, **options) for engine, folder in folders.items()
    )
    assert shown(warm) == shown(stock)
    assert raised == expected
    return warm, raised


# ------------------------------------------------------------------ failures

FAILING = {
    "an error in a function": "def inner(n):\n    return 1 / n\n\ndef outer():\n    return inner(0)\nouter()",
    "an error from an error": "try:\n    {}['a']\nexcept KeyError as error:\n    raise ValueError('no') from error",
    "a syntax error": "print('never'\n",
    "input()": "input('a number? ')",
    "getpass": "import getpass; getpass.getpass()",
    "sys.exit": "import sys; sys.exit(3)",
    "quit": "raise SystemExit('over')",
    "an interrupt": "raise KeyboardInterrupt",
}


@pytest.mark.parametrize("what", ["an error in a function", "input()", "sys.exit", "quit"])
def test_a_cell_that_fails(what: str, folders: dict[str | None, Path]) -> None:
    made, raised = both(folders, "before = 1\nprint(before)", FAILING[what], "print('after')")
    assert "PapermillExecutionError" in str(raised[0]) or what == "quit"
    assert "after" not in repr([cell.get("outputs") for cell in made.cells])


def test_cells_that_are_allowed_to_fail_are_followed_by_others(folders: dict[str | None, Path]) -> None:
    """All failures in one notebook: each error as it is shown, with its traceback."""
    made = notebook(*FAILING.values(), "print('after')")
    for cell in made.cells:
        cell.metadata["tags"] = ["raises-exception"]
    (stock, expected), (warm, raised) = (run(made, engine, folder) for engine, folder in folders.items())
    assert shown(warm) == shown(stock)
    assert raised == expected
    text = repr([cell.get("outputs") for cell in warm.cells])
    for needed in ("ZeroDivisionError", "inner", "direct cause", "StdinNotImplementedError", "SystemExit"):
        assert needed in text
    assert "after" in text


# each waits a moment, so that the kernel has said that it begins
SEGFAULT = (
    "import faulthandler, time; faulthandler.disable(); time.sleep(0.5)\nimport ctypes; ctypes.string_at(0)"
)

KILLED = "import os, signal, time; time.sleep(0.5); os.kill(os.getpid(), signal.SIGKILL)"


@pytest.mark.parametrize("cell", [SEGFAULT, KILLED])
def test_a_kernel_that_is_gone(cell: str, folders: dict[str | None, Path]) -> None:
    _, raised = both(folders, "print('before')", cell, "print('after')")
    assert raised[0].__name__ == "DeadKernelError"


def test_a_cell_that_takes_too_long(folders: dict[str | None, Path]) -> None:
    _, raised = both(folders, "print('before')", "import time; time.sleep(60)", execution_timeout=2)
    assert raised[0].__name__ == "CellTimeoutError"


def test_a_kernel_that_somebody_else_kills(folders: dict[str | None, Path]) -> None:
    def kill(pid_file: Path) -> None:
        while not pid_file.exists() or not pid_file.read_text():
            time.sleep(0.02)
        os.kill(int(pid_file.read_text()), signal.SIGKILL)

    for folder in folders.values():
        threading.Thread(target=kill, args=(folder / "pid",), daemon=True).start()
    cell = "import os, time\nwith open('pid', 'w') as f: f.write(str(os.getpid()))\ntime.sleep(60)"
    _, raised = both(folders, cell)
    assert raised[0].__name__ == "DeadKernelError"


# ------------------------------------------------------------------ isolation

POLLUTING = [
    "import sys, os, random, builtins, warnings, json, types\nimport numpy as np, math",
    "sys.modules['fake_module'] = types.ModuleType('fake_module'); json.JSONDecoder = None; math.pi = 3",
    "builtins.leaked = True; sys.path.insert(0, '/leaked'); sys.argv.append('leaked')",
    "os.environ['LEAKED'] = '1'; os.environ.pop('PATH'); os.umask(0)",
    "os.chdir('/'); random.seed(1); np.random.seed(1)",
    "np.set_printoptions(precision=2); np.seterr(all='raise'); warnings.filterwarnings('error', 'leaked')",
    "import matplotlib; matplotlib.rcParams['figure.dpi'] = 7\nimport matplotlib.pyplot as plt; plt.figure()",
    "import signal, threading; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "threading.Thread(target=__import__('time').sleep, args=(600,), daemon=True).start()",
    "get_ipython().run_line_magic('precision', '2'); sys.setrecursionlimit(5000)",
    "sys.stdout = open(os.devnull, 'w')",
]
CLEAN = [
    "import sys, os, builtins, json, math, warnings, signal\nimport numpy as np",
    "'fake_module' in sys.modules, json.JSONDecoder is None, math.pi",
    "hasattr(builtins, 'leaked'), '/leaked' in sys.path, 'leaked' in sys.argv",
    "os.environ.get('LEAKED'), 'PATH' in os.environ, os.path.basename(os.getcwd())",
    "before = os.umask(18); before",
    "np.array([1/3]), np.geterr()['divide'], 1/3, sys.getrecursionlimit()",
    "import matplotlib; matplotlib.rcParams['figure.dpi']\n",
    "import matplotlib.pyplot as plt; plt.get_fignums(), signal.getsignal(signal.SIGTERM)",
    "print('shown'), [str(one[1]) for one in warnings.filters if 'leaked' in str(one[1])]",
]
DRAWN = "import random\nimport numpy as np\nprint(random.random(), np.random.rand())"


def test_what_a_notebook_pollutes_the_next_one_does_not_see(folders: dict[str | None, Path]) -> None:
    _, raised = run(notebook(*POLLUTING), "nbsolve", folders["nbsolve"])
    assert raised is None
    both(folders, *CLEAN)


def test_random_numbers_are_no_notebooks_before(folders: dict[str | None, Path]) -> None:
    """Neither those of the warm process, nor those that another notebook with a seed would have had."""
    drawn = set()
    for _ in range(2):
        made, raised = run(notebook(DRAWN), "nbsolve", folders["nbsolve"])
        assert raised is None
        drawn.add(made.cells[0].outputs[0].text)
    assert len(drawn) == 2


def test_the_process_that_kernels_are_forked_from_is_waited_for(tmp_path: Path) -> None:
    program = (
        "import os; from nbsolve.papermill_engine.warm_process import warm_process\n"
        f"warm_process((), dict(os.environ), {str(tmp_path)!r})"
    )
    ended = subprocess.run(
        [sys.executable, "-W", "always::ResourceWarning", "-c", program],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ended.stderr == ""
