"""The site is exchanged whole: killed at every step of publishing, it is the old one or the new one."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nbsolve.book import publishing
from nbsolve.book.publishing import exchanged, publish, repair, replace_folder, site_hashes

OLD = {"index.html": "old", "same.html": "same", "_static/style.css": "s", "gone/page.html": "gone"}
NEW = {"index.html": "new", "same.html": "same", "_static/style.css": "s", "week1/page.html": "page"}
_STEPS = ("os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree")


def _files(folder: Path, texts: dict[str, str]) -> dict[str, Path]:
    for place, text in texts.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text)
    return {place: folder / place for place in texts}


def _texts(site: Path) -> dict[str, str]:
    return {path.relative_to(site).as_posix(): path.read_text() for path in site.rglob("*") if path.is_file()}


def _ends_after(steps: int, work: Callable[[], object]) -> bool:
    """Do the work in a child that kills itself when it comes to a step; whether it did."""
    child = os.fork()
    if child == 0:
        seen = 0

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal seen
            writing = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT
            if event in _STEPS or writing:
                seen += 1
                if seen > steps:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        work()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("can_exchange", [True, False])
def test_killed_at_every_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool) -> None:
    if not can_exchange:
        monkeypatch.setattr(publishing, "exchanged", lambda one, other: False)
    old, new = _files(tmp_path / "old", OLD), _files(tmp_path / "new", NEW)
    seen = set()
    for steps in range(1000):
        build = tmp_path / str(steps)
        build.mkdir()
        site = build / "html"
        publish(old, site)
        killed = _ends_after(steps, lambda site=site: publish(new, site))  # type: ignore[misc]
        if can_exchange or site.exists():
            assert _texts(site) in (OLD, NEW)
        repair(site)  # as the next command does
        assert _texts(site) in (OLD, NEW)
        seen.add(_texts(site)["index.html"])
        assert {path.name for path in build.iterdir()} == {"html"}
        publish(new, site)
        assert _texts(site) == NEW
        if not killed:
            break
    assert not killed
    assert steps > 10
    assert seen == {"old", "new"}


def test_the_first_site_killed_at_every_step(tmp_path: Path) -> None:
    new = _files(tmp_path / "new", NEW)
    for steps in range(1000):
        (build := tmp_path / str(steps)).mkdir()
        killed = _ends_after(steps, lambda build=build: publish(new, build / "html"))  # type: ignore[misc]
        repair(build / "html")
        assert not (build / "html").exists() or _texts(build / "html") == NEW
        publish(new, build / "html")
        assert _texts(build / "html") == NEW
        if not killed:
            break
    assert not killed


def test_what_sphinx_remembers_is_never_there_in_part(tmp_path: Path) -> None:
    for steps in range(1000):
        (build := tmp_path / str(steps)).mkdir()
        _files(build / "sphinx", OLD)
        _files(build / "fresh", NEW)
        killed = _ends_after(steps, lambda build=build: replace_folder(build / "fresh", build / "sphinx"))  # type: ignore[misc]
        assert not (build / "sphinx").exists() or _texts(build / "sphinx") in (OLD, NEW)
        if not killed:
            break
    assert not killed
    assert _texts(build / "sphinx") == NEW


def test_a_file_that_is_as_it_was_keeps_its_date(tmp_path: Path) -> None:
    site = tmp_path / "html"
    publish(_files(tmp_path / "old", OLD), site)
    os.utime(site / "same.html", (1, 1))
    (site / "_static" / "style.css").write_text("t")  # as long as it was, and not what it was
    hashes = publish(_files(tmp_path / "new", NEW), site)
    assert (site / "same.html").stat().st_mtime == 1
    assert (site / "_static" / "style.css").read_text() == "s"
    assert hashes == site_hashes(site)
    assert not site.is_symlink()


def test_a_full_disk_leaves_the_site_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "html"
    publish(_files(tmp_path / "old", OLD), site)
    new = _files(tmp_path / "new", NEW)

    def full(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        publish(new, site)
    assert _texts(site) == OLD
    assert {path.name for path in tmp_path.iterdir()} == {"html", "old", "new"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux exchanges two folders at once")
def test_two_folders_are_exchanged(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    (one / "a").touch()
    assert exchanged(one, other)
    assert (other / "a").exists()
    assert not (one / "a").exists()
    with pytest.raises(OSError, match="other"):
        exchanged(tmp_path / "nowhere", other)
