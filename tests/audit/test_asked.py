"""Pages with asked quantities of every kind: every line reproduces, every change is found."""

from __future__ import annotations

import pytest

from tests.audit.asked import PAGES
from tests.audit.killing import kill
from tests.audit.pages import ROUNDINGS, markdown
from tests.sampling import OneIn


@pytest.mark.sampled(5)
@pytest.mark.parametrize("rounding", list(ROUNDINGS))
@pytest.mark.parametrize("name", list(PAGES))
def test_every_line_reproduces(name: str, rounding: str) -> None:
    report = markdown(PAGES[name], ROUNDINGS[rounding]).report()
    assert not report.faults, "\n".join(report.faults[:10])
    assert report.lines > 40


@pytest.mark.parametrize("name", ["forward", "last"])
def test_a_change_of_every_digit_is_found(name: str, one_in: OneIn) -> None:
    result = kill(markdown(PAGES[name]), all_digits=False, one_in=one_in(23))
    assert result.rate == 1, "\n".join(result.passed[:20])


def test_a_change_of_what_is_new_on_the_page_is_found(one_in: OneIn) -> None:
    """Where iterations start, what is asked besides, the losses of the epochs."""
    audit = markdown(PAGES["epochs"])
    audit.blocks = [
        block if new else type(block)("heading", "")
        for block, place in zip(audit.blocks, audit.places, strict=True)
        for new in [
            place.section == "iteration" or "Epoch" in block.source or "L_{\\text{sample}}" in block.source
        ]
    ]
    every = one_in(23)
    result = kill(audit, all_digits=False, one_in=every)
    assert result.rate == 1, "\n".join(result.passed[:20])
    assert result.made * every > 300


@pytest.mark.parametrize("name", ["of outputs", "given gradient"])
def test_a_change_of_what_gradients_are_of_is_found(name: str, one_in: OneIn) -> None:
    result = kill(markdown(PAGES[name]), all_digits=False, one_in=one_in(61))
    assert result.rate == 1, "\n".join(result.passed[:20])
