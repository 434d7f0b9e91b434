"""The drawing of a network, read from its scene and its SVG: nothing overlaps, nothing leaves the picture."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from nbsolve import load_problem
from nbsolve.drawing import Drawing, draw_network
from nbsolve.drawing.placing import box_around
from nbsolve.drawing.scene import Scene, overlap

PROBLEMS = sorted((Path(__file__).parents[2] / "problems").glob("*.yaml"))
SVG = "{http://www.w3.org/2000/svg}"


def random_problem(seed: int) -> str:
    draw = random.Random(seed)
    sizes = [draw.randint(1, 4) for _ in range(draw.randint(2, 4))]

    def number() -> str:
        return f"{draw.uniform(-2, 2):.{draw.randint(0, 4)}f}"

    layers = []
    for inputs, units in itertools.pairwise(sizes):
        rows = [f"[{', '.join(number() for _ in range(inputs))}]" for _ in range(units)]
        values = ", ".join(number() for _ in range(units))
        bias = draw.choice([f"bias: [{values}]", f"bias: {{shared: {number()}}}", f"threshold: [{values}]"])
        layers.append(f"{{units: {units}, activation: sigmoid, weights: [{', '.join(rows)}], {bias}}}")
    sample = f"{{input: [{', '.join(number() for _ in range(sizes[0]))}]}}"
    preset = draw.choice(["flat", "indexed", "matrix"])
    return "\n".join(
        [
            "title: Random",
            f"notation: {preset}",
            f"network: {{inputs: {sizes[0]}, layers: [{', '.join(layers)}]}}",
            f"samples: [{sample}]",
            "parts: [{label: a, ask: [forward]}]",
            "",
        ]
    )


def wide_problem(*sizes: int) -> str:
    layers = [
        f"{{units: {units}, activation: relu, weights: {{normal: {{std: 0.1, seed: 7}}}}}}"
        for units in sizes[1:]
    ]
    return "\n".join(
        [
            "title: Wide",
            f"network: {{inputs: {sizes[0]}, layers: [{', '.join(layers)}]}}",
            f"samples: [{{input: [{', '.join('1' * sizes[0])}]}}]",
            "parts: [{label: a, ask: [forward]}]",
            "",
        ]
    )


def faults(scene: Scene) -> list[str]:
    """What overlaps and what leaves the picture."""
    boxes = [(label.about, label.corners()) for label in scene.labels]
    found = [f"{a} on {b}" for (a, one), (b, two) in itertools.combinations(boxes, 2) if overlap(one, two)]
    for label in (label for label in scene.labels if label.plate and label.about.startswith("W")):
        found += [
            f"{label.about} on a unit" for unit in scene.circles if overlap(label.corners(), box_around(unit))
        ]
    for about, corners in boxes:
        if not all(0 <= x <= scene.width and 0 <= y <= scene.height for x, y in corners):
            found.append(f"{about} outside")
    for unit in scene.circles:
        (x, y), reach = unit.centre, unit.radius
        if not (reach <= x <= scene.width - reach and reach <= y <= scene.height - reach):
            found.append(f"unit at {unit.centre} outside")
    return found


def drawn(text: str | Path) -> Drawing:
    return draw_network(load_problem(text))


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_shipped_problems_have_no_overlap(path: Path) -> None:
    assert faults(drawn(path).scene) == []


@pytest.mark.parametrize("block", range(10))
def test_random_networks_have_no_overlap(block: int) -> None:
    for seed in range(30 * block, 30 * (block + 1)):
        text = random_problem(seed)
        assert faults(drawn(text).scene) == [], text


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_every_given_weight_is_on_an_edge_and_in_the_words(path: Path) -> None:
    problem = load_problem(path)
    drawing = draw_network(problem)
    texts = {label.about: label.text for label in drawing.scene.labels}
    for number, layer in enumerate(problem.network.layers, 1):
        for unit, row in enumerate(layer.weights, 1):
            for source, weight in enumerate(row, 1):
                shown = str(weight).replace("-", "−")
                assert texts[f"W[{number}][{unit}][{source}]"].removesuffix(" (held)").endswith(f" = {shown}")
                assert f"= {shown}" in drawing.alt


def test_the_svg_is_well_formed_real_text_with_a_title_and_a_description() -> None:
    drawing = drawn(PROBLEMS[0])
    root = ElementTree.fromstring(drawing.svg)
    assert root.get("role") == "img"
    assert root.get("viewBox") == f"0 0 {drawing.scene.width} {drawing.scene.height}"
    described = {element.get("id") for element in root if element.tag in (f"{SVG}title", f"{SVG}desc")}
    assert described == set((root.get("aria-labelledby") or "").split())
    written = {"".join(text.itertext()) for text in root.iter(f"{SVG}text")}
    assert {label.text for label in drawing.scene.labels} == written


def test_text_has_contrast_on_its_ground() -> None:
    root = ElementTree.fromstring(drawn(PROBLEMS[0]).svg)
    grounds = {
        element.get("fill") for element in root.iter() if element.tag in (f"{SVG}circle", f"{SVG}rect")
    }
    for text in root.iter(f"{SVG}text"):
        for ground in grounds:
            one, two = sorted((luminance(text.get("fill")), luminance(ground)))
            assert (two + 0.05) / (one + 0.05) >= 4.5


def luminance(colour: str | None) -> float:
    """WCAG 2 relative luminance of #rrggbb."""
    assert colour is not None
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("sizes", [(784, 128, 10), (6, 6, 6), (12, 5, 3), (4, 40, 1)])
def test_a_large_network_is_shortened_and_says_so(sizes: tuple[int, ...]) -> None:
    drawing = drawn(wide_problem(*sizes))
    assert faults(drawing.scene) == []
    texts = " ".join(label.text for label in drawing.scene.labels)
    assert "weights not written" in texts
    assert ("⋮" in texts) == (max(sizes) > 6)
    assert "connections" in drawing.alt


def test_the_same_problem_gives_the_same_picture() -> None:
    assert drawn(PROBLEMS[0]).svg == drawn(PROBLEMS[0]).svg


def test_jupyter_gets_the_picture_and_the_words() -> None:
    drawing = drawn(PROBLEMS[0])
    assert drawing._repr_mimebundle_() == {
        "image/svg+xml": drawing.svg,
        "text/plain": f"{drawing.title}. {drawing.alt}",
    }
    assert list(drawing._repr_mimebundle_(include=["text/plain"])) == ["text/plain"]
    assert drawing._repr_svg_() == drawing.svg


def test_drawing_does_not_load_matplotlib() -> None:
    code = (
        "import sys; from nbsolve import load_problem; from nbsolve.drawing import draw_network; "
        f"draw_network(load_problem({str(PROBLEMS[0])!r})); sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
