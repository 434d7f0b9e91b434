"""The rooms are as `docs/architecture.md` has them: which there are, in which order, what passes through them."""

from __future__ import annotations

import re
import tomllib

from tests.packaging.test_imports import PACKAGE
from tests.packaging.visiting import is_gradient, is_weight, visited

ROOT = PACKAGE.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROWS = re.search(r"\| file \| purpose \|\n\|---\|---\|\n((?:\|.*\n)+)", PAGE)
(CONTRACT, *_) = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]


def test_the_table_has_every_room_in_the_order_of_the_imports() -> None:
    assert ROWS is not None
    said = [re.findall(r"`([\w]+)(?:/|\.py)`", row.split("|")[1]) for row in ROWS[1].splitlines()]
    place = {name: number for number, row in enumerate(said) for name in row}
    layers = [row.split(" : ") for row in reversed(CONTRACT["layers"])]
    there = {
        path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert set(place) == there - {"__init__", "__main__"}
    order = [number for row in layers for number in sorted(place[name] for name in row if name in place)]
    assert order == sorted(order)


def test_the_files_that_it_names_are_there() -> None:
    named = set(re.findall(r"`([\w/]+(?:\.py|/))`", PAGE))
    assert len(named) > 60
    assert not [name for name in named if not (PACKAGE / name).exists() and not (ROOT / name).exists()]


def test_a_weight_and_a_gradient_pass_through_as_few_files_as_it_says() -> None:
    said = re.search(r"through at most (\d+) files,\s+its gradient through at most (\d+)", PAGE)
    assert said is not None
    for most, files in zip(said.groups(), visited(is_weight, is_gradient), strict=True):
        assert int(most) - 5 < len(files) <= int(most), files
