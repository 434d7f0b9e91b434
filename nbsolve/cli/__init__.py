"""The `nbsolve` command: thin commands over the public functions.

Exit codes: 0, 1 for bad input or a failed check, 2 for a wrong command line, 130 when it was interrupted.
"""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line of this process; ends it with the exit code."""
    try:
        from nbsolve.cli.surroundings import interruptions_end_the_process, run

        interruptions_end_the_process()
    except KeyboardInterrupt:
        # So early that nothing was there to take care of it.
        raise SystemExit(130) from None
    run()
