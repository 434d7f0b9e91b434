"""What is composed once is not composed again because something else on the page needs more bits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import flint
import pytest

from nbsolve import load_problem, solve
from nbsolve.arithmetic import Undecided
from nbsolve.arithmetic.ladder import LADDER
from nbsolve.compose import Composer
from nbsolve.compose.checking import CheckBlocks
from nbsolve.document import Block
from nbsolve.symbol import Role, Symbol

# The second unit of the first layer is dead, its weights are pulled towards 0, and all is irrational from the
# second iteration on.
PROBLEM = """\
network:
  inputs: 2
  layers:
    - {units: 2, activation: ACTIVATION, weights: [[0.4, 0.3], [-0.5, -0.2]], bias: [0.1, -0.3]}
    - {units: 1, activation: sigmoid, weights: [[0.7, 0.6]], bias: [0.2]}
samples:
  - {input: [1, 2], target: [1]}
  - {input: [2, 1], target: [0]}
loss: squared_error
regulariser: {l2: {strength: 0.1}}
training: {optimiser: {sgd: {learning_rate: 0.5}}, iterations: 2, show: [1, 2]}
"""


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the check and the worked solution were composed."""
    counts = Counter[str]()
    everything, worked = CheckBlocks.everything, Composer._worked

    def check(self: CheckBlocks) -> Iterator[Block]:
        counts["check"] += 1
        return everything(self)

    def solution(self: Composer) -> Iterator[Block]:
        counts["worked"] += 1
        return worked(self)

    monkeypatch.setattr(CheckBlocks, "everything", check)
    monkeypatch.setattr(Composer, "_worked", solution)
    return counts


@pytest.mark.parametrize("activation", ["relu", "step"])
def test_what_a_dead_unit_does_not_change_is_zero_without_more_bits(
    activation: str, composed: Counter[str]
) -> None:
    worked = solve(load_problem(PROBLEM.replace("ACTIVATION", activation)))
    page = str(worked.document()).partition("Check it yourself")[2]
    assert composed == {"check": 1, "worked": 1}
    bias = worked.names.plain(Symbol(Role.BIAS, 1, 2))
    dead = [line.split()[-3:] for line in page.splitlines() if line.split()[:1] == [bias]]
    assert dead == [["0", "0", "0"]] * 2


def test_only_what_needs_more_bits_is_composed_again(
    composed: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = CheckBlocks.everything

    def hard(self: CheckBlocks) -> Iterator[Block]:
        blocks = [*everything(self)]
        if self.solution.arithmetic != LADDER[2]:
            raise Undecided
        return iter(blocks)

    monkeypatch.setattr(CheckBlocks, "everything", hard)
    whole = solve(load_problem(PROBLEM.replace("ACTIVATION", "tanh"))).document()
    assert composed == {"check": 3, "worked": 1}
    assert whole.blocks


def test_a_size_is_known_where_the_sign_is_not() -> None:
    around = flint.arb(0, flint.arb(2) ** -100)
    for arithmetic in LADDER[:2]:
        with pytest.raises(Undecided):
            arithmetic.absolute(around)
        assert arithmetic.size(around) < flint.arb(1)
        assert not arithmetic.size(around) < flint.arb(0)
