"""Jupyter Book's run: in a place of its own, and moved to where readers look only when all went well."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from nbsolve.book.course import Course
from nbsolve.errors import NbsolveError

_COMMAND = "from jupyter_book.cli.main import main; main()"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_COMPLAINT = re.compile(r"\b(WARNING|ERROR|CRITICAL|Error|Exception)\b")
_MOST_COMPLAINTS = 20
"""Where the disk is full, each of hundreds of files has its own."""


def build_site(course: Course, contents: Path) -> Path:
    """Run Jupyter Book with warnings as errors; returns the site's first page.

    `contents` is the table of contents of the whole book. Raises `NbsolveError` with what was complained
    about; the site that was there before then stays as it was.
    """
    arguments = ["build", str(course.book), "--config", str(course.config), "--toc", str(contents)]
    arguments += ["--path-output", str(course.work), "--warningiserror", "--keep-going"]
    run = subprocess.run(
        [sys.executable, "-c", _COMMAND, *arguments],
        cwd=course.folder,
        env=os.environ | {"PYTHONUTF8": "1", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if run.returncode != 0:
        raise NbsolveError(f"the site could not be built:\n{_complaints(run.stdout, run.stderr)}")
    _publish(course.work / "_build" / "html", course.site)
    return course.site / "index.html"


def _complaints(output: str, errors: str) -> str:
    """The lines that say what is wrong; all of the errors' stream where none does."""
    lines = _COLOURS.sub("", errors).strip().splitlines()
    telling = [line for line in lines if _COMPLAINT.search(line)]
    chosen = telling or lines or output.strip().splitlines()[-_MOST_COMPLAINTS:]
    more = len(chosen) - _MOST_COMPLAINTS
    return "\n".join([*chosen[:_MOST_COMPLAINTS], *([f"… and {more} more lines"] if more > 0 else [])])


def _publish(built: Path, site: Path) -> None:
    """Put a copy of `built` in the place of `site`, which is never seen half copied."""
    fresh, old = site.with_name("html.new"), site.with_name("html.old")
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(built, fresh)
    if site.exists():
        site.rename(old)
    fresh.rename(site)
    shutil.rmtree(old, ignore_errors=True)
