"""The ids of all phrases as a type, written from `nbsolve/phrases/en.yaml`.

`python -m tests.phrase_ids` writes `nbsolve/phrases/ids.py` anew; mypy then knows an id that has no words.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Any

import yaml

import nbsolve

PHRASES = Path(nbsolve.__file__).parent / "phrases"
IDS = PHRASES / "ids.py"
WORDS = yaml.safe_load((PHRASES / "en.yaml").read_text(encoding="utf-8"))


def ids(words: dict[str, Any] = WORDS, above: str = "") -> Iterator[str]:
    """Every id of a file of words, `rules.pre_activation` among them."""
    for name, below in words.items():
        if isinstance(below, dict):
            yield from ids(below, f"{above}{name}.")
        else:
            yield f"{above}{name}"


def written() -> str:
    """The module with the type of all ids."""
    listed = fill(
        ", ".join(f'"{key}"' for key in sorted(ids())),
        width=109,
        initial_indent="    ",
        subsequent_indent="    ",
        break_on_hyphens=False,
    )
    return (
        '"""The ids of `en.yaml`, written by `python -m tests.phrase_ids`."""\n\nfrom typing import Literal\n\n'
        f"# fmt: off\nPhraseId = Literal[\n{listed},\n]\n"
    )


def main() -> None:
    """Write the module."""
    IDS.write_text(written(), encoding="utf-8")


if __name__ == "__main__":
    main()
