"""The keys of nbsolve's own in a `_config.yml`: what they may be, and what is said of those that are wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from nbsolve import settings
from nbsolve.errors import Fault, ProblemError
from nbsolve.settings import COURSE_KEYS, JUPYTER_BOOK_KEYS, KEYS, Settings, read_settings

HEAD = "title: A course\nsphinx:\n  config: {language: en}\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "_config.yml"


def read(config: Path, text: str) -> Settings:
    config.write_text(HEAD + text, encoding="utf-8")
    return read_settings(config)


def fault(config: Path, text: str) -> Fault:
    with pytest.raises(ProblemError) as error:
        read(config, text)
    (only,) = error.value.faults
    assert only.file == str(config)
    return only


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("solution", "solutions"), ("Solutions", "solutions"), ("soluitons", "solutions"),
        ("solutoin", "solutions"),
        ("show_solutions", "solutions"), ("hide-solution", "solutions"), ("trusts", "trust"), ("Trust", "trust"),
        ("trusted", "trust"), ("courses", "course"), ("coarse", "course"),
    ],
)  # fmt: skip
def test_a_misspelt_key_is_an_error_with_its_line(config: Path, key: str, near: str) -> None:
    found = fault(config, f"# a comment\n{key}: false\n")
    assert (found.line, found.path, found.hint) == (5, key, f"did you mean {near}?")


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_known_and_its_misspellings_are_not(config: Path, key: str) -> None:
    value = {"course": "{name: K}", "handouts": "true", "solutions": "false", "trust": "true"}[key]
    assert read(config, f"{key}: {value}\n") != Settings()
    for misspelt in (key[:-2] + key[-1] + key[-2], key[:2] + key[3:], key.upper()):
        assert fault(config, f"{misspelt}: {value}\n").hint == f"did you mean {key}?", misspelt


@pytest.mark.parametrize(
    ("key", "near"), [("nmae", "name"), ("termn", "term"), ("Logo", "logo"), ("lecturer", None)]
)
def test_a_misspelt_key_of_the_course(config: Path, key: str, near: str | None) -> None:
    found = fault(config, f"course:\n  term: 2026\n  {key}: x\n")
    assert (found.line, found.path) == (6, f"course.{key}")
    assert found.hint == (f"did you mean {near}?" if near else None)
    assert found.expected == f"one of {', '.join(COURSE_KEYS)}"


def test_keys_of_jupyter_book_and_of_others_pass(config: Path) -> None:
    schema = json.loads(files("jupyter_book").joinpath("config_schema.json").read_text(encoding="utf-8"))
    assert {*schema["properties"]} <= JUPYTER_BOOK_KEYS
    for key in sorted(JUPYTER_BOOK_KEYS - {"title", "sphinx"}):
        assert read(config, f"{key}: {{author: x, path: y}}\n") == Settings()
    assert (
        read(config, "google_analytics: 7\nkey of mine: [1, 2]\nhtml: {html_context: {course: x}}\n")
        == Settings()
    )
    config.unlink()
    assert read_settings(config) == Settings()


@pytest.mark.parametrize("above", ["html", "execute", "course", "sphinx.extra"])
def test_a_key_in_the_wrong_place(config: Path, above: str) -> None:
    inside = "{solutions: false}"
    for key in reversed(above.split(".")):
        inside = f"{{{key}: {inside}}}"
    config.write_text(inside, encoding="utf-8")
    with pytest.raises(ProblemError, match=f"stands under {above}\n    expected: solutions at the top level"):
        read_settings(config)


@pytest.mark.parametrize(
    ("text", "message", "expected"),
    [
        ("solutions: maybe", "is 'maybe'", "2026-12-15 08:00"),
        ("solutions: 2026-13-15", "is '2026-13-15'", "2026-12-15 08:00"),
        ("solutions: 0001-01-01", "is '0001-01-01'", "2026-12-15 08:00"),
        ("solutions: 15.12.2026", "is '15.12.2026'", "2026-12-15 08:00"),
        ("solutions: 'false'", "is \"'false'\"", "true, false"),
        ("solutions: yes", "is 'yes'", "true, false"),
        ("solutions: 0", "is '0'", "true, false"),
        ("solutions:", "is empty", "true, false"),
        ("solutions: [2026-12-15]", "is a list or a mapping", "true, false"),
        ("solutions: {from: 2026-12-15}", "is a list or a mapping", "true, false"),
        ("trust: perhaps", "is 'perhaps'", "true or false"),
        ("trust:", "is empty", "true or false"),
        ("handouts: [question]", "is a list or a mapping", "true or false"),
        ("handouts: 1", "is '1'", "true or false"),
        ("trust: [true]", "is a list or a mapping", "true or false"),
        ("course: 1", "is not a mapping", "name, term, date, institution, logo"),
        ("course: [name]", "is not a mapping", "name, term, date, institution, logo"),
        ("course: {name: [a, b]}", "is a list or a mapping", "text"),
    ],
)
def test_a_value_of_a_wrong_kind_is_an_error_with_its_line(
    config: Path, text: str, message: str, expected: str
) -> None:
    found = fault(config, f"{text}\n")
    assert found.line == 4
    assert found.message == message
    assert found.expected is not None
    assert expected in found.expected


def test_several_faults_at_once_and_keys_that_are_there_twice(config: Path) -> None:
    with pytest.raises(ProblemError) as error:
        read(config, "solution: false\ntrust: 7\ncourse: {nmae: x}\n")
    assert [found.line for found in error.value.faults] == [4, 5, 6]
    assert "is there twice" in fault(config, "solutions: false\nsolutions: true\n").message
    assert fault(config, "solutions: [\n").message.startswith("cannot be read")
    config.write_bytes(b"title: \xff\n")
    with pytest.raises(ProblemError, match="cannot be read"):
        read_settings(config)
    config.write_text("- a list\n", encoding="utf-8")
    with pytest.raises(ProblemError, match="is not a mapping"):
        read_settings(config)


def test_what_is_written_once_and_used_twice(config: Path) -> None:
    found = read(
        config, "mine: &mine {name: Networks, term: '7'}\ncourse: {<<: *mine, term: Winter  2026/27}\n"
    )
    assert found.course == {"name": "Networks", "term": "Winter 2026/27"}
    assert read(config, "course:\n").course == {}


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-12-15", datetime(2026, 12, 15)),
        ("'2026-12-15'", datetime(2026, 12, 15)),
        ("2026-12-15 08:30", datetime(2026, 12, 15, 8, 30)),
        ("2026-12-15T08:30:01", datetime(2026, 12, 15, 8, 30, 1)),
        ("2026-12-15 08:30+00:00", datetime(2026, 12, 15, 8, 30, tzinfo=UTC)),
    ],
)
def test_solutions_appear_at_a_time(config: Path, text: str, when: datetime) -> None:
    found = read(config, f"solutions: {text}\n")
    assert found.solutions == when
    assert found.withheld(when - timedelta(seconds=1))
    assert not found.withheld(when)


def test_solutions_are_there_unless_something_else_is_said(config: Path) -> None:
    assert not read(config, "").withheld()
    assert not read(config, "solutions: true\n").withheld()
    assert read(config, "solutions: False\n").withheld()
    assert read(config, "solutions: 9999-01-01\n").withheld()
    assert not read(config, "solutions: 2020-01-01\n").withheld()


def test_the_courses_own_configurations_are_good() -> None:
    root = Path(settings.__file__).parent
    for path in (root / "templates" / "course" / "_config.yml", root.parent / "_config.yml"):
        assert not read_settings(path).withheld()
