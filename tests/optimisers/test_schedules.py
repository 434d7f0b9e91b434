"""The learning rate by a schedule or from a list: numbers, outputs, programs, faults."""

from __future__ import annotations

import contextlib
import io
import math
import re
from collections.abc import Callable

import pytest

import nbsolve
from nbsolve.catalogue import OPTIMISERS, SCHEDULES
from nbsolve.errors import ProblemError
from nbsolve.programs import programs_of
from tests.corpus.outputs import FORMATS
from tests.loading import load_problem
from tests.optimisers.test_updates import solved

NETWORK = """
network: {inputs: 2, layers: [{units: 1, activation: tanh, weights: [[0.5, -0.25]], bias: [0.1]}]}
samples: [{input: [1, 2], target: [1]}, {input: [-1, 0.5], target: [0]}]
loss: squared_error
training: {optimiser: {OPTIMISER: {learning_rate: 0.2}}, schedule: SCHEDULE, iterations: 5, show: all}
"""
RATES: dict[str, Callable[[int], float]] = {
    "{step: {factor: 0.5, every: 2}}": lambda t: 0.2 * 0.5 ** ((t - 1) // 2),
    "{exponential: {factor: 0.9}}": lambda t: 0.2 * 0.9 ** (t - 1),
    "{inverse: {growth: 0.5}}": lambda t: 0.2 / (1 + 0.5 * (t - 1)),
    "{cosine: {least: 0.05, updates: 5}}": lambda t: (
        0.05 + 0.5 * (0.2 - 0.05) * (1 + math.cos(math.pi * (t - 1) / 5))
    ),
    "{linear: {updates: 8}}": lambda t: 0.2 * (1 - (t - 1) / 8),
    "{warmup: {updates: 3}}": lambda t: 0.2 * min(1, t / 3),
    "[0.2, 0.1, 0.1, 0.05, 0.05]": lambda t: [0.2, 0.1, 0.1, 0.05, 0.05][t - 1],
}


def network(schedule: str, optimiser: str = "sgd") -> str:
    return NETWORK.replace("SCHEDULE", schedule).replace("OPTIMISER", optimiser)


def test_every_schedule_is_tried() -> None:
    assert {schedule.strip("{[").partition(":")[0] for schedule in RATES} >= set(SCHEDULES)


@pytest.mark.parametrize("schedule", RATES)
def test_the_numbers(schedule: str) -> None:
    worked = nbsolve.solve(load_problem(network(schedule)))
    ours = {(e.quantity, e.iteration): e.exact for e in worked.entries(everything=True)}
    for t in range(1, 6):
        for name in ("W[1][1][1]", "W[1][1][2]", "b[1][1]"):
            letter, _, rest = name.partition("[")
            moved = ours[name, t] - RATES[schedule](t) * ours[f"dL/d{name}", t]  # type: ignore[operator]
            assert ours[f"{letter}_new[{rest}", t] == pytest.approx(moved, rel=1e-12)


@pytest.mark.parametrize("schedule", RATES)
def test_every_output_and_the_program(schedule: str) -> None:
    worked = nbsolve.solve(load_problem(network(schedule, "adam")))
    said = {name: write(worked) for name, write in FORMATS.items()}
    for name in ("text", "markdown", "latex", "typst"):
        assert "Learning rate" in said[name] or "earning rate" in said[name], name
    programs = worked.certified(lambda solution: programs_of(solution, worked.names))
    assert not programs.differing
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(programs.texts["NumPy"], {})
    new = re.findall(r"new b1 = \[(\S+)\]", printed.getvalue())
    wanted = [e.printed for e in worked.entries(everything=True) if e.quantity == "b_new[1][1]"]
    assert [float(one) for one in new] == [float(one or "nan") for one in wanted]


def test_without_a_network_and_after_other_updates() -> None:
    worked = solved(
        "kind: update\nparameters: {w: 1}\ngradients: [{w: 1}, {w: 1}]\n"
        "optimiser: {momentum: {learning_rate: 0.1, beta: 0}}\n"
        "schedule: {step: {factor: 0.5, every: 4}}\nstate: {t: 3}\n"
    )
    found = [entry.exact for entry in worked.entries() if entry.quantity == "w_new"]
    assert found == pytest.approx([0.9, 0.85])
    assert "γ" in str(worked.updates())


@pytest.mark.parametrize(
    ("schedule", "fault"),
    [
        ("[0.1, 0.05]", "the schedule ends before training does: it has 2 learning rates"),
        (
            "{cosine: {updates: 4}}",
            "training.schedule.cosine.updates: the schedule ends before training does: after 4",
        ),
        ("{cosine: {}}", "the schedule cosine has no updates"),
        ("{step: {every: 0}}", "every is '0'"),
        ("{stairs: {every: 2}}", "unknown schedule 'stairs'"),
        ("[0.1, 0.1, 0.1, -0.1, 0.1]", "training.schedule[3]: a learning rate is -0.1"),
    ],
)
def test_faults(schedule: str, fault: str) -> None:
    with pytest.raises(ProblemError) as error:
        load_problem(network(schedule))
    assert fault in str(error.value)
    assert "problem:5:" in str(error.value)


def test_a_setting_has_one_letter_whatever_it_belongs_to() -> None:
    """Pages look a letter up by the setting's name: with two, AdamW's λ stood as the κ of a schedule."""
    found: dict[str, str] = {}
    for letters in [one.letters for one in OPTIMISERS.values()] + [one.letters for one in SCHEDULES.values()]:
        for name, letter in letters.items():
            assert found.setdefault(name, letter) == letter, name
