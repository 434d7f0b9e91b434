"""No digit from nowhere: a number has the digits of the line that found it, or its line says that it has more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from nbsolve import solve
from nbsolve.phrases import phrase
from nbsolve.render import text
from tests.audit.pages import EXPLANATIONS, PROBLEMS, ROUNDINGS
from tests.loading import load_problem

NUMBER = re.compile(r"(?<![\w⁽₀-₉.])−?\d+\.\d+(?:·10[⁻⁰¹²³⁴-⁹]+)?")
PLAIN = re.compile(r"\(?(−?\d+\.\d+(?:·10[⁻⁰¹²³⁴-⁹]+)?)\)?(?:   .*)?")
RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
FEWEST = 5
"""Shorter numbers are no results: 0.30 is given."""
MORE = phrase("notes.more_digits").strip()
KINDS = {
    "softmax": """
title: Softmax
network:
  inputs: 2
  layers:
    - {units: 2, activation: gelu, weights: [[0.4, -0.7], [0.3, 0.5]], bias: [0.1, -0.2]}
    - {units: 3, activation: softmax, weights: [[0.1, 0.2], [0.3, -0.4], [-0.5, 0.6]], bias: [0.1, 0.2, 0.3]}
samples: [{input: [1, 2], target: [0, 1, 0]}, {input: [-1, 0.5], target: [1, 0, 0]}]
loss: LOSS
training: {optimiser: {sgd: {learning_rate: 0.5}}, batch: BATCH, iterations: 2}
parts: [{label: a, ask: [forward, loss, gradients, updated_parameters, loss_after]}]
"""
}


def read(written: str) -> tuple[Decimal, int]:
    """A number as it is printed, without its sign, and the place of its last digit."""
    mantissa, _, power = written.translate(RAISED).removeprefix("-").partition("·10")
    shift = int(power or 0)
    return Decimal(mantissa).scaleb(shift), len(mantissa.partition(".")[2]) - shift


def significant(written: str) -> int:
    return len(re.sub(r"\D", "", written.partition("·")[0]).lstrip("0"))


def without_a_source(page: str) -> Iterator[str]:
    """The lines with a number that has more digits than the line that found it, and no word about that."""
    results: dict[str, tuple[Decimal, int]] = {}
    formula, named = "", list[str]()  # what the lines of one group find, and what its notes said about
    for line in page.splitlines():
        if not line:
            named = []
        if not line.startswith("  ") or not re.search(" [=≈] ", line):
            continue
        formula = line if line[2] != " " else formula
        if MORE in line:
            named += line.partition(MORE)[0].rpartition("   ")[2].strip().split(", ")
        excused = MORE in line or any(name in formula for name in named)
        parts = re.split(r" [=≈] ", line)
        alone = [found[1] for part in parts if (found := PLAIN.fullmatch(part.strip()))]
        for part in parts[1:]:
            if PLAIN.fullmatch(part.strip()):
                continue
            for number in NUMBER.findall(part.partition("   ")[0]):
                if number.removeprefix("−") not in results and not excused:
                    value, places = read(number)
                    for shorter, (rounded, fewer) in results.items():
                        if (
                            fewer < places
                            and value.quantize(Decimal(1).scaleb(-fewer), ROUND_HALF_UP) == rounded
                        ):
                            yield f"{number} after {shorter}: {line}"
                            break
        if alone and significant(alone[0]) >= FEWEST:
            results[alone[0].removeprefix("−")] = read(alone[0])


def page_of(source: Path | str, overrides: dict[str, object]) -> str:
    return text.render(solve(load_problem(source, overrides=overrides)).worked())


@pytest.mark.sampled(4)
@pytest.mark.parametrize("explain", EXPLANATIONS)
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_shipped(path: Path, explain: str) -> None:
    assert not list(without_a_source(page_of(path, {"explain": explain})))


@pytest.mark.sampled(3)
@pytest.mark.parametrize("explain", EXPLANATIONS)
@pytest.mark.parametrize("loss", ["categorical_cross_entropy", "squared_error"])
@pytest.mark.parametrize("batch", ["1", "all"])
def test_softmax_and_gelu(loss: str, batch: str, explain: str) -> None:
    source = KINDS["softmax"].replace("LOSS", loss).replace("BATCH", batch)
    for rounding in (ROUNDINGS["at_end"], ROUNDINGS["5 digits"]):
        assert not list(without_a_source(page_of(source, {**rounding, "explain": explain})))


def test_the_reader_finds_one() -> None:
    lines = ["  z = 0.1 · 3", "    ≈ 0.405984", "  a ≈ 1/(1 + exp(−0.4059837))", "    ≈ 0.600124"]
    assert len(list(without_a_source("\n".join(lines)))) == 1
    lines[2] += f"   z {MORE}"
    assert not list(without_a_source("\n".join(lines)))


def test_a_note_is_about_its_group_and_about_what_it_names() -> None:
    lines = ["  z ≈ 0.405984", "  y ≈ 0.605984", "  a ≈ exp(0.405984)", "  exp(y) ≈ exp(0.6059837)"]
    assert len(list(without_a_source("\n".join(lines)))) == 1
    for name, faults in (("y", 0), ("w", 1)):
        noted = [*lines[:2], f"{lines[2]}   z, {name} {MORE}", lines[3]]
        assert len(list(without_a_source("\n".join(noted)))) == faults
        noted.insert(3, "")
        assert len(list(without_a_source("\n".join(noted)))) == 1


def test_a_softmax_layer_says_it_once_for_its_powers_and_once_for_its_shares() -> None:
    page = page_of(next(path for path in PROBLEMS if path.stem == "softmax-in-the-middle"), {})
    (group,) = (each for each in page.split("\n\n") if "\n  S  " in each)
    before, _, after = group.partition("\n  a₁")
    assert [part.count(MORE) for part in (before, after)] == [1, 1]
    assert f"exp(z₃⁽¹⁾) {MORE}" in before
    assert f"S {MORE}" in after
