"""What goes wrong becomes one message on standard error and an exit code, never a traceback.

`NBSOLVE_DEBUG=1` shows the traceback.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer

from nbsolve.errors import Fault, NbsolveError, ProblemError

BAD_INPUT, INTERRUPTED = 1, 130


@contextmanager
def reported() -> Iterator[None]:
    """Report whatever is raised inside the block, and leave with its exit code."""
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except KeyboardInterrupt:
        raise _left(INTERRUPTED) from None
    except BrokenPipeError:
        # Whoever read our output has seen enough. What is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
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
        if _is_usage(error):
            raise
        _debug()
        show_message(
            f"something unforeseen happened ({type(error).__name__}: {error}); "
            "this is a mistake of nbsolve's own. NBSOLVE_DEBUG=1 shows where it happened."
        )
        raise _left(BAD_INPUT) from None


def show_faults(faults: Sequence[Fault]) -> None:
    """Every fault: where it is, what is wrong, what was expected, a hint."""
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
    """One message that belongs to no place in a file."""
    _print([("bold", "nbsolve: "), ("red", "error: "), ("", message)])


def _print(pieces: Sequence[tuple[str, str]]) -> None:
    """A line on standard error, in colour where it is a terminal that wants it."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    text = Text()
    for style, piece in pieces:
        text.append(_printable(piece), style=style)
    console.print(text)


def _printable(text: str) -> str:
    """Without control characters, which a file must not send to a terminal."""
    return "".join(c if c == "\n" or c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def _of_system(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{(error.strerror or str(error)).lower()}"


def _left(code: int) -> typer.Exit:
    return typer.Exit(code)


def _is_usage(error: Exception) -> bool:
    """Whether this is the command line's own complaint, which says how the command is used."""
    return hasattr(error, "exit_code") and hasattr(error, "show")


def _debug() -> None:
    if os.environ.get("NBSOLVE_DEBUG", "") not in ("", "0"):
        import traceback

        traceback.print_exc()
