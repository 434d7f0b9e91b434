"""Pages whose author's functions distinguish cases: every line is read, and every change of one is found."""

from __future__ import annotations

import re

import pytest

from tests.audit.killing import kill
from tests.audit.own import ACTIVATIONS, AT_END, EACH_STEP, LOSSES, problem
from tests.audit.pages import markdown
from tests.sampling import OneIn


def sound(text: str) -> None:
    report = markdown(text).report()
    assert report.lines > 10
    assert not report.faults, text + "\n".join(report.faults[:5])


@pytest.mark.sampled(11)
@pytest.mark.parametrize("rounding", [AT_END, EACH_STEP])
@pytest.mark.parametrize("formula", ACTIVATIONS)
def test_activations(formula: str, rounding: str) -> None:
    sound(problem(hidden=formula, rounding=rounding))
    sound(problem(hidden=formula, bias="-0.8", rounding=rounding))  # z = 0
    sound(problem(output=formula, explain="local_derivatives", rounding=rounding))


@pytest.mark.sampled(11)
@pytest.mark.parametrize("rounding", [AT_END, EACH_STEP])
@pytest.mark.parametrize("formula", LOSSES)
def test_losses(formula: str, rounding: str) -> None:
    sound(problem(loss=formula, output=ACTIVATIONS[0], explain="paths", rounding=rounding))
    sound(problem(loss=formula, rounding=rounding))
    sound(problem(loss=formula, target="0.7", rounding=rounding))  # a = y


@pytest.mark.parametrize("rounding", [AT_END, EACH_STEP])
def test_a_change_of_every_digit_is_found(rounding: str, one_in: OneIn) -> None:
    audit = markdown(problem(ACTIVATIONS[3], ACTIVATIONS[1], LOSSES[1], output_bias="0.3", rounding=rounding))
    every = one_in(23)
    result = kill(audit, all_digits=False, one_in=every)
    assert result.rate == 1, "\n".join(result.passed[:20])
    assert result.made * every > 1_000


def test_a_reason_that_lies_is_found() -> None:
    """Every < of a reason turned into >, and the other way round; a resolved form that is another branch."""
    audit = markdown(problem(ACTIVATIONS[3], ACTIVATIONS[1], LOSSES[1]))
    made = 0
    for position, block in enumerate(audit.blocks):
        if block.kind != "display" or "since" not in block.source:
            continue
        changes = [
            (match.start(), ">" if match[0] == "<" else "<")
            for match in re.finditer("[<>]", block.source)
            if "since" in block.source[block.source.rfind("\\\\", 0, match.start()) : match.start()]
        ]
        for at, other in changes:
            made += 1
            changed = block.source[:at] + other + block.source[at + 1 :]
            assert audit.check(position, changed).faults, changed
    assert made > 8


def test_another_branch_is_found() -> None:
    audit = markdown(problem(ACTIVATIONS[0]))
    right = r"&= \frac{z_1^{(1)}}{10} && \text{since }z_1^{(1)} = -0.1 < 0"
    at = next(n for n, block in enumerate(audit.blocks) if right in block.source)
    assert not audit.check(at).faults
    for wrong in (
        right.replace(r"\frac{z_1^{(1)}}{10}", r"(z_1^{(1)})^{2}"),
        right.replace("< 0", "< 1"),  # true, and not what the formula asks
        right.replace(r"\frac{z_1^{(1)}}{10}", r"\frac{z_2^{(1)}}{10}"),
    ):
        assert audit.check(at, audit.blocks[at].source.replace(right, wrong)).faults, wrong
