"""A kernel of our own, for where processes cannot be forked: the Python that we run in."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

KERNEL_NAME = "nbsolve"


def private_kernel(folder: Path) -> type[AsyncKernelManager]:
    """A class of managers whose kernel is run by `sys.executable`; its description is written below `folder`.

    A person's own `python3` kernel may belong to another environment and would be found first by that name.
    """
    home = folder / "kernels" / KERNEL_NAME
    home.mkdir(parents=True, exist_ok=True)
    specification = {
        # -P and ignore_cwd: a file yaml.py of the course is not taken for a module
        "argv": [
            *(sys.executable, "-P", "-m", "ipykernel_launcher", "-f", "{connection_file}"),
            "--InteractiveShellApp.ignore_cwd=True",
        ],
        "display_name": "nbsolve",
        "language": "python",
        "env": {"IPYTHONDIR": str(folder / "ipython")},
    }
    (home / "kernel.json").write_text(json.dumps(specification), encoding="utf-8")

    class PrivateKernelManager(AsyncKernelManager):
        def _kernel_spec_manager_default(self) -> KernelSpecManager:
            return KernelSpecManager(kernel_dirs=[str(home.parent)], ensure_native_kernel=False)

    return PrivateKernelManager
