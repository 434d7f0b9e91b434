"""A key of a problem file stands in one place: reading, the schema and the tables in `docs/` follow from it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nbsolve
from nbsolve.problem.keys.base import keys_of, words_of
from nbsolve.problem.keys.kinds import KINDS
from nbsolve.problem.loading import _READERS
from tests.keys import DOCS, models, written

PAGES = sorted(DOCS.glob("*.md"))
TEXTS = [page.read_text(encoding="utf-8") for page in PAGES]
TEXT = "\n".join(text for text in TEXTS if "<!-- keys of" in text)
PROSE = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
CODE = set(re.findall(r"[a-z_A-Z0-9]+", " ".join(re.findall(r"`([^`]+)`", PROSE))))


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_tables_are_those_of_the_models(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert written(text, page.name) == text, "python -m tests.keys writes them anew"


@pytest.mark.parametrize("name", models())
def test_every_key_is_named_and_said_to_be_something(name: str) -> None:
    model = models()[name]
    assert set(keys_of(model)) <= CODE
    assert all(words.what for words in words_of(model).values())
    assert len(words_of(model)) == len(keys_of(model))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_table(kind: str) -> None:
    assert f"<!-- keys of {KINDS[kind].__name__} -->" in TEXT
    assert kind == "network" or kind in _READERS


ADDED = {
    "kinds.py": ("class NetworkFile(", "    regulariser: "),
    "training.py": ("class TrainingKeys(", "    optimiser: "),
    "network.py": ("class LayerKeys(", "    units: "),
    "writing.py": ("class PartKeys(", "    label: "),
}
PROBLEM = """
network: {inputs: 1, layers: [{units: 1, activation: sigmoid, weights: [[1]], dummy: 1}]}
samples: [{input: [1], target: [1]}]
loss: squared_error
dummy: 2
training: {optimiser: sgd, dummy: 3}
parts: [{ask: [loss], dummy: 4}]
"""
SCRIPT = """
import sys
from pathlib import Path
import jsonschema
from ruamel.yaml import YAML
import nbsolve
from nbsolve.problem.schema import schema
from tests.keys import models, table

text = Path(sys.argv[1]).read_text(encoding="utf-8")
assert Path(nbsolve.__file__).is_relative_to(Path(sys.argv[1]).parent), nbsolve.__file__
nbsolve.load_problem(text)
data = YAML(typ="safe", pure=True).load(text)
jsonschema.Draft202012Validator(schema()).validate(data)
for name in ("NetworkFile", "TrainingKeys", "LayerKeys", "PartKeys"):
    assert schema()["$defs"][name]["properties"]["dummy"]["description"] == "A key of no use (without it: nothing)."
    assert "| `dummy` | a [key](#keys) of no use | nothing |" in table(models()[name], "rules.md")
"""


def test_a_key_that_is_added_in_one_place_is_everywhere(tmp_path: Path) -> None:
    """Four levels of a file get another key each, a line in the one place: it is read, described and documented."""
    problem = tmp_path / "problem.yaml"
    problem.write_text(PROBLEM, encoding="utf-8")
    with pytest.raises(nbsolve.ProblemError) as refused:
        nbsolve.load_problem(problem)
    assert len([fault for fault in refused.value.faults if "unknown key 'dummy'" in fault.message]) == len(
        ADDED
    )
    package = Path(nbsolve.__file__).parent
    shutil.copytree(package, tmp_path / "nbsolve")
    for name, (model, field) in ADDED.items():
        file = tmp_path / "nbsolve" / "problem" / "keys" / name
        before, after = file.read_text(encoding="utf-8").split(model)
        added = '    dummy: int = key("a [key](rules.md#keys) of no use", "nothing")\n' + field
        file.write_text(before + model + after.replace(field, added, 1), encoding="utf-8")
    path = os.pathsep.join((str(tmp_path), str(package.parent)))
    run = [sys.executable, "-c", SCRIPT, str(problem)]
    done = subprocess.run(
        run, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
