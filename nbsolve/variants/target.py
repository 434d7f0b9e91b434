"""The folder of a run's files: written beside it, and put in its place once all is there.

Until then they lie in a hidden folder next to it, with a journal of what is finished, from which a run that was
interrupted goes on.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from nbsolve.errors import NbsolveError
from nbsolve.whole_files import write_whole

__all__ = ["MANIFEST", "WHAT", "Folder", "Line", "Target"]

MANIFEST = "manifest.json"
WHAT = "nbsolve variants"
_JOURNAL = ".journal"
Line = dict[str, Any]


class Target(Protocol):
    """Where a run's files go, and what is known of those that are there."""

    def begin(self, resume: bool) -> None:
        """Make ready to write. Raises: NbsolveError where other files lie there, or an unfinished run."""

    def done(self) -> frozenset[str]:
        """The ids of the variants whose files are there."""

    def lines(self, ids: Sequence[str]) -> Iterator[Line]:
        """What was noted of each of these variants, one at a time."""

    def finish_one(self, folder: str, files: Mapping[str, bytes], line: Line) -> None:
        """Write the files of one variant, and note that they are there."""

    def close(self) -> None:
        """All variants are finished."""

    def read(self, place: str) -> bytes:
        """A file that was written."""

    def write(self, place: str, data: bytes) -> None:
        """Write a file whole."""

    def opened(self, place: str) -> AbstractContextManager[BinaryIO]:
        """A file to be written bit by bit."""

    def give_up(self) -> None:
        """Leave nothing where nothing is finished; else what is finished waits to be resumed."""

    def publish(self) -> None:
        """Put all that was written in its place."""


@dataclass(frozen=True)
class Folder:
    """Where a run's files go; `fingerprint` is what the run is known by."""

    out: Path
    fingerprint: str

    @property
    def folder(self) -> Path:
        """Where they are written first."""
        return self.out.with_name(f".{self.out.name}.unfinished")

    @property
    def _before(self) -> Path:
        """Where an earlier run's files lie for the moment in which the folders change places."""
        return self.out.with_name(f".{self.out.name}.before")

    # ------------------------------------------------------------------ beginning

    def begin(self, resume: bool) -> None:
        """Make ready to write. Raises: NbsolveError where the folder holds other files, or an unfinished run."""
        if self._before.exists() and not self.out.exists():  # killed in that moment
            self._before.rename(self.out)
        self._check_out()
        begun = self._begun()
        if begun == self.fingerprint:
            if not resume:
                raise NbsolveError(
                    f"an earlier run into {self.out} was interrupted; what it finished is kept in {self.folder}\n"
                    "    hint: the same command with --resume goes on where it stopped; "
                    "to start anew, delete that folder"
                )
            return
        if begun is not None and resume:
            raise NbsolveError(
                f"the run to be resumed ({self.folder}) was another one: another problem, roster, seed, "
                "selection, or version of nbsolve\n    hint: without --resume it is started anew"
            )
        if self.folder.exists() and begun is None and any(self.folder.iterdir()):
            raise NbsolveError(f"{self.folder} holds other files\n    hint: move them elsewhere")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._append({"what": WHAT, "fingerprint": self.fingerprint})

    def _check_out(self) -> None:
        """Whether what lies there may be replaced: nothing, or what an earlier run left as it was."""
        if not self.out.exists() and not self.out.is_symlink():
            return
        if not self.out.is_dir():
            raise NbsolveError(f"{self.out} is no folder\n    hint: name another one with --out")
        known = _listed(self.out / MANIFEST)
        others: list[str] = []
        for path in _files(self.out):
            if path not in known and len(others) < 4:
                others.append(path)
        if others:
            named = ", ".join(others[:3]) + (" …" if len(others) > 3 else "")
            raise NbsolveError(
                f"{self.out} holds other files: {named}\n    hint: name an empty folder, or one that is yet to be"
            )

    def _begun(self) -> str | None:
        for line in self._lines():
            return str(line.get("fingerprint", "")) if line.get("what") == WHAT else None
        return None

    # ------------------------------------------------------------------ journal

    def done(self) -> frozenset[str]:
        """The ids of the variants whose files are there as they were written."""
        return frozenset(
            line["id"]
            for line in self._lines()
            if "id" in line and all(self._is_whole(place, digest) for place, digest in line["files"].items())
        )

    def lines(self, ids: Sequence[str]) -> Iterator[Line]:
        """What the journal says of each of these variants, one at a time; of several lines the last."""
        found: dict[str, int] = {}
        with (self.folder / _JOURNAL).open("rb") as stream:
            at = 0
            for data in stream:
                line = _parsed(data)
                if line is not None and "id" in line:
                    found[line["id"]] = at
                at += len(data)
            for id in ids:
                stream.seek(found[id])
                line = _parsed(stream.readline())
                assert line is not None
                yield line

    def finish_one(self, folder: str, files: Mapping[str, bytes], line: Line) -> None:
        """Write the files of one variant, and note that they are there."""
        hashes: dict[str, str] = {}
        for name, data in files.items():
            place = f"{folder}/{name}"
            write_whole(self.folder / place, data)
            hashes[place] = sha256(data).hexdigest()
        self._append({**line, "files": hashes})

    def _append(self, line: Line) -> None:
        data = (json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8")
        with (self.folder / _JOURNAL).open("ab") as stream:
            start = stream.tell()
            if start and not self._ends_whole():
                stream.write(b"\n")
            try:
                stream.write(data)
                stream.flush()
            except OSError:
                os.truncate(self.folder / _JOURNAL, start)  # the disk is full: no half line is left
                raise

    def _ends_whole(self) -> bool:
        """Whether the last line has its end."""
        with (self.folder / _JOURNAL).open("rb") as stream:
            stream.seek(-1, os.SEEK_END)
            return stream.read(1) == b"\n"

    def _lines(self) -> Iterator[Line]:
        """The journal, but for a last line that was cut."""
        try:
            with (self.folder / _JOURNAL).open("rb") as stream:
                yield from filter(None, map(_parsed, stream))
        except FileNotFoundError:
            return

    def _is_whole(self, place: str, digest: str) -> bool:
        try:
            return sha256((self.folder / place).read_bytes()).hexdigest() == digest
        except OSError:
            return False

    # ------------------------------------------------------------------ files

    def read(self, place: str) -> bytes:
        """A file that was written."""
        return (self.folder / place).read_bytes()

    def write(self, place: str, data: bytes) -> None:
        """Write a file whole."""
        write_whole(self.folder / place, data)

    def opened(self, place: str) -> AbstractContextManager[BinaryIO]:
        """A file to be written bit by bit."""
        return (self.folder / place).open("wb")

    # ------------------------------------------------------------------ the end

    def close(self) -> None:
        """Everything is written already."""

    def give_up(self) -> None:
        """Leave nothing where nothing is finished; else what is finished waits to be resumed."""
        if not self.done():
            shutil.rmtree(self.folder, ignore_errors=True)

    def publish(self) -> None:
        """Put all that was written in its place."""
        (self.folder / _JOURNAL).unlink()
        if self.out.exists():
            shutil.rmtree(self._before, ignore_errors=True)
            self.out.rename(self._before)
        self.folder.rename(self.out)
        shutil.rmtree(self._before, ignore_errors=True)


def _parsed(data: bytes) -> Line | None:
    """A line of the journal; None where it was cut."""
    try:
        line: Line = json.loads(data)
    except ValueError:
        return None
    return line


def _files(folder: Path) -> Iterator[str]:
    for parent, _, names in os.walk(folder):
        for name in names:
            yield (Path(parent) / name).relative_to(folder).as_posix()


def _listed(manifest: Path) -> set[str]:
    """The files of an earlier run; none where there was none."""
    try:
        data = json.loads(manifest.read_text(encoding="utf-8"))
        if data["what"] != WHAT:
            return set()
        own = {place for variant in data["variants"] for place in variant["files"]}
        return own | set(data["files"]) | {manifest.name}
    except (OSError, ValueError, TypeError, KeyError):
        return set()
