"""The pieces that the JSON Schema of problem files is built from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Schema = dict[str, Any]


def reference(name: str, description: str | None = None) -> Schema:
    """A reference to what `$defs` defines under that name."""
    own: Schema = {"$ref": f"#/$defs/{name}"}
    return own if description is None else {"description": description, **own}


def text(description: str) -> Schema:
    """A text."""
    # A title such as 2024 is a number to an editor, and a text here.
    return {"description": description, "type": ["string", "number", "boolean"]}


def text_or_texts(description: str) -> Schema:
    """A text, or a list of texts."""
    return {"description": description, "anyOf": [text(description), {"type": "array", "items": text("")}]}


def texts(description: str) -> Schema:
    """A list of names."""
    return {"description": description, "type": "array", "minItems": 1, "items": text("A name.")}


def one_of(description: str, words: Iterable[str]) -> Schema:
    """The schema of a value that is one of some words."""
    return {"description": description, "enum": [*words]}


def integer(description: str, least: int) -> Schema:
    """A whole number, at least that."""
    return {"description": description, "type": "integer", "minimum": least}


def mapping(
    properties: Mapping[str, Schema], description: str | None = None, required: Iterable[str] = ()
) -> Schema:
    """A mapping with these keys and no others."""
    described = {} if description is None else {"description": description}
    needed = [*required]
    return {
        **described,
        "type": "object",
        "properties": dict(properties),
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def own_function(description: str, more: Mapping[str, Schema]) -> Schema:
    """`{name, formula, parameters}` of a function that nbsolve does not have."""
    parameters = {
        "description": "Letters of the formula with their values, such as {beta: 1.5}.",
        "type": ["object", "null"],
        "additionalProperties": reference("number"),
    }
    own: dict[str, Schema] = {
        "name": {"description": "How it is called.", "type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*$"},
        "formula": {"description": "Such as z*tanh(ln(1+exp(z))).", "type": ["string", "number"]},
        "parameters": parameters,
        **more,
    }
    return mapping(own, description, required=("name", "formula"))


def choice(
    description: str, options: Mapping[str, Mapping[str, Schema]], more: Mapping[str, Schema] | None = None
) -> Schema:
    """A name, or `{name: {parameters}}`; `more` are forms that need their settings."""
    by_name = {
        name: {**mapping(parameters, f"{name} with its settings."), "type": ["object", "null"]}
        for name, parameters in options.items()
    }
    return {
        "description": description,
        "anyOf": [
            {"enum": [*options]},
            {**mapping({**by_name, **(more or {})}), "minProperties": 1, "maxProperties": 1},
        ],
    }


def parameters_of(defaults: Mapping[str, object]) -> dict[str, Schema]:
    """Numeric parameters with their defaults."""
    return {name: reference("number", f"{name} (default {value})") for name, value in defaults.items()}
