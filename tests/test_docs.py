"""The reference pages are true: they name everything there is, and their examples work."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from types import ModuleType

import pytest

import nbsolve
from nbsolve import book, handout, solve
from nbsolve.asking.answers import write_json
from nbsolve.catalogue import ACTIVATIONS, LOSS_ALIASES, LOSSES, OPTIMISERS
from nbsolve.catalogue.presets import PRESETS
from nbsolve.problem.keys.writing import ROLES
from nbsolve.problem.parts import WORDS
from nbsolve.symbol import parse_canonical
from tests.loading import files, load_problem

ROOT = Path(__file__).parents[1]
PROBLEM_FILE = (ROOT / "docs" / "problem-file.md").read_text(encoding="utf-8")
JSON_PAGE = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
PROSE = re.sub(r"```.*?```", "", PROBLEM_FILE, flags=re.DOTALL)
CODE = set(re.findall(r"[a-z_0-9]+", " ".join(re.findall(r"`([^`]+)`", PROSE))))


@pytest.mark.parametrize(
    "names",
    [ACTIVATIONS, LOSSES, LOSS_ALIASES, OPTIMISERS, PRESETS, ROLES, WORDS],
)
def test_everything_is_named(names: tuple[str, ...]) -> None:
    assert set(names) <= CODE


@pytest.mark.parametrize("table", [ACTIVATIONS, LOSSES])
def test_defaults_are_the_true_ones(table: dict[str, object]) -> None:
    for name, record in table.items():
        row = re.search(rf"^\| `{name}` \|.*$", PROBLEM_FILE, re.MULTILINE)
        assert row is not None
        for parameter, value in record.parameters.items():  # type: ignore[attr-defined]
            assert f"`{parameter}: {value}`" in row[0]


def test_the_first_example_is_a_problem() -> None:
    example = re.search(r"```yaml\n(title:.*?)```", PROBLEM_FILE, re.DOTALL)
    assert example is not None
    assert solve(load_problem(example[1])).iterations[0].gradients.W[1].shape == (2, 2)


@pytest.mark.parametrize("package", [nbsolve, book, handout], ids=lambda package: package.__name__)
def test_a_package_gives_what_it_names(package: ModuleType) -> None:
    for name in package.__all__:
        getattr(package, name)  # the first time a file may be imported, which then is there by its own name
        assert not isinstance(getattr(package, name), ModuleType), name


def test_the_documented_answer_is_the_true_one() -> None:
    stream = StringIO()
    write_json(solve(load_problem(ROOT / "problems" / "002-two-sigmoid-layers.yaml")), stream)
    data = json.loads(stream.getvalue())
    shown = re.search(r'\{"quantity": .*?\}(?=\n\])', JSON_PAGE, re.DOTALL)
    assert shown is not None
    assert json.loads(shown[0]) in data["answers"]
    assert all(f"`{key}`" in JSON_PAGE for key in (*data["answers"][0], *data["problem"], "version"))


def test_every_kind_of_quantity_is_documented() -> None:
    documented = set()
    for name in re.findall(r"`([^`\s]+)`", JSON_PAGE.split("## Canonical names")[1]):
        if re.fullmatch(r"[A-Za-z_/]+(\[[a-z]\][A-Za-z_/]*)*", name) and name not in "lijk_new":
            parse_canonical(re.sub(r"\[[a-z]\]", "[1]", name))
            documented.add(re.sub(r"\[[a-z]\]", "[]", name))
    for path in files("network"):
        for entry in solve(load_problem(path)).entries(everything=True):
            assert re.sub(r"\[[0-9]+\]", "[]", entry.quantity) in documented
