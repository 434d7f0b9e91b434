"""Every derivation as it is printed; `python -m tests.derivations.pages` writes what is expected anew."""

from __future__ import annotations

from pathlib import Path

from nbsolve.catalogue.derivations import DERIVATIONS
from nbsolve.compose.derivations import derivation_blocks
from nbsolve.document import Document
from nbsolve.notation import Names
from nbsolve.problem.model import Network, Notation
from nbsolve.render import myst, text

EXPECTED = Path(__file__).with_name("expected")
NAMES = Names(Network(inputs=1, layers=()), Notation())


def document(id: str) -> Document:
    """All derivations of one id, one after the other."""
    return Document(tuple(block for one in DERIVATIONS[id] for block in derivation_blocks(one)), NAMES)


def rendered(id: str) -> str:
    """As Markdown, then as text."""
    return myst.render(document(id)) + "\n---\n\n" + text.render(document(id))


def main() -> None:
    """Write the expected pages anew. Read the diff by eye."""
    for id in DERIVATIONS:
        (EXPECTED / f"{id}.md").write_text(rendered(id), encoding="utf-8")


if __name__ == "__main__":
    main()
