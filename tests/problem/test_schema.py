"""The JSON Schema and the loader agree on what a problem file is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

import nbsolve
from nbsolve.problem.schema import schema
from nbsolve.problem.starter import starter
from tests.problem.problems import BASE, NETWORK, VALID
from tests.problem.test_faults import CASES, SAMPLES

SCHEMA = schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

# What only loading can tell: shapes, domains, what goes with what.
BEYOND = re.compile(
    "transposed|ragged|flat list|too |one bias|input too|target too|without a dash|x and input|target here"
    "|without a loss|without targets|disagree|base 1|Huber|outside|of one|with nothing|of nothing|larger"
    "|not there|gradients without|updates|two parts|decimals and|too few|end the formula|unknown place"
    "|wrong length|nothing to multiply|row of an upstream|a loss that is asked|second pass"
    "|misspelt|exponent|hidden|one unit|bias and threshold|wrong sign|that is a text|batch|not a number|merge"
    "|output layer|several layers|logarithm among"
)


def _data(text: str) -> Any:
    return _as_json(YAML(typ="safe", pure=True).load(text))


def _as_json(data: Any) -> Any:
    """What JSON makes of it: keys are texts."""
    if isinstance(data, dict):
        return {str(key): _as_json(value) for key, value in data.items()}
    return [*map(_as_json, data)] if isinstance(data, list) else data


@pytest.mark.parametrize("name", VALID)
def test_valid_files_are_valid(name: str) -> None:
    VALIDATOR.validate(_data(VALID[name]))


SHIPPED = sorted((Path(__file__).parents[2] / "problems").glob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
def test_shipped_problems_are_valid(path: Path) -> None:
    nbsolve.load_problem(path)
    VALIDATOR.validate(_data(path.read_text(encoding="utf-8")))


def test_the_starter_is_valid() -> None:
    VALIDATOR.validate(_data(starter("New")))
    VALIDATOR.validate(_data(starter("New", "rule")))
    assert nbsolve.load_problem(starter("New", "rule")).kind == "rule"


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(("title", "yaml"), [(t, y) for t, y, _ in CASES if not BEYOND.search(t)])
def test_faulty_files_are_not_valid(title: str, yaml: str) -> None:
    text = yaml.replace("BASE3\n", NETWORK + SAMPLES).replace("BASE2\n", NETWORK).replace("BASE\n", BASE)
    try:
        data = _data(text)
    except Exception:
        return
    assert not VALIDATOR.is_valid(data)


def test_every_key_is_described() -> None:
    def walk(node: Any) -> None:
        if isinstance(node, dict):
            for key, value in node.get("properties", {}).items():
                if key not in ("value", "trainable"):
                    assert value.get("description"), key
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(SCHEMA)
