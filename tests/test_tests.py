"""The README of the tests is true: every file that it names exists, and every file of tests is named."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent
README = (TESTS / "README.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([\w/]+(?:/|\.py|\.txt|\.yaml))`", README))
FILES = {path.relative_to(TESTS) for path in TESTS.rglob("test_*.py") if "node_modules" not in path.parts}
STRIDE = re.compile(r"\.sampled\((\d+)\)|\bone_in\((\d+)")


def unnamed(files: set[Path], named: set[str]) -> list[str]:
    """The files of tests that are named neither themselves nor by their folder."""
    return sorted(
        file.as_posix()
        for file in files
        if file.as_posix() not in named and f"{file.parent.as_posix()}/" not in named
    )


def test_what_is_named_exists() -> None:
    assert len(NAMED) > 80
    assert not [name for name in NAMED if not (TESTS / name).exists()]


def test_every_file_of_tests_is_named() -> None:
    assert len(FILES) > 130
    assert not unnamed(FILES, NAMED)


def test_a_file_that_is_not_named_would_be_found() -> None:
    assert unnamed({Path("test_new.py"), Path("live/test_new.py")}, NAMED) == ["test_new.py"]


def test_the_commands_are_there() -> None:
    for module in re.findall(r"`python -m tests\.([\w.]+)", README):
        place = TESTS.joinpath(*module.split("."))
        assert (place / "__main__.py").is_file() or "__main__" in place.with_suffix(".py").read_text("utf-8")


def test_what_is_sampled_is_said() -> None:
    """Each file with sampled cases stands in the table, with its strides."""
    said = dict(re.findall(r"^\| `([\w/]+\.py)` \| (\d[\d, ]*) \|", README, re.MULTILINE))
    strides = {
        file.as_posix(): ", ".join(
            mark or one for mark, one in STRIDE.findall((TESTS / file).read_text("utf-8"))
        )
        for file in FILES
        if file.name != Path(__file__).name
    }
    assert said == {file: found for file, found in strides.items() if found}
