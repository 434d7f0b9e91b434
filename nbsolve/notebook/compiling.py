"""One process compiles for all notebooks and handouts: Typst reads its fonts once, not once for each of them.

Typst works in threads, which a fork leaves behind: what forks the notebooks' processes must not compile itself.
The process above it does, and answers on a socket in a folder of its own.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from nbsolve.render.typst.compiler import CompilingError, Standard, compiled, compiled_by

__all__ = ["CompilingServer", "compiling_at"]

_DONE, _FAILED = b"+", b"-"


class CompilingServer:
    """Answers one request at a time, when `answer` is called with what is `waiting`."""

    def __init__(self, address: Path) -> None:
        """Raises: OSError where there can be no such socket (its path may be too long)."""
        self._listener = socket.socket(socket.AF_UNIX)
        try:
            self._listener.bind(str(address))
        except OSError:
            self._listener.close()
            raise
        self._listener.listen(64)
        self._connections: list[Connection] = []

    @property
    def waiting(self) -> list[Any]:
        """The listener and the connections that may become ready to be read."""
        return [self._listener, *self._connections]

    def answer(self, ready: Sequence[Any]) -> None:
        """Take new clients on, and compile what the others ask for."""
        for connection in [each for each in self._connections if each in ready]:
            try:
                connection.send_bytes(_answer(connection.recv_bytes()))
            except (EOFError, OSError):  # it is done, or it was killed
                self._connections.remove(connection)
                connection.close()
        if self._listener in ready:
            client, _ = self._listener.accept()
            self._connections.append(Connection(client.detach()))

    def close(self) -> None:
        """Let go of everybody."""
        for connection in self._connections:
            connection.close()
        self._listener.close()


def _answer(request: bytes) -> bytes:
    source, system, standard, root = json.loads(request)
    try:
        return _DONE + compiled(source, system=system, standard=standard, root=Path(root) if root else None)
    except CompilingError as error:
        return _FAILED + error.written()


@contextmanager
def compiling_at(address: Path) -> Iterator[None]:
    """Within the block Typst's sources are compiled by the server, if there is one at that address."""
    client = socket.socket(socket.AF_UNIX)
    try:
        client.connect(str(address))
    except OSError:
        client.close()
        yield
        return
    connection = Connection(client.detach())

    def ask(source: str, system: bool, standard: Standard | None, root: Path | None) -> bytes:
        request = json.dumps([source, system, standard, str(root.resolve()) if root else None])
        connection.send_bytes(request.encode("utf-8"))
        answer = connection.recv_bytes()
        if answer.startswith(_FAILED):
            raise CompilingError.read(answer[1:])
        return answer[1:]

    with connection, compiled_by(ask):
        yield
