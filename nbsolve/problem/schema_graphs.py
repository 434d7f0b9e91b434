"""The keys of problems of the kind `graph` as JSON Schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nbsolve.catalogue import SCHEDULES
from nbsolve.problem.schema_building import Schema, choice, integer, mapping, one_of, reference, text, texts

__all__ = ["clip_keys", "graph_keys", "graph_training", "schedule_keys", "update_keys"]


def array_of_numbers() -> Schema:
    """A number, or lists of numbers in up to three levels."""
    row: Schema = {"type": "array", "minItems": 1, "items": reference("number")}
    rows: Schema = {"type": "array", "minItems": 1, "items": row}
    planes: Schema = {"type": "array", "minItems": 1, "items": rows}
    return {"anyOf": [reference("number"), row, rows, planes]}


def graph_keys() -> dict[str, Schema]:
    """What such a problem has beside the keys that others have too."""
    array = array_of_numbers()
    return {
        "given": {
            "description": "The given quantities: numbers or arrays by name, or the names alone, for letters.",
            "anyOf": [
                {"type": "object", "minProperties": 1, "additionalProperties": array},
                {"type": "array", "minItems": 1, "items": {"type": "string"}},
            ],
        },
        "equations": {
            "description": "The equations in the order in which they are computed: {q: x + y, f: q*z}.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"type": ["string", "number"]},
        },
        "ranges": {
            "description": "How far index letters run that stand alone on no axis: {t: 3}.",
            "type": "object",
            "additionalProperties": {"type": "integer", "minimum": 1},
        },
        "padding": {
            "description": "What is read outside an array: {x: 0}.",
            "type": "object",
            "additionalProperties": reference("number"),
        },
        "names": {
            "description": r"How quantities are written: {w0: w_0, yhat: \hat y}.",
            "type": "object",
            "additionalProperties": {"type": "string"},
        },
        "gradients_of": text(
            "What is differentiated: an equation, or an entry z[2] (default: the last one)."
        ),
        "with_respect_to": {
            "description": "The quantities with respect to which (default: all that are given).",
            "anyOf": [{"type": "string"}, texts("Names.")],
        },
    }


def graph_training(optimisers: Mapping[str, Mapping[str, Schema]], kept: Iterable[str]) -> Schema:
    """Steps on the given quantities of a graph."""
    iteration: Schema = {"anyOf": [{"type": "integer", "minimum": 1}, {"enum": ["first", "last"]}]}
    numbers: Schema = {"type": "object", "minProperties": 1, "additionalProperties": array_of_numbers()}
    return mapping(
        {
            "optimiser": choice("How parameters are updated.", optimisers),
            "learning_rate": reference("number", "That of plain steps along the gradient (kind: graph)."),
            "schedule": schedule_keys(),
            "clip": clip_keys(),
            "state": state_keys(numbers, kept),
            "direction": one_of("Down the gradient, or up (kind: graph).", ("descent", "ascent")),
            "parameters": {
                "description": "The given quantities that are trained (kind: graph; default: all).",
                "anyOf": [{"type": "string"}, texts("Names.")],
            },
            "iterations": integer("How many updates.", 1),
            "show": {
                "description": "Which iterations are written out.",
                "anyOf": [*iteration["anyOf"], {"type": "array", "minItems": 1, "items": iteration}],
            },
        },
        "Steps on the given quantities of a computation graph.",
    )


def schedule_keys() -> Schema:
    """How the learning rate changes from update to update."""
    options: dict[str, Schema] = {}
    for name, record in SCHEDULES.items():
        keys = {
            key: integer(f"{key}, a number of updates.", 1)
            if key in record.whole
            else reference("number", key)
            for key in record.letters
        }
        required = [key for key in record.letters if key not in record.usual]
        options[name] = mapping(keys, f"{name} with its settings.", required=required)
    listed: Schema = {"type": "array", "minItems": 1, "items": reference("number")}
    one = {**mapping(options), "minProperties": 1, "maxProperties": 1}
    return {"description": "The learning rate of each update: a schedule, or a list.", "anyOf": [listed, one]}


def clip_keys() -> Schema:
    """How gradients are clipped before an update."""
    how = {
        "norm": reference("number", "The largest norm of all gradients together."),
        "value": reference("number", "The largest size of each gradient."),
    }
    return {
        **mapping(how, "Clipping of gradients: {norm: 1} or {value: 0.5}."),
        "minProperties": 1,
        "maxProperties": 1,
    }


def state_keys(numbers: Schema, kept: Iterable[str]) -> Schema:
    """What the optimiser has kept, by its name: a number for all parameters, or numbers by parameter."""
    states: dict[str, Schema] = {
        name: {"description": f"{name} before the first update.", "anyOf": [reference("number"), numbers]}
        for name in sorted(kept)
    }
    states["t"] = {"description": "How many updates were made before.", "type": "integer", "minimum": 0}
    return mapping(states, "What the optimiser has kept before (0 where absent).")


def update_keys(optimisers: Mapping[str, Mapping[str, Schema]], kept: Iterable[str]) -> dict[str, Schema]:
    """The keys of a problem of the kind `update` alone."""
    number: Schema = {
        "anyOf": [reference("number"), {"type": "array", "minItems": 1, "items": reference("number")}]
    }
    numbers: Schema = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": "^[A-Za-z][A-Za-z0-9]*$"},
        "additionalProperties": number,
    }
    return {
        "parameters": {"description": "Parameters by name: {w: 0.5, b: [1, 2]}.", **numbers},
        "gradients": {
            "description": "Their gradients, by name; a list of such mappings for several updates.",
            "anyOf": [numbers, {"type": "array", "minItems": 1, "items": numbers}],
        },
        "optimiser": choice("How parameters are updated.", optimisers),
        "clip": clip_keys(),
        "schedule": schedule_keys(),
        "state": state_keys(numbers, kept),
    }
