"""Which kernels can be forked: those of this very Python, where processes can be forked and watched."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

from nbsolve.jobs.local import CAN_FORK

__all__ = ["flags_of", "why_not"]

_LAUNCHER = ["-m", "ipykernel_launcher"]
_THIS_PYTHON = frozenset(
    {"python", "python3", f"python3.{sys.version_info[1]}"}
)  # what Jupyter replaces by ours


def why_not(kernel_name: str) -> str | None:
    """Why a kernel of that name cannot be forked here; None where it can.

    Raises: what Jupyter raises where the kernel's description cannot be read.
    """
    if not CAN_FORK or not hasattr(os, "pidfd_open"):
        return "processes cannot be forked here"
    try:
        specification = KernelSpecManager().get_kernel_spec(kernel_name)
    except NoSuchKernel:
        return f"there is no kernel {kernel_name}"
    if specification.language != "python" or flags_of(specification.argv) is None:
        return f"the kernel {kernel_name} is not ipykernel in this Python ({sys.executable})"
    if specification.metadata.get("kernel_provisioner"):
        return f"the kernel {kernel_name} has a way of its own to be started"
    return None


def flags_of(command: Sequence[str]) -> list[str] | None:
    """What a command that starts ipykernel in this Python says to Python before `-m`; None of any other."""
    for at in range(1, len(command)):
        if [*command[at : at + 2]] == _LAUNCHER:
            own = command[0] in _THIS_PYTHON or os.path.abspath(command[0]) == os.path.abspath(sys.executable)
            return [*command[1:at]] if own else None
    return None
