"""The problem file as JSON Schema, so that editors complete its keys and explain them.

It describes the YAML as people write it, as `nbsolve.problem.keys` has it. What goes with what (shapes, targets and
losses) only loading tells.
"""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from nbsolve.problem.keys.kinds import KINDS, NetworkFile

__all__ = ["schema"]


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a problem file."""
    references, found = models_json_schema(
        [(model, "validation") for model in KINDS.values()], schema_generator=_Generator
    )
    whole = {model: reference for (model, _), reference in references.items()}
    others = [kind for kind in KINDS if kind != "network"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "nbsolve problem",
        "description": "A problem about one network, derivatives to be found, or a rule to learn by.",
        "type": "object",
        "allOf": [{"if": _of_kind({"const": kind}), "then": whole[KINDS[kind]]} for kind in others],
        "if": {"not": _of_kind({"enum": others})},
        "then": whole[NetworkFile],
        **found,
    }


def _of_kind(kind: dict[str, Any]) -> dict[str, Any]:
    described = {"description": "What kind of problem this is.", **kind}
    return {"properties": {"kind": described}, "required": ["kind"]}


class _Generator(GenerateJsonSchema):
    """Without titles that repeat names, defaults that stand for absent keys, and an order by letters."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        found = super().model_schema(schema)
        found.pop("title", None)
        return found

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        return value
