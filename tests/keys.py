"""The tables of keys in `docs/`, written from the models of `nbsolve.problem.keys`.

`python -m tests.keys` writes them anew, between `<!-- keys of NetworkFile -->` and `<!-- end of keys -->`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from nbsolve.problem.keys.base import Keys, words_of
from nbsolve.problem.keys.kinds import NetworkFile, ProblemFile

DOCS = Path(__file__).parents[1] / "docs"
_TABLE = re.compile(r"(?<=<!-- keys of )(\w+)( -->\n\n).*?(?=<!-- end of keys -->)", re.DOTALL)


def models() -> dict[str, type[Keys]]:
    """Every model of keys that stands in a file, by name."""

    def below(model: type[Keys]) -> Iterator[type[Keys]]:
        for one in model.__subclasses__():
            yield one
            yield from below(one)

    return {one.__name__: one for one in below(Keys) if not one.__module__.endswith(".base")}


def table(model: type[Keys], page: str) -> str:
    """The table of a model on a page; a problem of another kind has what it does not share with networks."""
    rows = ["| key | what it is | without it |", "|---|---|---|"]
    shared = words_of(NetworkFile) if issubclass(model, ProblemFile) and model is not NetworkFile else {}
    for key, words in words_of(model).items():
        if shared.get(key) != words:
            cells = (
                text.replace(f"]({page}#", "](#").replace("|", "\\|") for text in (words.what, words.without)
            )
            rows.append(f"| `{key}` | {' | '.join(cells)} |".replace("|  |", "| |"))
    return "\n".join(rows) + "\n\n"


def written(text: str, page: str) -> str:
    """The page with its tables written anew."""
    known = models()
    return _TABLE.sub(lambda found: f"{found[1]}{found[2]}{table(known[found[1]], page)}", text)


def main() -> None:
    """Write the tables of every page."""
    for page in DOCS.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.write_text(written(text, page.name), encoding="utf-8")


if __name__ == "__main__":
    main()
