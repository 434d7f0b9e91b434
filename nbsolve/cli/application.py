"""The application: its commands, and what happens around every one of them."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from nbsolve import __version__
from nbsolve.cli import building, checking, handout, output, previewing, solving, starting, variants
from nbsolve.cli.failures import reported

__all__ = ["application"]


class Commands(TyperGroup):
    """The group of all commands; errors of any of them are reported here, in one way."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; what goes wrong becomes one message and an exit code."""
        output.forgiving()
        with reported():
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result


application = typer.Typer(
    cls=Commands,
    name="nbsolve",
    help="Worked solutions for neural networks: every forward and backward step, computed and explained.",
    epilog=(
        "Examples:\n\n"
        "  nbsolve solve problems/first.yaml\n\n"
        "  nbsolve explain problems/first.yaml dL/dw3\n\n"
        "  nbsolve build\n\n"
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"nbsolve {__version__}")
        raise typer.Exit


@application.callback()
def everywhere(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print nbsolve's version and exit."),
    ] = False,
) -> None:
    """Worked solutions for neural networks: every forward and backward step, computed and explained."""


for module in (solving, previewing, building, handout, variants, starting, checking):
    module.register(application)
