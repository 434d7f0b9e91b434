"""Typst's compiler, one for each thread, and what a forked child does that must not touch its parent's.

Typst works in threads of its own, which a fork leaves behind: a child of a process that has compiled would wait
for them forever. Such a child compiles in a process of its own instead.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from threading import get_ident
from typing import Literal

import typst

from nbsolve.errors import NbsolveError

__all__ = ["EPOCH", "compiled"]

EPOCH = 0
"""The time of creation, so that the same input is the same bytes."""
Standard = Literal["ua-1"]


@lru_cache(maxsize=16)
def _compiler(system: bool, thread: int, process: int) -> typst.Compiler:
    """The compiler of a thread (none may be shared); its fonts are looked for once."""
    return typst.Compiler(ignore_system_fonts=not system)


@lru_cache(maxsize=1)
def _first_process() -> int:
    """The process in which something was compiled first; a forked child inherits the answer."""
    return os.getpid()


def compiled(
    source: str, *, system: bool = False, standard: Standard | None = None, root: Path | None = None
) -> bytes:
    """The PDF of a source; `system`: with the system's fonts. Raises: typst.TypstError."""
    if _first_process() != os.getpid():
        return _elsewhere(source, system, standard, root)
    pdf = _compiler(system, get_ident(), os.getpid()).compile(
        source.encode("utf-8"),
        format="pdf",
        pdf_standards=[standard] if standard else [],
        timestamp=EPOCH,
        root=root,
    )
    assert isinstance(pdf, bytes)
    return pdf


def _elsewhere(source: str, system: bool, standard: Standard | None, root: Path | None) -> bytes:
    arguments = [str(int(system)), standard or "", str(root or "")]
    run = subprocess.run(
        [sys.executable, "-m", __name__, *arguments],
        input=source.encode("utf-8"),
        capture_output=True,
        check=False,
    )
    if run.returncode != 0:
        raise NbsolveError(f"typst: {run.stderr.decode('utf-8', 'replace').strip().splitlines()[-1]}")
    return run.stdout


if __name__ == "__main__":
    with_system, asked, folder = sys.argv[1:]
    sys.stdout.buffer.write(
        compiled(
            sys.stdin.buffer.read().decode("utf-8"),
            system=with_system == "1",
            standard="ua-1" if asked else None,
            root=Path(folder) if folder else None,
        )
    )
