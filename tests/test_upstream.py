"""∂L/∂a of the outputs is given instead of a loss: against automatic differentiation and 60 digits.

`python -m tests.test_upstream 300` tries three hundred random networks.
"""

from __future__ import annotations

import sys
from random import Random

import pytest

from nbsolve import ProblemError, solve
from nbsolve.asking.answers import Answer
from nbsolve.checking.oracle import autograd_oracle, network
from nbsolve.checking.oracle.compare import mismatches
from nbsolve.checking.oracle.reading import load
from nbsolve.errors import UnknownQuantityError
from tests.loading import load_problem
from tests.reference.random_problems import to_text, with_upstream

SMALL = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.2, -0.4], [0.5, 0.1]], bias: [0.1, -0.2]}
    - {units: 2, activation: softmax, weights: [[0.3, -0.6], [0.7, 0.2]], bias: [0.05, 0.1]}
samples: [{input: [0.6, 0.9]}, {input: [-1, 2]}]
upstream: [[0.1, -0.3], [1/3, 0]]
"""


def asked(*names: str, **overrides: object) -> list[Answer]:
    """The answers for some quantities of SMALL."""
    return [*solve(load_problem(SMALL, overrides={"parts": [{"ask": [*names]}], **overrides})).entries()]


def wrong(number: int) -> list[str]:
    """What the two oracles find wrong in one random network."""
    text = to_text(with_upstream(Random(f"upstream {number}")))
    spec, ours = load(text), list(solve(load_problem(text)).entries(everything=True))
    found = mismatches(
        ours, spec, spec.shown_only(autograd_oracle.solve(spec)), relative=1e-12, absolute=1e-13
    )
    found += mismatches(ours, spec, spec.shown_only(network.solve(spec)), relative=1e-14, absolute=1e-40)
    return [f"{text}{line}" for line in found]


@pytest.mark.parametrize("chunk", range(3))
def test_random_networks(chunk: int) -> None:
    for number in range(10 * chunk, 10 * chunk + 10):
        assert not wrong(number)


@pytest.mark.parametrize("explain", ["delta", "paths", "local_derivatives"])
@pytest.mark.parametrize("delta", ["dL/dz", "-dL/dz"])
def test_ways_of_explaining_agree(explain: str, delta: str) -> None:
    names = ("dL/dW[1]", "dL/db[2]", "dL/dx", "dL/dz[1]", "dL/da[1]")
    other = asked(*names, explain=explain, **{"notation.delta": delta})
    assert [entry.exact for entry in asked(*names)] == [entry.exact for entry in other]


def test_the_given_gradient_is_an_answer_as_it_was_given() -> None:
    assert [entry.printed for entry in asked("dL/da[2]")] == ["0.1", "-0.3", "1/3", "0"]


@pytest.mark.parametrize("name", ["L", "L_sample", "L_out[1]", "L - L_new"])
def test_the_loss_itself_is_not_known(name: str) -> None:
    with pytest.raises(UnknownQuantityError, match=r"only the gradient of the loss is given|no training"):
        asked(name)


def test_it_is_one_or_the_other() -> None:
    with pytest.raises(ProblemError, match="upstream and loss are both there"):
        load_problem(SMALL + "loss: squared_error\n")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    faults = [line for number in range(count) for line in wrong(number)]
    print("\n".join(faults[:5]))
    print(f"{count} networks, {len(faults)} disagreements")
