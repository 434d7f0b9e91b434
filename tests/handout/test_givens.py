"""Every given is read back from question sheets, and what is left out is found to be."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from nbsolve import load_problem, solve
from nbsolve.compose import givens as given_blocks
from nbsolve.compose import paper_tables
from nbsolve.handout import Handout, Solutions, collection, typeset
from nbsolve.render import latex
from tests.handout import other_givens
from tests.handout.givens import Sheet, expected, faults, faults_of, problems, wide_problem

SAMPLE = 8
"""The number of sheets read here, of the 300 that `python -m tests.handout.givens 300` reads."""


def digits(widths: list[int], samples: int = 1) -> str:
    """A network like those for pictures of digits: its weights are drawn, two decimals each."""
    rng = Random(7)

    def numbers(count: int) -> str:
        return f"[{', '.join(f'{rng.uniform(-1, 1):.2f}' for _ in range(count))}]"

    layers = [
        f"    - {{units: {units}, activation: relu, bias: {numbers(units)},"
        f" weights: [{', '.join(numbers(inputs) for _ in range(units))}]}}"
        for inputs, units in pairwise(widths)
    ]
    rows = [f"  - {{input: {numbers(widths[0])}, target: {numbers(widths[-1])}}}" for _ in range(samples)]
    lines = ["title: Digits", "network:", f"  inputs: {widths[0]}", "  layers:", *layers, "samples:", *rows]
    return "\n".join([*lines, "loss: squared_error", "parts: [{label: a, ask: [loss]}]", ""])


@pytest.mark.sampled(5)
@pytest.mark.parametrize("number", range(SAMPLE))
def test_every_given_is_on_the_sheet(number: int) -> None:
    text = list(problems(SAMPLE, "sample"))[number]
    assert not faults(text), text


@pytest.mark.sampled(5)
@pytest.mark.parametrize("number", range(SAMPLE))
def test_every_given_of_graphs_updates_and_rules_is_on_the_sheet(number: int) -> None:
    text = list(other_givens.problems(SAMPLE, "sample"))[number]
    assert not other_givens.faults(text), text


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("widths", "samples", "attached"),
    [
        ([12, 1], 1, []),
        ([1, 11], 1, []),
        ([2, 1], 13, []),
        ([784, 128, 10], 1, ["problem-W1.csv", "problem-W2.csv"]),
        ([784, 1], 1, []),
        ([1500, 1], 1, ["problem-W1.csv", "problem-x.csv"]),
        ([784, 3], 5, ["problem-W1.csv", "problem-samples.csv"]),
        ([1, 1200], 1, ["problem-W1.csv", "problem-b1.csv", "problem-y.csv"]),
    ],
)
def test_what_is_too_large_to_print_is_attached(widths: list[int], samples: int, attached: list[str]) -> None:
    text = digits(widths, samples)
    sheet = Sheet(typeset(Handout(solve(load_problem(text))).question()))
    assert not faults_of(sheet, text)
    assert sorted(sheet.pdf.file.attachments) == sorted(attached)
    assert sheet.pdf.pages <= 8


def test_solutions_and_collections_have_them_too() -> None:
    text = digits([784, 3])
    handout = Handout(solve(load_problem(text)))
    wanted = expected(text)
    assert Sheet(typeset(handout.solution())).found.items() >= wanted.items()
    for kind in Solutions:
        assert Sheet(typeset(collection([handout], kind))).found.items() >= wanted.items()


def test_latex_writes_the_files() -> None:
    handout = Handout(solve(load_problem(digits([784, 3]))))
    written = "".join(piece.latex() for piece in handout.question_pieces())
    for file in handout.worked.data_files():  # type: ignore[union-attr]
        assert (
            f"\\begin{{filecontents*}}[overwrite]{{{file.name}}}\n{file.text}\\end{{filecontents*}}"
            in written
        )


def test_a_page_says_where_the_rest_is() -> None:
    worked = solve(load_problem(digits([784, 3])))
    assert "784" in str(worked.statement())
    assert "nbsolve solve FILE --all --format json" in latex.render(worked.statement()).replace("{-}", "-")
    assert "attached" not in str(worked.statement())


def test_what_is_left_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = Random("left out")
    text = next(
        t for t in (wide_problem(rng) for _ in range(50)) if "layout: W x" in t and t.count("input:") > 5
    )
    assert not faults(text)
    tables = paper_tables.in_columns

    def shortened(*given: object) -> object:
        return list(tables(*given))[:-1]  # type: ignore[arg-type]

    for module in (paper_tables, given_blocks):
        monkeypatch.setattr(module, "in_columns", shortened)
    assert any("is missing" in fault for fault in faults(text))
