"""The book's table of the source documents: every page that it names exists, with the title that it says."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from nbsolve import load_problem
from nbsolve.catalogue import ACTIVATIONS, LOSSES
from nbsolve.problem.model import DerivationProblem
from tests.loading import FOLDER, files

BOOK = FOLDER.parent / "book"
PAGE = (BOOK / "sources.md").read_text(encoding="utf-8")
LINKS = re.findall(r'<a href="problems/([^"]+)\.html">([^<]+)</a>', PAGE)
TABLE = [line for line in PAGE.splitlines() if line.startswith("| 00")]


def test_every_linked_page_exists() -> None:
    assert len(LINKS) == PAGE.count("href=") >= 30
    for name, _ in LINKS:
        assert (FOLDER / f"{name}.yaml").is_file(), name


def test_the_table_says_the_titles_of_its_pages() -> None:
    for line in TABLE:
        (found,) = re.findall(r'<a href="problems/([^"]+)\.html">([^<]+)</a>', line)
        assert load_problem(FOLDER / f"{found[0]}.yaml").title == found[1]


def test_every_page_of_a_document_is_in_the_table() -> None:
    named = {name for line in TABLE for name in re.findall(r'problems/([^"]+)\.html', line)}
    assert named == {path.stem for path in FOLDER.glob("00*.yaml")}


def test_every_document_is_there() -> None:
    assert {line[2:5] for line in TABLE} == {"000", "001", "002", "003", "004"}


def test_every_derivation_page_is_named() -> None:
    listed = {name for name, _ in LINKS}
    assert {path.stem for path in files("derivation")} <= listed


def test_every_activation_and_loss_has_a_page_of_its_own() -> None:
    derived: set[str] = set()
    for path in files("derivation"):
        problem = load_problem(path)
        assert isinstance(problem, DerivationProblem)
        if path.stem.startswith("derivation-"):
            assert problem.group == "Derivatives"
            derived |= {topic.id for topic in problem.topics}
    assert derived >= {*ACTIVATIONS, *LOSSES}
    assert derived >= {"binary_cross_entropy_through_sigmoid", "categorical_cross_entropy_through_softmax"}


def test_the_page_is_in_the_contents() -> None:
    contents = yaml.safe_load(Path(BOOK / "_toc.yml").read_text(encoding="utf-8"))
    assert {"file": "sources"} in contents["chapters"]
