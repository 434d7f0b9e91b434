"""Each gate rejects what it is there for, and only that; where none passes, the error says what would."""

from __future__ import annotations

import re

import pytest

from nbsolve.variants.family import Family, NoVariant
from nbsolve.variants.proposing import proposal
from tests.variants.small import NETWORK, family

FIXED = """\
  vary: {%s}
  attempts: 5
"""
DECIMALS = NETWORK.replace(
    "loss: squared_error\n", "loss: squared_error\nrounding: {answers: {decimals: 3}}\n"
)
RELU = NETWORK.replace("units: 2, activation: sigmoid", "units: 2, activation: relu")

PLAIN = RELU.replace("[[0.3, -0.2]", "[[1, 0]").replace("[0.1,", "[0,")


def gates(vary: str, base: str = NETWORK) -> set[str]:
    """The gates that reject draws of a problem in which nothing else varies."""
    with pytest.raises(NoVariant) as raised:
        Family(f"{base}variants:\n{FIXED % vary}").variant("1")
    return set(raised.value.rejected)


@pytest.mark.parametrize(
    ("vary", "base", "gate"),
    [
        ('"W[1][1][1]": {choices: [9, 10]}', NETWORK, "saturated"),
        ('"W[1][1]": {choices: [9, 10]}', NETWORK.replace("activation: sigmoid", "activation: tanh"), "saturated"),
        ('"W[1]": [[{choices: [-1, -2]}, {choices: [-1, -2]}], [1, 1]]', RELU, "zero_gradient"),
        ('"b[1]": [{choices: [0.1, 0.10]}, 0.1]', RELU, "kink"),
        ('"x[1]": {choices: [1.0005, 1.00050]}', PLAIN, "rounding_tie"),
        ('"W[1]": [[0.5, {choices: [0.4, 0.40]}], [0.5, 0.4]]', NETWORK.replace("-0.1]", "0.1]"), "indistinct"),
        ('"W[2]": [[0.0000001, {choices: [0.0000001, 0.00000010]}]]', DECIMALS, "indistinct"),
        ('"b[1]": [{choices: [0.123456, 0.654321]}, {choices: [1, 0.987654]}]', NETWORK, "work"),
    ],
)  # fmt: skip
def test_a_gate_rejects_what_it_is_there_for(vary: str, base: str, gate: str) -> None:
    assert gate in gates(vary, base)


def test_a_slip_that_cannot_be_seen_is_rejected() -> None:
    """Biases of nearly 0: forgetting them changes no printed digit."""
    assert gates('"b[1]": {choices: [1e-9, 2e-9]}, "b[2]": {choices: [1e-9, 2e-9]}') == {"wrong_method"}


def test_the_usual_draws_pass() -> None:
    assert [family().variant(id).problem.name for id in "abc"] == ["problem"] * 3


def test_a_gate_that_is_off_lets_everything_through() -> None:
    vary = '  vary: {"W[1][1][1]": {choices: [9, 10]}}\n  gates: {saturated: off, work: off}\n'
    assert not family(vary).variant("1").rejected.get("saturated")


def test_counts_are_of_draws_and_the_first_gate_that_fails() -> None:
    vary = '  vary: {"W[1]": {from: -3, to: 3, step: 0.5}}\n  attempts: 1000\n'
    own = family(vary)
    variants = [own.variant(str(id)) for id in range(2)]
    assert sum(sum(one.rejected.values()) for one in variants) > 1
    assert all(
        set(one.rejected) <= {"saturated", "indistinct", "wrong_method", "rounding_tie", "work"}
        for one in variants
    )


def test_where_no_draw_passes_a_range_is_proposed_that_does() -> None:
    vary = '  vary: {"W[1]": {from: 6, to: 12, step: 0.5}}\n  attempts: 20\n'
    own = family(vary)
    with pytest.raises(
        NoVariant, match=r"variant 1: none of 20 draws passed the gates \(saturated 20\)"
    ) as raised:
        own.variant("1")
    said = proposal(own, raised.value.rejected)
    found = re.fullmatch(r"W\[1\]: (\{.*\}) passed (\d+) of 12 draws", said)
    assert found
    assert int(found[2]) >= 3
    assert family(f'  vary: {{"W[1]": {found[1]}}}\n').variant("1")
