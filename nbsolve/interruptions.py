"""Ctrl-C: what it does while a command is loaded, while it works and when it has done its work.

The first module that a command loads; it imports nothing that Python has not loaded by then. `signal` would take
a hundred times as long, and all that time Ctrl-C would show a traceback; `_signal` is what `signal` wraps.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import os

INTERRUPTED = 130
"""The exit code of a process that was interrupted."""


def end_the_process() -> None:
    """Let Ctrl-C end the process in silence from now on; where the caller ignores it, it stays ignored."""
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _end)


def are_raised() -> None:
    """Let Ctrl-C raise KeyboardInterrupt from now on, after which there may be something to put away."""
    if _signal.getsignal(_signal.SIGINT) is _end:
        _signal.signal(_signal.SIGINT, _signal.default_int_handler)


def _end(signal_number: int, frame: object) -> None:
    os._exit(INTERRUPTED)
