"""Files of numbers: what may separate them, what they may hold, and how little is read of what is refused."""

from __future__ import annotations

import io
import struct
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.lib import format as npy

from nbsolve import ProblemError, load_problem, solve
from nbsolve.problem.embedding import self_contained_text
from nbsolve.problem.files import FileFault, read_array, read_table
from nbsolve.problem.model import Problem

START = """\
network:
  inputs: 2
  layers:
    - {units: UNITS, activation: sigmoid, weights: {normal: {std: 1, seed: 1}}}
loss: squared_error
"""


def loaded(more: str, folder: Path | None = None, units: int = 1) -> Problem:
    problem = load_problem(START.replace("UNITS", str(units)) + more, folder=folder)
    assert isinstance(problem, Problem)
    return problem


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tables_with_commas_semicolons_and_tabs(tmp_path: Path, separator: str, end: str) -> None:
    half = "0.5" if separator == "," else "0,5"
    rows = [
        ["height", "age, in years" if separator != "," else "age", "y"],
        [half, "2", "1"],
        ["3", "-4", "0"],
    ]
    (tmp_path / "t.csv").write_bytes(end.join(separator.join(row) for row in rows).encode())
    table = read_table(tmp_path / "t.csv", 10)
    assert table.columns == tuple(rows[0])
    assert table.rows == (("0.5", "2", "1"), ("3", "-4", "0"))
    if separator != ",":
        (tmp_path / "w.csv").write_text(separator.join(["0,5", "1e-3"]), encoding="utf-8")
        assert [str(n) for n in read_array(tmp_path / "w.csv", None).numbers] == ["0.5", "1e-3"]


def test_a_quoted_name_may_hold_a_separator(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('"a;b",c\n1,2\n', encoding="utf-8")
    assert read_table(tmp_path / "t.csv", 10).columns == ("a;b", "c")


def test_names_of_columns_are_names_of_inputs(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("height,age_1,y\n1,2,0\n", encoding="utf-8")
    table = "samples: {file: t.csv, input: [height, age_1], target: y}\n"
    problem = loaded(table, tmp_path)
    assert problem.features == ("height", "age_1")
    assert "1 height, 2 age_1" in str(solve(problem).statement())
    carried = load_problem(self_contained_text(problem))
    assert isinstance(carried, Problem)
    assert carried.features == problem.features
    assert loaded(table + "features: [size, years]\n", tmp_path).features == ("size", "years")
    with pytest.raises(ProblemError, match="features has 1 name"):
        loaded(table + "features: [size]\n", tmp_path)
    (tmp_path / "t.csv").write_text("x1,x2,y\n1,2,0\n", encoding="utf-8")
    assert loaded("samples: {file: t.csv, input: [x1, x2], target: y}\n", tmp_path).features == ()


def test_classes_name_what_the_batch_lacks(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,kind\n1,2,dog\n3,4,cat\n", encoding="utf-8")
    table = "samples: {file: t.csv, input: [a, b], class: kind}\n"
    problem = loaded(table + "classes: [dog, bird, cat]\n", tmp_path, 3)
    assert problem.classes == ("dog", "bird", "cat")
    assert [[str(y) for y in sample.target or ()] for sample in problem.samples] == [
        ["1", "0", "0"],
        ["0", "0", "1"],
    ]
    with pytest.raises(ProblemError, match=r"name them all: classes"):
        loaded(table, tmp_path, 3)
    with pytest.raises(ProblemError, match="holds 'dog', which classes does not name"):
        loaded(table + "classes: [doc, bird, cat]\n", tmp_path, 3)


def test_the_class_of_a_sample() -> None:
    for target in ("class: 2", "target: 2"):
        problem = loaded(f"samples: [{{input: [1, 2], {target}}}]\nclasses: [0, 1, 2]\n", units=3)
        assert [str(y) for y in problem.samples[0].target or ()] == ["0", "0", "1"]
    with pytest.raises(ProblemError, match=r"if this is a class: class: 2, with the names of all"):
        loaded("samples: [{input: [1, 2], target: 2}]\n", units=3)
    with pytest.raises(ProblemError, match="did you mean cat"):
        loaded("samples: [{input: [1, 2], class: catt}]\nclasses: [dog, bird, cat]\n", units=3)
    with pytest.raises(ProblemError, match="both a target and a class"):
        loaded("samples: [{input: [1, 2], class: cat, y: [1, 0]}]\nclasses: [dog, cat]\n", units=2)
    assert loaded("samples: [{input: [1, 2], target: 2}]\nclasses: [2]\n").samples[0].target is not None


def test_a_logarithm_in_the_data_of_a_rule_has_the_place_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "batch.csv").write_text("a,t\n0,0\nln 3,1\n", encoding="utf-8")
    text = "kind: rule\nrule: perceptron\nuntil: no mistakes\nsamples: {file: batch.csv, input: [a], target: [t]}\n"
    with pytest.raises(ProblemError, match=r"^problem:4:10: samples: ln 3 has a logarithm"):
        load_problem(text, folder=tmp_path)


def test_decimal_commas_are_noticed() -> None:
    weights = START.replace("{normal: {std: 1, seed: 1}}", "[[0,5]]").replace("UNITS", "1")
    problem = load_problem(weights + "samples: [{input: [1,2], target: [1]}]\n")
    assert [warning for warning in problem.warnings if "0,5 is two numbers" in warning]
    for sound in ("[0,1]", "[0, 5]", "[1,5]", "[5,0]"):
        assert not loaded(f"samples: [{{input: {sound}, target: [1]}}]\n").warnings
    with pytest.raises(ProblemError, match=r"written as a point: 1\.5, 2\.5"):
        loaded("samples: [{input: [1,5,2,5], target: [1]}]\n")


# ------------------------------------------------------------------ what is refused


def header(shape: str, kind: str = "'<f8'") -> bytes:
    text = f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (header("(-1, -8)") + b"\0" * 64, "impossible shape"),
        (header("(-1,)") + b"\0" * 64, "impossible shape"),
        (header("(True, 2)") + b"\0" * 16, "impossible shape"),
        (header("(0, 10**30)".replace("10**30", "1" + "0" * 30)), "more than 2,000,000"),
        (header("(100000, 100000)"), "more than 2,000,000"),
        (header("(1, 2)", "'<f16'") + b"\0" * 32, "digits differ|not a NumPy array"),
        (header("(1, 2)", "'<c16'") + b"\0" * 32, "not real numbers"),
        (header("(1, 2)", "'|b1'") + b"\0" * 2, "not real numbers"),
        (header("(1, 2)", "'<M8[s]'") + b"\0" * 16, "not real numbers"),
        (header("(1, 2)", "[('a', '<f8')]") + b"\0" * 16, "not real numbers"),
        (header("'no'"), "not a NumPy array"),
        (header("(1, 2)", "'<f99'"), "not a NumPy array"),
        (b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**32 - 1) + b"{", "not a NumPy array"),
        (b"\x93NUMPY\xff\xff\x00\x00", "not a NumPy array"),
    ],
)
def test_headers_that_lie(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "w.npy").write_bytes(content)
    with pytest.raises(FileFault, match=words):
        read_array(tmp_path / "w.npy", None)
    with zipfile.ZipFile(tmp_path / "w.npz", "w") as archive:
        archive.writestr("w.npy", content)
    with pytest.raises(FileFault, match=words):
        read_array(tmp_path / "w.npz", None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (header("(2L,)") + b"\0" * 16, None),  # as Python 2 wrote it
        (header("(2if 1else 3,)") + b"\0" * 16, "not a NumPy array"),
        (header("(2,)", "'<f\\8'") + b"\0" * 16, "not a NumPy array"),
        (header("(2,)", "'<a8'") + b"\0" * 16, "not real numbers"),
    ],
)
def test_no_warning_of_a_header_reaches_anybody(tmp_path: Path, content: bytes, words: str | None) -> None:
    (tmp_path / "w.npy").write_bytes(content)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        if words is None:
            assert read_array(tmp_path / "w.npy", None).shape == (2,)
        else:
            with pytest.raises(FileFault, match=words):
                read_array(tmp_path / "w.npy", None)
    assert not said


def peak(path: Path) -> int:
    tracemalloc.start()
    try:
        with pytest.raises(FileFault):
            read_array(path, None) if path.suffix != ".csv" else read_table(path, 10)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    long_header = b"\x93NUMPY\x02\x00" + struct.pack("<I", 200_000_000)
    for way in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        path = tmp_path / f"{way}.npz"
        with zipfile.ZipFile(path, "w", way) as archive, archive.open("w.npy", "w") as stream:
            stream.write(long_header)
            for _ in range(100):
                stream.write(b" " * 1_000_000)
        assert path.stat().st_size < 1_500_000
        assert peak(path) < 10_000_000
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(1_200):
            archive.writestr(f"{number}.npy", b"")
    (tmp_path / "many.npz").write_bytes(many.getvalue())
    with pytest.raises(FileFault, match="more than 1000 arrays"):
        read_array(tmp_path / "many.npz", "0")


def test_long_tables_are_not_read_to_their_end(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("x,y\n" + "1,2\n" * 2_000_000, encoding="utf-8")
    (tmp_path / "line.csv").write_text("x," * 5_000_000, encoding="utf-8")
    (tmp_path / "quote.csv").write_text('x\n"' + "1\n" * 5_000_000, encoding="utf-8")
    for name in ("rows", "line", "quote"):
        assert peak(tmp_path / f"{name}.csv") < 10_000_000, name


def test_sound_arrays_are_read(tmp_path: Path) -> None:
    for kind in ("<f2", ">f4", "<f8", "<i8", "|u1"):
        array = np.array([[1, 2], [3, 100]], dtype=kind)
        with (tmp_path / "w.npy").open("wb") as stream:
            npy.write_array(stream, np.asfortranarray(array))
        np.savez_compressed(tmp_path / "w.npz", w=array)
        for path in (tmp_path / "w.npy", tmp_path / "w.npz"):
            assert [str(n) for n in read_array(path, None).numbers] == ["1", "2", "3", "100"]


@pytest.mark.parametrize("key", ["file", '"file"', r'"\x66ile"', r'"\u0066ile"'])
def test_a_file_is_written_out_however_its_key_is_spelled(tmp_path: Path, key: str) -> None:
    (tmp_path / "w.csv").write_text("0.25,-4\n", encoding="utf-8")
    text = f"""\
network:
  inputs: 2
  layers: [{{units: 1, activation: sigmoid, weights: {{{key}: w.csv}}}}]
samples: [{{input: [1, 2], target: [1]}}]
loss: squared_error
"""
    problem = load_problem(text, folder=tmp_path)
    assert "0.25" in self_contained_text(problem)
    assert load_problem(self_contained_text(problem)).network == problem.network  # type: ignore[attr-defined]
