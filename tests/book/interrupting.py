"""Ctrl-C while children work: they end, and so does whoever waits for them."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest


def children_end(folder: Path, run: Callable[[list[Callable[[], None]]], object]) -> None:
    """Run three tasks that linger, press Ctrl-C once two of them work, and see all of them end."""

    def linger() -> None:
        (folder / str(os.getpid())).touch()
        time.sleep(60)

    def interrupt() -> None:
        while len(list(folder.iterdir())) < 2:
            time.sleep(0.01)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    begin = time.monotonic()
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        run([linger, linger, linger])
    thread.join()
    assert time.monotonic() - begin < 50
    for name in folder.iterdir():
        with pytest.raises(ProcessLookupError):
            os.kill(int(name.name), 0)
