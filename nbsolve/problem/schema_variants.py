"""The block `variants` as JSON Schema."""

from __future__ import annotations

from nbsolve.problem.schema_building import Schema, mapping, one_of, reference
from nbsolve.problem.varying import GATES, MOST_ATTEMPTS, SHUFFLED

__all__ = ["source_of_variants", "variants_key"]

_MEANING = {
    "zero_gradient": "No asked gradient is 0.",
    "saturated": "No unit is saturated.",
    "kink": "No value lies on a kink or a tie.",
    "rounding_tie": "No answer lies in the middle between two that could be printed.",
    "indistinct": "Answers are told apart from 0 and from each other as they are printed.",
    "work": "As much is to be computed in each, and with as many digits, within 10 %.",
    "wrong_method": "Answers of wrong methods are visibly other ones.",
}


def source_of_variants() -> Schema:
    """What the values of something that varies are taken from."""
    numbers: Schema = {
        "description": "Numbers that are left out.",
        "anyOf": [reference("number"), {"type": "array", "minItems": 1, "items": reference("number")}],
    }
    ends = {"from": reference("number", "The least."), "to": reference("number", "The greatest.")}
    lattice = {
        **mapping(
            {
                **ends,
                "step": reference("number", "The distance of two."),
                "decimals": {
                    "description": "How many are written.",
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 15,
                },
                "without": numbers,
            },
            required=("from", "to"),
        ),
        "anyOf": [{"required": ["step"]}, {"required": ["decimals"]}],
    }
    choices = mapping(
        {"choices": {"description": "One of these.", "type": "array", "minItems": 2}}, required=("choices",)
    )
    denominators: Schema = {
        "description": "What their denominators may be.",
        "type": "array",
        "minItems": 1,
        "items": {"type": "integer", "minimum": 1, "maximum": 1000},
    }
    fractions = mapping(
        {
            "fractions": mapping(
                {**ends, "denominators": denominators, "without": numbers},
                "Fractions in lowest terms.",
                required=("from", "to", "denominators"),
            )
        },
        required=("fractions",),
    )
    entry: Schema = {"anyOf": [reference("source"), reference("number")]}
    listed: Schema = {"type": "array", "minItems": 1, "items": entry}
    return {"anyOf": [lattice, choices, fractions, {"const": SHUFFLED}, listed]}


def variants_key() -> Schema:
    """What differs where each student has numbers of their own."""
    gates = {name: one_of(_MEANING[name], ("on", "off")) for name in GATES}
    return mapping(
        {
            "vary": {
                "description": 'What varies, by name ("W[1]", inputs, w3) or path (parts[0].ask).',
                "type": "object",
                "minProperties": 1,
                "additionalProperties": reference("source"),
            },
            "gates": mapping(gates, "Gates that are switched off."),
            "attempts": {
                "description": "How many draws a variant may take (default: 200).",
                "type": "integer",
                "minimum": 1,
                "maximum": MOST_ATTEMPTS,
            },
        },
        "What differs where each student has numbers of their own.",
        required=("vary",),
    )
