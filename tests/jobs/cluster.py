"""A scheduler and workers as processes of their own, forked from one that has imported Dask already."""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PRELOADED = ("distributed", "nbsolve.variants.making", "nbsolve.variants.checking", "tests.jobs.work")
_HERE: dict[str, Any] = {"host": "127.0.0.1", "dashboard": False}
_CONFIGURATION = {
    "distributed.worker.multiprocessing-method": "forkserver",
    "distributed.scheduler.allowed-failures": 0,  # so that nbsolve's own tries are seen
}
_PATIENCE = 60


class Cluster:
    """One scheduler, and workers that can be killed."""

    def __init__(self, path: str = "") -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([*PRELOADED])
        self._processes: list[BaseProcess] = []
        self.scheduler, self.address = self._started(_schedule, path)

    def worker(self, memory: str | None = None) -> BaseProcess:
        """One more worker; with a limit to its memory, it is watched over and started anew."""
        process, _ = self._started(_work, self.address, memory)
        return process

    def _started(self, run: Any, *arguments: Any) -> tuple[BaseProcess, str]:
        mine, theirs = self._context.Pipe()
        process = self._context.Process(target=run, args=(*arguments, theirs))
        process.start()
        self._processes.append(process)
        theirs.close()
        assert mine.poll(_PATIENCE)
        return process, mine.recv()

    def close(self) -> None:
        for process in reversed(self._processes):
            process.kill()
            process.join()


@contextmanager
def cluster(path: str = "") -> Iterator[Cluster]:
    """A cluster without workers, until the block is left; `path` is where its Python finds packages first."""
    started = Cluster(path)
    try:
        yield started
    finally:
        started.close()


def _schedule(path: str, line: Connection) -> None:
    from distributed import Scheduler

    sys.path.insert(0, path or str(ROOT))
    _run(lambda: Scheduler(port=0, **_HERE), line)


def _work(address: str, memory: str | None, line: Connection) -> None:
    from distributed import Nanny, Worker

    if memory is None:
        _run(lambda: Worker(address, nthreads=1, **_HERE), line)
    else:
        _run(lambda: Nanny(address, nthreads=1, memory_limit=memory, **_HERE), line)


def _run(make: Any, line: Connection) -> None:
    import dask

    async def serve() -> None:
        async with make() as server:
            line.send(server.address)
            await server.finished()

    with dask.config.set(_CONFIGURATION):
        asyncio.run(serve())
