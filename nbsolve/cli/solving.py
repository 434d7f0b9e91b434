"""`nbsolve solve` and `nbsolve explain`."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from nbsolve.cli import completion, output
from nbsolve.cli.problems import about, solved

if TYPE_CHECKING:
    from nbsolve.document import Document
    from nbsolve.worked.network import WorkedSolution
    from nbsolve.worked.page import WorkedPage


class Format(StrEnum):
    """How a solution is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    LATEX = "latex"
    JSON = "json"


class DocumentFormat(StrEnum):
    """How a document is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    LATEX = "latex"


File = Annotated[
    str,
    typer.Argument(
        help="The problem file; - reads standard input.",
        show_default=False,
        autocompletion=completion.problem_files,
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change the problem first: a dotted path (list positions count from 0) and a YAML value. Repeatable.",
        show_default=False,
    ),
]


def register(application: typer.Typer) -> None:
    """Add the commands to the application."""
    application.command(
        epilog=(
            "Examples:\n\n"
            "  nbsolve solve problems/first.yaml\n\n"
            "  nbsolve solve problems/first.yaml --format json --all\n\n"
            "  nbsolve solve problems/first.yaml --set 'samples.0.x=[1,3]' --set explain=paths\n\n"
            "  nbsolve solve - < problems/first.yaml\n\n"
        )
    )(solve)
    application.command(
        epilog=(
            "Examples:\n\n"
            "  nbsolve explain problems/first.yaml 'dL/dW[1][1][1]'\n\n"
            "  nbsolve explain problems/first.yaml 'z[2][1]' --format latex\n\n"
        )
    )(explain)


def solve(
    file: File,
    form: Annotated[
        Format, typer.Option("--format", "-f", help="How the solution is written.", case_sensitive=False)
    ] = Format.TEXT,
    everything: Annotated[
        bool,
        typer.Option(
            "--all",
            help="JSON: every quantity, not only those asked for (the other formats show all anyway).",
        ),
    ] = False,
    overrides: Overrides = None,
) -> None:
    """Work a problem out and print the solution.

    As text for the terminal, as Markdown (MyST), as LaTeX, or as JSON for programs. Drawings are told in words.
    """
    worked = solved(file, overrides or [])
    with about(file, worked.problem):
        if form is Format.JSON:
            output.as_utf8()
            _write_json(worked, everything)
            return
        from nbsolve.worked.pictured import described

        _write(described(worked), DocumentFormat(form.value))


def explain(
    file: File,
    quantity: Annotated[
        str,
        typer.Argument(
            help="Its canonical name (dL/dW[2][1][1]) or the problem's own (dL/dw7).",
            show_default=False,
            autocompletion=completion.quantities,
        ),
    ],
    form: Annotated[
        DocumentFormat,
        typer.Option("--format", "-f", help="How the explanation is written.", case_sensitive=False),
    ] = DocumentFormat.TEXT,
    overrides: Overrides = None,
) -> None:
    """Explain one quantity of a problem: its steps, and those it rests on."""
    worked = solved(file, overrides or [])
    with about(file, worked.problem):
        _write(worked.explain(quantity), form)


def _write_json(worked: WorkedSolution | WorkedPage, everything: bool) -> None:
    from nbsolve.asking import answers
    from nbsolve.worked.page import WorkedPage

    if isinstance(worked, WorkedPage):
        worked.write_json(sys.stdout, everything=everything)
    else:
        answers.write_json(worked, sys.stdout, everything=everything)


def _write(document: Document, form: DocumentFormat) -> None:
    if form is DocumentFormat.TEXT:
        from nbsolve.render import text

        output.write(text.render(document, output.width(), output.style()))
        return
    output.as_utf8()
    if form is DocumentFormat.MARKDOWN:
        from nbsolve.render import myst

        output.write(myst.render(document))
    else:
        from nbsolve.render import latex

        output.write(latex.render(document))
