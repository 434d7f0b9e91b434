"""What a course's `_config.yml` says to nbsolve: whether texts are trusted, and the language of their authors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbsolve.errors import Fault, ProblemError

__all__ = ["CONFIG", "Settings", "config_data", "read_settings"]

CONFIG = Path("_config.yml")
"""Where commands that are not told of a course look: in the folder in which they run."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`trust` lets raw HTML through in texts; `language` is that of their authors, None for English.

    `handouts`: they are built with the site.
    """

    trust: bool = False
    language: str | None = None
    handouts: bool = False


def read_settings(config: Path = CONFIG) -> Settings:
    """The settings of a `_config.yml`; the defaults where there is no such file.

    Raises: ProblemError, naming the file, where a switch is not true or false, or the file is not YAML.
    """
    data = config_data(config)
    trust, handouts = (_switch(data, key, config) for key in ("trust", "handouts"))
    return Settings(trust, _language(data), handouts)


def config_data(config: Path) -> Mapping[str, Any]:
    """All of a `_config.yml`; empty where there is no such file. Raises: ProblemError, naming the file."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    if not config.is_file():
        return {}
    try:
        data = YAML(typ="safe", pure=True).load(config.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise ProblemError([Fault(f"cannot be read: {' '.join(str(error).split())}", str(config))]) from None
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise ProblemError([Fault("is not a mapping", str(config), expected="keys and values")])
    return data


def _switch(data: Mapping[str, Any], key: str, config: Path) -> bool:
    value = data.get(key, False)
    if not isinstance(value, bool):
        fault = Fault(f"is {str(value)[:40]!r}", str(config), path=key, expected="true or false")
        raise ProblemError([fault])
    return value


def _language(data: Mapping[str, Any]) -> str | None:
    found: Any = data
    for key in ("sphinx", "config", "language"):
        found = found.get(key) if isinstance(found, Mapping) else None
    if not isinstance(found, str) or not found.replace("_", "").replace("-", "").isalnum():
        return None
    language = found.replace("_", "-") if found.isascii() else "en"
    return None if language.split("-")[0].lower() == "en" else language
