"""What surrounds a command: output that nobody takes, and the exit code of bad input."""

from __future__ import annotations

import os

BAD_INPUT = 1


def give_up_output(number: int = 1) -> None:
    """Let what is still buffered go nowhere, so that the interpreter does not try once more as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)
