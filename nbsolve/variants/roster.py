"""Reading a list of students: an id and perhaps a name each, in a table with a header and any delimiter."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from nbsolve.errors import Fault, ProblemError
from nbsolve.near_files import did_you_mean
from nbsolve.problem.cursor import listing, shown, unreadable
from nbsolve.variants.recipient import Recipient

__all__ = ["read_roster"]

IDS = (
    "id",
    "student id",
    "student number",
    "number",
    "matriculation number",
    "matrikelnummer",
    "username",
    "login",
)
NAMES = ("name", "full name", "student", "student name")
FIRST, LAST = (
    ("first name", "firstname", "given name", "vorname"),
    ("last name", "lastname", "surname", "nachname"),
)
_DELIMITERS = (",", ";", "\t", "|", ":")
_MOST_BYTES = 20_000_000
_LONGEST = {"id": 80, "name": 200}


def read_roster(path: Path) -> list[Recipient]:
    """The students of a file, in its order. Raises: ProblemError, with every fault and its line."""
    text = _text(path)
    file = str(path)
    rows = _rows(text, file)
    if not rows:
        _refuse(file, "the roster is empty", expected="a header such as id,name and a line for each student")
    (line, header), students = rows[0], rows[1:]
    columns = _columns(header, file, line)
    faults: list[Fault] = []
    found: list[Recipient] = []
    seen: dict[str, tuple[str, int]] = {}
    for number, cells in students:
        if len(cells) > len(header):
            message = f"the line has {len(cells)} fields, the header has {len(header)}"
            faults.append(
                Fault(message, file, number, hint="put a field that has the delimiter in it in quotes")
            )
            continue
        id, name = (" ".join(_joined(cells, places).split()) for places in columns)
        faults += [
            Fault(f"there is {sign} in the {what}", file, number)
            for what, value in (("id", id), ("name", name))
            if (sign := unreadable(value)) is not None
        ]
        faults += [
            Fault(
                f"the {what} has {len(value)} characters", file, number, expected=f"at most {_LONGEST[what]}"
            )
            for what, value in (("id", id), ("name", name))
            if len(value) > _LONGEST[what]
        ]
        if not id:
            faults.append(Fault("the id is empty", file, number, expected="an id for each student"))
            continue
        key = unicodedata.normalize("NFKC", id).casefold()
        if key in seen:
            before, first = seen[key]
            same = f"the id {shown(id)} is that of line {first}"
            other = f"the id {shown(id)} is {shown(before)} (line {first}) in other capitals or signs"
            faults.append(
                Fault(same if id == before else other, file, number, expected="an id of its own for each")
            )
            continue
        seen[key] = (id, number)
        found.append(Recipient(id, name))
    if not found and not faults:
        faults.append(Fault("the roster has a header and no students", file, line))
    if faults:
        raise ProblemError(faults)
    return found


def _text(path: Path) -> str:
    file = str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        _refuse(file, "there is no such file", hint=did_you_mean(path, (".csv", ".tsv", ".txt")))
    except (OSError, ValueError) as error:
        _refuse(file, f"cannot be read: {getattr(error, 'strerror', None) or error}")
    if len(data) > _MOST_BYTES:
        _refuse(file, f"is larger than {_MOST_BYTES // 1_000_000} MB")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return unicodedata.normalize("NFC", data.decode(encoding))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        _refuse(file, "is not UTF-8 text", line, hint="save it as CSV UTF-8")


def _rows(text: str, file: str) -> list[tuple[int, list[str]]]:
    """The lines that are not empty, with their numbers."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    counts = {one: head.count(one) for one in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda one: counts[one])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                found.append((before + 1, [cell.strip() for cell in row]))
            before = reader.line_num
    except csv.Error as error:
        _refuse(file, f"is no table: {error}", reader.line_num)
    return found


def _columns(header: Sequence[str], file: str, line: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where the id stands, and where the name does, which may have two columns."""
    names = [" ".join(cell.replace("_", " ").split()).casefold() for cell in header]
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        _refuse(file, f"the header has {listing(map(shown, doubled))} twice", line)
    ids = [names.index(one) for one in IDS if one in names]
    if not ids:
        _refuse(
            file,
            "the first line is no header with an id",
            line,
            expected="a column id, and perhaps name: id,name",
            hint=f"it has {listing(map(shown, header[:6]))}",
        )
    whole = [names.index(one) for one in NAMES if one in names]
    if whole:
        return (ids[0],), (whole[0],)
    parts = [next((names.index(one) for one in group if one in names), None) for group in (FIRST, LAST)]
    return (ids[0],), tuple(part for part in parts if part is not None)


def _joined(cells: Sequence[str], places: tuple[int, ...]) -> str:
    return " ".join(cells[place] for place in places if place < len(cells))


def _refuse(
    file: str, message: str, line: int | None = None, *, expected: str | None = None, hint: str | None = None
) -> NoReturn:
    raise ProblemError([Fault(message, file, line, expected=expected, hint=hint)]) from None
