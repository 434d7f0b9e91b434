"""What goes wrong becomes one message on standard error and an exit code, never a traceback.

`NBSOLVE_DEBUG=1` shows the traceback.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import typer

from nbsolve import interruptions
from nbsolve.cli.output import printable
from nbsolve.cli.surroundings import BAD_INPUT, give_up_output
from nbsolve.errors import Fault, NbsolveError, ProblemError
from nbsolve.interruptions import INTERRUPTED


@contextmanager
def reported() -> Iterator[None]:
    """Report whatever is raised inside the block, and leave with its exit code."""
    try:
        interruptions.are_raised()
        yield
    except (typer.Exit, typer.Abort):
        raise
    except KeyboardInterrupt:
        raise _left(INTERRUPTED) from None
    except BrokenPipeError:
        # Whoever read our output has seen enough. What is still buffered has nowhere to go.
        give_up_output()
        raise _left(0) from None
    except ProblemError as error:
        _debug()
        show_faults(error.faults)
        raise _left(BAD_INPUT) from None
    except NbsolveError as error:
        _debug()
        show_message(str(error))
        raise _left(BAD_INPUT) from None
    except OSError as error:
        _debug()
        show_message(_of_system(error))
        raise _left(BAD_INPUT) from None
    except MemoryError:
        _debug()
        show_message("there is not enough memory for this problem")
        raise _left(BAD_INPUT) from None
    except Exception as error:
        if _exit_code(error) is not None:
            raise
        if _is_interruption(error):
            raise _left(INTERRUPTED) from None
        _debug()
        show_message(
            f"internal error ({type(error).__name__}: {error}): "
            "this is a bug in nbsolve; NBSOLVE_DEBUG=1 shows where."
        )
        raise _left(BAD_INPUT) from None
    finally:
        interruptions.end_the_process()


def show_faults(faults: Sequence[Fault]) -> None:
    """Show every fault: where it is, what is wrong, what was expected, and a hint."""
    for fault in faults:
        _print(
            [
                ("bold", f"{fault.place}: "),
                ("red", "error: "),
                ("cyan", f"{fault.path}: " if fault.path else ""),
                ("", fault.message),
            ]
        )
        if fault.expected:
            _print([("dim", "    expected: "), ("", fault.expected)])
        if fault.hint:
            _print([("dim", "    hint: "), ("", fault.hint)])


def show_message(message: str) -> None:
    """Show a message that belongs to no place in a file."""
    _print([("bold", "nbsolve: "), ("red", "error: "), ("", message)])


def show_unwritable(error: OSError) -> None:
    """Say that standard output cannot be written to."""
    show_message(_of_system(OSError(error.errno, error.strerror, "standard output")))


def exit_code_of_usage(error: BaseException | None) -> int | None:
    """The exit code of a wrong command line of which nothing could be said because of `error`; else None."""
    while error is not None:
        if (code := _exit_code(error)) is not None:
            return code
        error = error.__context__
    return None


def _print(pieces: Sequence[tuple[str, str]]) -> None:
    """A line on standard error, in colour where it is a terminal that wants it."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    text = Text()
    for style, piece in pieces:
        text.append(printable(piece), style=style)
    # Where standard error takes nothing, the exit code has to do.
    with suppress(OSError):
        console.print(text)


def _of_system(error: OSError) -> str:
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list) and error.args[0]:
        # Many files could not be copied, mostly all for the same reason.
        _, place, reason = error.args[0][-1]
        return f"{place}: {str(reason).rpartition('] ')[2].lower()}"
    name = error.filename
    if name is None and error.errno in (errno.EBADF, errno.ENOSPC, errno.EIO):
        name = "standard output" if error.errno != errno.EBADF else "standard input or output"
    place = f"{os.fsdecode(name)}: " if isinstance(name, str | bytes | os.PathLike) and name else ""
    reason = "is closed" if error.errno == errno.EBADF else (error.strerror or str(error)).lower()
    return f"{place}{reason}"


def _left(code: int) -> typer.Exit:
    return typer.Exit(code)


def _exit_code(error: BaseException) -> int | None:
    """The exit code of the command line's own complaint about its use; None for other errors."""
    code = getattr(error, "exit_code", None)
    return code if isinstance(code, int) and hasattr(error, "show") else None


def _is_interruption(error: BaseException | None) -> bool:
    """Whether it came of a Ctrl-C: a module that is interrupted while it is loaded may raise what it likes."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, KeyboardInterrupt):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False


def _debug() -> None:
    if os.environ.get("NBSOLVE_DEBUG", "") not in ("", "0"):
        import traceback

        traceback.print_exc()
