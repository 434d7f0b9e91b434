"""README tells the truth: its commands are those of the program, its output is what the program prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from nbsolve import solve
from nbsolve.cli.application import application
from nbsolve.render import text
from tests.loading import load_problem

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str, number: int = 0) -> str:
    blocks: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return blocks[number]


def commands() -> dict[str, str]:
    """Every command and the first sentence of its help."""
    group = typer.main.get_command(application)
    assert isinstance(group, TyperGroup)
    found = {}
    for name, command in group.commands.items():
        summary = " ".join((command.help or "").split("\n\n")[0].split())
        found[name] = summary
    return found


def test_every_command_is_in_the_table() -> None:
    rows = re.findall(r"^\| `nbsolve (\w+)[^`]*` \| (.+) \|$", README, re.MULTILINE)
    assert dict(rows) == commands()


def test_the_problem_gives_the_printed_solution() -> None:
    problem = block("yaml")
    assert len(problem.splitlines()) == 10
    document = solve(load_problem(problem)).explain("dL/dw7")
    assert text.render(document).strip("\n") == block("text").strip("\n")


def test_the_shown_commands_exist() -> None:
    used = set(re.findall(r"nbsolve ([a-z]+) ", block("sh", 1) + "\n")) | {"build"}
    assert used <= set(commands())


def test_the_targets_of_make_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", block("sh"), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_links_lead_somewhere(target: str) -> None:
    assert (ROOT / target).is_file()


def test_the_picture_is_sharp_and_small() -> None:
    picture = (ROOT / "docs" / "images" / "page.png").read_bytes()
    assert len(picture) < 200_000
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") > 1500  # its width
