"""The command as a process: standard streams, which may be closed or full, and the exit code that it leaves."""

from __future__ import annotations

import os
import sys

from nbsolve import garbage, interruptions
from nbsolve.cli.surroundings import BAD_INPUT, give_up_output


def run() -> None:
    """Run the application and leave with its exit code, also where nothing can be written."""
    _open_streams()
    garbage.collect_seldom()
    from nbsolve.cli.application import application
    from nbsolve.cli.failures import exit_code_of_usage, show_unwritable

    code: str | int | None = 0
    try:
        application(prog_name="nbsolve")
    except SystemExit as ended:
        code = ended.code
    except BrokenPipeError:
        pass  # the reader of the output has seen enough
    except OSError as error:
        # The help, for example, is written before there is a command; so is what is wrong with a command line.
        code = exit_code_of_usage(error)
        if code is None:
            show_unwritable(error)
            code = BAD_INPUT
    interruptions.end_the_process()
    try:
        sys.stdout.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError) and code == 0:
            show_unwritable(error)
            code = BAD_INPUT
        give_up_output()
    try:
        sys.stderr.flush()
    except OSError:  # nothing can be said; Python 3.14 would make an exit code of its own of it
        give_up_output(2)
    sys.exit(code)


def _open_streams() -> None:
    """Put something in the place of standard streams that are closed, lest a file takes it.

    What is read from a closed input or written to a closed output fails, as it should; what is said on a closed
    standard error is lost.
    """
    for number, flags in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # takes the lowest number that is free: this one
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 - for as long as the process lives
    if sys.stdout is None:
        # Writing to what is open for reading is the error of a closed stream.
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115 - for as long as the process lives
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115 - for as long as the process lives
