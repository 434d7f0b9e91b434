"""A manager of kernels whose process is forked; all else is Jupyter's."""

from __future__ import annotations

import os
import select
import signal
import time
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from nbsolve.papermill_engine.fitting import flags_of
from nbsolve.papermill_engine.warm_process import warm_process

__all__ = ["WarmKernelManager"]

_OFTEN = 0.005
"""Seconds between two looks at a kernel that is to end."""


class _Kernel:
    """A process that is not our child, with what Jupyter asks of a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self._handle: int | None = os.pidfd_open(pid)
        except ProcessLookupError:
            self._handle = None

    def poll(self) -> int | None:
        """None while it runs."""
        if self._handle is None:
            return 0
        if not select.select([self._handle], [], [], 0)[0]:
            return None
        os.close(self._handle)
        self._handle = None
        return 0

    def wait(self) -> int:
        """Wait for its end."""
        if self._handle is not None:
            select.select([self._handle], [], [])
        return self.poll() or 0

    def send_signal(self, number: int) -> None:
        """Send a signal, if it runs."""
        if self._handle is not None:
            signal.pidfd_send_signal(self._handle, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class _ForkedProvisioner(LocalProvisioner):
    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        flags = flags_of(cmd)
        if flags is None:
            return await super().launch_kernel(cmd, **options)
        env, folder = options.get("env") or dict(os.environ), str(options.get("cwd") or Path.cwd())
        pid = warm_process(flags, env, folder).fork(cmd[len(flags) + 3 :], env, folder)
        self.process: Any = _Kernel(pid)
        self.pid = self.pgid = pid  # it leads a session of its own
        self.cwd = folder
        return self.connection_info


class _Client(AsyncKernelClient):
    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait for the kernel's answer and for its news; Jupyter waits 0.2 s more, for news that do not come."""
        end = time.monotonic() + (timeout or float("inf"))
        while time.monotonic() < end:
            asked = self.kernel_info()
            try:
                while True:
                    reply = await self._async_get_shell_msg(timeout=1)
                    if reply["parent_header"].get("msg_id") == asked:
                        break
                while not _is_idle(await self._async_get_iopub_msg(timeout=0.2), asked):
                    pass
            except Empty:  # not there yet, or not yet listening to its news
                if not await self._async_is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
                continue
            self._handle_kernel_info_reply(reply)
            return
        raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    wait_for_ready = _async_wait_for_ready


def _is_idle(news: dict[str, Any], asked: str) -> bool:
    """Whether this is the last piece of news about a request."""
    return bool(
        news["parent_header"].get("msg_id") == asked
        and news["msg_type"] == "status"
        and news["content"]["execution_state"] == "idle"
    )


class WarmKernelManager(AsyncKernelManager):
    """Forks its kernel from a process that has imported everything."""

    client_factory = _Client

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        if self.provisioner is None:
            self.provisioner = _ForkedProvisioner(kernel_id="", kernel_spec=self.kernel_spec, parent=self)
        return await super()._async_pre_start_kernel(**options)

    async def _async_finish_shutdown(
        self, waittime: float | None = None, pollinterval: float = _OFTEN, restart: bool = False
    ) -> None:
        await super()._async_finish_shutdown(waittime, pollinterval, restart)
