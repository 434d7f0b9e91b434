"""What the warm process does: import, wait, fork a kernel for each request, until nobody asks any more."""

from __future__ import annotations

import gc
import importlib
import json
import os
import random
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

__all__ = ["main"]


def main() -> None:
    """Import the modules named on the command line, and serve the socket whose number stands before them."""
    line = socket.socket(fileno=int(sys.argv[1]))
    line.set_inheritable(False)
    # The kernel shows what its children leave behind as a fresh one would: they end unseen.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for name in sys.argv[2:]:
        with suppress(ImportError):  # the notebook will say so if it wants it
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # else each kernel would visit, and thereby copy, all that it has in common with the others
    with line.makefile("rb") as requests:
        for request in requests:
            wanted = json.loads(request)
            try:
                os.stat(wanted["folder"])
                pid = os.fork()
            except OSError as error:
                line.sendall(
                    json.dumps({"error": [error.errno, error.strerror, error.filename]}).encode() + b"\n"
                )
                continue
            if pid == 0:
                break
            with suppress(BrokenPipeError):  # who asked is gone, and so will this process be
                line.sendall(json.dumps({"pid": pid}).encode() + b"\n")
        else:
            return
    line.close()
    _become_kernel(**wanted)


def _become_kernel(arguments: list[str], env: dict[str, str], folder: str) -> None:
    """What `python -m ipykernel_launcher ARGUMENTS` would be in this folder, with these variables."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    _seed()
    gc.unfreeze()
    from ipykernel import kernelapp

    launcher: Any = importlib.import_module("ipykernel_launcher")

    sys.argv = [str(launcher.__file__), *arguments]
    # a kernel ends when its parent does, which is this process's; the variable was read when the class was made
    kernelapp.launch_new_instance(parent_handle=os.getppid())


def _seed() -> None:
    """Random numbers of a process of its own: a fork has its parent's."""
    random.seed()
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(None)
