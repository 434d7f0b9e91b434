"""The cell of parameters: what it says, what papermill reads in it, and that nothing is lost on the way."""

from __future__ import annotations

import ast
import logging
import re
from pathlib import Path

import nbformat
import papermill
import pytest
from hypothesis import given
from hypothesis import strategies as st
from papermill.translators import PythonTranslator

from nbsolve import ProblemError, load_problem
from nbsolve.notebook.cells import notebook_of
from nbsolve.notebook.parameters import assignments, literal, text_literal
from nbsolve.problem.overrides import node_of
from nbsolve.problem.parameters import taken_out, with_parameters
from nbsolve.problem.reading import read_tree
from nbsolve.problem.tree import Node, Scalar
from tests.book.problems import FLAT

PROBLEMS = sorted((Path(__file__).parents[2] / "problems").glob("*.yaml"))


def values_of(cell: nbformat.NotebookNode) -> dict[str, object]:
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


# ------------------------------------------------------------------ literals


@given(st.text(alphabet=st.sampled_from("ab\\'\"\n\r\t$θ{}#"), max_size=30))
def test_a_text_reads_back_exactly(text: str) -> None:
    assert ast.literal_eval(text_literal(text)) == text
    assert ast.literal_eval(literal(Scalar(text=text, plain=False))) == text


def test_several_lines_stay_several_lines() -> None:
    assert text_literal("a: \"A\"\nb: '\\hat O'\n") == 'r"""a: "A"\nb: \'\\hat O\'\n"""'
    assert "\n" not in text_literal("\"\"\" '''\n")


@pytest.mark.parametrize(
    ("yaml", "python"),
    [
        ("0.5", "0.5"), ("-3", "-3"), ("1e-05", "1e-05"), ("0.30", '"0.30"'), ("1/3", '"1/3"'),
        (".5", '".5"'), ("+2", '"+2"'), ("2e-3", '"2e-3"'), ("007", '"007"'), ("-0", '"-0"'),
        ("0.1234567890123456789", '"0.1234567890123456789"'), ("1e400", '"1e400"'), ("true", "True"),
        ("symbolic", '"symbolic"'), ("~", "None"), ("[[1, 2.50], [w_1, {shared: 0.1}]]",
        '[[1, "2.50"], ["w_1", {"shared": 0.1}]]'), ("'it''s'", '"it\'s"'),
    ],
)  # fmt: skip
def test_a_number_is_one_where_python_writes_it_so(yaml: str, python: str) -> None:
    node = read_tree(f"a: {yaml}", "file").entries["a"]  # type: ignore[attr-defined]
    written = literal(node)
    assert written == python
    again = node_of(ast.literal_eval(written), "there")
    assert literal(again) == written


def test_a_long_list_has_an_entry_a_line() -> None:
    node = node_of([[0.125] * 10] * 3, "there")
    lines = assignments({"weights_1": node}).split("\n")
    assert lines[0] == "weights_1 = ["
    assert len(lines) == 5


# ------------------------------------------------------------------ out of the YAML, and in again


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_the_shipped_problems_are_the_same_with_their_numbers_taken_out(path: Path) -> None:
    problem = load_problem(path)
    text, nodes = taken_out(problem.text)
    again = load_problem(
        text if "\n" in text else text + "\n",
        parameters={name: ast.literal_eval(literal(node)) for name, node in nodes.items()},
        folder=path.parent,
    )
    # What varies knows its lines in the file, and these move.
    fields = set(type(problem).model_fields) - {"name", "text", "warnings", "variants"}
    assert all(getattr(problem, field) == getattr(again, field) for field in fields)
    lost = [line for line in problem.text.split("\n") if line.startswith(("  - >-", "parts:", "notation:"))]
    assert all(line in text for line in lost)


YAML = """\
# a comment that stays
network:
  inputs: 2
  layers:
    - units: 1
      activation: sigmoid
      weights:   # one row
        - [0.1, 0.20]
      bias: none
samples:
  - input: [1, 2]   # first
    target: [1]

  - {input: [0, 1], target: [0]}

# about the loss
loss: squared_error
training: {optimiser: sgd}
regulariser: {l2: {strength: 0.1}}
"""


def test_a_problem_in_blocks_keeps_its_shape() -> None:
    text, nodes = taken_out(YAML)
    assert list(nodes) == ["learning_rate", "strength", "samples", "weights_1"]
    assert "# a comment that stays" in text
    assert "# about the loss" in text
    assert "weights:   # one row\n        $weights_1\n      bias: none" in text
    assert "samples: $samples\n\n# about the loss\nloss" in text
    assert "optimiser: {sgd: {learning_rate: $learning_rate}}" in text
    values = {name: ast.literal_eval(literal(node)) for name, node in nodes.items()}
    assert values["learning_rate"] == 0.1
    again, before = load_problem(text, parameters=values), load_problem(YAML)
    assert again.model_copy(update={"text": "", "warnings": ()}) == before.model_copy(
        update={"text": "", "warnings": ()}
    )


def test_anchors_are_written_out() -> None:
    anchored = YAML.replace("[0.1, 0.20]", "&row [0.1, 0.20]").replace("input: [1, 2]", "input: *row")
    text, nodes = taken_out(anchored)
    values = {name: ast.literal_eval(literal(node)) for name, node in nodes.items()}
    assert load_problem(text, parameters=values).samples == load_problem(anchored).samples  # type: ignore[attr-defined]


def test_only_a_whole_plain_value_is_a_name() -> None:
    tree = read_tree("a: $x\nb: '$x'\nc: $x y\nd: [$x, 1]\ntitle: costs $x\n", "file")
    found = literal(with_parameters(tree, {"x": [7]}))
    assert found == '{"a": [7], "b": "$x", "c": "$x y", "d": [[7], 1], "title": "costs $x"}'


def test_a_parameter_that_nothing_uses_is_a_fault() -> None:
    with pytest.raises(ProblemError, match="does not use the parameter 'rate'") as caught:
        load_problem(YAML, parameters={"rate": 1})
    assert caught.value.faults[0].hint == (
        "write $rate in the YAML where its value belongs, or leave the parameter out"
    )


def test_a_fault_in_a_value_names_its_parameter() -> None:
    text, nodes = taken_out(YAML)
    values: dict[str, object] = {name: ast.literal_eval(literal(node)) for name, node in nodes.items()}
    with pytest.raises(ProblemError, match=r"parameter weights_1: network\.layers\[0\]\.weights"):
        load_problem(text, parameters=values | {"weights_1": [[1, 2, 3]]})
    with pytest.raises(ProblemError, match="'\\$weights_1'"):
        load_problem(text)


# ------------------------------------------------------------------ papermill


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_papermill_reads_every_parameter_without_a_complaint(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cells = [cell for cell in notebook_of(load_problem(path)).cells if "parameters" in cell.metadata.tags]
    assert len(cells) == 1
    with caplog.at_level(logging.WARNING):
        found = PythonTranslator.inspect(cells[0])
    assert not caplog.records
    assert [parameter.name for parameter in found] == list(values_of(cells[0]))


def test_papermill_changes_one(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    text = (
        FLAT.split("pitfalls:")[0]
        + "training: {optimiser: {sgd: {learning_rate: 0.5}}}\npitfalls: ['New: {{w_1 new: 6 significant}}.']\n"
    )
    nbformat.write(notebook_of(load_problem(text)), tmp_path / "page.ipynb")
    with caplog.at_level(logging.WARNING, logger="papermill"):
        done = papermill.execute_notebook(
            tmp_path / "page.ipynb",
            tmp_path / "out.ipynb",
            parameters={"learning_rate": 0.25},
            progress_bar=False,
        )
    assert not caplog.records
    shown = {
        cell.source: "".join(str(output.data.get("text/plain", "")) for output in cell.outputs)
        for cell in done.cells
        if cell.cell_type == "code"
    }
    assert "η = 0.25" in shown["solution.statement()"]
    value = re.findall(r"w₁ⁿᵉʷ.*? [≈=] ([\d.]+)$", shown["solution.update()"], re.MULTILINE)[-1]
    new = re.findall(r"New: ([\d.]+)\.", shown["solution.pitfalls()"])[0]
    assert value.startswith(new)  # the line may have a digit more, which a later one needs


def test_papermill_changes_what_a_graph_is_given(tmp_path: Path) -> None:
    """Statement, passes, answers and live numbers are those of the new numbers."""
    text = (
        "kind: graph\ngiven: {x: 3, y: 4, spare: 1}\nequations: {q: x + y, f: q*x}\n"
        "pitfalls: ['Not {{df/dx + 1}}.']\n"
    )
    nbformat.write(notebook_of(load_problem(text)), tmp_path / "page.ipynb")
    done = papermill.execute_notebook(
        tmp_path / "page.ipynb",
        tmp_path / "out.ipynb",
        parameters={"given": {"x": 10, "y": "1/2", "spare": 1}},
        progress_bar=False,
    )
    shown = {
        cell.source: "".join(str(output.data.get("text/plain", "")) for output in cell.outputs)
        for cell in done.cells
        if cell.cell_type == "code"
    }
    assert "x = 10, y = 1/2" in shown["solution.statement()"]
    assert "21/2" in shown["solution.forward()"] or "10.5" in shown["solution.forward()"]
    assert "20.5" in shown["solution.backward()"]
    assert "Not 21.5." in shown["solution.pitfalls()"]
    assert "20.5" in shown["solution.check()"]


def test_a_value_with_an_equals_sign_stays_in_the_yaml() -> None:
    """Papermill would complain of it."""
    text = YAML.replace("target: [1]", "class: 'a=b'").replace("target: [0]", "class: 'c'")
    text = text.replace("units: 1", "units: 2").replace("- [0.1, 0.20]", "- [0.1, 0.20]\n        - [1, 2]")
    (cell,) = (
        c
        for c in notebook_of(load_problem(text + "classes: ['a=b', c]\n")).cells
        if "parameters" in c.metadata.tags
    )
    assert list(values_of(cell)) == ["learning_rate", "strength", "weights_1"]


def node_size(node: Node) -> int:
    return node.size


def test_sizes_stay_right() -> None:
    tree = read_tree("a: $x\nb: [1, $x]\n", "file")
    assert node_size(with_parameters(tree, {"x": [1, 2, 3]})) == node_size(
        read_tree("a: [1, 2, 3]\nb: [1, [1, 2, 3]]\n", "file")
    )
