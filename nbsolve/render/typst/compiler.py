"""Typst's compiler, one for each thread, and what a forked child does that must not touch its parent's.

Typst works in threads of its own, which a fork leaves behind: a child of a process that has compiled would wait
for them forever. Such a child compiles in a process of its own instead,
or asks one that compiles for many (`compiled_by`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from threading import get_ident
from typing import Literal

import typst

from nbsolve.errors import NbsolveError

__all__ = ["EPOCH", "CompilingError", "Standard", "compiled", "compiled_by"]

EPOCH = 0
"""The time of creation, so that the same input is the same bytes."""
Standard = Literal["ua-1"]
Compile = Callable[[str, bool, Standard | None, Path | None], bytes]


class CompilingError(NbsolveError):
    """A source that Typst refuses: in a sentence, and as Typst's own diagnostic, which names lines."""

    def __init__(self, message: str, diagnostic: str) -> None:
        self.message, self.diagnostic = message, diagnostic
        super().__init__(f"typst: {message}")

    def written(self) -> bytes:
        """For another process, which has `read` make it an error again."""
        return json.dumps([self.message, self.diagnostic]).encode("utf-8")

    @classmethod
    def read(cls, data: bytes) -> CompilingError:
        """What `written` wrote; what a process said that ended otherwise is its own diagnostic."""
        try:
            message, diagnostic = json.loads(data)
        except ValueError:
            said = data.decode("utf-8", "replace").strip()
            return cls(said.rpartition("\n")[2] or "it ended unexpectedly", said)
        return cls(message, diagnostic)


_ELSEWHERE: ContextVar[Compile | None] = ContextVar("compiled_by", default=None)


@contextmanager
def compiled_by(compile_it: Compile) -> Iterator[None]:
    """Within the block `compiled` hands everything on: source, system fonts, standard, root."""
    before = _ELSEWHERE.set(compile_it)
    try:
        yield
    finally:
        _ELSEWHERE.reset(before)


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
    """The PDF of a source; `system`: with the system's fonts. Raises: CompilingError, in whichever process."""
    compile_it = _ELSEWHERE.get()
    if compile_it is not None:
        return compile_it(source, system, standard, root)
    if _first_process() != os.getpid():
        return _elsewhere(source, system, standard, root)
    try:
        pdf = _compiler(system, get_ident(), os.getpid()).compile(
            source.encode("utf-8"),
            format="pdf",
            pdf_standards=[standard] if standard else [],
            timestamp=EPOCH,
            root=root,
        )
    except typst.TypstError as error:
        raise CompilingError(error.message, str(error.diagnostic)) from None
    assert isinstance(pdf, bytes)
    return pdf


def _elsewhere(source: str, system: bool, standard: Standard | None, root: Path | None) -> bytes:
    arguments = [str(int(system)), standard or "", str(root or "")]
    run = subprocess.run(
        [sys.executable, "-P", "-m", __name__, *arguments],
        input=source.encode("utf-8"),
        capture_output=True,
        check=False,
    )
    if run.returncode != 0:
        raise CompilingError.read(run.stderr)
    return run.stdout


def _main() -> int:
    with_system, asked, folder = sys.argv[1:]
    try:
        pdf = compiled(
            sys.stdin.buffer.read().decode("utf-8"),
            system=with_system == "1",
            standard="ua-1" if asked else None,
            root=Path(folder) if folder else None,
        )
    except CompilingError as error:
        sys.stderr.buffer.write(error.written())
        return 1
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
