"""Documents as JSON: what a notebook carries beside Markdown and LaTeX, so that it can be typeset again.

Blocks and expressions are stored as lists `[class, field, …]`, tuples as `[0, item, …]`; each quantity once,
with the letters that it is written with. Reading knows the classes of this version of nbsolve and nothing else.
"""

from __future__ import annotations

import json
from typing import Any

from nbsolve import document
from nbsolve.document import Document
from nbsolve.errors import NbsolveError
from nbsolve.expr.as_json import Decoder, Encoder, atom_from_data, atom_to_data, classes_of
from nbsolve.notation import Names
from nbsolve.symbol import Partial, Symbol

__all__ = ["MIME", "UnreadableDocument", "read", "written"]

MIME = "application/vnd.nbsolve.document+json"
"""The type of the blocks among a cell's outputs."""
VERSION = 2
"""Version 1 held the data themselves; a notebook file gave every one of its ten thousands of items a line."""


class UnreadableDocument(NbsolveError):
    """Blocks that this version of nbsolve cannot read."""


_CLASSES = classes_of(document)
del _CLASSES["Document"]


def written(source: Document) -> dict[str, Any]:
    """The document as JSON data, in one line of text. Raises TypeError for a value that it has no form for."""
    encode = Encoder(_CLASSES.values())
    blocks, names = encode(source.blocks), source.names
    table = [[atom_to_data(atom), names.latex(atom), names.plain(atom)] for atom in encode.atoms]
    data = {"blocks": blocks, "atoms": table}
    return {"version": VERSION, "document": json.dumps(data, ensure_ascii=False, separators=(",", ":"))}


class StoredNames(Names):
    """The letters that a stored document came with, and no others."""

    def __init__(self, letters: dict[Symbol | Partial, tuple[str, str]]) -> None:
        self._stored = letters

    def latex(self, atom: Symbol | Partial) -> str:
        """LaTeX without dollar signs."""
        return self._stored[atom][0]

    def plain(self, atom: Symbol | Partial) -> str:
        """Unicode text."""
        return self._stored[atom][1]


def read(data: Any) -> Document:
    """The document of JSON data. Raises: UnreadableDocument."""
    if not isinstance(data, dict) or data.get("version") not in (1, VERSION):
        raise UnreadableDocument(
            "the notebook's outputs were made by another version of nbsolve: run its cells again"
        )
    try:
        data = data if data["version"] == 1 else json.loads(data["document"])
        letters = {atom_from_data(atom): (str(latex), str(plain)) for atom, latex, plain in data["atoms"]}
        decode = Decoder(_CLASSES, list(letters))
        return Document(decode(data["blocks"]), StoredNames(letters))
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError, RecursionError) as error:
        raise UnreadableDocument(
            f"the notebook holds an output that nbsolve cannot read ({type(error).__name__}: {error}): "
            "run its cells again"
        ) from None
