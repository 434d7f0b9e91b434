"""Documents as JSON: what a notebook carries beside Markdown and LaTeX, so that it can be typeset again.

Blocks and expressions are stored as lists `[class, field, …]`, tuples as `[0, item, …]`; each quantity once,
with the letters that it is written with. Reading knows the classes of this version of nbsolve and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

import flint

from nbsolve import document, expr, general
from nbsolve.document import Document
from nbsolve.errors import NbsolveError
from nbsolve.notation import Names
from nbsolve.symbol import Index, Partial, Role, Symbol

__all__ = ["MIME", "UnreadableDocument", "read", "written"]

MIME = "application/vnd.nbsolve.document+json"
"""The type of the blocks among a cell's outputs."""
VERSION = 2
"""Version 1 held the data themselves; a notebook file gave every one of its ten thousands of items a line."""


class UnreadableDocument(NbsolveError):
    """Blocks that this version of nbsolve cannot read."""


def _classes() -> dict[str, type]:
    found: dict[str, type] = {}
    for module in (document, expr, general):
        for name, value in vars(module).items():
            if isinstance(value, type) and value.__module__ == module.__name__ and not name.startswith("_"):
                found[name] = value
    del found["Document"], found["Expr"]
    return found


_CLASSES = _classes()


# ------------------------------------------------------------------ writing


def written(source: Document) -> dict[str, Any]:
    """The document as JSON data, in one line of text. Raises TypeError for a value that it has no form for."""
    atoms: dict[Symbol | Partial, int] = {}

    def put(value: Any) -> Any:
        kind = type(value)
        if kind in _AS_THEY_ARE:
            return value
        if kind is tuple:
            return [0, *map(put, value)]
        if (fields_of := _FIELDS.get(kind)) is not None:
            return [kind.__name__, *map(put, fields_of(value))]
        if kind is Symbol or kind is Partial:
            return {"a": atoms.setdefault(value, len(atoms))}
        if isinstance(value, str | int):
            return value
        if isinstance(value, flint.fmpq):
            return {"q": str(value)}
        if isinstance(value, Index):
            return {"i": value.name}
        if isinstance(value, frozenset):
            return {"s": sorted(value)}
        raise TypeError(f"{kind.__name__} cannot be stored")

    blocks = put(source.blocks)
    names = source.names
    table = [[_atom(atom), names.latex(atom), names.plain(atom)] for atom in atoms]
    data = {"blocks": blocks, "atoms": table}
    return {"version": VERSION, "document": json.dumps(data, ensure_ascii=False, separators=(",", ":"))}


def _fields_of(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    names = [field.name for field in fields(kind)]
    if len(names) == 1:
        (name,) = names
        return lambda value: (getattr(value, name),)
    return attrgetter(*names) if names else lambda value: ()


_FIELDS = {each: _fields_of(each) for each in _CLASSES.values()}
_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


def _atom(atom: Symbol | Partial) -> list[Any]:
    if isinstance(atom, Partial):
        return [_atom(atom.of), _atom(atom.wrt)]
    return [{"i": value.name} if isinstance(value, Index) else value for value in atom]


# ------------------------------------------------------------------ reading


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
        letters = {_read_atom(atom): (str(latex), str(plain)) for atom, latex, plain in data["atoms"]}
        atoms = list(letters)
        get: dict[str, Callable[[Any], Any]] = {
            "a": lambda number: atoms[number], "q": _rational, "i": Index, "s": frozenset,
        }  # fmt: skip

        def take(value: Any) -> Any:
            if isinstance(value, list):
                head, *rest = value
                parts = [take(part) for part in rest]
                return tuple(parts) if head == 0 else _CLASSES[head](*parts)
            if isinstance(value, dict):
                ((kind, inner),) = value.items()
                return get[kind](inner)
            return value

        return Document(take(data["blocks"]), StoredNames(letters))
    except (KeyError, TypeError, ValueError, IndexError, RecursionError) as error:
        raise UnreadableDocument(
            f"the notebook holds an output that nbsolve cannot read ({type(error).__name__}: {error}): "
            "run its cells again"
        ) from None


def _read_atom(stored: list[Any]) -> Symbol | Partial:
    if len(stored) == 2:
        of, wrt = _read_atom(stored[0]), _read_atom(stored[1])
        if not isinstance(of, Symbol) or not isinstance(wrt, Symbol):
            raise ValueError("a derivative of derivatives")
        return Partial(of, wrt)
    role, *rest = stored
    places: list[Any] = [Index(part["i"]) if isinstance(part, dict) else part for part in rest]
    return Symbol(Role(role), *places)


def _rational(text: str) -> flint.fmpq:
    top, _, bottom = text.partition("/")
    return flint.fmpq(int(top), int(bottom or 1))
