"""Typst itself, for tests that ask it for more than a PDF."""

from __future__ import annotations

import typst

from nbsolve.render.typst.compiler import compiled

__all__ = ["typst_compiler"]


def typst_compiler(source: str | None = None) -> typst.Compiler:
    """A compiler, and nbsolve knows from now on that Typst's threads are in this process.

    A fork leaves them behind: a notebook that is made in a forked process would wait for them without end.
    """
    compiled("")
    return typst.Compiler(None if source is None else source.encode(), ignore_system_fonts=True)
