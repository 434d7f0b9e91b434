"""One pure function over many tasks: in this process, in local processes, or on a cluster.

`mapped` takes bytes and gives bytes, in the order of the tasks, the same whatever does the work; `progress.tracked`
shows how far it is.
"""

from __future__ import annotations

from nbsolve.jobs.batches import TaskLostError, Work
from nbsolve.jobs.mapping import mapped

__all__ = ["TaskLostError", "Work", "mapped"]
