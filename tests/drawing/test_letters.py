"""Problems in letters are drawn by their letters, and by nothing that looks like a number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nbsolve import solve
from nbsolve.errors import UnknownQuantityError
from nbsolve.notation.network_symbols import parameters
from tests.drawing.networks import faults, texts
from tests.loading import files, load_problem

LETTERS = files("letters")


def test_there_are_some() -> None:
    assert LETTERS


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", ["network", "forward", "backward", "paths"])
def test_symbols_only(path: Path, kind: str) -> None:
    worked = solve(load_problem(path))
    parameter = next(parameters(worked.names.network, 1))
    drawing = worked.draw(kind, quantity=worked.names.plain(parameter))
    assert faults(drawing.scene) == []
    texts_with_values = [row.text for row in drawing.scene.rows if re.search(r"[=≈]", row.text)]
    values = [text for text in texts_with_values if not re.fullmatch(r"∂(\S+)/∂\1 = 1", text)]
    given = [str(entry) for entry in worked.problem.entries if str(entry)[:1] in "0123456789-"]
    assert all(text.split("= ")[-1].replace("−", "-") in given for text in values), values
    written = texts(drawing.scene)
    assert written["W[1][1][1]"] == "".join(worked.names.name(parameter).signs())
    if kind == "backward":
        assert written["dL/dW[1][1][1]"].startswith("∂L/∂") or written["dL/dW[1][1][1]"].startswith("∂")
        assert worked.names.plain(parameter) in drawing.alt


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_what_needs_numbers_is_not_offered(path: Path) -> None:
    worked = solve(load_problem(path))
    for kind in ("step", "heatmaps", "activations", "loss"):
        with pytest.raises(UnknownQuantityError, match=rf"no drawing '{kind}' of this problem"):
            worked.draw(kind)
    with pytest.raises(UnknownQuantityError, match="in symbols"):
        worked.frames()
