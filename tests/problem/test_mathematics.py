"""Mathematics in the fields of a problem: what cannot be shown is a fault at its place, dollars are dollars."""

from __future__ import annotations

import pytest

from nbsolve.errors import ProblemError
from nbsolve.problem.loading import parse_problem
from nbsolve.problem.model import Problem

REST = """
network:
  inputs: 2
  layers: [{units: 1, activation: relu, weights: [[0.3, -0.1]], bias: [0]}]
samples: [{input: [1, 3], target: [0]}]
loss: squared_error
"""
PLACES = [
    ("title: A $\\foo$ net", "title"),
    ('title: "A $\\\\foo$ net"', "title"),
    ("statement: |\n\n  First $x$.\n  Then $a + \\foo{b}$.", "statement"),
    ("statement: >\n  First $x$.\n  Then $a + \\foo{b}$.", "statement"),
    ("statement: |\n  $$\n  x \\foo\n  $$", "statement"),
    ("pitfalls:\n  - good $x$\n  - bad $\\foo$", "pitfalls[1]"),
    ("parts:\n  - {ask: [forward], text: 'find $\\foo$'}", "parts[0].text"),
    ("source: Book $\\foo$", "source"),
    ("statement: |\n  $\\alpha$ and $\\foo$, $\\foo$", "statement"),
]


@pytest.mark.parametrize(("text", "path"), PLACES)
def test_the_place_of_what_cannot_be_shown(text: str, path: str) -> None:
    before = text[: text.index("\\foo")]
    with pytest.raises(ProblemError) as caught:
        parse_problem(text + REST)
    (fault,) = caught.value.faults
    assert (fault.line, fault.column, fault.path) == (
        before.count("\n") + 1,
        len(before) - before.rfind("\n"),
        path,
    )
    assert "\\foo is not known here" in fault.message


def test_derivations_too() -> None:
    with pytest.raises(ProblemError, match="is not known"):
        parse_problem("kind: derivation\nfunctions: [tanh]\nstatement: With $\\foo$.\n")


@pytest.mark.parametrize(
    ("title", "stored"),
    [
        ("Costs $5 and $10", r"Costs \$5 and \$10"),
        ("From $5 to $x$", r"From \$5 to $x$"),
        ("Weights $\\bm w$", "Weights $\\boldsymbol w$"),
        (r"Weights \(w\)", "Weights $w$"),
        ("`$x$` is code", "`$x$` is code"),
    ],
)
def test_dollars(title: str, stored: str) -> None:
    assert parse_problem(f"title: {title!r}".replace("\\\\", "\\") + REST).title == stored


def test_names_of_a_notation_too() -> None:
    with pytest.raises(ProblemError, match=r"the name .* cannot be shown: \\foo is not known"):
        parse_problem("notation: {weight: '\\foo w'}" + REST)
    problem = parse_problem("notation: {weight: '\\bm{w}'}" + REST)
    assert isinstance(problem, Problem)
    assert problem.notation.names["weight"] == "\\boldsymbol{w}"
