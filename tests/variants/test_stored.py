"""Runs that go to an address of fsspec instead of a folder: the same files, whole or not at all, resumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fsspec", reason="the extra `cluster` is not installed")

from nbsolve.errors import NbsolveError
from nbsolve.variants import Family, Variant
from nbsolve.variants.recipient import Recipient, numbered
from nbsolve.variants.running import Run
from nbsolve.variants.stored import Stored
from tests.variants.small import plan

STUDENTS = [Recipient("s1", "Ada"), Recipient("=1+1", "+Bob"), Recipient("ü/ß", "Ünal"), Recipient("s4")]


@pytest.fixture
def memory() -> Iterator[Any]:
    """The file system `memory://`, empty."""
    import fsspec

    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


def stored(system: Any, root: str) -> dict[str, bytes]:
    return {path.removeprefix(f"/{root}/"): system.cat_file(path) for path in system.find(f"/{root}")}


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def stopped(after: int, error: type[BaseException] = KeyboardInterrupt) -> Any:
    def tracked(results: Iterable[tuple[int, bytes]], total: int) -> Iterator[tuple[int, bytes]]:
        for number, one in enumerate(results):
            if number == after:
                raise error("stopped")
            yield one

    return tracked


def test_the_files_are_those_of_a_folder(tmp_path: Path, memory: Any) -> None:
    Run(plan("question", "key"), STUDENTS, tmp_path / "out", booklets=True).run()
    Run(plan("question", "key"), STUDENTS, "memory://course/week1", booklets=True).run()
    assert stored(memory, "course/week1") == tree(tmp_path / "out")
    assert "booklets/question-001.pdf" in tree(tmp_path / "out")


def test_an_address_of_this_machine_is_a_folder(tmp_path: Path) -> None:
    Run(plan("key"), STUDENTS, tmp_path / "out").run()
    Run(plan("key"), STUDENTS, f"file://{tmp_path}/by%20address").run()
    assert tree(tmp_path / "by address") == tree(tmp_path / "out")


@pytest.mark.parametrize("error", [KeyboardInterrupt, NbsolveError])
def test_an_interrupted_run_is_resumed_and_makes_nothing_twice(
    error: type[BaseException], tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbsolve.variants.stored._TOGETHER", 4)
    Run(plan("key"), numbered(10), tmp_path / "out").run()
    with pytest.raises(error):
        Run(plan("key"), numbered(10), "memory://x").run(tracked=stopped(6, error))
    assert "manifest.json" not in stored(memory, "x")
    with pytest.raises(NbsolveError, match="--resume goes on"):
        Run(plan("key"), numbered(10), "memory://x").run()
    with pytest.raises(NbsolveError, match="another run"):
        Run(plan("key", seed=2), numbered(10), "memory://x").run(resume=True)
    memory.rm("/x/2/key.json")  # lost meanwhile
    made: list[str] = []
    own = Family.variant

    def noted(self: Family, id: str, seed: int = 0) -> Variant:
        made.append(id)
        return own(self, id, seed)

    monkeypatch.setattr(Family, "variant", noted)
    Run(plan("key"), numbered(10), "memory://x").run(resume=True)
    # what an error ends is noted to the last variant; a person who stops it loses what had not been sent yet
    assert made == ["2", *map(str, range(7 if error is NbsolveError else 5, 11))]
    assert stored(memory, "x") == tree(tmp_path / "out")


def test_where_nothing_is_finished_nothing_is_left(memory: Any) -> None:
    with pytest.raises(NbsolveError):
        Run(plan("key"), STUDENTS, "memory://x").run(tracked=stopped(0, NbsolveError))
    assert stored(memory, "x") == {}


def test_other_files_are_left_alone(memory: Any) -> None:
    memory.pipe_file("/x/mine.txt", b"mine")
    with pytest.raises(NbsolveError, match=r"memory://x holds other files: mine\.txt"):
        Run(plan("key"), STUDENTS, "memory://x").run()
    assert stored(memory, "x") == {"mine.txt": b"mine"}
    Run(plan("key"), STUDENTS, "memory://y").run()
    before = stored(memory, "y")
    with pytest.raises(NbsolveError, match="holds other files"):
        Run(plan("key", seed=1), STUDENTS, "memory://y").run()
    assert stored(memory, "y") == before


def test_an_address_that_nothing_writes_to(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NbsolveError, match="nowhere://x cannot be used"):
        Run(plan("key"), STUDENTS, "nowhere://x")
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(NbsolveError, match=r"pip install '.\[cluster\]'"):
        Run(plan("key"), STUDENTS, "memory://x")


class Unreachable(Exception):
    """What a store's library raises that has no base in common with anybody's."""


@pytest.mark.parametrize("method", ["find", "pipe", "pipe_file", "open", "cat_file", "rm"])
def test_a_store_that_cannot_be_reached(method: str, memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*args: object, **settings: object) -> None:
        raise Unreachable("no credentials")

    monkeypatch.setattr(type(memory), method, dead)
    with pytest.raises(NbsolveError, match="memory://x cannot be used: no credentials"):
        Run(plan("key"), STUDENTS, "memory://x").run()


def test_a_file_that_is_not_written_to_its_end_is_not_kept(memory: Any) -> None:
    from fsspec.implementations.memory import MemoryFile

    discarded = []

    def write_half() -> None:
        with Stored("memory://x", "").opened("keys.json") as stream:
            stream.write(b"half")
            raise ZeroDivisionError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MemoryFile, "discard", lambda stream: discarded.append(stream.path))
        with pytest.raises(ZeroDivisionError):
            write_half()
    assert discarded == ["/x/keys.json"]
