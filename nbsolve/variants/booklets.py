"""Sheets joined for the printer: a hundred students a file, each beginning on the front of a sheet of paper."""

from __future__ import annotations

import io
from collections.abc import Sequence
from hashlib import sha256

from pikepdf import Pdf

from nbsolve.variants.recipient import Recipient
from nbsolve.variants.target import Target

__all__ = ["SHEETS", "booklets"]

SHEETS = ("question", "solution")
"""What is printed."""
STUDENTS = 100
"""How many students a file has."""


def booklets(target: Target, recipients: Sequence[Recipient], make: Sequence[str]) -> dict[str, str]:
    """Write the booklets of what was made, in the order of the recipients; their hashes by name."""
    found: dict[str, str] = {}
    for kind in (one for one in SHEETS if one in make):
        for number, first in enumerate(range(0, len(recipients), STUDENTS), start=1):
            some = recipients[first : first + STUDENTS]
            data = _joined([target.read(f"{who.folder}/{kind}.pdf") for who in some])
            place = f"booklets/{kind}-{number:03}.pdf"
            target.write(place, data)
            found[place] = sha256(data).hexdigest()
    return found


def _joined(files: Sequence[bytes]) -> bytes:
    """The pages of all files; where one ends on a front, its back stays empty."""
    with Pdf.new() as whole:
        for number, data in enumerate(files, start=1):
            with Pdf.open(io.BytesIO(data)) as one:
                whole.pages.extend(one.pages)
                if len(one.pages) % 2 and number < len(files):
                    whole.add_blank_page(page_size=_size(one))
        stream = io.BytesIO()
        whole.save(stream, deterministic_id=True)
        return stream.getvalue()


def _size(pdf: Pdf) -> tuple[float, float]:
    left, low, right, high = (float(edge) for edge in pdf.pages[-1].mediabox)
    return right - left, high - low
