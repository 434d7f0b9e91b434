"""What a model of keys is made of: keys with their words, and types that are made from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, create_model
from pydantic_core import CoreSchema

__all__ = [
    "REQUIRED",
    "Keys",
    "Made",
    "Single",
    "Words",
    "choice_of",
    "key",
    "keys_of",
    "made",
    "required_of",
]
__all__ += ["word_of", "words_of"]

REQUIRED = "**required**"
"""What stands for the default of a key that every file has."""
NONE: Mapping[str, type[Keys]] = MappingProxyType({})


class Keys(BaseModel):
    """A mapping with these keys and no others."""

    model_config = ConfigDict(extra="forbid", defer_build=True)  # only the schema needs them whole


class Single(Keys):
    """A mapping with one of these keys."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})


@dataclass(frozen=True)
class Words:
    """What is said about a key, in Markdown: what it is, what holds without it, what a message asks for."""

    what: str
    without: str
    expected: str

    def __call__(self, schema: dict[str, Any]) -> None:
        """Describe the key in its schema."""
        without = f" (without it: {self.without})" if self.without not in ("", REQUIRED) else ""
        said = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", self.what + without)  # a link's words
        schema["description"] = f"{said[:1].upper()}{said[1:]}."


def key(what: str, without: str = "", *, name: str | None = None, expected: str = "") -> Any:
    """A key: what it is and what holds `without` it, as in the tables of `docs/`; links are relative to these.

    `name`: what it is called, where that is a word of Python. `expected`: what a message asks for where a file does
    not have it, and should.
    """
    words = Words(what, without, expected)
    return Field(... if without == REQUIRED else None, alias=name, json_schema_extra=words)


def keys_of(model: type[Keys], *, but: Iterable[str] = ()) -> tuple[str, ...]:
    """The keys in the order in which they are listed, but some."""
    names = (field.alias or name for name, field in model.model_fields.items())
    return tuple(name for name in names if name not in but)


def words_of(model: type[Keys]) -> dict[str, Words]:
    """The words of each key."""
    found = zip(keys_of(model), model.model_fields.values(), strict=True)
    return {
        name: field.json_schema_extra for name, field in found if isinstance(field.json_schema_extra, Words)
    }


def required_of(model: type[Keys]) -> dict[str, str]:
    """The keys that every file has, and what a message asks for where one has not."""
    return {name: words.expected for name, words in words_of(model).items() if words.without == REQUIRED}


@dataclass(frozen=True)
class Made:
    """A type that is made when the schema is asked for, because tables of the catalogue say what it is."""

    make: Callable[[], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema of what is made."""
        return handler.generate_schema(self.make())


def word_of(words: Iterable[str]) -> Made:
    """The type of a text that is one of these words."""
    return Made(lambda: Literal[tuple(words)])


def made(name: str, fields: Mapping[str, tuple[Any, Any]], base: type[Keys] = Keys) -> type[Keys]:
    """A model with keys from a table: the type of each, and what `key` says about it."""
    definitions: dict[str, Any] = dict(fields)
    return create_model(name, __base__=base, **definitions)


def choice_of(what: str, options: Mapping[str, type[Keys]], needy: Mapping[str, type[Keys]] = NONE) -> Any:
    """A name, or `{name: {settings}}`; `needy` are those that need their settings."""
    models = {**{name: model | None for name, model in options.items()}, **needy}
    fields = {name: (model, key(f"{name} with its settings")) for name, model in models.items()}
    one = made(f"{what} with settings", fields, Single)
    return Literal[tuple(options)] | one if options else one
