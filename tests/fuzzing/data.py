"""Data files damaged in their bytes, their headers and their packing, with problems that read them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from random import Random

import numpy as np

Case = tuple[str, str, bytes]
"""The name of the file, the problem's text, the file's bytes."""

KINDS = ("csv", "table", "npy", "npz")
SHAPES = (
    "(2, 2)", "(2,)", "()", "(-2, -2)", "(-1,)", "(True, 4)", "(4, True)", "(2.0, 2)", "(2, 2, 1)", "(0, 5)", "(10000000000, 10000000000)",
    "(0, 99999999999999999999999)", "'x'", "[2, 2]", "None", "(2L, 2)", "(1000000, 2)", "(2, 'a')",
)  # fmt: skip
DTYPES = (
    "'<f8'", "'>f8'", "'<f4'", "'<f2'", "'<f16'", "'<g'", "'<c16'", "'|b1'", "'<i8'", "'<u1'", "'|O'", "'<U5'", "'|V8'", "'<M8[s]'", "'|S0'",
    "[('a', '<f8')]", "('<f8', (2,))", "'f'", "''", "None", "'<f99'", "'<i0'",
)  # fmt: skip
FIELDS = (
    "1",
    "0,5",
    "1.5",
    "-",
    "",
    "nan",
    "inf",
    "1e999",
    '"',
    '""',
    "a",
    "\0",
    "é",
    "1/3",
    "9" * 500,
    "=1+1",
    "\u22121",
    " 2 ",
    "'3",
)


def cases(seed: int) -> Iterator[Case]:
    """Damaged files without end."""
    number = seed
    while True:
        yield _case(Random(number))
        number += 1_000_003


def _case(random: Random) -> Case:
    kind = random.choice(KINDS)
    if kind == "table":
        name, content = "t.csv", _csv(random, header=True)
        source = random.choice(("target: [y]", "class: y", "target: y", "y: [y, y]", "class: [y]", ""))
        samples, weights = f"{{file: t.csv, input: [a, b], {source}}}", "[[1, 2], [3, 4]]"
    else:
        name = f"w.{kind}"
        content = {
            "csv": lambda: _csv(random, header=False),
            "npy": lambda: _npy(random),
            "npz": lambda: _npz(random),
        }[kind]()
        array = random.choice(("", ", array: w")) if kind == "npz" else ""
        samples, weights = "[{input: [1, 2], target: [0, 1]}]", f"{{file: {name}{array}}}"
    text = f"""\
network:
  inputs: 2
  layers: [{{units: 2, activation: sigmoid, weights: {weights}}}]
samples: {samples}
loss: squared_error
"""
    if random.random() < 0.4:
        content = _damaged(random, content)
    return name, text, content


def _csv(random: Random, header: bool) -> bytes:
    separator, end = (
        random.choice((",", ",", ";", "\t", "|", ", ")),
        random.choice(("\n", "\r\n", "\r", "\n\n")),
    )
    rows = [["a", "b", "y"]] if header else []
    for _ in range(random.choice((1, 2, 2, 5))):
        rows.append(
            [
                random.choice((str(random.randint(-9, 9)), random.choice(FIELDS)))
                for _ in range(3 if header else 2)
            ]
        )
    if random.random() < 0.1:
        rows *= random.choice((100, 20_000))
    text = end.join(separator.join(row) for row in rows)
    return text.encode(random.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1")), "replace")


def _npy(random: Random) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array([[0.1, 0.2], [0.3, 0.4]], dtype=random.choice(("f8", "f4", "i4", "f2"))))
    if random.random() < 0.3:
        return stream.getvalue()
    shape, kind = (
        (random.choice(SHAPES), "'<f8'") if random.random() < 0.5 else ("(2, 2)", random.choice(DTYPES))
    )
    order = random.choice(("True", "False", "1", "None"))
    header = f"{{'descr': {kind}, 'fortran_order': {order}, 'shape': {shape}, }}\n".encode()
    version = random.choice((b"\x01\x00", b"\x02\x00", b"\x03\x00", b"\x09\x09"))
    length = len(header) if random.random() < 0.9 else random.choice((0, 1, 65_535))
    packed = (
        struct.pack("<H", length)
        if version == b"\x01\x00"
        else struct.pack("<I", random.choice((length, length, 2**32 - 1)))
    )
    return b"\x93NUMPY" + version + packed + header + bytes(random.choice((0, 8, 32, 64)))


def _npz(random: Random) -> bytes:
    stream = io.BytesIO()
    way = random.choice(
        (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    )
    with zipfile.ZipFile(stream, "w", way) as archive:
        for name in random.sample(
            ("w.npy", "v.npy", "w", "../w.npy", "é.npy", "w.npy.npy"), random.choice((1, 1, 2))
        ):
            content = _npy(random)
            if random.random() < 0.1:
                content += bytes(random.choice((1_000_000, 30_000_000)))
            archive.writestr(zipfile.ZipInfo(name), content, way)  # dated 1980, whatever the time is
    return stream.getvalue()


def _damaged(random: Random, content: bytes) -> bytes:
    for _ in range(random.choice((1, 1, 3, 20))):
        place = random.randrange(len(content) + 1)
        content = (
            content[:place]
            + random.randbytes(random.choice((0, 1, 2)))
            + content[place + random.choice((0, 1, 2, 50)) :]
        )
    return content
