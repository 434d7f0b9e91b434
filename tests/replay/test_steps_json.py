"""Steps written as JSON and read back are the same steps, and can be verified again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import flint
import numpy as np
import pytest

from nbsolve import solve
from nbsolve.asking.steps_json import UnreadableSteps, from_json
from nbsolve.recorder import Recorder
from nbsolve.step import Step, verify
from tests.loading import files, load_problem

PROBLEMS = files("network")


def to_the_bit(value: Any) -> Any:
    """A number, or an array of them, by whole numbers: what is equal here is the same enclosure."""
    if isinstance(value, np.ndarray):
        return value.shape, [to_the_bit(entry) for entry in value.reshape(-1)]
    if isinstance(value, flint.fmpq):
        return value
    return [tuple(map(int, part.man_exp())) for part in (value.mid(), value.rad())]


def units(step: Step) -> list[Step]:
    return list(step.units)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("way", ["delta", "paths", "local_derivatives"])
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_nothing_is_lost(path: Path, way: str) -> None:
    worked = solve(load_problem(path, overrides={"explain": way}))
    solution, text = worked.solution, worked.to_json()
    read = from_json(text)
    assert [one.number for one in read] == [one.number for one in solution.iterations]
    for own, iteration in zip(read, solution.iterations, strict=True):
        steps = [*iteration.steps, *iteration.extra]
        assert own.steps == steps
        assert [units(step) for step in own.steps] == [units(step) for step in steps]
        for atom, value in iteration.values.stored.items():
            assert to_the_bit(own.values.stored[atom]) == to_the_bit(value)
        each_step = worked.problem.rounding.apply == "each_step"
        digits = worked.problem.rounding.intermediates if each_step else None
        recorder = Recorder(own.number, own.arithmetic, digits)
        with own.arithmetic.working():
            for step in own.steps:
                verify(step, own.arithmetic, recorder.rounded if each_step else None)


def test_what_is_no_step_is_refused() -> None:
    text = solve(load_problem(PROBLEMS[0])).to_json()
    data = json.loads(text)
    for changed in (
        "{}",
        "[1]",
        "nonsense",
        json.dumps({**data, "version": 99}),
        json.dumps({**data, "atoms": data["atoms"][:3]}),
        text.replace("pre_activation", "no_rule"),
        text.replace('["Quantity"', '["Path"'),
        text.replace('"shape":[', '"shape":[1000000000000,'),
        re.sub(r'"(-?\d+)/\d+"', r'"\1/0"', text, count=1),
    ):
        with pytest.raises(UnreadableSteps):
            from_json(changed)
