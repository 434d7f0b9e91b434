"""What Sphinx complains about, said of the problem's own file and line where it comes from one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nbsolve.book.course import Course
from nbsolve.book.made import Made
from nbsolve.errors import Fault, NbsolveError, ProblemError
from nbsolve.problem.reading import read_tree
from nbsolve.problem.tree import Entries, Items, Node, Scalar, join

_MOST = 20
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_QUOTED = re.compile(r"'([^']+)'|\"([^\"]+)\"|`([^`]+)`|: (\S+)$")
_CELL = 10_000
"""Line 20004 of a notebook is the third of its second cell: MyST-NB counts so."""
_FULL = ("No space left on device", "Disk quota exceeded", "File too large")
DISK_FULL = "the disk is full: the site could not be built, and is as it was"


def as_error(answer: Mapping[str, Any], course: Course, made: Mapping[str, Made]) -> NbsolveError:
    """The error for an answer of a run that failed."""
    texts = [message for _, message in answer["complaints"]] + [answer["problem"] or "", answer["errors"]]
    if answer["problem"] == "disk full" or any(sign in text for text in texts for sign in _FULL):
        return NbsolveError(DISK_FULL)
    faults = [_fault(place, message, course, made) for place, message in answer["complaints"]]
    if faults:
        more = len(faults) - _MOST
        rest = [Fault(f"{more} more complaints", str(course.folder))] if more > 0 else []
        return ProblemError([*faults[:_MOST], *rest])
    said = _COLOURS.sub("", answer["errors"]).strip().splitlines()[-_MOST:]
    return NbsolveError(
        "\n".join(["the site could not be built:", *filter(None, [answer["problem"]]), *said])
    )


def _fault(place: str | None, message: str, course: Course, made: Mapping[str, Made]) -> Fault:
    """A complaint of Sphinx as a fault in the author's own file, located as well as can be told."""
    message = " ".join(message.split())
    file, _, number = (place or "").rpartition(":")
    if not number.isdigit():
        file, number = place or "", ""
    path = Path(file)
    line = int(number) if number else None
    if not file:
        return Fault(message, str(course.folder))
    page = path if path.is_absolute() else course.book / path
    if not page.is_relative_to(course.pages):
        return Fault(message, _shown(page, course), line)
    name = page.relative_to(course.pages).with_suffix("").as_posix()
    if name not in made:
        return Fault(message, _shown(page, course), line)
    problem = course.folder / made[name].file
    return _in_problem(problem, _shown(problem, course), message, _said_there(page, line))


def _shown(path: Path, course: Course) -> str:
    """A path as a person in the course's folder would write it."""
    return path.relative_to(course.folder).as_posix() if path.is_relative_to(course.folder) else str(path)


def _said_there(page: Path, line: int | None) -> list[str]:
    """The lines of the notebook from where a complaint points to, up to the end of the paragraph."""
    if line is None:
        return []
    try:
        cells = json.loads(page.read_text(encoding="utf-8"))["cells"]
        lines = "".join(cells[line // _CELL - 1]["source"]).splitlines()
    except (OSError, ValueError, LookupError, TypeError):
        return []
    said: list[str] = []
    for text in lines[max(0, line % _CELL - 2) :]:
        if said and not text.strip():
            break
        said.append(text)
    return said


def _in_problem(problem: Path, shown: str, message: str, said: Sequence[str]) -> Fault:
    """The fault at the line of the file where what was `said` stands; else where what the message quotes does."""
    try:
        text = problem.read_text(encoding="utf-8")
        fields = list(_texts(read_tree(text, shown)))
    except (OSError, UnicodeDecodeError, NbsolveError):
        return Fault(message, shown)
    quoted = [next(filter(None, found)) for found in _QUOTED.findall(message.replace("'myst'", ""))]
    wanted = [_plain(each) for each in [*quoted, *said]]
    meant = [each for each in fields if _near(each[1], said)]
    for path, field in [*meant, *fields]:
        for needle in filter(None, wanted):
            inside = _line_within(needle, field, text)
            if inside is not None:
                return Fault(message, shown, inside, None, path)
    return Fault(message, shown)


def _near(field: Scalar, said: Sequence[str]) -> bool:
    """Whether the field is what the complaint points to."""
    whole = _plain(field.text)
    return any(_plain(line) in whole for line in said if _plain(line))


def _line_within(needle: str, field: Scalar, text: str) -> int | None:
    """The line of the file on which a field says `needle`."""
    if needle not in _plain(field.text) or field.line is None:
        return None
    lines = text.splitlines()
    last = field.line + field.text.count("\n") + 1
    for number in range(field.line, min(last, len(lines)) + 1):
        if needle in _plain(lines[number - 1]):
            return number
    return field.line


def _plain(text: str) -> str:
    """A text without the marks that change on the way to the page."""
    return " ".join(text.replace("\\", "").strip("# \n").split())


def _texts(node: Node, path: str = "") -> Iterator[tuple[str, Scalar]]:
    if isinstance(node, Scalar):
        yield path, node
    elif isinstance(node, Items):
        for position, item in enumerate(node.items):
            yield from _texts(item, join(path, position))
    elif isinstance(node, Entries):
        for key, value in node.entries.items():
            yield from _texts(value, join(path, key))
