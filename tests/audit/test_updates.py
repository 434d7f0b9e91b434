"""Pages of updates from given gradients: every line is the recursion's, and every single change of one is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbsolve import load_problem, solve
from nbsolve.checking.audit.optimising import ORDER
from nbsolve.checking.audit.page import read_markdown
from nbsolve.checking.audit.updates import UpdateAudit
from nbsolve.render.myst import render
from tests.audit.killing import kill
from tests.loading import files
from tests.sampling import OneIn

SHIPPED = files("update")
TEXT = """\
kind: update
parameters: {w: 0.5, b: [0.1, -2]}
gradients:
  - {w: 0.4, b: [-1.2, 0.3]}
  - {w: -0.2, b: [0.5, 0.3]}
optimiser: OPTIMISER
"""
SGD = TEXT.replace("OPTIMISER", "{sgd: {learning_rate: 0.2}}")
EACH_STEP = "rounding: {apply: each_step, decimals: 3}\n"
STATE = "state: {t: 3, m: {w: 0.1, b: [0.3, 0.4]}, v: 0.25}\n"
WIDE = """\
kind: update
parameters: {w: [1, 2, 3, 4, 5, 6]}
gradients: {w: [1, 0.5, 1, -1, 1/3, 1]}
optimiser: momentum
parts: [{ask: ["w_new[3]"], marks: 2}, {ask: [updated_parameters]}]
"""
CASES = {
    "cosine, by value": SGD + "schedule: {cosine: {least: 0.05, updates: 5}}\nclip: {value: 0.35}\n",
    "warm-up, by norm": SGD + "schedule: {warmup: {updates: 3}}\nclip: {norm: 0.9}\n" + EACH_STEP,
    "steps": SGD + "schedule: {step: {factor: 0.5, every: 1}}\n", "listed": SGD + "schedule: [0.1, 0.2]\n",
    "exponential": SGD + "schedule: {exponential: {factor: 0.5}}\n",
    "linear": SGD + "schedule: {linear: {updates: 5}}\n", "wide": WIDE, "wide, each step": WIDE + EACH_STEP,
    "Adam": TEXT.replace("OPTIMISER", "{adam: {learning_rate: 0.1}}") + STATE + "clip: {norm: 0.9}\n",
    "Lion": TEXT.replace("OPTIMISER", "lion") + "state: {t: 3, m: 0.1}\n",
}  # fmt: skip
MUTATED = ("cosine, by value", "warm-up, by norm", "wide", "Adam", "Lion")


def audit(text: str) -> UpdateAudit:
    return UpdateAudit(text, read_markdown(render(solve(load_problem(text)).document())))


def sound(text: str) -> int:
    """The lines of a page without a fault."""
    report = audit(text).report()
    assert not report.faults, "\n".join(report.faults[:10])
    return report.lines


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_pages_reproduce(path: Path) -> None:
    assert sound(path.read_text(encoding="utf-8")) > 5


@pytest.mark.parametrize("name", CASES)
def test_every_line_reproduces(name: str) -> None:
    assert sound(CASES[name]) > 1


@pytest.mark.sampled(11)
@pytest.mark.parametrize("rounding", ["", EACH_STEP.replace("3", "6")])
@pytest.mark.parametrize("name", ORDER)
def test_every_optimiser_reproduces(name: str, rounding: str) -> None:
    assert sound(TEXT.replace("OPTIMISER", name) + rounding) > 2


def test_every_single_change_is_found(one_in: OneIn) -> None:
    every, made = one_in(97), 0
    texts = {path.stem: path.read_text(encoding="utf-8") for path in SHIPPED}
    for name, text in (texts | {name: CASES[name] for name in MUTATED}).items():
        result = kill(audit(text), one_in=every)
        print(f"{name}: {result.found} of {result.made} changes found ({result.rate:.4%})")
        assert result.rate == 1, "\n".join([name, *result.passed[:20]])
        made += result.made
    assert made * every > 10_000


def test_what_is_left_out_is_found() -> None:
    text = SHIPPED[0].read_text(encoding="utf-8")
    page = audit(text)
    left = [block for block in page.blocks if not any("it2-w1_new" in anchor for anchor in block.anchors)]
    assert any("w1_new" in fault for fault in UpdateAudit(text, left).report().faults)
