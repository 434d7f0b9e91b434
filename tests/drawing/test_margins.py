"""No text touches its box: letters stay two pixels away from the line around them, in every drawing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nbsolve import load_problem, solve
from nbsolve.notation.network_symbols import parameters
from nbsolve.worked.network import WorkedSolution
from nbsolve.worked.page import WorkedPage
from tests.drawing.margins import cramped
from tests.drawing.networks import PROBLEMS, small_problem
from tests.drawing.test_network import SHOWS, shows

ALL = sorted(PROBLEMS[0].parent.glob("*.yaml"))


@pytest.mark.sampled(3)
@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_letters_of_shipped_problems_keep_away_from_their_boxes(path: Path) -> None:
    worked = solve(load_problem(path))
    if isinstance(worked, WorkedPage):
        drawings = [worked.draw(**arguments) for method, arguments in worked.cells() if method == "draw"]  # type: ignore[arg-type]
    else:
        parameter = worked.names.plain(next(parameters(worked.names.network, 1)))
        wanted = ["network", "forward", "backward", "paths"]
        wanted += [] if worked.problem.symbolic else [*shows(path), "activations", "step"]
        drawings = [worked.draw(show, quantity=parameter, step=1) for show in dict.fromkeys(wanted)]
    assert [fault for drawing in drawings for fault in cramped(drawing.svg)] == []


@pytest.mark.sampled(3)
@pytest.mark.parametrize("seed", range(12))
def test_letters_of_random_networks_do(seed: int) -> None:
    worked = solve(load_problem(small_problem(seed)))
    assert isinstance(worked, WorkedSolution)
    assert [fault for show in SHOWS for fault in cramped(worked.draw(show).svg)] == []


@pytest.mark.parametrize("change", [("height", 0.8), ("width", 0.93)])
def test_a_box_that_is_too_small_is_found(change: tuple[str, float]) -> None:
    svg = solve(load_problem(next(path for path in PROBLEMS if path.stem.startswith("published")))).draw().svg
    side, part = change
    wrong = re.sub(
        f'(<rect data-part="unit".*?{side}=")([0-9.]+)',
        lambda found: f"{found[1]}{part * float(found[2])}",
        svg,
    )
    assert len(cramped(wrong)) >= 2
