"""The words of a solution, by id; the language is a file."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

_READ = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where there is one: every process of a build reads the words, and ruamel takes 60 ms."""


@lru_cache(maxsize=1)
def _phrases() -> dict[str, Any]:
    text = files(__name__).joinpath("en.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=_READ)  # type: ignore[no-any-return]


def phrase(key: str, **slots: str) -> str:
    """The words for an id such as `rules.pre_activation`. Raises KeyError for an id without words."""
    found: Any = _phrases()
    for part in key.split("."):
        found = found[part]
    if not isinstance(found, str):
        raise KeyError(key)
    return found.format(**slots) if slots else found
