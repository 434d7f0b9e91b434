"""Rosters: any delimiter, names of any script; what is missing, double or empty is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbsolve.errors import ProblemError
from nbsolve.variants.recipient import Recipient
from nbsolve.variants.roster import read_roster


def roster(folder: Path, text: str | bytes) -> list[Recipient]:
    path = folder / "students.csv"
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return read_roster(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter(delimiter: str, tmp_path: Path) -> None:
    rows = [("id", "name"), ("7", "Ada Lovelace"), ("008", "Émilie du Châtelet")]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert roster(tmp_path, text) == [Recipient("7", "Ada Lovelace"), Recipient("008", "Émilie du Châtelet")]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffid,name\r\n7,李 明\r\n",
        'name;Matrikelnummer\n"李  明";7\n',
        "Nachname,Vorname,Student ID\n明,李,7\n\n",
        "id\tname\tgroup\n7\t李 明\tA\n".encode("utf-16"),
    ],
)
def test_headers_marks_and_encodings(text: str | bytes, tmp_path: Path) -> None:
    assert roster(tmp_path, text) == [Recipient("7", "李 明")]


def test_the_same_letter_in_two_spellings_is_the_same_id(tmp_path: Path) -> None:
    assert roster(tmp_path, "id\nu\u0308\n") == [Recipient("ü")]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("", "the roster is empty", None),
        ("id,name\n", "no students", 1),
        ("7,Ada\n8,Bob\n", "no header with an id", 1),
        ("name\nAda\n", "no header with an id", 1),
        ("id,name\n7,Ada\n7,Bob\n", "is that of line 2", 3),
        ("id,name\na7,Ada\nA7,Bob\n", "in other capitals", 3),
        ("id,name\n7,Ada\n,Bob\n", "the id is empty", 3),
        ("id,name\n7,Ada,Lovelace\n", "3 fields, the header has 2", 2),
        ("id,id\n7,8\n", "twice", 1),
        ("id,name\n7,A\x07da\n", "control character", 2),
        (f"id\n{'7' * 81}\n", "81 characters", 2),
        ('id,name\n"7,Ada\n', "is no table", None),
        (b"id,name\n7,\xe9\n", "is not UTF-8", 2),
    ],
)
def test_faults(text: str | bytes, message: str, line: int | None, tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match=message) as raised:
        roster(tmp_path, text)
    if line is not None:
        assert raised.value.faults[0].line == line


def test_every_fault_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as raised:
        roster(tmp_path, "id\n7\n7\n8\n8\n\n")
    assert [fault.line for fault in raised.value.faults] == [3, 5]


@pytest.mark.parametrize(
    "id", ["../../x", "a/b", "..", ".x", "con", "nul.txt", "-rf", "a b", "ü", "x%2F", "trailing.", "C:\\x"]
)
def test_folders_stay_within_theirs(id: str) -> None:
    folder = Recipient(id).folder
    assert "/" not in folder
    assert "\\" not in folder
    assert ":" not in folder
    assert folder.isascii()
    assert not folder.startswith((".", "-"))
    assert not folder.endswith(".")


def test_no_two_ids_have_the_same_folder() -> None:
    ids = ["a/b", "a%2Fb", "a%252Fb", "con", "%63on", "%con", ".", "..", "%2E", "a b", "a+b", "a%20b"]
    assert len({Recipient(id).folder for id in ids}) == len(ids)
