"""What nbsolve wrote into a folder of a person's choice, so that what belongs to withdrawn problems can go again.

The record is a hidden file in that folder; nothing is ever removed that is not in it, or that was changed since.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from nbsolve.cli.problems import STANDARD_INPUT
from nbsolve.errors import NbsolveError
from nbsolve.whole_files import write_whole

RECORD = ".nbsolve.json"
Prune = Annotated[
    bool,
    typer.Option("--prune", help="Remove from DIR what nbsolve made there from problems whose file is gone."),
]


@dataclass(frozen=True, slots=True)
class _File:
    """One file: the problems it was made from, as seen from the folder, and the hash of what was written."""

    problems: tuple[str, ...]
    hash: str


class Written:
    """The record of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = _read(folder / RECORD)

    def add(self, path: Path, problems: Sequence[str]) -> None:
        """Note a file that was just written, and save the record; `problems` as the command line has them."""
        named = [problem for problem in problems if problem != STANDARD_INPUT]
        from_here = tuple(Path(os.path.relpath(problem, self.folder)).as_posix() for problem in named)
        self._files[path.relative_to(self.folder).as_posix()] = _File(from_here, _hash(path))
        self._save()

    def withdrawn(self) -> dict[Path, list[Path]]:
        """Files that are still there though a problem that they were made from is not, by that problem."""
        found: dict[Path, list[Path]] = {}
        for place, file in sorted(self._files.items()):
            path = self.folder / place
            for problem in file.problems:
                gone = Path(os.path.normpath(self.folder / problem))
                if path.is_file() and not gone.exists():
                    found.setdefault(gone, []).append(path)
                    break
        return found

    def remove(self, path: Path) -> bool:
        """Remove a file that is as it was written, and the folders that are empty then; whether it was so."""
        place = path.relative_to(self.folder).as_posix()
        if self._files[place].hash != _hash(path):
            return False
        path.unlink()
        del self._files[place]
        self._save()
        for folder in path.parents:
            if folder == self.folder or any(folder.iterdir()):
                break
            folder.rmdir()
        return True

    def _save(self) -> None:
        record = {place: {"problems": f.problems, "hash": f.hash} for place, f in self._files.items()}
        write_whole(self.folder / RECORD, json.dumps(record, indent=1, sort_keys=True) + "\n")


def nothing_but_pruning(files: Sequence[str] | None, folder: Path, prune: bool) -> bool:
    """Where no problems are named: remove what is to be removed. Raises: the command line's own error."""
    if files:
        return False
    if not prune:
        raise typer.BadParameter("name at least one problem file", param_hint="'FILES...'")
    tell_of_withdrawn(Written(folder), prune)
    return True


def tell_of_withdrawn(written: Written, prune: bool) -> None:
    """Say which files in the folder belong to problems that are gone; with `prune`, remove them."""
    for problem, paths in written.withdrawn().items():
        names = ", ".join(str(path) for path in paths)
        if not prune:
            typer.echo(f"note: {problem} is gone, but what was made from it is not: {names}", err=True)
            continue
        for path in paths:
            if written.remove(path):
                typer.echo(f"removed {path}", err=True)
            else:
                typer.echo(f"note: {path} was changed since nbsolve wrote it, and stays", err=True)
    if not prune and written.withdrawn():
        typer.echo("    hint: the same command with --prune removes it", err=True)


def _read(path: Path) -> dict[str, _File]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return {
            place: _File(tuple(file["problems"]), file["hash"])
            for place, file in record.items()
            if not Path(place).is_absolute() and ".." not in Path(place).parts
        }
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise NbsolveError(
            f"{path} cannot be read: it is the record of what nbsolve wrote beside it. Delete it to go on "
            "without; then nbsolve no longer knows which handouts here belong to problems that are gone."
        ) from None


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
