"""Computation graphs that courses, books and libraries published, with the numbers that they printed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_suffix(".yaml")


@dataclass(frozen=True)
class Published:
    """A graph as a problem, and what was printed: of the graph, of single equations, after one step of training."""

    source: str
    text: str
    expected: dict[str, Decimal]
    local: dict[str, Decimal]
    after: dict[str, Decimal]


def published() -> list[Published]:
    """All of them."""
    found = []
    for node in yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader):
        problem = {"kind": "graph", "title": node["source"], **node["problem"]}
        problem["parts"] = [{"label": "a", "ask": ["forward", "gradients"]}]
        numbers = [_decimals(node.get(key, {})) for key in ("expected", "local", "after")]
        text = yaml.dump(_plain(problem), sort_keys=False, allow_unicode=True, default_flow_style=None)
        found.append(Published(node["source"], text, *numbers))
    return found


def as_printed(value: float, printed: Decimal) -> bool:
    """Whether a number was printed from this value: within half a unit of its last digit; whole ones exactly."""
    exponent = printed.as_tuple().exponent
    assert isinstance(exponent, int)
    half = 0.5 * 10.0**exponent if exponent < 0 else 0.0
    return abs(value - float(printed)) <= half * (1 + 1e-9) + 1e-12 * (1 + abs(value))


def _decimals(node: dict[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(text) for name, text in node.items()}


def _plain(node: Any) -> Any:
    """Numbers as numbers, so that YAML needs no quotes; their digits stay."""
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    try:
        return int(node)
    except ValueError:
        try:
            return float(node) if repr(float(node)) == node else node
        except ValueError:
            return node
