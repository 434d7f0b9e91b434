"""Every id has words, and no words are left over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import nbsolve
from nbsolve.catalogue import ACTIVATIONS, LOSSES, OPTIMISERS, PENALTIES, SCHEDULES
from nbsolve.catalogue.losses import OUTPUT
from nbsolve.phrases import phrase
from nbsolve.problem.parts import WORDS
from nbsolve.step import Reason, Rule

PACKAGE = Path(nbsolve.__file__).parent
TEXTS = YAML(typ="safe", pure=True).load((PACKAGE / "phrases" / "en.yaml").read_text(encoding="utf-8"))
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))


def keys(node: Any, above: str = "") -> Iterator[str]:
    for name, below in node.items():
        if isinstance(below, dict):
            yield from keys(below, f"{above}{name}.")
        else:
            yield f"{above}{name}"


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_has_words(rule: Rule) -> None:
    assert phrase(f"rules.{rule}").strip()


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(reason: Reason) -> None:
    assert phrase(f"reasons.{reason}").strip()


def test_the_catalogue_has_words() -> None:
    assert set(TEXTS["rules"]) == set(Rule)
    assert set(TEXTS["reasons"]) == set(Reason)
    assert set(TEXTS["activations"]) == set(ACTIVATIONS)
    assert set(TEXTS["losses"]) == {*LOSSES, OUTPUT}
    assert set(TEXTS["optimisers"]) == set(OPTIMISERS)
    assert set(TEXTS["schedules"]) == set(SCHEDULES)
    assert set(TEXTS["penalties"]) == set(PENALTIES)
    assert all(set(words) == {"given", "update", "convention"} for words in TEXTS["schedules"].values())
    for name, record in OPTIMISERS.items():
        own = {"update_signal", "changes_signal"} if record.straight else set()
        assert set(TEXTS["optimisers"][name]) == {"name", "given", "update", "changes", "convention"} | own
    assert {key.removeprefix("ask_") for key in TEXTS["statement"] if key.startswith("ask_")} == set(WORDS)


@pytest.mark.parametrize("key", list(keys(TEXTS)))
def test_no_words_are_left_over(key: str) -> None:
    section, _, name = key.partition(".")
    if section in (
        "rules",
        "reasons",
        "activations",
        "losses",
        "optimisers",
        "schedules",
        "penalties",
        "numbers",
    ):
        return  # looked up by ids that are tested above, or by a number
    assert is_said(section, name), f"{key} is said nowhere"


def is_said(section: str, name: str) -> bool:
    """Whether the sources name these words: whole, or put together from an id and what is fixed beside it."""
    if any(f"{before}{name}{after}" in SOURCES for before in "\"'." for after in "\"'"):
        return True
    for cut in range(1, len(name) + 1):
        start, end = name[:cut], name[cut:]
        # f"conventions.bias_{kind}"
        if f"{section}.{start}{{" in SOURCES:
            return True
        # f"passages.{key}_bias", with "gradients" a key; f"statement.{kind}{one}"
        if end and f'"{start}"' in SOURCES:
            if f'"{end}"' in SOURCES and re.search(rf"{section}\.\{{\w+\}}\{{\w+\}}", SOURCES):
                return True
            if re.search(rf"{section}\.\{{\w+\}}{re.escape(end)}[\"']", SOURCES):
                return True
    return False


def test_words_that_nobody_says_would_be_found() -> None:
    assert not is_said("passages", "nobody_says_this")


def test_words_have_the_slots_that_are_filled() -> None:
    assert phrase("sections.iteration", number="3") == "Iteration 3"
    with pytest.raises(KeyError):
        phrase("passages.nothing")
    with pytest.raises(KeyError):
        phrase("passages")
