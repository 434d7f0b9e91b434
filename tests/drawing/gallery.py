"""The pictures of docs/gallery.md, made by the lines above them.

`python -m tests.drawing.gallery` writes them anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"```python\n(.*?)```(?:\n\n!\[[^\]]+\]\((.*?)\))?", re.DOTALL)


def pictures() -> Iterator[tuple[Path, str, str]]:
    """The file of each picture, the line that makes it, and its SVG; read from the folder of the project."""
    names: dict[str, Any] = {}
    before = Path.cwd()
    os.chdir(DOCS.parent)
    try:
        for code, file in _BLOCK.findall((DOCS / "gallery.md").read_text(encoding="utf-8")):
            exec(compile(code, "docs/gallery.md", "exec"), names)
            if file:
                yield DOCS / file, code, names["picture"].svg
    finally:
        os.chdir(before)


if __name__ == "__main__":
    for path, _, svg in pictures():
        path.parent.mkdir(exist_ok=True)
        path.write_text(svg, encoding="utf-8")
