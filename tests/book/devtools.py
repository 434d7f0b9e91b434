"""A browser that is asked through its DevTools protocol what a page loads, says and weighs.

The site is served over HTTP as a web server does it, compressed; every other address leads nowhere.
"""

from __future__ import annotations

import gzip
import json
import mimetypes
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedReader, BufferedWriter
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.programs import BROWSER

WITHIN = 120  # seconds

# The protocol's pipes are the descriptors 3 and 4.
_WITH_PIPES = """
import os, sys
ends = [os.dup(int(each)) for each in sys.argv[1:3]]
ends = [os.dup2(end, at) for at, end in enumerate(ends, 20)]
for at, end in enumerate(ends, 3):
    os.dup2(end, at)
os.execvp(sys.argv[3], sys.argv[3:])
"""


@dataclass
class Visit:
    """While a page was open: its requests, the bytes that came by address, and what was complained of."""

    requests: list[str] = field(default_factory=list)
    received: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """All bytes that came over the wire."""
        return sum(self.received.values())


class Browser:
    """One window; its visits share a cache, as a reader's do."""

    def __init__(self, said: BufferedReader, told: BufferedWriter) -> None:
        self._from, self._to = said, told
        self._number = 0
        self._left = b""
        self._session: str | None = None
        self._under_way: dict[str, str] = {}
        self.visit = Visit()
        self._context = ""
        self.renew()

    def renew(self) -> None:
        """Be the window of a reader who has seen nothing yet: no cache, nothing remembered, of the first size."""
        self._session = None
        if self._context:
            self.send("Target.disposeBrowserContext", browserContextId=self._context)
        self._context = self.send("Target.createBrowserContext")["browserContextId"]
        place = {"url": "about:blank", "browserContextId": self._context}
        target = self.send("Target.createTarget", **place)["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Performance"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol, and note the events that come before its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def open(self, address: str) -> Visit:
        """Open a page, and wait until it has loaded and asked for nothing more for half a second."""
        self.visit, self._under_way = Visit(), {}
        self.send("Page.navigate", url=address)
        self.settle()
        return self.visit

    def settle(self) -> None:
        """Wait until the page has loaded and asked for nothing more for half a second."""
        end = time.monotonic() + WITHIN
        quiet_since = time.monotonic()
        while time.monotonic() < end:
            before = len(self.visit.requests)
            done = self.evaluate("document.readyState === 'complete' && location.href !== 'about:blank'")
            if not done or self._under_way or before != len(self.visit.requests):
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > 0.5:
                return
            time.sleep(0.05)
        raise TimeoutError(f"the page did not come to rest: {self.visit}")

    def until(self, condition: str) -> None:
        """Wait until an expression is true in the page."""
        end = time.monotonic() + WITHIN
        while not self.evaluate(condition):
            if time.monotonic() > end:
                raise TimeoutError(condition)
            time.sleep(0.05)

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, after its promise has been kept."""
        answer = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def resize(self, width: int, height: int = 900) -> None:
        """The size of the window, in CSS pixels."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            data = self._from.read1(1 << 16)
            if not data:
                raise RuntimeError("the browser has ended")
            self._left += data
        message, self._left = self._left.split(b"\0", 1)
        answer: dict[str, Any] = json.loads(message)
        self._note(answer.get("method", ""), answer.get("params", {}))
        return answer

    def _note(self, event: str, said: dict[str, Any]) -> None:
        visit, request = self.visit, said.get("requestId", "")
        if event == "Network.requestWillBeSent":
            address = said["request"]["url"]
            if not address.startswith(("data:", "blob:")):
                visit.requests.append(address)
                if said["type"] != "Other":  # a page's icon, which may never be said to have come
                    self._under_way[request] = address
        elif event == "Network.loadingFinished" and request in self._under_way:
            address = self._under_way.pop(request)
            visit.received[address] = visit.received.get(address, 0) + round(said["encodedDataLength"])
        elif event == "Network.loadingFailed" and request in self._under_way:
            visit.failed.append(f"{self._under_way.pop(request)}: {said['errorText']}")
        elif event == "Runtime.exceptionThrown":
            details = said["exceptionDetails"]
            visit.errors.append(details.get("exception", {}).get("description") or details["text"])
        elif event == "Runtime.consoleAPICalled" and said["type"] in ("error", "assert", "warning"):
            visit.errors.append(" ".join(str(one.get("value")) for one in said["args"]))
        elif event == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            visit.errors.append(f"{said['entry']['text']} {said['entry'].get('url', '')}")


@contextmanager
def browser(*options: str) -> Iterator[Browser]:
    """A browser without a network but its own machine, and with a profile of its own."""
    to_browser, from_browser = os.pipe(), os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            BROWSER.command(),
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--hide-scrollbars", "--remote-debugging-pipe", f"--user-data-dir={profile}"),
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            *options,
        ]
        run = subprocess.Popen(
            [sys.executable, "-c", _WITH_PIPES, str(to_browser[0]), str(from_browser[1]), *command],
            pass_fds=(to_browser[0], from_browser[1]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser[0])
        os.close(from_browser[1])
        try:
            with os.fdopen(from_browser[0], "rb") as said, os.fdopen(to_browser[1], "wb") as told:
                yield Browser(said, told)
        finally:
            run.terminate()
            try:
                run.wait(20)
            except subprocess.TimeoutExpired:
                run.kill()
                run.wait()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server for a folder, which compresses what it sends and lets browsers keep it."""

    @cache
    def packed(path: Path) -> bytes:
        return gzip.compress(path.read_bytes(), 9, mtime=0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = folder / unquote(urlsplit(self.path).path).lstrip("/")
            path = path / "index.html" if path.is_dir() else path
            if not path.is_file():
                self.send_error(404)
                return
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            pack = kind.startswith("text/") or kind.endswith(("javascript", "json", "xml"))
            body = packed(path) if pack else path.read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8" if pack else kind)
            if pack:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-cache" if path.suffix == ".html" else "max-age=86400")
            self.end_headers()
            self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
