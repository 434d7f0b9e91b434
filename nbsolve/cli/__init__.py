"""The `nbsolve` command: thin commands over the public functions.

Exit codes: 0, 1 for bad input or a failed check, 2 for a wrong command line, 130 when it was interrupted.
"""

from __future__ import annotations

from nbsolve import interruptions

__all__ = ["main"]


def main() -> None:
    """Run the command line of this process; ends it with the exit code."""
    interruptions.end_the_process()
    from nbsolve.cli.process import run

    run()
