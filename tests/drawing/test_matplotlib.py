"""Drawings through matplotlib: the same texts at the same places, real text, files, the same bytes again."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nbsolve import solve
from nbsolve.drawing.charts.plots import rendered
from nbsolve.drawing.drawing import Drawing
from nbsolve.errors import NbsolveError, UnknownQuantityError
from nbsolve.worked.network import WorkedSolution
from tests.drawing.networks import PROBLEMS, wide_problem
from tests.loading import load_problem

SVG = "{http://www.w3.org/2000/svg}"
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("network", {}),
    ("forward", {}),
    ("backward", {}),
    ("update", {}),
    ("paths", {"quantity": "W[1][1][1]"}),
    ("step", {"step": 4}),
    ("heatmaps", {}),
    ("activations", {}),
    ("loss", {}),
]


@pytest.fixture(scope="module")
def worked() -> WorkedSolution:
    return solve(load_problem(next(path for path in PROBLEMS if path.stem == "001-a-squared-error")))


def texts(svg: str) -> list[str]:
    found = ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    return sorted("".join(found))


@pytest.mark.parametrize(("kind", "options"), KINDS, ids=[kind for kind, _ in KINDS])
def test_both_backends_write_the_same_letters(
    worked: WorkedSolution, kind: str, options: dict[str, Any]
) -> None:
    one = worked.draw(kind, **options)
    other = worked.draw(kind, backend="matplotlib", **options)
    assert (one.title, one.alt, one.scene) == (other.title, other.alt, other.scene)
    assert texts(one.svg) == texts(other.svg)


def test_both_backends_write_at_the_same_places(worked: WorkedSolution) -> None:
    drawing = worked.draw("backward")
    root = ElementTree.fromstring(worked.draw("backward", backend="matplotlib").svg)
    places = {}
    for text in root.iter(f"{SVG}text"):
        match = re.search(r"translate\(([\d.]+) ([\d.]+)\)", text.get("transform") or "")
        x, y = map(float, match.groups()) if match else (float(text.get("x", 0)), float(text.get("y", 0)))
        places["".join(text.itertext())] = (x / 0.75, y / 0.75)
    for label in drawing.scene.labels:
        for dy, row in label.lines():
            if row.about.startswith("dL/dW"):
                left, baseline = label.centre[0] - row.width / 2, label.centre[1] + dy + 0.35 * row.size
                assert places[row.text] == pytest.approx((left, baseline), abs=0.6), row.text


@pytest.mark.parametrize(("kind", "options"), KINDS, ids=[kind for kind, _ in KINDS])
def test_every_kind_is_drawn_the_same_again(
    worked: WorkedSolution, kind: str, options: dict[str, Any]
) -> None:
    for suffix in ("svg", "pdf", "png") if kind in ("backward", "loss") else ("svg",):
        source = worked.draw(kind, **options).source
        assert rendered(source, suffix) == rendered(worked.draw(kind, **options).source, suffix)
    one, other = (worked.draw(kind, backend="matplotlib", **options) for _ in range(2))
    assert one.svg == other.svg
    root = ElementTree.fromstring(one.svg)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}desc") is not None
    assert "dc:date" not in one.svg


def test_a_readers_own_style_changes_nothing(worked: WorkedSolution) -> None:
    plain = worked.draw("activations", backend="matplotlib").svg
    with matplotlib.rc_context({"font.size": 30, "axes.grid": False, "savefig.transparent": True}):
        assert worked.draw("activations", backend="matplotlib").svg == plain


def test_a_drawing_stands_among_other_plots(worked: WorkedSolution) -> None:
    figure = Figure(figsize=(12, 4))
    canvas: Any = FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    right.plot([1, 2], [3, 4])
    drawing = worked.draw("forward", backend="matplotlib", ax=left)
    canvas.draw()
    assert drawing.elsewhere
    assert list(drawing._repr_mimebundle_()) == ["text/plain"]
    assert drawing._repr_svg_() is None
    assert left.get_xlim() == (0, drawing.scene.width)
    assert len(left.patches) > len(drawing.scene.boxes)
    assert worked.draw("loss").paint(figure.subplots(1, 1)).lines


@pytest.mark.parametrize("kind", ["backward", "loss", "heatmaps"])
def test_files(worked: WorkedSolution, kind: str, tmp_path: Path) -> None:
    drawing = worked.draw(kind)
    for suffix in ("png", "pdf", "svg", "PNG"):
        path = drawing.save(tmp_path / f"{kind}.{suffix}")
        data = path.read_bytes()
        if suffix == "svg":
            assert data.decode() == drawing.svg
        elif suffix == "pdf":
            assert data.startswith(b"%PDF")
            assert b"CreationDate" not in data
        else:
            assert data.startswith(b"\x89PNG")
            width, height = struct.unpack(">II", data[16:24])
            assert (width, height) == pytest.approx(
                (2 * drawing.source.width, 2 * drawing.source.height), abs=2
            )
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_what_cannot_be_written_is_said(worked: WorkedSolution, tmp_path: Path) -> None:
    drawing: Drawing = worked.draw()
    with pytest.raises(NbsolveError, match=r"a drawing is written as \.svg, \.pdf, \.png"):
        drawing.save(tmp_path / "x.jpg")
    with pytest.raises(NbsolveError, match=r"nowhere/x\.svg cannot be written: No such file"):
        drawing.save(tmp_path / "nowhere" / "x.svg")
    with pytest.raises(UnknownQuantityError, match="no backend 'tikz'; there are svg, matplotlib"):
        worked.draw(backend="tikz")
    with pytest.raises(UnknownQuantityError, match='backend="matplotlib", ax=ax'):
        worked.draw(ax=object())


def test_the_loss_of_a_long_training_is_that_of_its_iterations() -> None:
    path = next(path for path in PROBLEMS if path.stem == "004-relu-cross-entropy")
    shown = {"training.iterations": 300, "training.show": [1, 151, 300]}
    worked = solve(load_problem(path, overrides=shown))
    axes: Any = Figure().subplots()
    worked.draw("loss", backend="matplotlib", ax=axes)
    (line,) = (line for line in axes.lines if len(line.get_xdata()) > 2)
    points = dict(zip(line.get_xdata(), line.get_ydata(), strict=True))
    assert len(points) == 121
    assert (min(points), max(points)) == (0, 300)  # before the first update, and after the last one
    for iteration in worked.iterations:
        if iteration.number - 1 in points:
            assert points[iteration.number - 1] == pytest.approx(iteration.loss, rel=1e-12)
    with pytest.raises(UnknownQuantityError, match="no drawing 'loss' of this problem"):
        solve(load_problem(path)).draw("loss")


def test_activations_show_point_and_slope(worked: WorkedSolution) -> None:
    words = worked.draw("activations").alt
    assert "z₁⁽²⁾ ≈ 2.214, a₁⁽²⁾ ≈ 0.9015, sigmoid, slope ≈ 0.08878." in words


def test_softmax_is_drawn_over_its_own_weighted_sum() -> None:
    worked = solve(load_problem(wide_problem(3, 3, loss="squared_error").replace("relu", "softmax")))
    axes: Any = Figure().subplots()
    worked.draw("activations", backend="matplotlib", ax=axes)
    values, gradients = worked.iterations[0].a[1], worked.solution.iterations[0].values
    assert gradients is not None
    for panel, value in zip(axes.child_axes, values, strict=True):
        (dot,) = (line for line in panel.lines if line.get_marker() == "o")
        assert dot.get_ydata()[0] == pytest.approx(value)
        curve = max(panel.lines, key=lambda line: len(line.get_xdata()))
        at = dot.get_xdata()[0]
        nearest = min(range(len(curve.get_xdata())), key=lambda k: abs(curve.get_xdata()[k] - at))
        assert curve.get_ydata()[nearest] == pytest.approx(value, abs=0.02)
