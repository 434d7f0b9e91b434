"""A language is a file of words: here one with two dots over every vowel, seen in every output, and in the PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from nbsolve import phrases, solve
from nbsolve.errors import LanguageError
from nbsolve.handout import CourseData, Handout, typeset
from nbsolve.handout.kinds import sheet_of
from tests.adding.everywhere import outputs
from tests.adding.test_records import text
from tests.handout.pdf import Pdf
from tests.loading import load_problem

ENGLISH: dict[str, Any] = yaml.safe_load(
    files("nbsolve.phrases").joinpath("en.yaml").read_text(encoding="utf-8")
)
DOTS = str.maketrans("aeiouAEIOU", "äëïöüÄËÏÖÜ")
KEPT = re.compile(r"(\$[^$]*\$|\{[^}]*\}|\\\w+|`[^`]*`)")
"""Formulae, slots, commands and code are the same in every language."""


def dotted(words: Any) -> Any:
    """The words with dots."""
    if isinstance(words, dict):
        return {name: dotted(below) for name, below in words.items()}
    if not isinstance(words, str):
        return words
    return "".join(part if KEPT.fullmatch(part) else part.translate(DOTS) for part in KEPT.split(words))


def sentences(words: Any) -> Iterator[str]:
    """The sentences without slots or formulae, which must appear letter by letter or not at all."""
    if isinstance(words, dict):
        for below in words.values():
            yield from sentences(below)
    elif isinstance(words, str) and len(words) > 15 and not KEPT.search(words):
        yield " ".join(words.split())


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    file = tmp_path / "toy.yaml"
    file.write_text(yaml.safe_dump(dotted(ENGLISH), allow_unicode=True), encoding="utf-8")
    return file


def flat(written: str) -> str:
    return " ".join(written.split())


def test_a_language_is_spoken_in_every_output(toy: Path) -> None:
    before = outputs(text())
    with phrases.speaking(toy):
        said = outputs(text())
    assert outputs(text()) == before, "English again"
    assert said["json"] == before["json"], "a language has no numbers"
    assert said["mathml"].count("<math") == before["mathml"].count("<math")
    for name in ("text", "markdown", "latex", "typst", "drawings"):
        english = [words for words in sentences(ENGLISH) if words in flat(before[name])]
        assert english, name
        left = [words for words in english if words in flat(said[name])]
        assert not left, f"{name}: {left[:5]}"
        assert all(dotted(words) in flat(said[name]) for words in english), name


def test_a_language_is_spoken_in_the_pdf(toy: Path) -> None:
    course = CourseData("Nëtwörks", "", "", "")
    with phrases.speaking(toy):
        made = typeset(sheet_of(Handout(solve(load_problem(text())), course), "solution"))
    printed = flat(Pdf(made).tree.seen)
    assert dotted("Forward pass") in printed
    assert "Forward pass" not in printed


def test_words_that_do_not_fit_are_refused(toy: Path) -> None:
    words = yaml.safe_load(toy.read_text(encoding="utf-8"))
    del words["rules"]["delta"]
    words["rules"]["nowhere"] = "?"
    words["passages"]["loss_fell"] = "Thë löss fälls tö {new}."
    toy.write_text(yaml.safe_dump(words, allow_unicode=True), encoding="utf-8")
    with pytest.raises(LanguageError) as error, phrases.speaking(toy):
        pass
    for fault in (
        "rules.delta is missing",
        "rules.nowhere is said nowhere",
        "passages.loss_fell has the slots {new}, not {new}, {old}, {on}",
    ):
        assert fault in str(error.value)
    with pytest.raises(LanguageError, match="no words in the language 'xx'"), phrases.speaking("xx"):
        pass
