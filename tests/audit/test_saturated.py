"""Pages of saturated sigmoids reproduce line by line; the audit then calculates with 600 digits."""

from __future__ import annotations

import pytest

from nbsolve.checking.audit import audit, chain_numbers, found
from nbsolve.checking.oracle import network
from tests.audit.pages import ROUNDINGS, markdown

PAGES = {
    "sigmoid": "sigmoid, weights: [[172]]}]}\nsamples: [{input: [1], target: [0]}]\nloss: binary_cross_entropy\n",
    "below": "sigmoid, weights: [[-90]]}]}\nsamples: [{input: [1], target: [0.3]}]\nloss: binary_cross_entropy\n",
}


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("name", PAGES)
def test_every_line_of_a_saturated_page_follows(
    name: str, rounding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (audit, chain_numbers, found):
        monkeypatch.setattr(module, "DIGITS", 600)
    monkeypatch.setattr(network.solve, "__defaults__", (600,))
    text = f"network: {{inputs: 1, layers: [{{units: 1, activation: {PAGES[name]}"
    report = markdown(text, ROUNDINGS[rounding]).report()
    assert not report.faults, "\n".join(report.faults[:5])
