"""Errors go from one process to another as they are."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from importlib import import_module
from inspect import signature
from pkgutil import walk_packages

import pytest

import nbsolve
from nbsolve.arithmetic import TooLarge
from nbsolve.errors import Fault, NbsolveError, ProblemError
from nbsolve.handout.fonts import MissingGlyphs
from nbsolve.variants.family import NoVariant

for module in walk_packages(nbsolve.__path__, "nbsolve."):
    if not module.name.endswith("__main__"):
        import_module(module.name)


def kinds(base: type[NbsolveError] = NbsolveError) -> Iterator[type[NbsolveError]]:
    yield base
    for kind in base.__subclasses__():
        yield from kinds(kind)


WORDS: dict[str, object] = {
    "faults": [Fault("a weight is missing", "a.yaml", 3)],
    "rejected": {"ties": 2},
    "column": 4,
    "position": 1,
    "times": 3,
}
"""What an error may be told besides text."""


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=str))
def test_an_error_comes_out_of_another_process_as_it_was(kind: type[NbsolveError]) -> None:
    own = "__init__" in vars(kind) or issubclass(kind, ProblemError)
    told = [WORDS.get(name, "x") for name in signature(kind).parameters] if own else ["what is wrong"]
    error = kind(*told)
    error.shown = "what the author wrote"
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_the_kinds_whose_words_are_made_of_several_things_are_among_them() -> None:
    assert {MissingGlyphs, NoVariant, ProblemError, TooLarge} <= set(kinds())
