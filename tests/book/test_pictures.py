"""Pictures that pages ask for: kept where their problem is as it was, drawn anew where it or its data changed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from nbsolve.book import build_book

_FILES = """\
title: Weights from a file
network: {inputs: 1, layers: [{units: 1, activation: sigmoid, weights: {file: weights.csv}}]}
samples: [{input: [1], target: [1]}]
loss: squared_error
"""
_PAGE = """
```{drawing} problems/flat.yaml
:show: forward
```

```{drawing} problems/files.yaml
:show: forward
```

```{function-plot} sigmoid
:points: 1
```
"""
_PICTURE = re.compile(r'<figure class="nbsolve-drawing">.*?</figure>', re.DOTALL)


def _pictures(folder: Path) -> list[str]:
    page = folder / "book" / "_build" / "html" / "intro.html"
    return _PICTURE.findall(page.read_text(encoding="utf-8"))


def test_a_picture_follows_its_problem(course: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(course, tmp_path / "mine")
    weights, intro = mine / "problems" / "weights.csv", mine / "book" / "intro.md"
    (mine / "problems" / "files.yaml").write_text(_FILES, encoding="utf-8")
    weights.write_text("0.25\n", encoding="utf-8")
    intro.write_text(intro.read_text(encoding="utf-8") + _PAGE, encoding="utf-8")
    build_book(mine)
    first = _pictures(mine)
    assert "0.25" in first[1]
    # the data alone has changed; what is not drawn again is the same
    weights.write_text("0.75\n", encoding="utf-8")
    build_book(mine)
    second = _pictures(mine)
    assert "0.75" in second[1]
    assert "0.25" not in second[1]
    assert (second[0], second[2]) == (first[0], first[2])
    # the page asks for something else
    intro.write_text(
        intro.read_text(encoding="utf-8").replace("show: forward", "show: network"), encoding="utf-8"
    )
    build_book(mine)
    third = _pictures(mine)
    assert third[0] != second[0]
    assert third[1] != second[1]


def test_what_is_kept_is_not_drawn_again(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = shutil.copytree(course, tmp_path / "mine")
    intro = mine / "book" / "intro.md"
    text = intro.read_text(encoding="utf-8") + "\n```{drawing} problems/flat.yaml\n:show: forward\n```\n"
    intro.write_text(text, encoding="utf-8")
    build_book(mine)
    drawn = _pictures(mine)
    # where nothing can be drawn, what was drawn is there all the same
    broken = tmp_path / "broken" / "sitecustomize.py"
    broken.parent.mkdir()
    broken.write_text("import sys; sys.modules['nbsolve.book.pictures'] = None\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(broken.parent))
    intro.write_text(text + "\nMore words.\n", encoding="utf-8")
    build_book(mine)
    assert _pictures(mine) == drawn
