"""Derivations in the book's table of problems."""

from __future__ import annotations

from nbsolve import load_problem
from nbsolve.book.contents import table_of_contents, table_of_problems
from nbsolve.book.entry import entry_of
from tests.loading import FOLDER

NAMES = ("003-1-derivatives", "003-three-two-one", "derivation-huber", "derivation-binary-cross-entropy")
LISTED = [(name, entry_of(load_problem(FOLDER / f"{name}.yaml"))) for name in NAMES]


def row(name: str) -> list[str]:
    (line,) = [line for line in table_of_problems(LISTED).splitlines() if f"](<{name}.ipynb>)" in line]
    return [cell.strip() for cell in line.strip("|").split(" | ")]


def test_among_networks() -> None:
    assert row("003-1-derivatives")[1:4] == ["sigmoid, tanh, ReLU", "–", "derivation"]
    assert len(row("003-1-derivatives")) == len(row("003-three-two-one")) == 5


def test_among_themselves() -> None:
    assert row("derivation-huber")[1] == "Huber loss"
    assert (
        row("derivation-binary-cross-entropy")[1]
        == "binary cross-entropy, binary cross-entropy through sigmoid"
    )
    assert len(row("derivation-huber")) == 3
    assert table_of_problems(LISTED).count("| Derivation | Of | |") == 1


def test_they_have_a_group_of_their_own_in_the_contents() -> None:
    contents = table_of_contents(FOLDER.parent / "book" / "_toc.yml", LISTED)
    assert "caption: Derivations" in contents
    assert contents.index("problems/003-1-derivatives") < contents.index("problems/derivation-huber")
