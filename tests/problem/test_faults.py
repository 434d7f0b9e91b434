"""Every faulty problem file gives one clear message with its place (cases in faults.txt)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nbsolve import ProblemError
from tests.loading import load_problem, parse_problem
from tests.problem.problems import BASE, NETWORK, SHORT, write_data

SAMPLES = "samples: [{input: [0.6, 0.9], target: [1]}]\n"


def _cases() -> list[tuple[str, str, list[str]]]:
    text = (Path(__file__).parent / "faults.txt").read_text(encoding="utf-8")
    found = re.findall(r"^(.+)\n\.\n((?:.*\n)*?)\.\n((?:.*\n)*?)\.\n", text, re.MULTILINE)
    return [(title, yaml, expected.splitlines()) for title, yaml, expected in found]


CASES = _cases()


def test_all_cases_are_read() -> None:
    assert len(CASES) > 70


@pytest.mark.parametrize(("title", "yaml", "expected"), CASES, ids=[case[0] for case in CASES])
def test_fault(title: str, yaml: str, expected: list[str]) -> None:
    text = yaml.replace("BASE3\n", NETWORK + SAMPLES).replace("BASE2\n", NETWORK).replace("BASE\n", BASE)
    with pytest.raises(ProblemError) as caught:
        parse_problem(text)
    for line in expected:
        assert line in str(caught.value)


def test_an_equation_that_does_not_fit_says_nothing_of_the_names_that_rest_on_it() -> None:
    graph = 'kind: graph\ngiven: {x: [1, 2]}\nequations: {"z[j]": "x[j]^2", f: z + 1}\n'
    with pytest.raises(ProblemError) as caught:
        parse_problem(graph + "gradients_of: f\nnames: {f: F}\nupstream: 2\n")
    assert [fault.path for fault in caught.value.faults] == ["equations.f"]


def test_a_fault_is_data() -> None:
    with pytest.raises(ProblemError) as caught:
        load_problem(SHORT.replace("forward", "forwards").replace("flat", "flatt"))
    first, second = caught.value.faults
    assert (first.line, first.column, first.path) == (11, 24, "parts[0].ask[0]")
    assert (second.line, second.path, second.hint) == (13, "notation", "did you mean flat?")


def test_paths_that_are_no_problem_files(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("title: ok\nsource: café\n".encode("latin-1"))
    big = tmp_path / "big.yaml"
    big.write_bytes(b"# " + b"x" * 3_000_000)
    many = tmp_path / "many.yaml"
    many.write_text(
        "a: &a [1, 2, 3, 4, 5, 6, 7, 8]\n"
        + "".join(
            f"{new}: &{new} [{', '.join(['*' + old] * 8)}]\n"
            for old, new in zip("abcdefgh", "bcdefghi", strict=True)
        )
    )
    for path, message in [
        (tmp_path / "missing.yaml", "there is no such file"),
        (tmp_path, "this is a directory"),
        (latin, "latin.yaml:2:12: is not UTF-8 text"),
        (big, "is larger than 2 MB"),
        (many, "holds more than 50,000 values"),
        (tmp_path / "nul\0.yaml", "cannot be read"),
    ]:
        with pytest.raises(ProblemError, match=re.escape(message)):
            load_problem(path)


@pytest.mark.parametrize("opener", ["[", "{", "- ", "{a: ", "? "])
def test_deep_nesting(opener: str) -> None:
    with pytest.raises(ProblemError):
        parse_problem(opener * 50_000)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../secret.csv", "is not a file in the problem's folder"),
        ("/etc/passwd", "is not a file in the problem's folder"),
        ("link.csv", "leads out of the problem's folder"),
        ("missing.csv", "there is no file 'missing.csv' beside the problem"),
        ("text.csv", "text.csv, line 1: 'a' is not a number"),
        ("ragged.csv", "ragged.csv, line 2: 1 number where line 1 has 2"),
        ("nan.npy", "holds a number at [0, 1] that is not finite"),
        ("objects.npy", "holds object, not real numbers"),
        ("cut.npy", "ends before its"),
        ("no.npy", "is not a NumPy array"),
        ("no.npz", "is not a .npz file"),
        ("start.npz", "holds the arrays 'W1', 'W2', 'b2'"),
        ("huge.npy", "holds more than 2,000,000 numbers"),
        ("weights.pkl", "is not a .csv, .npy or .npz file"),
        ("column.csv", "the array is 2 × 1"),
        ("cube.npy", "has 3 dimensions"),
        ("nan.csv", "nan.csv, line 1: 'nan' is not a number"),
    ],
)
def test_data_files(tmp_path: Path, name: str, message: str) -> None:
    import numpy as np

    folder = tmp_path / "problem"
    folder.mkdir()
    write_data(folder)
    (tmp_path / "secret.csv").write_text("1,2\n")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "text.csv").write_text("a,b\n1,2\n")
    (folder / "ragged.csv").write_text("1,2\n1\n")
    (folder / "column.csv").write_text("1\n2\n")
    (folder / "nan.csv").write_text("1,nan\n")
    (folder / "weights.pkl").write_text("1")
    (folder / "no.npy").write_bytes(b"no")
    (folder / "no.npz").write_bytes(b"no")
    np.save(folder / "nan.npy", np.array([[1, np.nan]]))
    np.save(folder / "cube.npy", np.zeros((1, 1, 2)))
    np.save(folder / "objects.npy", np.array([[object(), None]]), allow_pickle=True)
    np.save(folder / "cut.npy", np.zeros((1, 2)))
    (folder / "cut.npy").write_bytes((folder / "cut.npy").read_bytes()[:-3])
    np.save(folder / "huge.npy", np.zeros((1, 1)))
    data = (folder / "huge.npy").read_bytes().replace(b"(1, 1)", b"(1, 9000000)".ljust(6))
    (folder / "huge.npy").write_bytes(data.replace(b"      \n", b"\n", 1))
    text = BASE.replace("[[0.3, -0.6]]", f"{{file: {name}}}")
    with pytest.raises(ProblemError, match=re.escape(message)):
        load_problem(text, folder=folder)
