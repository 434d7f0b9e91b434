from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import nbsolve
from nbsolve.book.contents import list_of_problems, table_of_contents
from nbsolve.book.course import Course, page_names
from nbsolve.book.effort import steps_of
from nbsolve.book.entry import entry_of
from nbsolve.book.offered import kinds_offered
from nbsolve.errors import NbsolveError
from nbsolve.problem.jacobian_vectors import PRODUCTS
from nbsolve.problem.model import Problem
from nbsolve.problem.parts import CLASS_WORDS, WORDS
from tests.book.problems import FLAT, TRAINED
from tests.loading import load_problem

PROBLEMS = {"flat": FLAT, "trained": TRAINED, "more": FLAT}
LISTED = [(name, entry_of(load_problem(text))) for name, text in PROBLEMS.items()]


def _contents(tmp_path: Path, written: str) -> object:
    path = tmp_path / "_toc.yml"
    path.write_text(written, encoding="utf-8")
    return yaml.safe_load(table_of_contents(path, LISTED))


def test_problems_follow_the_written_pages_in_groups(tmp_path: Path) -> None:
    assert _contents(tmp_path, "root: intro\nchapters:\n- file: notation\n") == {
        "format": "jb-book",
        "root": "intro",
        "parts": [
            {"caption": "Basics", "chapters": [{"file": "notation"}]},
            {"caption": "Problems", "chapters": [{"file": "problems/index"}]},
            {"caption": "First problems", "chapters": [{"file": "problems/flat"}, {"file": "problems/more"}]},
            {"caption": "Second problems", "chapters": [{"file": "problems/trained"}]},
        ],
    }


def test_parts_that_were_written_stay(tmp_path: Path) -> None:
    contents = _contents(tmp_path, "root: a\nparts:\n- caption: Mine\n  chapters: [{file: b}]\n")
    assert isinstance(contents, dict)
    assert contents["parts"][0] == {"caption": "Mine", "chapters": [{"file": "b"}]}


@pytest.mark.parametrize("written", ["", "- a\n", "chapters: []\n", "root: [\n"])
def test_contents_that_are_none(tmp_path: Path, written: str) -> None:
    with pytest.raises(NbsolveError, match=r"_toc\.yml"):
        _contents(tmp_path, written)


def test_the_list_has_a_card_a_problem() -> None:
    written = list_of_problems(LISTED, kinds_offered(handouts=False))
    cards = written.split("::::{container} nbsolve-card ")[1:]
    assert len(cards) == 3
    assert cards[0].startswith(
        "nbsolve-numbers nbsolve-short\n**[Two sigmoid layers, one bias per layer](<flat.ipynb>)**"
    )
    assert "2–2–2 · sigmoid, sigmoid · squared error" in cards[0]
    assert "Find: forward pass, 2 gradients" in cards[0]
    assert "updated parameters" in cards[2]
    assert "nbsolve-kind-" not in written  # all are in numbers, all are short: nothing to choose
    assert "nbsolve-level-" not in written


def test_the_filters_are_those_that_choose_something() -> None:
    derivation = entry_of(nbsolve.load_problem("kind: derivation\ntitle: t\nfunctions: [sigmoid]\n"))
    long = entry_of(load_problem(TRAINED.replace("iterations: 2", "iterations: 40, show: all")))
    written = list_of_problems([*LISTED, ("s", derivation), ("l", long)], ())
    for name in ("kind-numbers", "kind-derivation", "level-short", "level-long"):
        assert f'id="nbsolve-{name}"' in written
    assert "kind-letters" not in written
    assert written.count(" checked") == 2


@pytest.mark.parametrize(
    ("asked", "steps"),
    [
        ("forward", 8),  # z and a of four units
        (
            "gradients",
            8 + 1 + 8 + 12,
        ),  # the loss; delta and derivative of four units; eight weights, four biases
        ('"dL/dW[2][1][1]"', 8 + 1 + 4),
    ],
)
def test_steps_are_counted(asked: str, steps: int) -> None:
    before, _, _ = FLAT.partition("parts:")
    problem = load_problem(f"{before}parts: [{{label: a, ask: [{asked}]}}]\n")
    assert isinstance(problem, Problem)
    assert steps_of(problem) == steps


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("L_new, L_sample", "2 values"),  # letters alone, and yet quantities
        ('L_new, "dL/dW[1][1][1]"', "one gradient, one value"),
        ("updated_parameters, L - L_new", "updated parameters, one value"),
        ('gradients, "dL/dW[1][1][1]", L_new', "gradients, one value"),
    ],
)
def test_what_is_asked_is_said_in_words(asked: str, said: str) -> None:
    before, _, _ = TRAINED.partition("parts:")
    assert entry_of(load_problem(f"{before}parts: [{{ask: [{asked}]}}]\n")).asked == said


@pytest.mark.parametrize("word", WORDS)
def test_every_word_that_asks_is_said_in_words(word: str) -> None:
    before, _, _ = TRAINED.partition("parts:")
    if word == "state":
        before = before.replace("sgd", "momentum")
    if word in CLASS_WORDS:
        before = re.sub(r"target: \[[^]]*\]", "target: [0]", before.replace("relu", "sigmoid"))
    if word in PRODUCTS:
        before += "jacobian: {right: [1], left: [1]}\n"
    entry = entry_of(load_problem(f"{before}parts: [{{ask: {word}}}]\n"))
    assert re.fullmatch(r"[a-z ]+", entry.asked.replace("Jacobian", "matrix"))
    assert entry.asked != "everything"
    assert (entry.steps > 3 * 2) is (word not in ("forward", "loss"))  # z, a and L of two iterations


def test_two_problems_cannot_have_one_page() -> None:
    assert page_names([Path("a.yaml"), Path("b.yml")]) == ["a", "b"]
    for twice in ("other/a.yaml", "a.yml"):
        with pytest.raises(NbsolveError, match="same page"):
            page_names([Path("a.yaml"), Path(twice)])
    with pytest.raises(NbsolveError, match="lists all problems"):
        page_names([Path("index.yaml")])


def test_a_folder_that_is_no_course(tmp_path: Path) -> None:
    with pytest.raises(NbsolveError, match="nbsolve init"):
        Course(tmp_path).check()
    with pytest.raises(NbsolveError, match="there is no problem"):
        Course(tmp_path).problem_files()
