"""What `solve` gives for a derivation, and what the commands print of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nbsolve import UnknownQuantityError, WorkedDerivation, load_problem, solve
from nbsolve.cli.application import application
from nbsolve.document import Derivation, Heading, Note, Result, Table, blocks_within
from tests.derivations.test_loading import WHOLE


@pytest.fixture(scope="module")
def worked() -> WorkedDerivation:
    found = solve(load_problem(WHOLE))
    assert isinstance(found, WorkedDerivation)
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "derived.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    return path


def run(*arguments: str) -> str:
    done = CliRunner().invoke(application, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_whole_document(worked: WorkedDerivation) -> None:
    document = worked.document()
    headings = [block for block in document.blocks if isinstance(block, Heading)]
    assert [heading.level for heading in headings[:3]] == [1, 2, 2]
    titles = [str(heading.text[0]) for heading in headings if heading.level == 2]
    assert titles[:4] == ["The problem", "Sigmoid", "Leaky ReLU", "Mish"]
    assert titles[-1] == "Answers"
    boxed = [
        right
        for block in document.blocks
        if isinstance(block, Derivation)
        for line in block.lines
        for _, right in line.parts
        if isinstance(right, Result)
    ]
    # the squared error and Huber's loss have two derivations each
    assert len(boxed) == 9
    assert str(document).startswith("Derivatives\n")
    assert {"text/markdown", "text/plain"} < set(worked._repr_mimebundle_())


def test_statement_conventions_pitfalls(worked: WorkedDerivation) -> None:
    statement = str(worked.statement())
    assert "(1) sigmoid: σ′(z) and mish: mish′(z) (4 marks)" in statement
    assert "(b) Through the sigmoid." in statement
    assert "Source: A book" in statement
    conventions = str(worked.conventions())
    assert "logarithms are natural" in conventions
    assert "leaky ReLU: at the kink its derivative is taken from the left side" in conventions
    assert "Signs." in str(worked.pitfalls())
    silent = solve(load_problem("kind: derivation\nfunctions: [tanh]\n"))
    assert not silent.pitfalls().blocks
    assert "kink" not in str(silent.conventions())
    assert "logarithm" not in str(silent.conventions())


def test_answers(worked: WorkedDerivation) -> None:
    tables = [block for block in blocks_within(worked.answers().blocks) if isinstance(block, Table)]
    assert [len(table.rows) for table in tables] == [3]
    text = str(worked.answers())
    assert "1 (4\N{NO-BREAK SPACE}marks)  sigmoid" in text
    assert "∂L/∂z = a − y" in text


def test_entries(worked: WorkedDerivation) -> None:
    asked = list(worked.entries())
    assert [(entry.part, entry.id) for entry in asked] == [
        ("1", "sigmoid"),
        ("1", "mish"),
        ("b", "binary_cross_entropy_through_sigmoid"),
    ]
    assert asked[0].result == "σ(z)·(1 − σ(z))"
    assert asked[0].left_latex == r"\sigma'(z)"
    assert asked[2].result_latex == "a - y"
    assert [entry.id for entry in worked.entries(everything=True)][-2:] == ["huber", "huber"]


def test_one_topic(worked: WorkedDerivation) -> None:
    assert str(worked.explain("huber")) == str(worked.derivation("huber"))
    assert "The mean over the outputs" in str(worked.derivation("huber"))
    with pytest.raises(UnknownQuantityError, match="this problem has sigmoid, leaky_relu"):
        worked.derivation("softmax")


@pytest.mark.parametrize("number", range(7))
def test_every_topic_is_drawn(worked: WorkedDerivation, number: int) -> None:
    topic = worked.problem.topics[number]
    drawing = worked.draw(topic.id)
    assert drawing.svg.startswith("<svg")
    assert drawing.alt
    if number == 0:
        assert drawing.svg == worked.draw().svg


def test_remarks_are_said_once_for_each_derivation(worked: WorkedDerivation) -> None:
    notes = [block for block in worked.derivation("sigmoid").blocks if isinstance(block, Note)]
    assert [note.title for note in notes] == ["Worth remembering"]


def test_json(worked: WorkedDerivation) -> None:
    stream = StringIO()
    worked.write_json(stream)
    data = json.loads(stream.getvalue())
    assert data["problem"]["kind"] == "derivation"
    assert data["problem"]["topics"][0] == "sigmoid"
    assert [entry["part"] for entry in data["answers"]] == ["1", "1", "b"]
    stream = StringIO()
    worked.write_json(stream, everything=True)
    everything = json.loads(stream.getvalue())["answers"]
    assert len(everything) == 9
    assert all("part" not in entry for entry in everything)


@pytest.mark.parametrize("form", ["text", "markdown", "latex", "json"])
def test_solve_prints_every_format(file: Path, form: str) -> None:
    printed = run("solve", str(file), "--format", form)
    assert {"text": "σ(z)·(1 − σ(z))", "markdown": r"\boxed{", "latex": r"\section*{", "json": '"result"'}[
        form
    ] in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check"], "good"),
        (["explain"], "LeakyReLU′(z)"),
        (["solve", "--set", "functions=[relu]", "--set", "parts=null"], "ReLU′(z)"),
    ],
)
def test_the_other_commands(file: Path, arguments: Sequence[str], said: str) -> None:
    command, *options = arguments
    more = ["leaky_relu"] if command == "explain" else []
    assert said in run(command, str(file), *more, *options)


def test_list_names_it(file: Path) -> None:
    (file.parent / "problems").mkdir()
    file.rename(file.parent / "problems" / file.name)
    printed = run("list", str(file.parent))
    assert "derivation" in printed
    assert "binary_cross_entropy_through_sigmoid" in printed


def test_an_unknown_topic_is_one_message(file: Path) -> None:
    done = CliRunner().invoke(application, ["explain", str(file), "softmax"])
    assert done.exit_code == 1
    assert "softmax is not derived here" in done.output
