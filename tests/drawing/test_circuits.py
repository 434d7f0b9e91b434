"""Computation graphs as drawings: no line passes under a label or through a gate; each label is at its wire."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nbsolve import load_problem, solve
from nbsolve.drawing import Drawing
from nbsolve.drawing.gates import Circuit, Gate, Wire, circuit_drawing
from nbsolve.drawing.gates.layers import layered
from nbsolve.handout.tikz import tikz
from nbsolve.render.typst.picture import picture_pdf
from tests.drawing.circuits import NEURON, TWO, random_circuit
from tests.drawing.circuits import circuit as letters
from tests.drawing.labels import CLEAR, Box, Line
from tests.drawing.networks import faults

SVG = "{http://www.w3.org/2000/svg}"
BLOCKS, IN_A_BLOCK = 6, 5
KNOWN = ("letters", "values", "gradients")


def lines_of(svg: str) -> Iterator[tuple[str, Line]]:
    """The pieces of each wire."""
    for element in ElementTree.fromstring(svg).iter(f"{SVG}line"):
        if element.get("data-part") == "line":
            x1, y1, x2, y2, width = (
                float(element.get(k, "")) for k in ("x1", "y1", "x2", "y2", "stroke-width")
            )
            yield element.get("data-quantity", ""), Line((x1, y1), (x2, y2), width)


def units_of(svg: str) -> Iterator[tuple[str, Box]]:
    for element in ElementTree.fromstring(svg).iter(f"{SVG}rect"):
        if element.get("data-part") == "unit":
            sides = (float(element.get(k, "")) for k in ("x", "y", "width", "height"))
            yield element.get("data-quantity", ""), Box(*sides)


def named_texts(drawing: Drawing) -> Iterator[tuple[str, Box]]:
    """Values and gradients with the room they take, by the quantities whose wires they belong to."""
    for label in drawing.scene.labels:
        for line in label.rows:
            if line.named:
                (x, y), wide, high = label.centre, line.width, line.size
                yield line.about.rpartition("/d")[2], Box(x - wide / 2, y - high / 2, wide, high)


def violations(drawing: Drawing, circuit: Circuit) -> list[str]:
    """What a drawing does against the rule."""
    lines, units, texts = list(lines_of(drawing.svg)), list(units_of(drawing.svg)), list(named_texts(drawing))
    found = list(faults(drawing.scene))
    finders = {gate.finds: gate for gate in circuit.gates}
    for name, box in texts:
        distances = [(box.distance(line) - line.width / 2, other) for other, line in lines]
        if any(distance < CLEAR - 0.2 for distance, other in distances if other != name):
            found.append(f"another wire passes under what stands at {name}")
        if min(distances)[1] != name:
            found.append(f"what stands at {name} is nearer to another wire")
        if min(distance for distance, other in distances if other == name) < 0:
            found.append(f"its own wire runs through what stands at {name}")
    for name, line in lines:
        for gate, box in units:
            first, last = box.inside(line)
            inside = (last - first) * line.length
            own = gate == name or (gate in finders and name in finders[gate].operands)
            if inside > (1.0 if not own else box.width / 2):
                found.append(f"the wire of {name} runs through {gate}")
    return found


@pytest.mark.sampled(4)
@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_circuits_keep_the_rule(block: int, known: str) -> None:
    for seed in range(IN_A_BLOCK * block, IN_A_BLOCK * (block + 1))[:: 1 if known == "gradients" else 4]:
        circuit = random_circuit(seed, 30 if seed % 5 == 0 else None, known)
        drawing = circuit_drawing(circuit, "Backward pass")
        assert violations(drawing, circuit) == [], seed


@pytest.mark.parametrize("circuit", [TWO, NEURON], ids=["two gates", "a neuron"])
def test_published_circuits_keep_the_rule(circuit: Circuit) -> None:
    assert violations(circuit_drawing(circuit, "Backward pass"), circuit) == []


def test_the_rule_is_measured() -> None:
    """A line across the picture, under labels and through gates, is found."""
    drawing = circuit_drawing(TWO, "Backward pass")
    _, box = next(item for item in named_texts(drawing) if item[0] == "q")
    across = (
        f'<line data-part="line" data-quantity="z" x1="0" y1="{box.centre[1]}" x2="900" y2="{box.centre[1]}" '
        'stroke="#000000" stroke-width="1"/></svg>'
    )
    found = violations(replace(drawing, svg=drawing.svg.replace("</svg>", across)), TWO)
    assert "another wire passes under what stands at q" in found
    assert "the wire of z runs through q" in found


@pytest.mark.parametrize("known", KNOWN)
def test_every_number_stands_in_the_picture_and_in_the_words(known: str) -> None:
    circuit = random_circuit(3, 12, known)
    drawing = circuit_drawing(circuit, "Forward pass")
    written = {row.about: row.text for row in drawing.scene.rows if row.named}
    for wire in circuit.wires:
        if known == "letters":
            assert written.get(wire.quantity, wire.letter) == wire.letter
            continue
        (value, gradient) = (wire.value, wire.gradient)
        assert isinstance(value, str)
        assert isinstance(gradient, str)
        if "e" not in value:
            assert written[wire.quantity].endswith(value.replace("-", "−"))
            assert value.replace("-", "−") in drawing.alt
        slope = written.get(f"d{circuit.of}/d{wire.quantity}", "")
        assert bool(gradient) == bool(slope) == (known == "gradients")
        if gradient and "e" not in gradient:
            assert slope == f"∂ {gradient.replace('-', '−')}"
            assert f"gradient {gradient.replace('-', '−')}" in drawing.alt


def test_scripts_find_every_part_by_its_quantity() -> None:
    svg = circuit_drawing(TWO, "Backward pass", {"drawing": "backward", "iteration": 1}).svg
    root = ElementTree.fromstring(svg)
    assert root.get("data-drawing") == "backward"
    texts = {element.get("data-quantity") for element in root.iter(f"{SVG}text")} - {None}
    assert texts == {*"xyzqf", *(f"df/d{name}" for name in "xyzqf")}
    assert {name for name, _ in lines_of(svg)} == {name for name, _ in units_of(svg)} == set("xyzqf")


def test_gates_are_named_by_what_they_do_to_a_gradient() -> None:
    drawing = circuit_drawing(NEURON, "Backward pass")
    words = [row.text for row in drawing.scene.rows if row.about == "note"]
    assert any(text.startswith("+ distributes") for text in words)
    assert any(text.startswith("× swaps") for text in words)
    assert not any(text.startswith("max routes") for text in words)
    assert "s comes from p₀ and p₁ by an add gate, which distributes its gradient" in drawing.alt
    question = circuit_drawing(random_circuit(3, 12, "letters"), "Computation graph")
    assert not [row for row in question.scene.rows if row.about == "note"]


def test_values_and_gradients_differ_by_more_than_colour() -> None:
    drawing = circuit_drawing(TWO, "Backward pass")
    ends = {row.about: row.text for row in drawing.scene.rows if row.named}
    assert all(text.startswith("∂ ") == about.startswith("df/d") for about, text in ends.items())
    places = {line.about: label.centre for label in drawing.scene.labels for line in label.rows if line.named}
    wires = {
        name: line.start[1]
        for name, line in lines_of(drawing.svg)
        if line.start[1] == line.end[1] and line.length > 30
    }
    for name in "xyzqf":
        assert places[name][1] < wires[name] < places[f"df/d{name}"][1]


def crossings(drawing: Drawing) -> int:
    """How often wires of different quantities cross."""
    pairs = itertools.combinations(lines_of(drawing.svg), 2)
    return sum(a != b and _cross(one, other) for (a, one), (b, other) in pairs)


def _cross(one: Line, other: Line) -> bool:
    def side(line: Line, point: tuple[float, float]) -> float:
        (ax, ay), (bx, by), (x, y) = line.start, line.end, point
        return (bx - ax) * (y - ay) - (by - ay) * (x - ax)

    return (
        side(one, other.start) * side(one, other.end) < -1e-6
        and side(other, one.start) * side(other, one.end) < -1e-6
    )


def test_a_plane_graph_is_drawn_without_a_crossing() -> None:
    """A full tree whose leaves come in the worst order, and a ladder."""
    leaves = [f"x{k}" for k in range(1, 9)]
    gates: list[Gate] = []
    level = leaves
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=True)
        sums = [Gate("add", "", pair, f"s{len(level)}{k}") for k, pair in enumerate(pairs)]
        gates, level = [*gates, *sums], [gate.finds for gate in sums]
    names = [*leaves[::2], *leaves[1::2], *(gate.finds for gate in gates)]
    tree = Circuit(tuple(gates), tuple(Wire(name, name, "1") for name in names), gates[-1].finds)
    assert crossings(circuit_drawing(tree, "Tree")) == 0
    around = letters("a: add x y", "b: function x", "m: max a b", "f: formula x z m")
    assert crossings(circuit_drawing(around, "Around")) == 0
    assert crossings(circuit_drawing(NEURON, "Neuron")) == 0
    assert crossings(circuit_drawing(TWO, "Two gates")) == 0


def test_given_quantities_stand_first_and_the_result_last() -> None:
    circuit = random_circuit(8, 20)
    found = layered(circuit)
    assert {name for name, _ in found.layers[0]} >= {wire.quantity for wire in circuit.given}
    for gate in circuit.gates:
        assert all(found.found_in[operand] < found.found_in[gate.finds] for operand in gate.operands)


def test_a_wide_graph_runs_down_the_page() -> None:
    for circuit, down in ((TWO, False), (NEURON, True)):
        scene = circuit_drawing(circuit, "Backward pass").scene
        tips = {arrow.tip[1] > arrow.origin[1] and arrow.tip[0] == arrow.origin[0] for arrow in scene.arrows}
        assert tips == {down}
        assert scene.width <= 926


def test_every_backend_draws_it(tmp_path: Path) -> None:
    drawing = circuit_drawing(TWO, "Backward pass")
    assert picture_pdf(drawing.svg, drawing.words).startswith(b"%PDF")
    assert tikz(drawing.scene, 120.0).count(r"\filldraw") >= 5
    for suffix in ("svg", "pdf", "png"):
        assert drawing.save(tmp_path / f"circuit.{suffix}").stat().st_size > 1000


def test_the_same_circuit_gives_the_same_picture() -> None:
    assert circuit_drawing(random_circuit(5), "x").svg == circuit_drawing(random_circuit(5), "x").svg


def test_a_sum_in_a_gate_has_its_index_below_the_line() -> None:
    text = (
        "kind: graph\ngiven: {W: [[1, 2], [3, 4]], x: [1, 2]}\nequations: {'z[j]': 'sum(i, W[j,i]*x[i])'}\n"
    )
    rows = [row for row in solve(load_problem(text)).draw("graph").scene.rows if "Σ" in row.text]
    assert [row.text for row in rows] == ["Σi Wⱼᵢ·xᵢ"]
    assert [span.text for span in rows[0].spans if span.shift > 0] == ["i"]
