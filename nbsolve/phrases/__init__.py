"""The words of a solution, by id. A language is a file with words for all ids that `en.yaml` has.

English is spoken unless `speaking` says otherwise, for what is written within it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any, Literal

import yaml

from nbsolve.errors import LanguageError
from nbsolve.phrases.ids import PhraseId

__all__ = ["PhraseId", "listed", "phrase", "phrase_of", "speaking"]

_READ = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where there is one: every process of a build reads the words, and ruamel takes 60 ms."""
ENGLISH = "en"


@lru_cache(maxsize=4)
def _phrases(language: str = ENGLISH) -> dict[str, Any]:
    text = files(__name__).joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=_READ)  # type: ignore[no-any-return]


Family = Literal[
    "activations.", "book.asked.", "book.kinds.", "book.levels.", "braces.", "changes.", "combinations.",
    "conventions.bias_", "conventions.bias_folded_", "conventions.joint_", "conventions.kink_",
    "conventions.outputs_", "conventions.samples_", "derivations.", "derivations.letter_",
    "derivations.remark_", "derivations.variant_", "downloads.", "drawing.gates.kinds.",
    "drawing.gates.legend.", "graphs.ask_", "graphs.drawing_", "graphs.gate_", "graphs.tie_", "graphs.update_",
    "letters.batch_", "letters.index_", "losses.", "numbers.", "optimisers.", "own_functions.", "passages.and_",
    "passages.layer_", "passages.shifted_", "penalties.", "reasons.", "rule.ask.", "rule.method.",
    "rule.names.", "rule.when.", "rules.", "schedules.", "statement.ask_", "statement.jacobian_",
    "statement.layer_",
]  # fmt: skip
"""What the ids of words begin with that belong to a record, a word of a problem file, a kind: its name follows."""

_spoken: ContextVar[dict[str, Any] | None] = ContextVar("nbsolve_words", default=None)


@contextmanager
def speaking(language: str | Path) -> Iterator[None]:
    """Write in another language: that of a file in this folder (`"de"`), or of any file (a path).

    Raises: LanguageError for words that are missing, too many, or have other slots than the English ones.
    """
    words = _words(language)
    before = _spoken.set(words)
    try:
        yield
    finally:
        _spoken.reset(before)


def _words(language: str | Path) -> dict[str, Any]:
    if isinstance(language, str):
        try:
            words = _phrases(language)
        except FileNotFoundError:
            raise LanguageError(f"there are no words in the language {language!r}") from None
    else:
        words = yaml.load(language.read_text(encoding="utf-8"), Loader=_READ)
    faults = list(_faults(_phrases(), words, ""))
    if faults:
        more = f" (and {len(faults) - 5} more)" if len(faults) > 5 else ""
        raise LanguageError(f"{language}: {'; '.join(faults[:5])}{more}")
    return words


def _faults(english: Any, words: Any, above: str) -> Iterator[str]:
    """What a file of words has otherwise than the English one."""
    if isinstance(english, dict) and isinstance(words, dict):
        for name in [*english, *(name for name in words if name not in english)]:
            here = f"{above}.{name}" if above else str(name)
            if name not in words:
                yield f"{here} is missing"
            elif name not in english:
                yield f"{here} is said nowhere"
            else:
                yield from _faults(english[name], words[name], here)
    elif isinstance(english, str) and isinstance(words, str):
        if _slots(english) != _slots(words):
            yield f"{above} has the slots {_listed(words)}, not {_listed(english)}"
    elif type(english) is not type(words):
        yield f"{above} is {type(words).__name__}, not {type(english).__name__}"


def _slots(words: str) -> set[str]:
    """What is put into a phrase. A phrase without slots may have braces of LaTeX."""
    try:
        return {name for _, name, _, _ in Formatter().parse(words) if name}
    except ValueError:
        return set()


def _listed(words: str) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(_slots(words))) or "none"


def phrase(key: PhraseId, **slots: str) -> str:
    """The words for an id such as `rules.pre_activation`, with its slots filled."""
    return _said(key, slots)


def phrase_of(family: Family, member: object, part: str = "", /, **slots: str) -> str:
    """The words of one of a family, by its name: `phrase_of("activations.", "relu")`.

    An id is the family, the member and, where a member has several phrases, the part:
    `phrase_of("optimisers.", "adam", "given")`. Raises KeyError for a member without words.
    """
    return _said(f"{family}{member}.{part}" if part else f"{family}{member}", slots)


def _said(key: str, slots: dict[str, str]) -> str:
    found: Any = _spoken.get() or _phrases()
    for part in key.split("."):
        found = found[part]
    if not isinstance(found, str):
        raise KeyError(key)
    return found.format(**slots) if slots else found


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    *before, last = words
    return f"{', '.join(before)} {phrase('statement.and')} {last}" if before else last
