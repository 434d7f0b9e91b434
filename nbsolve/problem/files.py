"""Numbers from files beside a problem: `.csv`, `.npy` and `.npz`, never anything that can run code."""

from __future__ import annotations

import csv
import io
import math
import os
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TextIO

from nbsolve.given import Given
from nbsolve.near_files import did_you_mean
from nbsolve.problem.cursor import READABLE, unreadable

MAXIMUM_BYTES = 50_000_000
MAXIMUM_NUMBERS = 2_000_000
LONGEST_LINE = 1_000_000
LONGEST_HEADER = 16_384
"""Bytes of a .npy file in which its header must end."""
MOST_ARRAYS = 1_000
_ENTRY = b"PK\x01\x02"
"""What each file in an archive is announced with in its list of contents."""
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+(?:[eE][+-]?[0-9]+)?", re.ASCII)


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
    try:
        base, path = Path(os.path.realpath(folder)), Path(os.path.realpath(folder / name))
    except (OSError, ValueError):
        raise FileFault(f"{name[:60]!r} cannot be the name of a file") from None
    if not path.is_relative_to(base):
        raise FileFault(f"{name!r} leads out of the problem's folder", "copy the file beside the problem")
    try:
        if not path.is_file():
            near = did_you_mean(folder / name, (".csv", ".npy", ".npz"), "data")
            shown = near and near.replace(f"{folder}{os.sep}", "")
            raise FileFault(f"there is no file {name!r} beside the problem", shown)
        if path.stat().st_size > MAXIMUM_BYTES:
            raise FileFault(f"{name!r} is larger than {MAXIMUM_BYTES // 1_000_000} MB")
    except OSError as error:
        raise FileFault(f"{name!r} cannot be read: {error.strerror or error}") from None
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


def read_table(path: Path, most_rows: int) -> Table:
    """A `.csv` file whose first line names its columns. Raises FileFault where its lines differ in length.

    Reading stops at the first row beyond `most_rows`, however large the file is.
    """
    if path.suffix.lower() != ".csv":
        raise FileFault(f"{path.name} is not a .csv file", "samples are read from .csv files")
    try:
        return _table(path, most_rows)
    except OSError as error:
        raise FileFault(f"{path.name} cannot be read: {error.strerror or error}") from None


def _table(path: Path, most_rows: int) -> Table:
    columns: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = []
    for number, fields in _csv_lines(path):
        if not columns:
            columns = tuple(fields)
            continue
        if len(fields) != len(columns):
            raise FileFault(
                f"{path.name}, line {number}: {_fields(len(fields))} under {len(columns)} columns"
            )
        if len(rows) == most_rows or (len(rows) + 1) * len(columns) > MAXIMUM_NUMBERS:
            raise FileFault(
                f"{path.name} holds more than {len(rows):,} samples",
                "take the first rows into a smaller file",
            )
        rows.append(tuple(fields))
    if not columns:
        raise FileFault(f"{path.name} is empty", "its first line names the columns")
    return Table(columns, tuple(rows))


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"


def _csv_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and fields of each line that is not empty, separated by commas, semicolons or tabs.

    Where they are not commas, a comma within a number is a decimal one: `0,5` comes back as `0.5`.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = stream.readline(LONGEST_LINE)
            separator = _separator(first)
            reader = csv.reader(
                _bounded(stream, first, path.name), delimiter=separator, strict=True, skipinitialspace=True
            )
            for row in reader:
                fields = [field.strip() for field in row]
                if any(fields):
                    yield reader.line_num, fields if separator == "," else [*map(_with_point, fields)]
    except UnicodeDecodeError:
        raise FileFault(f"{path.name} is not UTF-8 text", "save the file with the encoding UTF-8") from None
    except csv.Error as error:
        raise FileFault(f"{path.name} is not a .csv file: {error}") from None


def _bounded(stream: TextIO, line: str, name: str) -> Iterator[str]:
    """Yield the lines from the first, which was read already; a file without line ends is not read whole."""
    number = 1
    while line:
        if len(line) == LONGEST_LINE:
            raise FileFault(f"{name}, line {number}: more than {LONGEST_LINE:,} characters")
        if (sign := unreadable(line.rstrip("\r\n"))) is not None:
            raise FileFault(f"{name}, line {number}: there is {sign}", READABLE)
        yield line
        line = stream.readline(LONGEST_LINE)
        number += 1


def _separator(line: str) -> str:
    """What separates the fields of a line: a semicolon or a tab where there is one outside quotes."""
    bare = re.sub(r'"[^"]*"', "", line)
    return ";" if ";" in bare else "\t" if "\t" in bare.strip(" \r\n") else ","


def _with_point(field: str) -> str:
    return field.replace(",", ".") if _DECIMAL_COMMA.fullmatch(field) else field


def _matrix_of_csv(path: Path) -> Array:
    width = 0
    numbers: list[Given] = []
    for number, fields in _csv_lines(path):
        first = not width
        width = width or len(fields)
        if len(numbers) + width > MAXIMUM_NUMBERS:
            raise FileFault(f"{path.name} holds more than {MAXIMUM_NUMBERS:,} numbers")
        if len(fields) != width:
            found = "1 number" if len(fields) == 1 else f"{len(fields)} numbers"
            raise FileFault(f"{path.name}, line {number}: {found} where line 1 has {width}")
        for text in fields:
            try:
                numbers.append(Given.read(text))
            except ValueError as error:
                hint = "a file of weights has no line of column names" if first else None
                raise FileFault(f"{path.name}, line {number}: {error}", hint) from None
    if not width:
        raise FileFault(f"{path.name} is empty")
    return Array((len(numbers) // width, width), tuple(numbers))


def _npz(path: Path, array: str | None) -> Array:
    try:
        if path.read_bytes().count(_ENTRY) > MOST_ARRAYS:
            raise FileFault(f"{path.name} holds more than {MOST_ARRAYS} arrays")
        with zipfile.ZipFile(path) as archive:
            names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
            if array is None and len(names) != 1:
                raise FileFault(f"{path.name} holds the arrays {_names(names)}", "say which: array: NAME")
            name = names[0] if array is None else array
            if name not in names:
                raise FileFault(f"{path.name} has no array {name!r}", f"it holds {_names(names)}")
            member = archive.getinfo(name + ".npy")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                # NumPy writes no other, and these would be unpacked without bounds.
                raise FileFault(f"{path.name}, array {name!r} is packed in an unknown way", "numpy.savez")
            with archive.open(member) as stream:
                return _npy(stream, f"{path.name}, array {name!r}")
    except (zipfile.BadZipFile, zlib.error, struct.error, ValueError, OverflowError, EOFError, RuntimeError):
        # zipfile says in many ways that a file is damaged; NotImplementedError is a RuntimeError.
        raise FileFault(f"{path.name} is not a .npz file") from None


def _names(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names[:20]) or "none"


def _npy(stream: IO[bytes], what: str) -> Array:
    # Imported when a file is read: most problems have none.
    import numpy as np
    from numpy.lib import format as npy

    start = io.BytesIO(stream.read(LONGEST_HEADER))
    try:
        with warnings.catch_warnings():  # of a damaged header, which is read as Python code
            warnings.simplefilter("ignore")
            version = npy.read_magic(start)
            read_header: Any = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, fortran, kind = read_header(start)
    except Exception:
        # The header is parsed by ast.literal_eval and friends, which raise whatever they like.
        raise FileFault(f"{what} is not a NumPy array") from None
    if kind.hasobject or kind.kind not in "fiu":
        raise FileFault(f"{what} holds {kind}, not real numbers", "save an array of floats")
    if kind.itemsize > 8:
        message = f"{what} holds {kind}, whose digits differ from machine to machine"
        raise FileFault(message, "save it as float64: array.astype(float)")
    if len(shape) > 2:
        raise FileFault(f"{what} has {len(shape)} dimensions, not one or two")
    if any(type(length) is not int or length < 0 for length in shape):
        raise FileFault(f"{what} has the impossible shape {shape}")
    count = math.prod(shape)
    if count > MAXIMUM_NUMBERS or max(shape, default=0) > MAXIMUM_NUMBERS:
        raise FileFault(f"{what} holds more than {MAXIMUM_NUMBERS:,} numbers")
    data = start.read(count * kind.itemsize)
    data += stream.read(count * kind.itemsize - len(data))
    if len(data) != count * kind.itemsize:
        raise FileFault(f"{what} ends before its {count} numbers do")
    values = np.frombuffer(data, dtype=kind).reshape(shape, order="F" if fortran else "C")
    try:
        return Array(tuple(shape), tuple(Given.of(value) for value in values.ravel(order="C")))
    except ValueError:
        place = tuple(int(index[0]) for index in np.nonzero(~np.isfinite(values)))
        where = f" at {list(place)}" if place else ""
        raise FileFault(f"{what} holds a number{where} that is not finite") from None
