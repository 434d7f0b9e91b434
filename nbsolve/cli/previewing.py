"""`nbsolve preview`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from nbsolve.cli import completion
from nbsolve.cli.output import printable
from nbsolve.errors import Fault, NbsolveError, ProblemError


def register(application: typer.Typer) -> None:
    """Add the command to the application."""
    application.command(
        epilog=(
            "Examples:\n\n"
            "  nbsolve preview problems/first.yaml\n\n"
            "  nbsolve preview --open\n\n"
            "  nbsolve preview problems/first.yaml --port 9000\n\n"
        )
    )(preview)


def preview(
    file: Annotated[
        str | None,
        typer.Argument(
            help="The problem file (default: that of the course's problems/ which was saved last).",
            show_default=False,
            autocompletion=completion.problem_files,
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            "-p",
            metavar="N",
            min=1,
            max=65535,
            help="The server's port.",
            show_default="8765, or a free one",
        ),
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Show the page of one problem beside your editor, again each time the file is saved.

    The page has the whole solution, whatever `solutions` in _config.yml says; what is wrong with the file is
    said in it. It is served to this machine alone. Ctrl-C ends it.
    """
    if file is not None and not Path(file).is_file():
        from nbsolve.cli.problems import read_problem

        read_problem(file)  # which says what is wrong with the name
    from nbsolve.cli.failures import show_faults
    from nbsolve.preview import PreviewServer, Sources, changes

    sources = Sources(None if file is None else Path(file))
    server = PreviewServer(port)
    server.start()
    good = ""
    for number, _ in enumerate(changes(sources)):
        began = time.perf_counter()
        body, found = _page(str(sources.file), good)
        server.show(body)
        seconds = time.perf_counter() - began
        if number == 0:
            typer.echo(f"{server.address} shows each version that is saved; Ctrl-C ends it")
        if found:
            show_faults(found)
        else:
            good = body
            typer.echo(f"{printable(str(sources.file))}: shown ({seconds:.1f} s)")
        if number == 0 and open_browser:
            import webbrowser

            webbrowser.open(server.address)


def _page(file: str, before: str) -> tuple[str, tuple[Fault, ...]]:
    """The page of a problem; where there is none, a page with the faults, and these."""
    from nbsolve.cli.problems import about, solved
    from nbsolve.preview import error_page, page_of

    try:
        worked = solved(file)
        with about(file, worked.problem):
            return page_of(worked), ()
    except ProblemError as error:
        faults = error.faults
    except NbsolveError as error:
        faults = (Fault(str(error), file),)
    return error_page(faults, _texts(faults), before), faults


def _texts(faults: tuple[Fault, ...]) -> dict[str, str]:
    """The files in which the faults are."""
    texts: dict[str, str] = {}
    for name in {fault.file for fault in faults if fault.file and fault.line}:
        try:
            texts[name] = Path(name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
    return texts
