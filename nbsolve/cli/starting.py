"""`nbsolve init`, `nbsolve new` and `nbsolve schema`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from nbsolve.cli.output import printable
from nbsolve.errors import NbsolveError

SCHEMA_FILE = "problem.schema.json"


class Kind(StrEnum):
    """Kinds of problems."""

    NETWORK = "network"
    DERIVATION = "derivation"
    RULE = "rule"


def register(application: typer.Typer) -> None:
    """Add the commands to the application."""
    application.command(epilog="Examples:\n\n  nbsolve init my-course\n\n")(init)
    application.command(
        epilog=(
            "Examples:\n\n"
            "  nbsolve new midterm\n\n"
            "  nbsolve new problems/week-3.yaml\n\n"
            "  nbsolve new derivatives --kind derivation\n\n"
            "  nbsolve new perceptron --kind rule\n\n"
        )
    )(new)
    application.command(epilog="Examples:\n\n  nbsolve schema > problem.schema.json\n\n")(schema)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.", show_default=False)],
) -> None:
    """Start a course of your own: configuration, book and a first problem."""
    from nbsolve.book import init_course

    for path in init_course(folder):
        typer.echo(printable(str(path)))
    typer.echo(printable(f"\nNow: cd {folder} && nbsolve build"), err=True)


def new(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="The problem's name, or the file to write.", show_default=False),
    ],
    kind: Annotated[
        Kind,
        typer.Option("--kind", "-k", help="A problem about a network, derivatives to be found, or a rule."),
    ] = Kind.NETWORK,
) -> None:
    """Write a commented starter problem, and beside it the schema with which editors complete it.

    In a course the file goes to problems/. An existing file is left alone.
    """
    from nbsolve.problem.starter import starter
    from nbsolve.whole_files import write_whole

    path = _path_of(name)
    if path.exists():
        raise NbsolveError(f"{path} already exists")
    title = printable(path.stem.replace("-", " ").replace("_", " "))
    # The schema first: should the disk be full, the same command works later.
    write_whole(path.with_name(SCHEMA_FILE), _schema_text())
    write_whole(path, starter(title[:1].upper() + title[1:], kind.value))
    typer.echo(printable(str(path)))


def schema() -> None:
    """Print the JSON Schema of problem files, with which editors complete and check them."""
    from nbsolve.cli import output

    output.as_utf8()
    output.write(_schema_text())


def _path_of(name: str) -> Path:
    if not name.strip():
        raise NbsolveError("a problem needs a name")
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        path = path.with_name(f"{path.name}.yaml")
    if path.parent == Path(".") and "/" not in name and Path("_config.yml").is_file():
        return Path("problems") / path
    return path


def _schema_text() -> str:
    import json

    from nbsolve.problem.schema import schema as schema_of_problems

    return json.dumps(schema_of_problems(), indent=1, ensure_ascii=False) + "\n"
