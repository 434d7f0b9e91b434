"""A page as a real browser shows it."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from bs4 import BeautifulSoup

from tests.programs import BROWSER


def rendered(
    page: Path,
    *,
    width: int = 1200,
    height: int = 1600,
    query: str = "",
    options: tuple[str, ...] = (),
    patience: int = 15,
) -> BeautifulSoup:
    """The document after its scripts have run, in a window of that size, without a network.

    `query` follows its address, `options` are for the browser, `patience` is how many seconds of its own clock
    it goes on.
    """
    with tempfile.TemporaryDirectory() as profile:
        run = subprocess.run(
            [
                BROWSER.command(),
                *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
                *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
                *("--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND"),
                *(
                    f"--user-data-dir={profile}",
                    f"--virtual-time-budget={1000 * patience}",
                    f"--window-size={width},{height}",
                ),
                *options,
                *("--dump-dom", page.resolve().as_uri() + (f"?{query}" if query else "")),
            ],
            capture_output=True,
            text=True,
            timeout=120 + 2 * patience,
            check=True,
        )
    return BeautifulSoup(run.stdout, "html.parser")
