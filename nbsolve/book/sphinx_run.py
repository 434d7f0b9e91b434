"""One run of Sphinx in a process of its own: `python -m nbsolve.book.sphinx_run`, an order on standard input.

It is started before the notebooks run, and has imported all of Jupyter Book when its order comes. An order and
the answer are one line of JSON each; where no order comes, because its starter has ended, it ends too.
"""

from __future__ import annotations

import atexit
import errno
import gc
import importlib
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

from nbsolve.book.linking import own_when_written
from nbsolve.garbage import collect_seldom

_ALWAYS = (
    "sphinx.builders.html",
    "myst_nb.sphinx_ext",
    "nbsolve.book.sphinx_extension",
    "nbsolve.handout.sphinx_latex",
)
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def main() -> None:
    """Import, wait for the order, carry it out, answer."""
    collect_seldom()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what extensions print is no answer
    logging.captureWarnings(False)
    import_all()
    gc.freeze()
    line = sys.stdin.readline()
    if line.strip():
        answers.write(json.dumps(_run(json.loads(line))) + "\n")
        answers.close()


def import_all() -> None:
    """What a run needs, and what its extensions import only when they are set up."""
    from jupyter_book.config import get_default_sphinx_config

    for module in (*get_default_sphinx_config()["extensions"], *_ALWAYS):
        importlib.import_module(module)


def _run(order: dict[str, Any]) -> dict[str, Any]:
    """Build; `problem` is what stopped the run, `complaints` are Sphinx's warnings, each with its place."""
    from jupyter_book.sphinx import build_sphinx

    from nbsolve.book import sphinx_extension as extension

    state = Path(order["state"])
    own_when_written(state)
    reads = _reads_below(Path(order["course"]), Path(order["book"]) / "_build")
    outcome: Any = None
    try:
        outcome = build_sphinx(
            order["book"],
            state / "html",
            use_external_toc=True,
            noconfig=True,
            path_config=Path(order["config"]),
            confoverrides=_numbering(Path(order["contents"]))
            | {
                "external_toc_path": order["contents"],
                "latex_individualpages": False,
                "nbsolve_offered": order["offered"],
                "nbsolve_withheld": order["withheld"],
            },
            doctreedir=state / "doctrees",
            warningiserror=True,
            keep_going=True,
            jobs=order["jobs"],
        )
    except (Exception, SystemExit) as error:  # a configuration that cannot be read, for one
        outcome = error
    problem = None
    if isinstance(outcome, BaseException):
        full = isinstance(outcome, OSError) and outcome.errno in _FULL
        problem = "disk full" if full else f"{type(outcome).__name__}: {outcome}"
    reads.update(extension.OUTCOME.files)
    complaints = list(dict.fromkeys(extension.OUTCOME.complaints))
    return {
        "status": int(outcome != 0),
        "problem": problem,
        "complaints": complaints,
        "reads": sorted(reads),
        "changed": sorted(extension.OUTCOME.read),
        "always": extension.OUTCOME.always,
    }


def _numbering(contents: Path) -> dict[str, Any]:
    """Where no part is numbered, say so: Jupyter Book would write out all of the contents to see it."""
    numbered = "numbered:" in contents.read_text(encoding="utf-8")
    return {} if numbered else {"use_multitoc_numbering": False}


def _reads_below(course: Path, build: Path) -> set[str]:
    """A set that fills with every file of the course that is opened from now on, but what nbsolve makes itself."""
    found: set[str] = set()
    inside, made = f"{course}{os.sep}", f"{build}{os.sep}"

    def opened(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str):
            path = arguments[0]
            if path.startswith(inside) and not path.startswith(made) and "__pycache__" not in path:
                found.add(path)

    sys.addaudithook(opened)
    return found


if __name__ == "__main__":
    main()
    atexit._run_exitfuncs()  # what a library has left to do
    os._exit(0)  # memory need not be given back object by object
