"""Workers of a Dask scheduler, on this machine or on many: the extra `cluster`.

Each worker does one batch at a time; work and tasks travel by value, and results come back the same way.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from nbsolve import __version__
from nbsolve.errors import NbsolveError
from nbsolve.jobs.batches import Batch, Outcome, Work, outcome_of

if TYPE_CHECKING:
    from distributed import Client, Future, as_completed

__all__ = ["Cluster", "worked"]

_PATIENCE = 10
"""Seconds in which a scheduler must answer."""
_LEAST = 8
"""Batches that are begun though there are no workers yet: a cluster that grows must see that there is work."""
_EACH = 2
"""Batches for each worker: the one it works on, and the next."""
_LOOK_AGAIN = 2
"""Seconds after which workers are counted anew: they come and go."""


class Cluster:
    """The workers of the scheduler at an address (`tcp://host:8786`).

    Raises: NbsolveError where none answers, or where it or a worker has another version of nbsolve.
    """

    def __init__(self, work: Work, address: str) -> None:
        self._address, self._work = address, work
        self._client = _connected(address)
        self._begun: dict[Future, Batch] = {}
        self._ready = _ready(self._client)
        self._counted, self._count = 0.0, _LEAST
        try:
            _check_versions(address, self._client.get_versions(packages=["nbsolve"]))
        except NbsolveError:
            self.close()
            raise

    @property
    def at_once(self) -> int:
        """How many batches are begun before one has ended."""
        if time.monotonic() - self._counted > _LOOK_AGAIN:
            with suppress(OSError, ValueError):  # `ended` says that the scheduler is gone
                workers = self._client.scheduler_info()["n_workers"]
                self._count = max(_LEAST, _EACH * workers)
            self._counted = time.monotonic()
        return self._count

    def begin(self, batch: Batch) -> None:
        """Hand the batch to the scheduler."""
        future = self._client.submit(
            worked, __version__, self._work, batch.items, pure=False, priority=-batch.start
        )
        self._begun[future] = batch
        self._ready.add(future)

    def ended(self) -> list[tuple[Batch, Outcome | None]]:
        """Wait until a batch has ended. Raises: NbsolveError where the scheduler is gone."""
        from distributed import CancelledError

        try:
            ready: list[Future] = self._ready.next_batch()
            return [(self._begun.pop(future), self._outcome(future)) for future in ready]
        except (CancelledError, OSError) as error:
            raise NbsolveError(
                f"the scheduler {self._address} went away\n    hint: what was finished is kept; when it is back, "
                "the same command goes on (nbsolve variants: with --resume)"
            ) from error

    def close(self) -> None:
        """Leave the scheduler, which forgets what is not finished."""
        self._begun.clear()
        with suppress(Exception):  # it may be gone
            self._client.close(timeout=_PATIENCE)

    def _outcome(self, future: Future) -> Outcome | None:
        from distributed import KilledWorker

        if future.status == "cancelled":
            raise OSError("the scheduler no longer knows the batch")
        try:
            outcome: Outcome = future.result()
        except KilledWorker:
            return None
        except NbsolveError as error:  # another version, which was not there when the run began
            return Outcome((), error)
        except OSError:
            raise
        except Exception as error:
            return Outcome((), NbsolveError(f"a worker of {self._address}: {type(error).__name__}: {error}"))
        return outcome


def _connected(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError:
        raise NbsolveError(
            "a scheduler needs the extra `cluster`\n    hint: pip install '.[cluster]' in a clone of nbsolve"
        ) from None
    try:
        return Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NbsolveError(
            f"no scheduler answers at {address} ({error})\n    hint: start one with `dask scheduler`, and "
            "name it as it says, such as tcp://10.0.0.5:8786"
        ) from None


def _ready(client: Client) -> as_completed:
    from distributed import as_completed

    return as_completed(loop=client.loop, raise_errors=False)


def _check_versions(address: str, found: Any) -> None:
    where = {f"the scheduler {address}": found["scheduler"]}
    where |= {f"the worker {name}": about for name, about in found["workers"].items()}
    for what, about in where.items():
        _check_version(what, about["packages"].get("nbsolve"))


def _check_version(what: str, version: str | None, here: str = __version__) -> None:
    if version != here:
        has = f"nbsolve {version}" if version else "no nbsolve"
        raise NbsolveError(
            f"{what} has {has}, this command is nbsolve {here}\n    hint: install the same version in both places"
        )


# ------------------------------------------------------------------ on a worker

_one_at_a_time = threading.Lock()
"""The precision of numbers is the process's, so threads of a worker take turns."""


def worked(version: str, work: Work, items: tuple[bytes, ...]) -> Outcome:
    """What a worker does with a batch. Raises: NbsolveError where the client has another version of nbsolve."""
    _check_version(f"the worker on {multiprocessing.current_process().name}", __version__, version)
    with _one_at_a_time, _may_fork():
        return outcome_of(work, items)


@contextmanager
def _may_fork() -> Iterator[None]:
    """Notebooks run in children; Dask marks its workers as processes that have none, so that none outlives them.

    These children are waited for.
    """
    settings: dict[str, Any] = vars(multiprocessing.current_process())["_config"]
    before = settings.pop("daemon", None)
    try:
        yield
    finally:
        if before is not None:
            settings["daemon"] = before
