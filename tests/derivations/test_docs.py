"""The page on derivations is true, and the starter is a problem."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from nbsolve import WorkedDerivation, load_problem, solve
from nbsolve.catalogue import ACTIVATIONS, LOSSES
from nbsolve.cli.application import application
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.kinds import DerivationFile
from nbsolve.problem.keys.writing import PartKeys
from nbsolve.problem.schema import schema
from nbsolve.problem.starter import starter
from nbsolve.worked.page import Finding
from tests.derivations.test_loading import FAULTS, WHOLE
from tests.loading import files

PAGE = (Path(__file__).parents[2] / "docs" / "derivations.md").read_text(encoding="utf-8")
VALIDATOR = jsonschema.Draft202012Validator(schema())


def data(text: str) -> object:
    return YAML(typ="safe", pure=True).load(text)


def test_the_example_is_a_problem_that_the_python_lines_work_on() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    solution = solve(load_problem(example))
    assert isinstance(solution, WorkedDerivation)
    assert "σ(z)·(1 − σ(z))" in str(solution.derivation("sigmoid"))
    assert "solution.derivation(" in PAGE
    assert "solution.derivations_of(" in PAGE
    assert solution.derivations_of("sigmoid")[0].result
    assert VALIDATOR.is_valid(data(example))


def test_keys_and_fields_are_named() -> None:
    code = set(re.findall(r"`([a-z_]+)`", PAGE))
    assert set(keys_of(DerivationFile, but=["kind"])) <= code
    assert set(keys_of(PartKeys, but=["label", "ask", "at"])) <= code
    assert set(Finding.__slots__) <= code


def test_the_starter_is_a_problem_and_names_what_there_is() -> None:
    text = starter("New", "derivation")
    problem = load_problem(text)
    assert problem.title == "New"
    assert list(solve(problem).entries())
    assert VALIDATOR.is_valid(data(text))
    for name in (*ACTIVATIONS, *LOSSES):
        assert name in text


def test_new_writes_it(tmp_path: Path) -> None:
    place = tmp_path / "slopes.yaml"
    done = CliRunner().invoke(application, ["new", str(place), "--kind", "derivation"])
    assert done.exit_code == 0, done.output
    assert load_problem(place).kind == "derivation"


@pytest.mark.parametrize("path", files("derivation"), ids=lambda path: path.stem)
def test_the_schema_accepts_what_is_shipped(path: Path) -> None:
    VALIDATOR.validate(data(path.read_text(encoding="utf-8")))


# shapes that only loading can tell: names among names, and what a formula may contain
BEYOND = {
    "part asks another",
    "part at an iteration",
    "two parts of one name",
    "twice",
    "formula that is none",
    "marks",
}


@pytest.mark.parametrize("title", [title for title in FAULTS if title not in BEYOND])
def test_the_schema_refuses_what_loading_refuses(title: str) -> None:
    assert not VALIDATOR.is_valid(data(FAULTS[title][0]))


def test_the_schema_keeps_the_kinds_apart() -> None:
    assert VALIDATOR.is_valid(data(WHOLE))
    assert not VALIDATOR.is_valid(data(WHOLE.replace("kind: derivation\n", "")))
