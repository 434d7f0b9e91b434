"""Trainings that were published, digit for digit as their sources print them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from nbsolve.checking.oracle.rules import rounded
from tests.rules.test_oracle import worked

CASES = YAML(typ="base", pure=True).load(
    Path(__file__).with_name("published.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["source"].split(":")[0])
def test_as_published(case: dict[str, Any]) -> None:
    trained = worked(case["problem"]).trained
    decimals = int(case["decimals"]) if "decimals" in case else None
    turns = [turn for epoch in trained.epochs for turn in epoch.turns]
    assert len(turns) >= len(case["rows"]) > 3
    for turn, row in zip(turns, case["rows"], strict=False):
        (z,), (a,), (weights,) = turn.z, turn.predictions, turn.after.weights
        held = trained.problem.network.layers[0].bias.trainable is False
        found = [z, a, *weights, *(() if held else turn.after.constants)]
        assert [rounded(Fraction(str(value)), decimals) for value in found] == [
            Fraction(text) for text in row
        ]
    if "epochs" in case:
        assert len(trained.epochs) == int(case["epochs"])
    if "last" in case:
        last = [*trained.last.weights[0], *trained.last.constants]
        assert [str(value) for value in last] == case["last"]
