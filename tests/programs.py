"""Programs that some tests need and no Python package brings: a browser, TeX, axe-core.

A test that is marked with `needs(…)` runs where they are found. Elsewhere it is left out, and one line at the
end of the run says how many and how to get what is missing; `--insist` runs it all the same, and it fails
(`tests/conftest.py`).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Program:
    """What is needed, the commands that will do, and how Debian and Ubuntu get one."""

    name: str
    commands: tuple[str, ...]
    packages: str

    @property
    def missing(self) -> str:
        """What to say where none of the commands is found."""
        return f"{self.name} (apt-get install {self.packages})"

    def found(self) -> list[str]:
        """Those of the commands, or files, that are here."""
        return [command for command in self.commands if shutil.which(command) or Path(command).is_file()]

    def command(self) -> str:
        """The first command that is here. Raises RuntimeError where none is."""
        found = self.found()
        if not found:
            raise RuntimeError(f"this test needs {self.missing}")
        return found[0]


BROWSER = Program(
    "a browser",
    ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "chromium fonts-dejavu-core",
)
TEX = Program(
    "TeX",
    ("pdflatex", "xelatex"),
    "texlive-latex-extra texlive-xetex texlive-fonts-recommended texlive-plain-generic lmodern",
)


AXE_SCRIPT = Path(__file__).parent / "book" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
AXE = Program("axe-core", (str(AXE_SCRIPT),), "npm; npm ci --prefix tests/book/axe")


def needs(program: Program) -> pytest.MarkDecorator:
    """The mark of a test, a class or a module that cannot run without the program."""
    return pytest.mark.needs(program)
