"""Numbers from files beside a problem: `.csv`, `.npy` and `.npz`, never anything that can run code."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from nbsolve.given import Given

MAXIMUM_BYTES = 50_000_000
MAXIMUM_NUMBERS = 2_000_000


class FileFault(Exception):
    """A file that cannot be used; `hint` says what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Array:
    """Numbers with their shape: () , (n,) or (rows, columns); flat, row by row."""

    shape: tuple[int, ...]
    numbers: tuple[Given, ...]

    def rows(self) -> tuple[tuple[Given, ...], ...]:
        """The rows of a matrix."""
        width = self.shape[1]
        return tuple(self.numbers[i * width : (i + 1) * width] for i in range(self.shape[0]))


@dataclass(frozen=True)
class Table:
    """A CSV file with a line of column names."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def locate(folder: Path | None, name: str) -> Path:
    """The file `name` in the problem's folder; FileFault for one outside it, or that does not exist."""
    if folder is None:
        message = f"no folder to look for the file {name!r} in: the problem was given as text"
        raise FileFault(message, "load the problem from its file, or say which folder its data are in")
    if "\0" in name or not name.strip() or Path(name).is_absolute() or ".." in Path(name).parts:
        message = f"{name!r} is not a file in the problem's folder"
        raise FileFault(message, "keep data files in the folder of the problem, or in one below it")
    base, path = Path(os.path.realpath(folder)), Path(os.path.realpath(folder / name))
    if not path.is_relative_to(base):
        raise FileFault(f"{name!r} leads out of the problem's folder", "copy the file beside the problem")
    if not path.is_file():
        raise FileFault(f"there is no file {name!r} beside the problem")
    if path.stat().st_size > MAXIMUM_BYTES:
        raise FileFault(f"{name!r} is larger than {MAXIMUM_BYTES // 1_000_000} MB")
    return path


def read_array(path: Path, array: str | None) -> Array:
    """The numbers of a `.csv` (no header), `.npy` or `.npz` file (`array` names one of those inside).

    Numbers of binary files get the shortest decimal that reads back as the same number.
    Raises FileFault for anything else, for pickled objects, NaN and infinity, and more than two dimensions.
    """
    kind = path.suffix.lower()
    try:
        if kind == ".csv":
            if array is not None:
                raise FileFault("a .csv file holds one array only", "leave array out")
            return _matrix_of_csv(path)
        if kind == ".npy":
            if array is not None:
                raise FileFault("a .npy file holds one array only", "leave array out")
            with path.open("rb") as stream:
                return _npy(stream, path.name)
        if kind == ".npz":
            return _npz(path, array)
    except OSError as error:
        raise FileFault(f"{path.name} cannot be read: {error.strerror or error}") from None
    raise FileFault(f"{path.name} is not a .csv, .npy or .npz file")


def read_table(path: Path) -> Table:
    """A `.csv` file whose first line names its columns; FileFault where its lines differ in length."""
    if path.suffix.lower() != ".csv":
        raise FileFault(f"{path.name} is not a .csv file", "samples are read from .csv files")
    lines = _csv_lines(path)
    if not lines:
        raise FileFault(f"{path.name} is empty", "its first line names the columns")
    columns = tuple(lines[0][1])
    for number, fields in lines:
        if len(fields) != len(columns):
            raise FileFault(f"{path.name}, line {number}: {len(fields)} fields under {len(columns)} columns")
    return Table(columns, tuple(tuple(fields) for _, fields in lines[1:]))


def _csv_lines(path: Path) -> list[tuple[int, list[str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
        return [(reader.line_num, [field.strip() for field in row]) for row in reader if any(row)]
    except UnicodeDecodeError:
        raise FileFault(f"{path.name} is not UTF-8 text", "save the file with the encoding UTF-8") from None
    except csv.Error as error:
        raise FileFault(f"{path.name} is not a .csv file: {error}") from None
    except OSError as error:
        raise FileFault(f"{path.name} cannot be read: {error.strerror or error}") from None


def _matrix_of_csv(path: Path) -> Array:
    lines = _csv_lines(path)
    if not lines:
        raise FileFault(f"{path.name} is empty")
    width = len(lines[0][1])
    if len(lines) * width > MAXIMUM_NUMBERS:
        raise FileFault(f"{path.name} holds more than {MAXIMUM_NUMBERS:,} numbers")
    numbers: list[Given] = []
    for number, fields in lines:
        if len(fields) != width:
            found = "1 number" if len(fields) == 1 else f"{len(fields)} numbers"
            raise FileFault(f"{path.name}, line {number}: {found} where line 1 has {width}")
        for text in fields:
            try:
                numbers.append(Given.read(text))
            except ValueError as error:
                hint = "a file of weights has no line of column names" if number == lines[0][0] else None
                raise FileFault(f"{path.name}, line {number}: {error}", hint) from None
    return Array((len(lines), width), tuple(numbers))


def _npz(path: Path, array: str | None) -> Array:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
            if array is None and len(names) != 1:
                raise FileFault(f"{path.name} holds the arrays {_names(names)}", "say which: array: NAME")
            name = names[0] if array is None else array
            if name not in names:
                raise FileFault(f"{path.name} has no array {name!r}", f"it holds {_names(names)}")
            with archive.open(name + ".npy") as stream:
                return _npy(stream, f"{path.name}, array {name!r}")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise FileFault(f"{path.name} is not a .npz file") from None


def _names(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names[:20]) or "none"


def _npy(stream: IO[bytes], what: str) -> Array:
    # Imported when a file is read: most problems have none.
    import numpy as np
    from numpy.lib import format as npy

    try:
        version = npy.read_magic(stream)
        read_header: Any = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, kind = read_header(stream)
    except Exception:
        # The header is parsed by ast.literal_eval and friends, which raise whatever they like.
        raise FileFault(f"{what} is not a NumPy array") from None
    if kind.hasobject or kind.kind not in "fiu" or kind.itemsize > 16:
        raise FileFault(f"{what} holds {kind}, not real numbers", "save an array of floats")
    if len(shape) > 2:
        raise FileFault(f"{what} has {len(shape)} dimensions, not one or two")
    count = 1
    for length in shape:
        count *= length
    if count > MAXIMUM_NUMBERS:
        raise FileFault(f"{what} holds more than {MAXIMUM_NUMBERS:,} numbers")
    data = stream.read(count * kind.itemsize)
    if len(data) != count * kind.itemsize:
        raise FileFault(f"{what} ends before its {count} numbers do")
    values = np.frombuffer(data, dtype=kind).reshape(shape, order="F" if fortran else "C")
    try:
        return Array(tuple(shape), tuple(Given.of(value) for value in values.ravel(order="C")))
    except ValueError:
        place = tuple(int(index[0]) for index in np.nonzero(~np.isfinite(values)))
        where = f" at {list(place)}" if place else ""
        raise FileFault(f"{what} holds a number{where} that is not finite") from None
