"""The site: every problem worked out in a notebook, and Jupyter Book's pages of them all."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbsolve.book.building import build_book
    from nbsolve.book.starting import init_course

_HOMES = {"build_book": "building", "init_course": "starting"}

__all__ = ["build_book", "init_course"]


def __getattr__(name: str) -> Any:
    # What is not used is not imported: the process of Sphinx needs none of it.
    if name not in _HOMES:
        raise AttributeError(f"module 'nbsolve.book' has no attribute {name!r}")
    return getattr(import_module(f"nbsolve.book.{_HOMES[name]}"), name)
