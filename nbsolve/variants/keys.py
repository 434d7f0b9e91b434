"""The key of a variant as data: each answer with its tolerance, as JSON and as rows of a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from nbsolve.asking.answers import Answer
from nbsolve.handout.tolerances import tolerance
from nbsolve.variants.recipient import Recipient
from nbsolve.worked.page import Finding

__all__ = ["COLUMNS", "Row", "as_csv", "as_json", "rows_of", "safe"]

COLUMNS = (
    "id", "name", "part", "iteration", "sample", "quantity", "printed", "value", "tolerance", "relative", "formula",
)  # fmt: skip
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection")."""
Row = dict[str, Any]


def rows_of(entries: Iterable[Answer | Finding]) -> list[Row]:
    """The rows of answers, in order."""
    return [_row(entry) for entry in entries]


def _row(entry: Answer | Finding) -> Row:
    if isinstance(entry, Finding):
        return {
            "part": entry.part,
            "quantity": entry.left,
            "formula": entry.result,
            "latex": entry.result_latex,
        }
    row: Row = {
        "part": entry.part,
        "iteration": entry.iteration,
        "sample": entry.sample,
        "quantity": entry.quantity,
        "printed": entry.printed,
        "value": entry.exact,
    }
    if entry.formula is not None:
        row |= {"formula": entry.formula, "latex": entry.latex}
    allowed = tolerance(entry)
    if allowed is not None:
        row["tolerance"] = allowed.within
        row["relative"] = f"{float(allowed.within) / abs(float(allowed.near or entry.printed or 1)):.1e}"
        if allowed.near is not None:
            row["near"] = allowed.near
    return row


def as_json(head: Row, rows: Sequence[Row]) -> str:
    """The key of one variant: what it is of, and an answer a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return json.dumps(head, ensure_ascii=False)[:-1] + f', "answers": [\n{lines}\n]}}\n'


def as_csv(recipient: Recipient, rows: Iterable[Row], header: bool = True) -> str:
    """The key as comma-separated values, which no spreadsheet takes for formulae."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    if header:
        writer.writerow(COLUMNS)
    for row in rows:
        own = {"id": recipient.id, "name": recipient.name} | row
        writer.writerow(_cells(own))
    return stream.getvalue()


def _cells(row: Row) -> Iterator[str]:
    for column in COLUMNS:
        value = row.get(column)
        yield "" if value is None else safe(value) if isinstance(value, str) else repr(value)


def safe(text: str) -> str:
    """A text that a spreadsheet shows and does not calculate; numbers stay numbers."""
    if not text.startswith(_ACTIVE) or _is_number(text):
        return text
    return f"'{text}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii()
