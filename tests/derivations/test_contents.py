"""Derivations in the book's list of problems."""

from __future__ import annotations

from nbsolve import load_problem
from nbsolve.book.contents import list_of_problems, table_of_contents
from nbsolve.book.entry import entry_of
from nbsolve.book.offered import kinds_offered
from tests.loading import FOLDER

NAMES = ("003-1-derivatives", "003-three-two-one", "derivation-huber", "derivation-binary-cross-entropy")
LISTED = [(name, entry_of(load_problem(FOLDER / f"{name}.yaml"))) for name in NAMES]


def card(name: str) -> str:
    (found,) = [
        one
        for one in list_of_problems(LISTED, kinds_offered(handouts=False)).split("::::{")
        if f"](<{name}.ipynb>)" in one
    ]
    return found


def test_they_say_what_is_derived_and_have_no_length() -> None:
    assert "Differentiate: sigmoid, tanh, ReLU\n" in card("003-1-derivatives")
    assert "Differentiate: Huber loss\n" in card("derivation-huber")
    through = "Differentiate: binary cross-entropy, binary cross-entropy through sigmoid\n"
    assert through in card("derivation-binary-cross-entropy")
    assert "steps" not in card("derivation-huber")
    assert "about 24 steps" in card("003-three-two-one")


def test_they_have_a_group_of_their_own_in_the_contents() -> None:
    contents = table_of_contents(FOLDER.parent / "book" / "_toc.yml", LISTED)
    assert "caption: Derivatives" in contents
    assert contents.index("problems/003-1-derivatives") < contents.index("problems/derivation-huber")
