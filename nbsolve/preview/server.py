"""A small server for the page of a preview, on this machine alone: the page, and word of the next one."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from nbsolve.errors import NbsolveError
from nbsolve.preview.page import whole_page

__all__ = ["PORT", "PreviewServer"]

HOST, PORT = "127.0.0.1", 8765
_MOST_WAITING = 20.0
"""Seconds after which a page asks again: connections that stay open for ever are cut by some machines."""


class PreviewServer(ThreadingHTTPServer):
    """Serves the page that was shown last; pages ask at `/changes` for another version, and load it.

    `port` None takes the usual one, or any that is free. Raises: NbsolveError where the port is taken.
    """

    daemon_threads = True
    allow_reuse_address = os.name != "nt"  # there it would share the port with another

    def __init__(self, port: int | None = None) -> None:
        self._changed = threading.Condition()
        self._body, self._version = "", ""
        try:
            super().__init__((HOST, PORT if port is None else port), _Handler)
        except OSError as error:
            if port is not None:
                reason = (error.strerror or str(error)).lower()
                raise NbsolveError(
                    f"port {port} cannot be used ({reason}): another one is --port {port + 1}"
                ) from None
            super().__init__((HOST, 0), _Handler)

    @property
    def address(self) -> str:
        """Where a browser finds the page."""
        return f"http://{HOST}:{self.server_address[1]}/"

    def start(self) -> None:
        """Serve from now on, beside the caller, for as long as its process lives."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def show(self, body: str) -> None:
        """Show another page to all that look at it."""
        with self._changed:
            # not a mere count: a page that is left open from an earlier server is to be loaded too
            self._body, self._version = body, str(time.time_ns())
            self._changed.notify_all()

    def page(self) -> str:
        """The page that is shown."""
        with self._changed:
            return whole_page(self._body, self._version)

    def next_version(self, known: str) -> str:
        """The version that is shown, as soon as it is not the `known` one; that one after a while."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != known, _MOST_WAITING)
            return self._version

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle is no error; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError | socket.timeout):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: PreviewServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The page at `/`, the next version at `/changes?after=VERSION`."""
        if not self.headers.get("Host", "").startswith((f"{HOST}:", "localhost:")):
            self._answer(403, "text/plain", "this page is for this machine")
            return
        address = urlsplit(self.path)
        if address.path == "/":
            self._answer(200, "text/html", self.server.page())
        elif address.path == "/changes":
            known = parse_qs(address.query).get("after", [""])[0]
            self._answer(200, "text/plain", self.server.next_version(known))
        else:
            self._answer(404, "text/plain", "a preview has one page")

    def _answer(self, status: int, kind: str, text: str) -> None:
        data = text.encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal tells of problems, not of requests."""
