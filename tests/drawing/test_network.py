"""The drawings, read from their scenes and their SVG: nothing overlaps, nothing leaves the picture."""

from __future__ import annotations

import base64
import itertools
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from nbsolve import solve
from nbsolve.drawing import Drawing, draw_network
from nbsolve.errors import UnknownQuantityError
from nbsolve.problem.wiring import uses_of_weights
from nbsolve.symbol import Role, Symbol
from tests.drawing.networks import PROBLEMS, faults, random_problem, texts, wide_problem
from tests.loading import load_problem

SVG = "{http://www.w3.org/2000/svg}"
SHOWS = ["network", "forward", "backward", "update"]


def drawn(text: str | Path) -> Drawing:
    return draw_network(load_problem(text))


def shows(path: Path) -> list[str]:
    return SHOWS if load_problem(path).training is not None else SHOWS[:3]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_shipped_problems_have_no_overlap(path: Path) -> None:
    worked = solve(load_problem(path))
    for show in shows(path):
        assert faults(worked.draw(show).scene) == [], show


@pytest.mark.sampled(5)
@pytest.mark.parametrize("block", range(12))
def test_random_networks_have_no_overlap(block: int) -> None:
    for seed in range(5 * block, 5 * (block + 1)):
        text = random_problem(seed)
        worked = solve(load_problem(text))
        for show in SHOWS[1:]:
            assert faults(worked.draw(show).scene) == [], text


@pytest.mark.sampled(3)
@pytest.mark.parametrize("sizes", [[6, 6], [6, 6, 4], [5, 6, 5], [4, 4, 4, 4], [10, 6], [1, 10, 5]])
@pytest.mark.parametrize("seed", range(3))
def test_crowded_networks_have_no_overlap(sizes: list[int], seed: int) -> None:
    worked = solve(load_problem(random_problem(seed, sizes)))
    drawing = worked.draw("backward")
    assert faults(drawing.scene) == []
    edges = sum(a * b for a, b in itertools.pairwise(sizes))
    written = texts(drawing.scene)
    assert sum(about.startswith(("W[", "dL/dW[")) for about in written) == 2 * edges


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_every_given_weight_is_on_an_edge_and_in_the_words(path: Path) -> None:
    problem = load_problem(path)
    drawing = draw_network(problem)
    written = texts(drawing.scene)
    for number, layer in enumerate(problem.network.layers, 1):
        for unit, values in enumerate(layer.weights, 1):
            for source, weight in enumerate(values, 1):
                if (unit, source) in layer.missing:
                    assert f"W[{number}][{unit}][{source}]" not in written
                    continue
                shown = str(weight).replace("-", "−")
                assert written[f"W[{number}][{unit}][{source}]"].endswith(f" = {shown}")
                assert f"= {shown}" in drawing.alt


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_every_gradient_stands_below_its_value_with_its_sign(path: Path) -> None:
    worked = solve(load_problem(path))
    network = worked.problem.network
    drawing = worked.draw("backward")
    gradients = worked.iterations[0].gradients
    written = texts(drawing.scene)
    tones = {row.about: row.tone for row in drawing.scene.rows}
    kinds = {line.about: line.kind for line in drawing.scene.lines}
    for layer, given in enumerate(network.layers, 1):
        if not given.weights:  # it adds, or its weights are those of another layer
            continue
        matrix = gradients.W[layer]
        uses = len(uses_of_weights(network, layer))
        for (j, i), value in ((place, float(matrix[place])) for place in zip(*matrix.nonzero(), strict=True)):
            name = f"[{layer}][{j + 1}][{i + 1}]"
            text, tone = written[f"dL/dW{name}"], tones[f"dL/dW{name}"]
            if uses > 1:  # at each of its lines the same: the weight has one gradient
                text, *others = text.removeprefix("∂ ").split(" ∂ ")
                assert others == [text] * (uses - 1)
                text = f"∂ {text}"
            assert text.startswith("∂ −" if value < 0 else "∂ ")
            folded = given.bias.folded
            constant = folded is not None and i == (0 if folded.column == "first" else matrix.shape[1] - 1)
            assert tone == ("negative" if value < 0 else "positive")
            assert constant or kinds[f"W{name}"] == tone  # a folded bias stands in its unit and has no line
            if "·" not in text:
                assert float(text[2:].replace("−", "-")) == pytest.approx(value, rel=1e-3, abs=5e-5)
            assert text[2:].replace("·10", "·10^") in drawing.alt


def test_a_dead_unit_is_grey_and_says_why() -> None:
    path = next(path for path in PROBLEMS if path.stem == "004-relu-cross-entropy")
    drawing = solve(load_problem(path)).draw("backward")
    kinds = {box.about: box.kind for box in drawing.scene.boxes}
    assert kinds["a[1][1]"] == "dead"
    assert kinds["a[1][2]"] == "unit"
    assert "derivative 0" in {row.text for row in drawing.scene.rows}
    assert "no gradient passes through it" in drawing.alt
    dead = [line.kind for line in drawing.scene.lines if line.about.startswith("W[1][1]")]
    assert dead == ["zero", "zero"]


def test_the_magnitude_is_the_width() -> None:
    worked = solve(load_problem(PROBLEMS[1]))
    sizes: dict[str, float] = {}
    for layer, matrix in worked.iterations[0].gradients.W.items():
        for j, values in enumerate(matrix, 1):
            sizes |= {f"W[{layer}][{j}][{i}]": abs(value) for i, value in enumerate(values, 1)}
    widths = {line.about: line.width for line in worked.draw("backward").scene.lines if line.about in sizes}
    ordered = sorted(sizes, key=lambda name: sizes[name])
    assert [widths[name] for name in ordered] == sorted(widths.values())


def test_the_update_says_old_and_new() -> None:
    path = next(path for path in PROBLEMS if path.stem == "published-2-2-2-biases-held")
    worked = solve(load_problem(path))
    written = texts(worked.draw("update").scene)
    new = worked.iterations[0].new.W[1][0, 0]
    assert float(written["W_new[1][1][1]"].removeprefix("→ ")) == pytest.approx(new, rel=1e-3)
    assert written[f"b[{1}] held"] == "held"


def test_the_backward_pass_runs_backwards() -> None:
    worked = solve(load_problem(next(path for path in PROBLEMS if path.stem.startswith("002"))))
    for show, forwards in (("forward", True), ("backward", False)):
        arrows = worked.draw(show).scene.arrows
        assert arrows
        assert any(
            all((arrow.tip[axis] > arrow.origin[axis]) == forwards for arrow in arrows) for axis in (0, 1)
        )


def test_what_there_is_not_lists_what_there_is() -> None:
    worked = solve(load_problem(next(path for path in PROBLEMS if path.stem.startswith("002"))))
    with pytest.raises(
        UnknownQuantityError,
        match=r"there are network, forward, backward, paths, step, activations, heatmaps$",
    ):
        worked.draw("update")
    with pytest.raises(UnknownQuantityError, match="no iteration 7 among those shown; there are 1"):
        worked.draw("forward", iteration=7)
    with pytest.raises(UnknownQuantityError, match="no sample 2 in iteration 1; there are 1"):
        worked.draw("forward", sample=2)


def test_a_batch_shows_the_sample_it_is_asked_for() -> None:
    text = PROBLEMS[0].read_text(encoding="utf-8")
    worked = solve(load_problem(text))
    iteration = worked.solution.iterations[1]
    drawing = worked.draw("forward", iteration=iteration.number, sample=iteration.samples[0])
    assert f"sample {iteration.samples[0]}" in drawing.title
    assert Symbol(Role.LOSS) in iteration.values


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_the_svg_is_well_formed_real_text_with_a_title_and_a_description(path: Path) -> None:
    worked = solve(load_problem(path))
    for show in shows(path):
        drawing = worked.draw(show)
        root = ElementTree.fromstring(drawing.svg)
        assert root.get("role") == "img"
        assert root.get("viewBox") == f"0 0 {drawing.scene.width} {drawing.scene.height}"
        described = {element.get("id") for element in root if element.tag in (f"{SVG}title", f"{SVG}desc")}
        assert described == {root.get("aria-labelledby"), root.get("aria-describedby")}
        written = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
        assert sorted(row.text for row in drawing.scene.rows) == sorted(written)


@pytest.mark.parametrize("show", SHOWS)
def test_text_has_contrast_on_every_ground(show: str) -> None:
    path = next(path for path in PROBLEMS if path.stem == "004-relu-cross-entropy")
    root = ElementTree.fromstring(solve(load_problem(path)).draw(show).svg)
    grounds = {element.get("fill") for element in root.iter(f"{SVG}rect")}
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
    words = " ".join(label.text for label in drawing.scene.labels)
    assert "weights not written" in words
    assert ("⋮" in words) == (max(sizes) > 6)
    assert "connections" in drawing.alt


@pytest.mark.parametrize("sizes", [(30, 20, 10), (6, 6, 6)])
def test_a_pass_through_a_large_network_says_what_it_leaves_out(sizes: tuple[int, ...]) -> None:
    worked = solve(load_problem(wide_problem(*sizes)))
    for show in SHOWS[1:]:
        drawing = worked.draw(show)
        assert faults(drawing.scene) == []
        words = " ".join(label.text for label in drawing.scene.labels)
        assert ("only some are drawn" in words) == ("⋮" in words) == (max(sizes) > 6)
        assert ("The picture shows the first and last units" in drawing.alt) == (max(sizes) > 6)


def test_the_same_problem_gives_the_same_picture() -> None:
    worked = solve(load_problem(PROBLEMS[0]))
    assert worked.draw("backward").svg == worked.draw("backward").svg


def test_jupyter_gets_the_picture_and_the_words() -> None:
    drawing = drawn(PROBLEMS[0])
    bundle = drawing._repr_mimebundle_()
    assert base64.b64decode(bundle.pop("application/pdf")).startswith(b"%PDF")
    image = ElementTree.fromstring(bundle.pop("text/html").replace(">", "/>"))
    assert image.attrib["alt"] == f"{drawing.title}. {drawing.alt}"
    assert base64.b64decode(image.attrib["src"].partition(",")[2]).decode() == drawing.svg
    assert bundle == {"image/svg+xml": drawing.svg, "text/plain": f"{drawing.title}. {drawing.alt}"}
    assert list(drawing._repr_mimebundle_(include=["text/plain"])) == ["text/plain"]
    assert drawing._repr_svg_() == drawing.svg


def test_drawing_does_not_load_matplotlib() -> None:
    code = (
        "import sys; from nbsolve import load_problem, solve; "
        f"s = solve(load_problem({str(PROBLEMS[0])!r})); [s.draw(k) for k in ('backward', 'activations', 'loss')]; "
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
