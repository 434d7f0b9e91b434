"""A page of the site by Sphinx and the book's mathematics alone, without a theme: in a second, not in minutes."""

from __future__ import annotations

import json
from pathlib import Path

from sphinx.application import Sphinx

from nbsolve import load_problem, solve
from nbsolve.render import stored
from nbsolve.render.myst import render

CONFIGURATION = """\
extensions = ["myst_parser", "nbsolve.book.mathematics"]
myst_enable_extensions = ["dollarmath", "colon_fence", "amsmath"]
"""


def pages(paths: list[Path], folder: Path) -> list[str]:
    """The HTML of the problems' pages; their notebooks are there as far as the mathematics needs them."""
    notebooks = folder / "_build" / "notebooks"
    notebooks.mkdir(parents=True)
    (folder / "problems").mkdir()
    (folder / "conf.py").write_text(CONFIGURATION, encoding="utf-8")
    for path in paths:
        document = solve(load_problem(path)).document()
        outputs = [{"data": {stored.MIME: stored.written(document)}}]
        carried = json.dumps({"cells": [{"outputs": outputs}]})
        (notebooks / f"{path.stem}.ipynb").write_text(carried, encoding="utf-8")
        (folder / "problems" / f"{path.stem}.md").write_text(render(document), encoding="utf-8")
    names = "\n".join(f"problems/{path.stem}" for path in paths)
    (folder / "index.md").write_text(f"# Pages\n\n```{{toctree}}\n{names}\n```\n", encoding="utf-8")
    out = folder / "html"
    Sphinx(folder, folder, out, folder / "doctrees", "html", status=None, warning=None).build()
    return [(out / "problems" / f"{path.stem}.html").read_text(encoding="utf-8") for path in paths]
