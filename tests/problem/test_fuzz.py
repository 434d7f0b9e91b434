"""Whatever is in a problem file, only a ProblemError comes out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbsolve.errors import ProblemError
from nbsolve.given import Given
from nbsolve.problem import parse_problem
from nbsolve.problem.emitting import emit
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.kinds import NetworkFile
from nbsolve.problem.keys.writing import ROLES
from nbsolve.problem.model import AnyProblem
from nbsolve.problem.overrides import apply_overrides
from nbsolve.problem.reading import decode, read_tree
from nbsolve.problem.tree import Entries
from tests.problem.problems import VALID, write_data

quick = settings(deadline=None, suppress_health_check=[*HealthCheck], derandomize=True)


def _check(error: ProblemError) -> None:
    assert error.faults
    assert all(fault.message and fault.file for fault in error.faults)


def _load(text: str, folder: Path | None = None) -> AnyProblem | None:
    try:
        return parse_problem(text, folder=folder)
    except ProblemError as error:
        _check(error)
        return None


@quick
@given(st.binary(max_size=200))
def test_random_bytes(data: bytes) -> None:
    try:
        text = decode(data, "random")
    except ProblemError:
        return
    _load(text)


@quick
@given(st.text(max_size=100))
def test_random_text(text: str) -> None:
    _load(text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


SIGNS = st.sampled_from(
    [
        *"[]{}:,-#&*!|>'\"%@`\t\n 0.eE/~?\\_^",
        "null",
        "true",
        "1e999",
        ".nan",
        "é",
        "\0",
        "- ",
        "<<: ",
        "&a ",
        "*a",
    ]
)
TEXTS = st.sampled_from([*VALID.values()])


@quick
@given(TEXTS, st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), SIGNS), min_size=1, max_size=4))
def test_mutated_files(folder: Path, text: str, changes: list[tuple[float, int, str]]) -> None:
    for place, length, sign in changes:
        start = int(place * len(text))
        text = text[:start] + sign + text[start + length :]
    _load(text, folder)


@quick
@given(TEXTS, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=3))
def test_lines_moved(folder: Path, text: str, moves: list[tuple[float, float]]) -> None:
    lines = text.split("\n")
    for old, new in moves:
        lines.insert(int(new * (len(lines) - 1)), lines.pop(int(old * (len(lines) - 1))))
    _load("\n".join(lines), folder)


KEYS = keys_of(NetworkFile)
WORDS = [
    *KEYS,
    *ROLES,
    *[
        "inputs",
        "layers",
        "units",
        "weights",
        "bias",
        "file",
        "normal",
        "seed",
        "std",
        "shared",
        "value",
        "trainable",
        "input",
        "target",
        "x",
        "y",
    ],
    *[
        "sgd",
        "batch",
        "show",
        "at",
        "ask",
        "label",
        "l2",
        "strength",
        "scale",
        "squared_error",
        "mse",
        "sigmoid",
        "softmax",
        "apply",
        "decimals",
    ],
    "class",
]
SCALARS = st.one_of(
    st.sampled_from(WORDS),
    st.integers(-3, 10**6),
    st.sampled_from(
        ["0.10", "1/3", "1:30", "start.npz", "batch.csv", "last", "all", "none", "w_{11}", "W[1][1][1]"]
    ),
    st.none(),
    st.booleans(),
    st.text(max_size=8),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=25,
)


@quick
@given(st.dictionaries(st.sampled_from(KEYS), TREES, max_size=8))
def test_random_trees(folder: Path, sections: dict[str, object]) -> None:
    # Sections put in one by one meet a file that is otherwise sound.
    for text in (VALID["short"], VALID["named"]):
        for key, value in sections.items():
            try:
                problem = parse_problem(text, overrides={key: value}, folder=folder)
            except ProblemError:
                continue
            assert parse_problem(problem.text, folder=folder)


PATHS = st.lists(st.sampled_from([*WORDS, *"0123", "network", "layers"]), min_size=1, max_size=5).map(
    ".".join
)


@quick
@given(TEXTS, PATHS, TREES)
def test_random_overrides(folder: Path, text: str, path: str, value: object) -> None:
    try:
        problem = parse_problem(text, overrides={path: value}, folder=folder)
    except ProblemError:
        return
    assert parse_problem(problem.text, folder=folder)


@quick
@given(st.dictionaries(st.sampled_from(WORDS), TREES, max_size=5))
def test_what_is_written_reads_back(values: dict[str, object]) -> None:
    try:
        tree = apply_overrides(Entries(), values)
    except ProblemError:  # a control character, which no text may have
        return
    if isinstance(tree, Entries) and tree.entries:
        assert emit(read_tree(emit(tree), "again")) == emit(tree)


@quick
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_written_so_that_it_reads_back(number: float) -> None:
    given_number = Given.of(number)
    assert float(given_number) == number
    assert Given.read(str(given_number)) == given_number
