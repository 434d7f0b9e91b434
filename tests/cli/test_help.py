"""Every command is documented, with examples; the cheap ones are run."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import typer

from nbsolve import __version__
from nbsolve.cli.application import application
from tests.cli.conftest import Run

GROUP = typer.main.get_command(application)
COMMANDS = GROUP.commands  # type: ignore[attr-defined]
NAMES = [
    "build",
    "check",
    "explain",
    "handout",
    "init",
    "list",
    "new",
    "notebook",
    "preview",
    "schema",
    "solve",
    "variants",
]
DEAR = {"build", "notebook", "preview", "variants"}
"""Commands whose examples run notebooks, make much, or run for ever; they have tests of their own."""


def examples(name: str) -> list[str]:
    """The command lines under `Examples:`."""
    lines = [line.strip() for line in COMMANDS[name].epilog.split("\n")]
    return [line for line in lines if line.startswith("nbsolve ")]


def test_every_command_of_the_manual_is_there() -> None:
    assert sorted(COMMANDS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_documented(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    assert command.help.strip().endswith(".")
    assert examples(name), f"{name} has no example"
    for parameter in command.params:
        assert parameter.help, f"{name} {parameter.name} is not explained"


@pytest.mark.parametrize("name", NAMES)
def test_help_shows_the_examples(name: str, run: Run) -> None:
    for flag in ("--help", "-h"):
        shown = run(name, flag)
        assert shown.returncode == 0
        for example in examples(name):
            assert example in shown.stdout


@pytest.mark.parametrize("name", [name for name in NAMES if name not in DEAR])
def test_the_examples_work(name: str, run: Run, folder: Path) -> None:
    (folder / "_config.yml").write_text("title: A course\n", encoding="utf-8")
    (folder / "book").mkdir()
    (folder / "book" / "_toc.yml").write_text("root: intro\n", encoding="utf-8")
    for example in examples(name):
        line, _, source = example.partition(" < ")
        words = shlex.split(line.partition(" > ")[0])[1:]
        words = [str(folder) if word.startswith("~") else word for word in words]
        words = [word.replace("*", "first") for word in words]
        text = (folder / source).read_text(encoding="utf-8") if source else None
        done = run(*words, text=text)
        assert done.returncode == 0, example + done.stderr
        assert done.stdout.strip(), example


def test_help_without_arguments_and_the_version(run: Run) -> None:
    overview = run("--help")
    assert overview.returncode == 0
    for name in NAMES:
        assert name in overview.stdout
    assert "solve" in run().stdout + run().stderr
    assert run("--version").stdout == f"nbsolve {__version__}\n"


def test_help_in_pipes_has_no_colours(run: Run) -> None:
    assert "\x1b" not in run("--help").stdout
    assert "\x1b" not in run("solve", "--help", NO_COLOR="1").stdout
