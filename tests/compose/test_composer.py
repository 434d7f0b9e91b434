"""What a document consists of: anchors, boxes, explanations, the choice of detail, and always the same bytes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from nbsolve import WorkedSolution, solve
from nbsolve.arithmetic.ladder import LADDER
from nbsolve.asking.listing import asked, everything
from nbsolve.compose import Composer
from nbsolve.compose.amount import by_matrices
from nbsolve.document import Derivation, Document, Link, Result, Table, blocks_within
from nbsolve.expr import Quantity, atoms, walk
from nbsolve.render import latex, myst, text
from nbsolve.symbol import anchor, canonical
from tests.compose.problems import NAMES, ROOT, SHIPPED, SMALL, worked
from tests.loading import load_problem
from tests.sampling import OneIn


def derivations(document: Document) -> Iterator[Derivation]:
    for block in blocks_within(document.blocks):
        if isinstance(block, Derivation):
            yield block


@pytest.mark.parametrize("name", NAMES)
def test_every_quantity_has_one_anchor(name: str) -> None:
    solved = worked(name)
    found = Counter(own for block in derivations(solved.document()) for own in block.anchors)
    assert set(found.values()) == {1}
    for iteration in solved.solution.iterations:
        for step in iteration.steps:
            if step in iteration.forward or step in iteration.backward:
                targets = [unit.target for unit in step.units]
                for target in targets[:36]:
                    assert f"it{iteration.number}-{anchor(target)}" in found


@pytest.mark.parametrize("name", NAMES)
def test_links_of_the_answers_lead_to_an_anchor(name: str) -> None:
    document = worked(name).document()
    anchors = {own for block in derivations(document) for own in block.anchors}
    links = [
        part
        for block in blocks_within(document.blocks)
        if isinstance(block, Table)
        for row in block.rows
        for cell in row
        for part in cell
        if isinstance(part, Link)
    ]
    missing = sorted({link.anchor for link in links} - anchors)
    assert not missing


def boxed(document: Document) -> set[str]:
    """Anchors of the derivations with a box, by their only or their boxed line's quantity."""
    found = set()
    for block in derivations(document):
        target = None
        for line in block.lines:
            target = line.left if line.left is not None else target
            if any(isinstance(right, Result) and right.boxed for _, right in line.parts):
                assert isinstance(target, Quantity)
                found.add(canonical(target.atom))
    return found


ENTRY = re.compile(r"(da\[\d+\])\[\d+\](/dx)\[\d+\]")
"""An entry of the Jacobian of the outputs with respect to the inputs."""


def wholes(solved: WorkedSolution, wanted: set[str]) -> Iterator[str]:
    """The new vectors and matrices all of whose entries are asked for."""
    for layer in solved.solution.layers:
        for parameter in layer.parameters:
            if all(canonical(member._replace(new=True)) in wanted for member in parameter.members):
                yield canonical(parameter.symbol._replace(new=True))
    # a Jacobian is one answer: its entries and the matrix
    yield from {found[1] + found[2] for one in wanted if (found := ENTRY.fullmatch(one))}


@pytest.mark.parametrize("name", [name for name in NAMES if worked(name).problem.detail in {"auto", "units"}])
def test_boxes_stand_exactly_where_an_answer_was_asked_for(name: str) -> None:
    solved = worked(name)
    wanted = {canonical(place.atom) for place in asked(solved.problem, solved.solution, solved.names)}
    wanted |= set(wholes(solved, wanted))
    written = {
        canonical(line.left.atom)
        for block in derivations(solved.worked())
        for line in block.lines
        if isinstance(line.left, Quantity)
    }
    found = boxed(solved.worked())
    # an error signal is ∂L/∂z by another name; where both are written, the box is at one of them or at both
    signals = {one for one in wanted if one.startswith("dL/dz") and one.replace("dL/dz", "delta") in written}
    wanted |= {one.replace("dL/dz", "delta") for one in signals}
    wanted -= signals - found
    assert found == wanted & written
    held = wanted - written
    assert all("_new" in one or "dL/d" in one for one in held), held


@pytest.mark.parametrize("name", ["002-two-sigmoid-layers", "a dead unit", "softmax with squared error"])
def test_an_explanation_has_exactly_what_its_quantity_rests_on(name: str) -> None:
    solved = worked(name)
    iteration = solved.solution.iterations[0]
    units = {unit.target: unit for step in iteration.steps for unit in step.units}
    for target in units:
        needed, todo = set(), [target]
        while todo:
            atom = todo.pop()
            if atom in units and atom not in needed:
                needed.add(atom)
                todo.extend(atoms(units[atom].formula))
        document = Composer(solved.solution, solved.names).explain(target)
        found = [own for block in derivations(document) for own in block.anchors]
        assert sorted(found) == sorted(f"it{iteration.number}-{anchor(atom)}" for atom in needed)


def test_what_is_given_is_explained_by_its_value() -> None:
    (block,) = derivations(worked("002-two-sigmoid-layers").explain("W[1][1][2]"))
    (line,) = block.lines
    assert [relation for relation, _ in line.parts] == ["="]
    assert block.anchors == ("it1-W-1-1-2",)


def sized(
    inputs: int, units: int, detail: str = "auto", samples: int = 1, iterations: int = 1
) -> WorkedSolution:
    rows = ", ".join(f"[{', '.join(['0.1'] * inputs)}]" for _ in range(units))
    one = f"{{input: [{', '.join(['0.5'] * inputs)}], target: [{', '.join(['1'] * units)}]}}"
    return solve(
        load_problem(
            f"title: Size\nnetwork: {{inputs: {inputs}, layers: [{{units: {units}, activation: tanh, "
            f"weights: [{rows}]}}]}}\n"
            f"samples: [{', '.join([one] * samples)}]\nloss: squared_error\ndetail: {detail}\n"
            f"training: {{optimiser: {{sgd: {{learning_rate: 0.1}}}}, iterations: {iterations}, batch: all}}\n"
        )
    )


@pytest.mark.parametrize(
    ("solved", "expected"),
    [
        (sized(2, 2), False),
        (sized(8, 4), False),
        (sized(9, 4), True),
        (sized(3, 9), True),
        (sized(2, 2, samples=5), False),
        (sized(2, 2, samples=60), True),
        (sized(2, 2, "matrix"), True),
        (sized(9, 4, "units"), False),
        (sized(8, 5, samples=4, iterations=5), False),
        (sized(8, 6, samples=4, iterations=5), True),
        (sized(8, 6, "units", samples=4, iterations=5), False),
    ],
)
def test_large_solutions_are_written_with_matrices(solved: WorkedSolution, expected: bool) -> None:
    assert by_matrices(solved.solution) is expected
    shown = {
        canonical(node.atom)
        for block in derivations(solved.forward())
        for line in block.lines
        if line.left is not None
        for node in walk(line.left)
        if isinstance(node, Quantity)
    }
    assert ("z[1]" in shown) is expected


def test_pages_that_are_long_for_their_iterations_say_why_they_have_matrices() -> None:
    said = "unit by unit they would fill thousands of lines"
    assert said in text.render(sized(8, 6, samples=4, iterations=5).conventions(), 10_000)
    for other in (sized(8, 5, samples=4, iterations=5), sized(9, 4), sized(8, 6, "matrix", 4, 5)):
        assert said not in text.render(other.conventions(), 10_000)


def test_shortened_matrices_are_announced() -> None:
    assert "first and last rows" in text.render(sized(9, 4).conventions())
    assert "first and last rows" not in text.render(sized(2, 2, "matrix").conventions())


def test_the_detail_does_not_change_a_value() -> None:
    source = SMALL["error signals, two by two by two"]
    by_unit, by_matrix = (
        [
            entry.printed
            for entry in solve(load_problem(f"{source}detail: {detail}\n")).entries(everything=True)
        ]
        for detail in ("units", "matrix")
    )
    assert by_unit == by_matrix


@pytest.mark.parametrize("name", NAMES)
def test_every_iteration_that_is_shown_is_written_out(name: str) -> None:
    solved = worked(name)
    places = {place.iteration for place in everything(solved.solution) if place.iteration is not None}
    assert places == {iteration.number for iteration in solved.solution.iterations}


SCRIPT = """
import sys
from nbsolve import load_problem, solve
from nbsolve.render import latex, myst, text
for name in sys.argv[1:]:
    document = solve(load_problem(name)).document()
    for render in (latex.render, myst.render, text.render):
        sys.stdout.write(render(document))
"""


def test_two_runs_give_the_same_bytes(one_in: OneIn) -> None:
    names = [str(path) for path in [*SHIPPED.values()][:: one_in(5)]]
    runs = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT, *names],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    ]
    assert runs[0] == runs[1]
    assert len(runs[0]) > 50_000


@pytest.mark.parametrize("name", ["losses added", "a batch"])
def test_rendering_twice_is_rendering_once(name: str) -> None:
    for render in (latex.render, myst.render, text.render):
        assert render(worked(name).document()) == render(worked(name).document())


@pytest.mark.parametrize("way", ["delta", "paths", "local_derivatives"])
def test_what_is_asked_besides_is_worked_out(way: str) -> None:
    """Error signals, an error and a gradient in an input: no way of explaining needs all of them."""
    solved = solve(
        load_problem(
            ROOT / "problems" / "001-a-squared-error.yaml",
            overrides=[f"explain={way}", "parts=[{label: a, ask: [deltas, 'e[1]', 'dL/dx[2]'], at: 1}]"],
        )
    )
    found = {own for block in derivations(solved.iteration(1)) for own in block.anchors}
    iteration = solved.solution.iteration(1)
    wanted = [place.holder for place in asked(solved.problem, solved.solution, solved.names)]
    assert len(wanted) == 5 + 1 + 1
    assert {f"it{iteration.number}-{anchor(atom)}" for atom in wanted} <= found


@pytest.mark.parametrize("target", ["dL/dW[1][2][1]", "dL/da[1][1]", "dL/dW[2][2][1]", "dL/db[1]"])
def test_the_factors_of_one_quantity_are_numbered_from_1(target: str) -> None:
    text = str(worked("002-two-sigmoid-layers").explain(target))
    found = [line[-1] for line in text.split("\n") if re.search(r" [①-⑳]$", line)]
    assert found == list("①②③④⑤⑥⑦⑧⑨⑩⑪⑫")[: len(found)]
    assert len(found) > 1
    assert set(re.findall(r"(?<! )[①-⑳]", text)) <= set(found)


def test_what_a_dead_unit_passes_on_is_0_without_more_bits() -> None:
    """The loss moves by exactly 0 with a weight behind it: no solution with more and more of them is looked for."""
    solved = worked("004-relu-cross-entropy")
    with LADDER[0].working():
        checked = Composer(solved.solution, solved.names, None).check(solved.exact(solved.solution))
    assert checked.blocks == solved.check().blocks
