"""Expressions, and data made of them, as JSON and back.

A dataclass is a list `[class, field, …]`, a tuple `[0, item, …]`; a quantity is a number in a table of quantities,
each of which is written down once. Reading knows the classes that it is told and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from types import ModuleType
from typing import Any

import flint

from nbsolve.expr import general, nodes
from nbsolve.symbol import Affine, Index, Partial, Role, Symbol

__all__ = ["Decoder", "Encoder", "atom_from_data", "atom_to_data", "classes_of", "rational"]

Atom = Symbol | Partial
_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


def classes_of(*modules: ModuleType) -> dict[str, type]:
    """The public dataclasses that these modules, `expr.nodes` and `general` define, by name."""
    found: dict[str, type] = {}
    for module in (*modules, nodes, general):
        for name, value in vars(module).items():
            if isinstance(value, type) and value.__module__ == module.__name__ and not name.startswith("_"):
                found[name] = value
    return found


class Encoder:
    """Writes values as JSON data; `atoms` numbers the quantities that occur."""

    def __init__(self, classes: Iterable[type]) -> None:
        self.atoms: dict[Atom, int] = {}
        self._fields = {each: _fields_of(each) for each in classes}

    def __call__(self, value: Any) -> Any:
        """The value as JSON data. Raises TypeError for one that it has no form for."""
        kind = type(value)
        if kind in _AS_THEY_ARE:
            return value
        if kind is tuple:
            return [0, *self._each(value)]
        if (fields_of := self._fields.get(kind)) is not None:
            return [kind.__name__, *self._each(fields_of(value))]
        if kind is Symbol or kind is Partial:
            return {"a": self.atoms.setdefault(value, len(self.atoms))}
        if isinstance(value, str | int):
            return str(value) if isinstance(value, StrEnum) else value
        if isinstance(value, flint.fmpq):
            return {"q": str(value)}
        if isinstance(value, Index):
            return _place_to_data(value)
        if isinstance(value, frozenset):
            return {"s": sorted(value)}
        raise TypeError(f"{kind.__name__} cannot be stored")

    def _each(self, values: Iterable[Any]) -> list[Any]:
        return [value if type(value) in _AS_THEY_ARE else self(value) for value in values]


@dataclass
class Decoder:
    """Reads what an `Encoder` wrote. Raises KeyError, TypeError, ValueError, IndexError for anything else."""

    classes: Mapping[str, type]
    atoms: list[Atom] = field(default_factory=list)

    def __call__(self, value: Any) -> Any:
        """The value of JSON data."""
        if isinstance(value, list):
            head, *rest = value
            parts = [self(part) for part in rest]
            return tuple(parts) if head == 0 else self.classes[head](*parts)
        if isinstance(value, dict):
            ((kind, inner),) = value.items()
            return self._special(kind)(inner)
        return value

    def _special(self, kind: str) -> Callable[[Any], Any]:
        known: dict[str, Callable[[Any], Any]] = {
            "a": lambda number: self.atoms[number], "q": rational, "i": _index, "s": frozenset,
        }  # fmt: skip
        return known[kind]


def atom_to_data(atom: Atom) -> list[Any]:
    """A quantity as JSON data."""
    if isinstance(atom, Partial):
        return [atom_to_data(atom.of), atom_to_data(atom.wrt)]
    fields: tuple[Any, ...] = atom if atom.stem else atom[:-2]
    return [_place_to_data(value) for value in fields]


def _place_to_data(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_place_to_data(each) for each in value]
    if isinstance(value, Affine):
        return {"i": [value.name, [[*term] for term in value.terms], value.shift]}
    return {"i": value.name} if isinstance(value, Index) else value


def _index(stored: Any) -> Index:
    """An index variable, or one made of others."""
    if isinstance(stored, str):
        return Index(stored)
    name, terms, shift = stored
    return Affine(name, tuple((letter, factor) for letter, factor in terms), shift)


def _place_from_data(part: Any) -> Any:
    if isinstance(part, list):
        return tuple(_place_from_data(each) for each in part)
    return _index(part["i"]) if isinstance(part, dict) else part


def atom_from_data(stored: list[Any]) -> Atom:
    """The quantity of JSON data. Raises ValueError, TypeError."""
    if len(stored) == 2:
        of, wrt = atom_from_data(stored[0]), atom_from_data(stored[1])
        if not isinstance(of, Symbol) or not isinstance(wrt, Symbol):
            raise ValueError("a derivative of derivatives")
        return Partial(of, wrt)
    role, *rest = stored
    return Symbol(Role(role), *map(_place_from_data, rest))


@lru_cache(maxsize=256)
def _fields_of(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    """What takes the fields of an object of a class, for each of which that is found out once."""
    names = [each.name for each in fields(kind)]
    if len(names) == 1:
        (name,) = names
        return lambda value: (getattr(value, name),)
    return attrgetter(*names) if names else lambda value: ()


def rational(text: str) -> flint.fmpq:
    """The number that `str` of a rational writes. Raises ValueError, ZeroDivisionError."""
    top, _, bottom = text.partition("/")
    return flint.fmpq(int(top), int(bottom or 1))
