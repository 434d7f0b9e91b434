"""How often Python looks for garbage: seldom, in processes that load much, make little garbage and end soon.

While a thousand modules are loaded, and while Sphinx keeps one tree after another, there is next to nothing to
find, and looking takes a quarter of the time.
"""

from __future__ import annotations

import gc


def collect_seldom() -> None:
    """Visit young objects when there are 50,000 more of them (Python: 700), so that memory stays bounded."""
    gc.set_threshold(50_000, 20, 20)
