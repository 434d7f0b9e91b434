"""Commands run by a process that has loaded nbsolve: each in a fork of it, as if it had just been started.

Loading takes most of a short command's time. A line of standard input has arguments, folder, environment and the
files for the three streams; the exit code is written for each.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pkgutil
import signal
import sys
import traceback
from typing import Any

LEFT = ("nbsolve.__main__", "nbsolve.book.", "nbsolve.preview.", "nbsolve.notebook.", "nbsolve.templates")
"""What only commands load that are started in a process of their own, and what does its work when it is loaded."""

PATIENCE = 120
"""Seconds that a command may take."""


def load() -> None:
    """Load what commands use."""
    import nbsolve

    for module in pkgutil.walk_packages(nbsolve.__path__, "nbsolve."):
        if not module.name.startswith(LEFT):
            importlib.import_module(module.name)


def run(asked: dict[str, Any]) -> int:
    """One command in a fork; its exit code."""
    child = os.fork()
    if child == 0:
        _become(asked)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _become(asked: dict[str, Any]) -> None:
    """Be the command, and end."""
    code: object = 1
    try:
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        for number, path in enumerate(asked["streams"]):
            os.dup2(os.open(path, os.O_WRONLY if number else os.O_RDONLY), number)
        sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        signal.alarm(PATIENCE)
        sys.argv = ["nbsolve", *asked["arguments"]]
        from nbsolve.cli import main as command

        command()
        code = 0
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    load()
    for line in sys.stdin:
        print(run(json.loads(line)), flush=True)
