"""Paths from a quantity to the loss: which they are, what each contributes, how the text numbers their factors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nbsolve import solve
from nbsolve.drawing.paths import MOST_ROUTES
from nbsolve.drawing.readings import Readings
from nbsolve.drawing.routes import count_routes, routes
from nbsolve.errors import UnknownQuantityError
from nbsolve.notation.network_symbols import parameters
from nbsolve.solving.solution import Solution
from nbsolve.symbol import Role, Symbol
from nbsolve.worked.network import WorkedSolution
from tests.drawing.networks import PROBLEMS, faults, random_problem, texts, wide_problem
from tests.loading import load_problem


def shipped(stem: str) -> WorkedSolution:
    return solve(load_problem(next(path for path in PROBLEMS if path.stem == stem)))


def kinds(worked: WorkedSolution, quantity: str) -> dict[str, str]:
    return {
        line.about: line.kind
        for line in worked.draw(paths=quantity).scene.lines
        if line.about.startswith("W")
    }


def test_the_paths_of_a_weight_run_through_its_unit_to_every_output() -> None:
    found = kinds(shipped("002-two-sigmoid-layers"), "dL/dw3")
    on_a_path = {name for name, kind in found.items() if kind == "path"}
    assert on_a_path == {"W[1][2][1]", "W[2][1][2]", "W[2][2][2]"}
    assert set(found.values()) == {"path", "faded"}


def test_a_path_is_dark_all_along_where_a_layer_has_no_weights_or_is_passed_by() -> None:
    lines = shipped("maxout-layer").draw(paths="w_11^{(1)}").scene.lines
    dark = {line.about for line in lines if line.kind == "path"}
    assert {"W[1][1][1]", "a[1][1] past layer 2", "a[1][1] into layer 3", "W[4][1][1]"} <= dark
    others = {line.about for line in lines if " layer " in line.about} - dark
    assert {"a[1][2] past layer 2", "a[2][1] into layer 3", "x[1] past layer 1"} <= others
    assert {line.kind for line in lines if line.about in others} == {"faded"}


def test_each_path_is_numbered_and_multiplied_out_with_the_numbers_of_the_text() -> None:
    worked = shipped("002-two-sigmoid-layers")
    drawing = worked.draw("paths", quantity="w3")
    notes = [row.text for row in drawing.scene.rows if row.about == "note"]
    assert notes == [
        "path 1: ③ · ④ · w₆ · ⑧ · x₁ ≈ 0.005124",
        "path 2: ① · ② · w₈ · ⑧ · x₁ ≈ −0.007941",
        "sum of the paths: ∂L/∂w₃ ≈ −0.002817",
    ]
    text = str(worked.backward())
    for factor, number in {"∂L/∂Ô₁ = 2": "③", "∂Ô₂/∂O₂ᵢ = ": "②", "∂h₂ₒ/∂h₂ᵢ = ": "⑧"}.items():
        derivation = text[text.index(factor) :].split("\n\n")[0]
        assert derivation.rstrip().endswith(number)
    labels = texts(drawing.scene)
    assert labels["W[1][2][1] path"] == "paths 1, 2"
    assert labels["W[2][2][2] path"] == "path 2"


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_the_shares_add_up_to_the_gradient(path: Path) -> None:
    worked = solve(load_problem(path))
    layers = range(1, len(worked.names.sizes))
    symbols = [symbol for layer in layers for symbol in parameters(worked.names.network, layer)]

    def shares(solution: Solution) -> None:
        readings = Readings(solution)
        if worked.problem.regulariser is not None or readings.label is not None:
            return
        for symbol in (*symbols, Symbol(Role.INPUT, to=1), Symbol(Role.ACTIVATION, 1, 1)):
            found = routes(symbol, readings)
            assert len(found) == count_routes(symbol, readings)
            gradient = readings.gradient(symbol)
            assert gradient is not None
            total = sum(route.share.size for route in found if route.share is not None)
            assert total == pytest.approx(gradient.size, rel=1e-12, abs=1e-300)

    worked.certified(shares)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_shipped_problems_have_no_overlap(path: Path) -> None:
    worked = solve(load_problem(path))
    for layer in range(1, len(worked.names.sizes)):
        for symbol in parameters(worked.names.network, layer):
            assert faults(worked.draw(paths=worked.names.plain(symbol)).scene) == [], symbol


@pytest.mark.sampled(7)
@pytest.mark.parametrize("block", range(20))
def test_random_networks_have_no_overlap(block: int) -> None:
    for seed in range(1000 + 5 * block, 1000 + 5 * (block + 1)):
        text = random_problem(seed)
        worked = solve(load_problem(text))
        layer = 1 + seed % (len(worked.names.sizes) - 1)
        symbols = list(parameters(worked.names.network, layer))
        drawing = worked.draw(paths=worked.names.plain(symbols[seed % len(symbols)]))
        assert faults(drawing.scene) == [], text


def test_many_paths_are_highlighted_without_numbers() -> None:
    worked = solve(load_problem(random_problem(3, [3, 4, 4, 3])))
    drawing = worked.draw(paths="x1")
    assert drawing.title.startswith("The 48 paths from x₁")
    assert MOST_ROUTES < 48
    texts = {row.text for row in drawing.scene.rows}
    assert not any(re.fullmatch(r"path(s)? [\d, ]+", text) for text in texts)
    assert any(text.startswith("sum of the 48 paths: ") for text in texts)
    assert sum(kind == "path" for kind in kinds(worked, "x1").values()) == 4 + 16 + 12


def test_paths_through_a_wide_network() -> None:
    worked = solve(load_problem(wide_problem(30, 20, 10)))
    assert faults(worked.draw(paths="W[1][1][1]").scene) == []


def test_what_has_no_paths_is_refused_with_what_has() -> None:
    worked = shipped("002-two-sigmoid-layers")
    with pytest.raises(UnknownQuantityError, match=r"paths begin at a parameter, an input or a unit: w₁, w₂"):
        worked.draw(paths="L")
    with pytest.raises(UnknownQuantityError, match=r"no quantity 'w99' in this problem; there are x₁, x₂"):
        worked.draw(paths="w99")
    with pytest.raises(UnknownQuantityError, match=r'draw\("paths", quantity="dL/dw1"\)'):
        worked.draw("paths")


def test_the_words_name_units_and_factors() -> None:
    words = shipped("002-two-sigmoid-layers").draw(paths="w3").alt
    assert "Path 2 runs through h₂ₒ → Ô₂ to L; its factors, from the loss back: ∂L/∂Ô₂ ≈ −0.6686" in words


def test_paths_that_branch_within_a_softmax_are_counted_and_not_multiplied_out() -> None:
    """From z of one unit on to a of any: three paths through one output, where weights alone would show one."""
    worked = shipped("softmax-in-the-middle")
    drawing = worked.draw(paths="W[1][1][1]")
    assert "3 paths" in drawing.alt
    assert "−0.01678" in drawing.alt
    assert not [name for name in texts(drawing.scene) if name.endswith(" path")]
    assert not [
        about for about in texts(drawing.scene) if about.startswith("da[1]")
    ]  # one of nine derivatives
    assert kinds(worked, "W[1][1][1]") == {
        line.about: "path"
        if line.about in ("W[1][1][1]", *(f"W[2][1][{unit}]" for unit in (1, 2, 3)))
        else "faded"
        for line in drawing.scene.lines
        if line.about.startswith("W")
    }
