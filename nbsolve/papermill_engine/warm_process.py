"""The process that kernels are forked from, as the process sees it that runs papermill.

There is one for each way in which Python could be started: its flags, its variables, what stands in the folder.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

__all__ = ["WarmProcess", "warm_process"]

# A kernel is warm for what these notebooks use most; what is imported here is the same for every notebook.
_KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.iostream",
    "IPython.core.completerlib",
    "IPython.core.magics",
    "jedi",
)
_PACKAGES = ("numpy",)  # not matplotlib: what it is told of its backend, the kernel says when it begins
_READ_AT_IMPORT = (
    "PYTHON",
    "MPL",
    "MATPLOTLIB",
    "LD_",
    "OMP_",
    "OPENBLAS_",
    "MKL_",
    "HOME",
    "XDG_",
    "VIRTUAL_ENV",
)
"""Variables that begin so say how something is imported; the others are set when the kernel begins."""
_PROGRAM = "import sys; sys.path.remove(''); from nbsolve.papermill_engine.forking import main; main()"


class WarmProcess:
    """A process that has imported everything, and forks a kernel when it is told to."""

    def __init__(
        self, flags: Sequence[str], modules: Sequence[str], env: Mapping[str, str], folder: str
    ) -> None:
        self._line, theirs = socket.socketpair()
        self._lock = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *flags, "-c", _PROGRAM, str(theirs.fileno()), *modules],
                env={**env},
                cwd=folder,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for papermill to hear, which then ends the kernel
            )
        self._answers = self._line.makefile("rb")

    def fork(self, arguments: Sequence[str], env: Mapping[str, str], folder: str) -> int:
        """Begin a kernel with these arguments, variables and working directory; its process id.

        Raises: OSError where the process is gone, or the folder is.
        """
        request = json.dumps({"arguments": [*arguments], "env": {**env}, "folder": folder})
        with self._lock:
            self._line.sendall(request.encode("ascii") + b"\n")
            answer = self._answers.readline()
        if not answer:
            raise BrokenPipeError("the process that kernels are forked from has ended")
        said = json.loads(answer)
        if "error" in said:
            raise OSError(*said["error"])
        return int(said["pid"])

    def close(self) -> None:
        """Let it end, whatever was forked from here meanwhile; its kernels end with it."""
        with suppress(OSError):  # it has ended already
            self._line.shutdown(socket.SHUT_RDWR)
        self._answers.close()
        self._line.close()
        self._process.wait()


_Key = tuple[int, tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...], str]
_processes: dict[_Key, WarmProcess] = {}
_starting = threading.Lock()


def warm_process(flags: Sequence[str], env: Mapping[str, str], folder: str) -> WarmProcess:
    """The process from which a kernel that is started so can be forked; it is started at the first call.

    A file in the notebook's folder with the name of a package is what the notebook means by it: then the package is
    not imported before.
    """
    here = {path.name for path in Path(folder).iterdir()}
    packages = [
        name for name in _PACKAGES if not {name.partition(".")[0], f"{name.partition('.')[0]}.py"} & here
    ]
    modules = (*_KERNEL, *packages)
    settings = tuple(sorted((name, value) for name, value in env.items() if name.startswith(_READ_AT_IMPORT)))
    place = folder if "matplotlibrc" in here else "/"
    # a process forked from this one must have its own
    key = (os.getpid(), tuple(flags), modules, settings, place)
    with _starting:
        if key not in _processes:
            _processes[key] = WarmProcess(flags, modules, env, place)
            atexit.register(_close, key)
        return _processes[key]


def _close(key: _Key) -> None:
    """At the end of the process that has started it, and of no fork of that one."""
    if key[0] == os.getpid():
        _processes.pop(key).close()
