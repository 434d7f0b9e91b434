"""What scripts find in an SVG: every line, unit and label says which quantity it shows."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import pytest

from nbsolve import solve
from nbsolve.symbol import canonical, parse_canonical
from tests.drawing.networks import PROBLEMS
from tests.drawing.test_network import SVG, shows
from tests.loading import load_problem

# the weights and the lines without a weight of networks that are not chains
OTHERS = {
    "bias-in-the-weights": (
        {f"W[{place}]" for place in ("1][1][2", "1][1][3", "1][2][2", "1][2][3", "2][1][2", "2][1][3")},
        set[str](),
    ),
    "missing-connections": (
        {
            f"W[{place}]"
            for place in ("1][1][1", "1][1][2", "1][2][2", "1][2][3", "2][1][1", "2][2][1", "2][2][2")
        },
        set[str](),
    ),
    "tied-autoencoder": (
        {f"W[1][{j}][{i}]{use}" for j in (1, 2) for i in (1, 2, 3) for use in ("", " in layer 2")},
        set[str](),
    ),
    "xor-with-a-direct-connection": (
        {"W[1][1][1]", "W[1][1][2]", "W[2][1][1]", "W[2][1][2]", "W[2][1][3]"},
        {"x[1] past layer 1", "x[2] past layer 1"},
    ),
    "two-outputs-two-losses": (
        {f"W[1][{j}][{i}]" for j in (1, 2) for i in (1, 2)}
        | {"W[2][1][1]", "W[2][1][2]"}
        | {f"W[3][{j}][{i}]" for j in (1, 2) for i in (1, 2)},
        set[str](),
    ),
    "two-inputs": (
        {f"W[1][{j}][{i}]" for j in (1, 2) for i in (1, 2, 3)}
        | {f"W[2][{j}][{i}]" for j in (1, 2) for i in (4, 5)}
        | {f"W[3][1][{i}]" for i in (1, 2, 3, 4)},
        set[str](),
    ),
    "residual-block": (
        {f"W[{n}][{j}][{i}]" for n in (1, 2) for j in (1, 2) for i in (1, 2)} | {"W[4][1][1]", "W[4][1][2]"},
        {f"x[{i}] past layer {n}" for i in (1, 2) for n in (1, 2)}
        | {f"{unit}[{i}] into layer 3" for unit in ("a[2]", "x") for i in (1, 2)},
    ),
    "maxout-layer": (
        {f"W[{n}][{j}][{i}]" for n in (1, 2) for j in (1, 2) for i in (1, 2)} | {"W[4][1][1]", "W[4][1][2]"},
        {f"x[{i}] past layer 1" for i in (1, 2)}
        | {f"a[1][{i}] past layer 2" for i in (1, 2)}
        | {f"a[{n}][{i}] into layer 3" for n in (1, 2) for i in (1, 2)},
    ),
    "prelu-as-maxout": (
        {f"W[1][{j}][{i}]" for j in (1, 2) for i in (1, 2)}
        | {"W[2][1][1]", "W[2][2][2]", "W[4][1][1]", "W[4][1][2]"},
        {f"a[1][{i}] past layer 2" for i in (1, 2)}
        | {f"a[{n}][{i}] into layer 3" for n in (1, 2) for i in (1, 2)},
    ),
}


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_lines_units_and_labels_say_what_they_show(path: Path) -> None:
    worked = solve(load_problem(path))
    sizes = worked.names.sizes
    weights = {
        f"W[{layer}][{to}][{source}]"
        for layer in range(1, len(sizes))
        for to in range(1, sizes[layer] + 1)
        for source in range(1, sizes[layer - 1] + 1)
    }
    weights, carried = OTHERS.get(path.stem, (weights, set[str]()))
    units = {f"x[{unit}]" for unit in range(1, sizes[0] + 1)}
    units |= {f"a[{layer}][{unit}]" for layer in range(1, len(sizes)) for unit in range(1, sizes[layer] + 1)}
    units |= {name for name in carried if " past " in name}
    exits = {f"dL/da[{end}][{unit}]" for end in worked.names.ends for unit in range(1, sizes[end] + 1)}
    for show in shows(path):
        # a given gradient comes in where it is used, in the backward pass alone
        ends = worked.problem.losses or (worked.problem.given_gradient and show == "backward")
        last, leaving = ({"L"}, exits) if ends else (set[str](), set[str]())
        root = ElementTree.fromstring(worked.draw(show).svg)
        parts = Counter(
            (element.get("data-part"), element.get("data-quantity"))
            for element in root.iter()
            if element.get("data-part")
        )
        assert set(parts.values()) == {1}
        assert {name for part, name in parts if part == "line"} == weights | carried | leaving
        assert {name for part, name in parts if part == "unit"} == units | last
        assert {name for part, name in parts if part == "label"} <= weights | carried
        for element in root.iter():
            name = element.get("data-quantity")
            if name in carried or (name or "").partition(" ")[2].startswith(("in layer", "past", "into")):
                continue  # no quantity of its own, but where one is used
            assert name is None or canonical(parse_canonical(name)) == name
            if element.get("data-part") == "label":
                assert element[0].tag == f"{SVG}rect"
                assert next(element.iter(f"{SVG}text")).get("data-quantity") == name
