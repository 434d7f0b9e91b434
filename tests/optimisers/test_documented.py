"""The tables of docs/problem-file.md name every optimiser, with its settings."""

from __future__ import annotations

import re
from pathlib import Path

from nbsolve.catalogue import OPTIMISERS

DOCS = (Path(__file__).parents[2] / "docs" / "problem-file.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^ *\| `(\w+)` \|.*\|([^|]*)\|$", DOCS, re.MULTILINE))


def test_every_optimiser_has_a_row() -> None:
    assert set(OPTIMISERS) <= set(ROWS)


def test_the_rows_have_the_settings() -> None:
    for name, record in OPTIMISERS.items():
        said = ROWS[name]
        above = re.match(r" as `(\w+)`", said)
        settings = dict(re.findall(r"`(\w+): ([^`]*)`", (ROWS[above[1]] if above else "") + said))
        usual = {key: given.text for key, given in record.parameters.items()}
        assert {"learning_rate": "0.1"} | settings == usual, name


def test_what_is_kept_is_named() -> None:
    kept = {equation.name for record in OPTIMISERS.values() for equation in record.kept}
    paragraph = DOCS.partition("`state` has the names")[2].partition("\n\n")[0]
    assert kept <= set(re.findall(r"`(\w+)`", paragraph))
