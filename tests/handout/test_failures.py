"""Bad input: one message that says what is wrong and where, and nothing half written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nbsolve.authored.reading import read
from nbsolve.authored.spelling import BrokenMathematics
from nbsolve.errors import NbsolveError, ProblemError
from nbsolve.handout import (
    CourseData,
    MissingGlyphs,
    TypesettingError,
    fonts,
    read_course,
    typeset,
    write_whole,
)
from nbsolve.render.typst.document import Piece
from nbsolve.render.typst.markdown import UnknownMarkdown, blocks_of
from tests.handout.made import SMALL, handout, pdf
from tests.handout.pdf import Pdf


def stated(words: str) -> str:
    return f"statement: |\n  {words}\n{SMALL}"


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nbsolve", "handout", *arguments],
        cwd=folder, capture_output=True, text=True, check=False, env=os.environ | {"COLUMNS": "200"},
    )  # fmt: skip


# ------------------------------------------------------------------ mathematics and text


@pytest.mark.parametrize(
    ("latex", "why"),
    [
        (r"\frac{1}", "an argument is missing"),
        (r"x^1^2", "two superscripts"),
        (r"x_1_2", "two subscripts"),
        (r"{x", "a closing brace is missing"),
        (r"x}", "closes nothing"),
        (r"\foo{1}", r"\foo is not known"),
        (r"\left( x", "a closing brace is missing"),
        (r"\begin{array}{p{2cm}}1\end{array}", "the columns of the array are not known"),
        (r"a & b", '"&"'),
        (r"\text{open", "are not closed"),
    ],
)
def test_broken_mathematics_is_named(latex: str, why: str) -> None:
    with pytest.raises(BrokenMathematics) as caught:
        read(latex)
    assert why in str(caught.value)
    assert latex in str(caught.value)


def test_broken_mathematics_in_a_statement(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(stated(r"Let $\frac{1}$ be."), encoding="utf-8")
    run = command(tmp_path, "bad.yaml", "--out", "out")
    assert run.returncode == 1
    assert "bad.yaml" in run.stderr
    assert r"$\frac{1}$" in run.stderr
    assert "Traceback" not in run.stderr
    assert not list(tmp_path.glob("out/**/*.*"))


def test_markdown_that_cannot_be_shown() -> None:
    with pytest.raises(UnknownMarkdown, match="a handout cannot show"):
        blocks_of("![a](b.png)")


@pytest.mark.parametrize("markdown", ["<b>bold</b>", "<div>\n\nx\n\n</div>"])
def test_raw_html_is_shown_as_it_is_written(markdown: str) -> None:
    # a problem holds some only with `trust: true`, and paper has no other use for it
    text = re.sub(r"\s+", "", str(blocks_of(markdown)))
    for tag in re.findall(r"</?\w+>", markdown):
        assert tag in text.replace("\\", "")


def test_markdown_that_can() -> None:
    lines = [
        "One *two* **three** `four` [five](https://example.org), $x_1^2$; (six)", "", "- a", "- b", "",
        "1. c", "", "| d | e |", "|---|---|", "| 1 | $y$ |", "", r"$$z = \frac{1}{2}$$",
    ]  # fmt: skip
    text = "statement: |\n" + "".join(f"  {line}\n" for line in lines) + SMALL
    seen = pdf(text, "question").tree.seen
    for words in ("One two three four five,", "; (six)", "a", "b", "c", "d", "e"):
        assert words in seen


def test_special_signs_are_printed_as_they_are() -> None:
    words = r"\#hash @at \<less> = = - - ~ / // [x] a_b_ 'quoted' \"q\" 5\$ x;y (z)"
    seen = pdf(stated(words), "question").tree.seen
    for part in ("#hash", "@at", "<less>", "= =", "~", "//", "[x]", "'quoted'", "x;y (z)"):
        assert part in seen


@pytest.mark.parametrize(
    ("begins", "said"), [("#abreast", "expression W⁽¹⁾ = "), ("#chain", "expression δ₁⁽²⁾ = ")]
)
def test_a_block_that_cannot_be_set_is_named_with_its_expression(begins: str, said: str) -> None:
    one = handout(SMALL)
    sheet = one.solution()
    position = next(n for n, piece in enumerate(sheet.pieces) if piece.typst.startswith(begins))
    good = sheet.pieces[position]
    bad = Piece(good.typst.replace("$", "$ nonsense ", 1), good.about)
    pieces = [*sheet.pieces[:position], bad, *sheet.pieces[position + 1 :]]
    with pytest.raises(TypesettingError) as caught:
        typeset(replace(sheet, pieces=pieces))
    message = str(caught.value)
    assert good.about in message
    assert said in message
    assert "nonsense" in message


# ------------------------------------------------------------------ scripts


@pytest.mark.parametrize(
    ("words", "letters"),
    [
        ("Ein Netz für Übungen, façade, Łódź", "ü"),
        ("Ένα δίκτυο με δύο εισόδους", "δ"),
        ("Сеть с двумя входами", "Ж"),
    ],
)
def test_scripts_that_need_no_font_of_the_system(words: str, letters: str) -> None:
    assert words in pdf(stated(words), "question").tree.seen
    assert fonts.scripts_of(words) == ()
    assert letters


@pytest.mark.parametrize(
    ("script", "words"),
    [("Devanagari", "यह एक नेटवर्क है"), ("Chinese, Japanese or Korean", "一个网络"), ("Arabic", "هذه شبكة")],
)
def test_other_scripts_are_shown_or_their_letters_are_named(script: str, words: str) -> None:
    one = handout(stated(words))
    found = fonts.scripts_of(words)
    assert [s.name for s in found] == [script]
    known = set(fonts.SCRIPTS[[s.name for s in fonts.SCRIPTS].index(script)].families)
    if known & fonts._system():
        made = Pdf(typeset(one.question()))
        assert made.title == "A small network"
        names = {name.partition("+")[2] for name, embedded in made.fonts() if embedded}
        plain = {family.replace(" ", "") for family in known}
        assert any(name.startswith(tuple(plain)) for name in names), names
    else:
        with pytest.raises(MissingGlyphs, match=words[0]):
            typeset(one.question())


def test_without_a_font_the_letters_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_system", lambda: frozenset({"DejaVu Serif"}))
    with pytest.raises(MissingGlyphs) as caught:
        typeset(handout(stated("नेटवर्क")).question())
    assert "न" in str(caught.value)
    assert "Devanagari" in str(caught.value)
    assert "install" in str(caught.value)


def test_signs_that_no_font_has_are_named_with_their_block() -> None:
    with pytest.raises(MissingGlyphs) as caught:
        typeset(handout(stated("An eye: \U0001f9ff\U00013000 here")).question())
    assert "\U00013000" in str(caught.value)
    assert "paragraph" in str(caught.value)


# ------------------------------------------------------------------ size


def test_a_layer_of_forty_units() -> None:
    rows = ", ".join(f"[{', '.join(f'0.{(i * 7 + j) % 9 + 1}' for j in range(4))}]" for i in range(40))
    out = ", ".join(f"0.{n % 9 + 1}" for n in range(40))
    text = f"""\
title: Forty units
network:
  inputs: 4
  layers:
    - {{units: 40, activation: tanh, weights: [{rows}]}}
    - {{units: 1, activation: linear, weights: [[{out}]]}}
samples: [{{input: [1, 2, 3, 4], target: [1]}}]
loss: squared_error
parts: [{{label: a, ask: [forward, gradients]}}]
"""
    for kind in ("question", "solution", "compact", "key"):
        made = pdf(text, kind)
        width = float(made.file.pages[0].mediabox[2])
        boxes = [box for node in made.tree for box in node.boxes]
        assert boxes
        assert all(box[0] >= 40 and box[2] <= width - 52 for box in boxes)
    assert (
        "nbsolve solve --all" not in pdf(text, "key").tree.seen
    )  # a few hundred answers are listed, on more pages


# ------------------------------------------------------------------ files


def test_an_unwritable_folder(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "out").write_text("a file, not a folder", encoding="utf-8")
    run = command(tmp_path, "good.yaml", "--out", "out")
    assert run.returncode == 1
    assert "out" in run.stderr
    assert "Traceback" not in run.stderr
    assert (tmp_path / "out").read_text(encoding="utf-8") == "a file, not a folder"


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "key.pdf"
    write_whole(place, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left") as caught:
        write_whole(place, b"new")
    assert caught.value.filename == str(place)
    assert place.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [place]


def test_check_tells_of_signs_that_no_font_has(tmp_path: Path) -> None:
    (tmp_path / "eye.yaml").write_text(stated("An eye: \U00013000, $x$"), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "nbsolve", "check", "eye.yaml"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ | {"COLUMNS": "200"},
    )  # fmt: skip
    assert run.returncode == 0
    assert "note: statement: no handout can be made" in run.stdout
    assert "\U00013000" in run.stdout


@pytest.mark.parametrize("latex", [r"\phantom{x}", r"\quad", r"\begin{matrix}\end{matrix}", "{}"])
def test_a_formula_in_which_nothing_is_seen(latex: str) -> None:
    assert typeset(handout(stated(f"Let ${latex}$ be.")).question()).startswith(b"%PDF")


def test_one_bad_problem_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(stated("a sign \U00013000"), encoding="utf-8")  # in no font
    (tmp_path / "good.yaml").write_text(SMALL, encoding="utf-8")
    run = command(tmp_path, "bad.yaml", "good.yaml", "--out", "out", "--only", "question")
    assert run.returncode == 1
    assert (tmp_path / "out" / "good" / "question.pdf").read_bytes().startswith(b"%PDF")
    assert "bad.yaml" in run.stderr
    assert "good.yaml" not in run.stderr


def test_course_data(tmp_path: Path) -> None:
    config = tmp_path / "_config.yml"
    assert read_course(config) == CourseData()
    config.write_text("course: {name: Networks, term: 2026, logo: logo.svg}\n", encoding="utf-8")
    course = read_course(config)
    assert (course.name, course.term, course.logo) == ("Networks", "2026", tmp_path / "logo.svg")
    assert course.changed(name="Other", date=None).name == "Other"
    with pytest.raises(NbsolveError, match=r"logo\.svg: no such file"):
        course.check()
    for text, why in (
        ("course: 1", "mapping"),
        ("course: {lecturer: x}", "not known"),
        ("course: [", "read"),
    ):
        config.write_text(text, encoding="utf-8")
        with pytest.raises(ProblemError, match=why):
            read_course(config)
