"""Writes the expected parts of the fixture files anew: `python -m tests.render.rewrite`. Read the diff by eye."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.render import golden
from tests.render.fixtures import FIXTURES, outputs


def main() -> None:
    """Rewrite every fixture file in place."""
    for name, count in FIXTURES.items():
        path = Path(__file__).with_name(name)
        cases = [replace(case, expected=outputs(name, case)) for case in golden.read(path, count)]
        path.write_text(golden.written(cases), encoding="utf-8")


if __name__ == "__main__":
    main()
