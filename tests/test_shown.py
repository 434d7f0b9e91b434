"""Which iterations are written out, which are carried out unseen, and the loss of every epoch."""

from __future__ import annotations

import json
from io import StringIO

import pytest

from nbsolve.asking.answers import write_json
from nbsolve.checking.oracle import network as reference
from nbsolve.checking.oracle.reading import load
from nbsolve.document import Heading, Table
from nbsolve.errors import ProblemError
from nbsolve.render import text as as_text
from nbsolve.worked.kinds import solve
from nbsolve.worked.network import WorkedSolution
from tests.loading import load_problem


def training(show: str, iterations: str = "iterations: 10") -> str:
    return (
        "network: {inputs: 1, layers: [{units: 1, activation: sigmoid, weights: [[0.6]], bias: [0.9]}]}\n"
        "samples: [{input: [1], target: [0]}, {input: [2], target: [1]}]\nloss: squared_error\n"
        f"training: {{optimiser: {{sgd: {{learning_rate: 0.15}}}}, {iterations}, show: {show}}}\n"
    )


def headings(worked: WorkedSolution) -> list[str]:
    return [
        "".join(map(str, b.text)) for b in worked.document().blocks if isinstance(b, Heading) and b.level == 2
    ]


def test_a_single_iteration_says_which_it_is_and_what_it_starts_from() -> None:
    worked = solve(load_problem(training("[last]")))
    assert "Iteration 10: sample 2" in headings(worked)
    page = as_text.render(worked.document())
    assert "Iterations 1 to 9 are carried out in the way shown below" in page
    start = page[page.index("left by iteration 9") :]
    weight = float(worked.iterations[0].W[1][0, 0])
    assert f"{weight:.6f}"[:7] in start[: start.index("Forward pass")]
    assert "Iteration 10" in as_text.render(worked.forward())


def test_skipped_iterations_are_carried_out_in_a_way_that_was_shown() -> None:
    page = as_text.render(solve(load_problem(training("[2, 4, 9]"))).document())
    assert "Iteration 1 is carried out in the way shown below" in page
    assert "Iteration 3 is carried out in the same way" in page
    assert "Iterations 5 to 8 are carried out in the same way" in page
    assert "Iteration 10 is carried out in the same way" in page


def test_the_loss_of_every_epoch() -> None:
    worked = solve(load_problem(training("epochs", "epochs: 7")))
    assert [one.number for one in worked.solution.iterations] == [1, 14]
    true = reference.solve(load(training("epochs", "epochs: 7")))
    assert [one.iteration for one in worked.epochs] == [2, 4, 6, 8, 10, 12, 14]
    for one in worked.epochs:
        assert float(one.exact) == pytest.approx(float(true["L_epoch", one.iteration, None]), rel=1e-14)
    tables = [block for block in worked.document().blocks if isinstance(block, Table)]
    (epochs,) = (table for table in tables if table.header[0] == ("Epoch",))
    assert len(epochs.rows) == 7
    stream = StringIO()
    write_json(worked, stream)
    assert [one["epoch"] for one in json.loads(stream.getvalue())["epochs"]] == list(range(1, 8))


def test_the_loss_of_every_epoch_with_each_step_rounded() -> None:
    text = training("[last, epochs]", "epochs: 3") + "rounding: {apply: each_step, decimals: 3}\n"
    worked = solve(load_problem(text))
    assert [one.number for one in worked.solution.iterations] == [6]
    assert [float(one.printed) for one in worked.epochs] == [one.value for one in worked.epochs]


@pytest.mark.parametrize(
    ("show", "iterations", "reason"),
    [
        ("epochs", "iterations: 1", "no whole epoch"),
        ("epochs", "epochs: 1001", "too many"),
        ("[epoch]", "epochs: 2", "show is epoch"),
    ],
)
def test_epochs_that_cannot_be_listed(show: str, iterations: str, reason: str) -> None:
    with pytest.raises(ProblemError, match=reason):
        load_problem(training(show, iterations))
