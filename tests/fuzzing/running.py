"""One case in a forked process, with bounds: what it raised, how long it took, how much memory it had."""

from __future__ import annotations

import json
import os
import resource
import signal
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbsolve.errors import NbsolveError

MOST_SECONDS = 5
MOST_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Outcome:
    """How a case ended: `fault` is empty where it was solved or refused with a message; `bytes` are those it took."""

    fault: str
    refused: bool
    seconds: float
    bytes: int


def run(case: Callable[[], None], most_seconds: int = MOST_SECONDS) -> Outcome:
    """Run the case in a child. A traceback, more than 5 s of CPU or 1 GB, and a death are faults."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 warns of threads, of which the child needs none.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.close(reading)
        _child(case, writing, most_seconds)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read()
    _, status, usage = os.wait4(child, 0)
    result: dict[str, Any] = json.loads(said) if said else {}
    seconds, peak = usage.ru_utime + usage.ru_stime, int(result.get("bytes", 0))
    fault = str(result.get("fault", ""))
    if seconds > most_seconds:
        fault = f"took {seconds:.1f} s of CPU {fault}"
    elif peak > MOST_BYTES:
        fault = f"took {peak / 1e6:.0f} MB {fault}"
    elif not said:
        fault = f"died with status {status}"
    return Outcome(fault, bool(result.get("refused")), seconds, peak)


def _bytes() -> int:
    """The memory of this process; 0 where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _child(case: Callable[[], None], writing: int, most_seconds: int) -> None:
    result: dict[str, object] = {}
    before = _bytes()  # what the process has that it was forked from
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (most_seconds + 1, most_seconds + 2))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGXCPU, _too_long)
        case()
    except NbsolveError as error:
        result = {"refused": True}
        if not str(error).strip():
            result["fault"] = f"{type(error).__name__} says nothing"
    except BaseException as error:
        places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in _frames(error)]
        result = {"fault": f"{type(error).__name__}: {str(error)[:200]!r} at {' '.join(places)}"}
    finally:
        result["bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
        with os.fdopen(writing, "wb") as stream:
            stream.write(json.dumps(result).encode())
        os._exit(0)


def _too_long(number: int, frame: object) -> None:
    raise TimeoutError


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """The last places in nbsolve's own files."""
    frames = traceback.extract_tb(error.__traceback__)
    return [frame for frame in frames if "nbsolve/" in frame.filename][-3:]
