"""Waiting until a problem, or a file that it takes numbers from, is saved."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from nbsolve.book.course import Course
from nbsolve.book.pictures import files_of
from nbsolve.errors import NbsolveError
from nbsolve.settings import CONFIG

__all__ = ["Sources", "changes"]

_TOGETHER, _LOOK_AGAIN = 20, 1000
"""Milliseconds: what is saved within is one change; after which files are looked at without being told to."""


class Sources:
    """The problem that is shown, and all files that its page is made of.

    Without a `file` it is the course's problem that was saved last, whichever that is.
    """

    def __init__(self, file: Path | None) -> None:
        self._named = file
        self.file = self._newest() if file is None else file

    def follow(self) -> None:
        """Turn to another problem of the course where that was saved since, unless one was named."""
        if self._named is None:
            self.file = self._newest()

    def folders(self) -> list[Path]:
        """The folders in which there may be a change: editors put a new file in the place of the old one."""
        if self._named is None:
            return [Course(Path.cwd()).problems]
        found = {path.resolve().parent for path in self.files() if path != CONFIG}
        return sorted(folder for folder in found if folder.is_dir())

    def files(self) -> list[Path]:
        """The problem's file, its data files, and the course's configuration."""
        try:
            data = [Path(name) for name in files_of(str(self.file))]
        except (NbsolveError, OSError, UnicodeDecodeError):
            data = [self.file]
        return [*data, CONFIG]

    def state(self) -> str:
        """A hash of the content of all files."""
        digest = hashlib.sha256(str(self.file).encode("utf-8", "surrogateescape"))
        for path in self.files():
            try:
                digest.update(path.read_bytes())
            except OSError:
                digest.update(b"absent")
        return digest.hexdigest()

    def _newest(self) -> Path:
        """The problem that was saved last. Raises: NbsolveError where the course has none."""
        return max(Course(Path()).problem_files(), key=lambda path: path.stat().st_mtime_ns)


def changes(sources: Sources) -> Iterator[None]:
    """Yield once at first, and then each time that something has changed, for ever."""
    from watchfiles import watch

    state = sources.state()
    yield
    while True:
        folders = sources.folders()
        for _ in watch(
            *folders,
            step=_TOGETHER,
            debounce=10 * _TOGETHER,
            rust_timeout=_LOOK_AGAIN,
            yield_on_timeout=True,
            recursive=True,
            ignore_permission_denied=True,
        ):
            try:
                sources.follow()
                new = sources.state()
            except (NbsolveError, OSError):
                continue  # in the middle of being renamed
            if new != state:
                state = new
                yield
            if sources.folders() != folders:
                break  # it takes numbers from elsewhere now
