"""The lock files: complete, hash-checked, and free of any registry's address."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["runtime", "test"]
PIN = re.compile(r"^([a-z0-9._-]+)==([^ ;\\]+)")


def _text(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")


def _pins(lock: str) -> dict[str, str]:
    return {match[1]: match[2] for line in _text(lock).splitlines() if (match := PIN.match(line))}


def _wanted(extra: str | None) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = list(project["project"]["dependencies"]) + list(project["build-system"]["requires"])
    if extra:
        lines += project["project"]["optional-dependencies"][extra]
    return {re.split(r"[<>=!~\[; ]", line)[0].lower().replace(".", "-").replace("_", "-") for line in lines}


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_is_pinned_with_its_hash(lock: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", _text(lock).strip())
    assert len(blocks) > 50
    for block in blocks:
        assert PIN.match(block), block
        assert "--hash=sha256:" in block, block.splitlines()[0]


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_is_written_down(lock: str) -> None:
    assert not re.search(r"https?://|index-url|find-links|file:", _text(lock))


@pytest.mark.parametrize(("lock", "extra"), [("runtime", None), ("test", "test")])
def test_the_lock_has_all_that_is_asked_for(lock: str, extra: str | None) -> None:
    assert _wanted(extra) <= _pins(lock).keys()


def test_both_locks_agree() -> None:
    runtime, test = _pins("runtime"), _pins("test")
    assert runtime.items() <= test.items()


def test_the_books_tools_are_the_ones_that_work_together() -> None:
    pins = _pins("runtime")
    assert pins["jupyter-book"] == "1.0.4.post1"
    assert pins["sphinx-book-theme"] == "1.1.4"
    assert int(pins["click"].split(".")[0]) < 9
