"""A run's files in an object store, or wherever fsspec writes: `s3://…`, `memory://…` (the extra `cluster`).

There is no folder that could change its name, so files are written where they belong, whole or not at all; what is
finished is noted beside them, some variants at a time, and `manifest.json` is the last to come.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from typing import Any, BinaryIO

from nbsolve.errors import NbsolveError
from nbsolve.variants.target import WHAT, Line

__all__ = ["Stored"]

_NOTES = ".unfinished"
_TOGETHER = 25
"""Variants that are written and noted together: a store answers slowly, but many at once."""


class Stored:
    """Where a run's files go; `fingerprint` is what the run is known by. Raises: NbsolveError."""

    def __init__(self, address: str, fingerprint: str) -> None:
        self.address, self.fingerprint = address.rstrip("/"), fingerprint
        with self._reached():
            self._system, self._root = _opened(self.address)
        self._files: dict[str, bytes] = {}
        self._lines: list[Line] = []
        self._noted: dict[str, tuple[str, int]] = {}
        self._read = lru_cache(maxsize=2)(self._lines_of)

    # ------------------------------------------------------------------ beginning

    def begin(self, resume: bool) -> None:
        """Make ready to write. Raises: NbsolveError where other files lie there, or an unfinished run."""
        there = self._there()
        if not there:
            head = json.dumps({"what": WHAT, "fingerprint": self.fingerprint})
            self.write(f"{_NOTES}/run.json", head.encode("utf-8"))
            return
        begun = self._begun() if f"{_NOTES}/run.json" in there else None
        if begun is None:
            others = ", ".join(sorted(there)[:3])
            raise NbsolveError(f"{self.address} holds other files: {others}\n    hint: name another place")
        if begun != self.fingerprint:
            raise NbsolveError(
                f"{self.address} has another run, which is unfinished: another problem, roster, seed, selection, "
                "or version of nbsolve\n    hint: name another place, or delete that one"
            )
        if not resume:
            raise NbsolveError(
                f"an earlier run into {self.address} was interrupted\n    hint: the same command with --resume "
                "goes on where it stopped; to start anew, delete what is there"
            )

    def _begun(self) -> str | None:
        try:
            head = json.loads(self.read(f"{_NOTES}/run.json"))
            return str(head["fingerprint"]) if head["what"] == WHAT else None
        except (ValueError, KeyError, TypeError):
            return None

    # ------------------------------------------------------------------ what is finished

    def done(self) -> frozenset[str]:
        """The ids of the variants whose files are there."""
        there = self._there()
        for note in sorted(
            name for name in there if name.startswith(f"{_NOTES}/") and name.endswith(".jsonl")
        ):
            for position, line in enumerate(self._lines_of(note)):
                if line["files"].keys() <= there:
                    self._noted[line["id"]] = (note, position)
        return frozenset(self._noted)

    def lines(self, ids: Sequence[str]) -> Iterator[Line]:
        """What was noted of each of these variants, one at a time."""
        for id in ids:
            note, position = self._noted[id]
            yield self._read(note)[position]

    def finish_one(self, folder: str, files: Mapping[str, bytes], line: Line) -> None:
        """Take the files of one variant, which are written with those of some others."""
        own = {f"{folder}/{name}": data for name, data in files.items()}
        self._files |= own
        self._lines.append(
            {**line, "files": {place: sha256(data).hexdigest() for place, data in own.items()}}
        )
        if len(self._lines) == _TOGETHER:
            self._write_together()

    def _write_together(self) -> None:
        if not self._lines:
            return
        ids = "\0".join(line["id"] for line in self._lines)
        note = f"{_NOTES}/{sha256(ids.encode('utf-8')).hexdigest()}.jsonl"
        with self._reached():
            self._system.pipe({f"{self._root}/{place}": data for place, data in self._files.items()})
        self.write(note, "".join(json.dumps(line) + "\n" for line in self._lines).encode("ascii"))
        self._noted |= {line["id"]: (note, position) for position, line in enumerate(self._lines)}
        self._files, self._lines = {}, []

    def _lines_of(self, note: str) -> list[Line]:
        return [json.loads(line) for line in self.read(note).splitlines()]

    # ------------------------------------------------------------------ files

    def read(self, place: str) -> bytes:
        """A file that was written."""
        with self._reached():
            data: bytes = self._system.cat_file(f"{self._root}/{place}")
        return data

    def write(self, place: str, data: bytes) -> None:
        """Write a file whole."""
        with self._reached():
            self._system.pipe_file(f"{self._root}/{place}", data)

    @contextmanager
    def opened(self, place: str) -> Iterator[BinaryIO]:
        """A file to be written bit by bit; where that ends early, no part of it is kept."""
        with self._reached():
            stream = self._system.open(f"{self._root}/{place}", "wb")
        try:
            yield stream
        except BaseException:
            with self._reached():
                stream.discard()
            raise
        with self._reached():
            stream.close()

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """What a store's library raises is the store's error: a dead address, no credentials, no such bucket."""
        try:
            yield
        except NbsolveError:
            raise
        except Exception as error:  # botocore's errors, for one, have no base in common with anybody's
            raise NbsolveError(f"{self.address} cannot be used: {error}") from error

    def _there(self) -> set[str]:
        with self._reached():
            try:
                found: list[str] = self._system.find(self._root)
            except FileNotFoundError:
                return set()
        return {path.removeprefix(self._root).lstrip("/") for path in found}

    # ------------------------------------------------------------------ the end

    def give_up(self) -> None:
        """Leave nothing where nothing is finished; else what is finished waits to be resumed."""
        self._write_together()
        if not self._noted:
            self.publish()

    def close(self) -> None:
        """Write what is left of the variants."""
        self._write_together()

    def publish(self) -> None:
        """Nothing is unfinished any more."""
        with self._reached():
            self._system.rm(f"{self._root}/{_NOTES}", recursive=True)


def _opened(address: str) -> tuple[Any, str]:
    """The file system of an address, and the path there. Raises: NbsolveError."""
    try:
        import fsspec
    except ImportError:
        raise NbsolveError(
            f"{address} needs the extra `cluster`\n    hint: pip install '.[cluster]' in a clone of nbsolve"
        ) from None
    system, path = fsspec.core.url_to_fs(address)
    return system, str(path).rstrip("/")
