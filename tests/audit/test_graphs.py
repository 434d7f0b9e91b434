"""Pages of computation graphs: every line reproduces, and every single change of one is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbsolve import load_problem, solve
from nbsolve.checking.audit.graphs import GraphAudit
from nbsolve.checking.audit.page import read_markdown
from nbsolve.checking.audit.report import Report
from nbsolve.render.myst import render
from tests.audit.killing import kill
from tests.loading import files
from tests.reference.random_graphs import random_graph
from tests.reference.random_trainings import random_training
from tests.sampling import OneIn

SHIPPED = files("graph")
DOCS = Path(__file__).parents[2] / "docs" / "computation-graphs.md"
WRITTEN = re.findall(r"```yaml\n(kind: graph\n.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
LAYER = next(text for text in WRITTEN if "W[j,i]" in text)
EACH_STEP = "rounding: {apply: each_step, decimals: 3}\n"
WINDOWS = """\
kind: graph
title: A window
given: {x: [1, 2, 3, 0.5], k: [0.7, -1], c: "1/3"}
equations: {"y[t]": "sum(s, k[s]*x[t+s-2])", "r[t]": "max(y[t], c)*c"}
ranges: {t: 3}
padding: {x: 0}
upstream: [0.5, -1, 2]
parts: [{label: a, ask: [forward, "dr/dc"]}, {label: b, ask: [gradients], marks: 3}]
"""
ADAM = """\
kind: graph
title: Adam
given: {w: [0.5, -1], b: 0.25, x: [2, 3]}
equations: {z: "sum(i, w[i]*x[i]) + b", a: sigmoid(z), L: "-ln(a)"}
training: {optimiser: {adam: {learning_rate: 0.1}}, parameters: [w, b], iterations: 3, direction: WAY}
parts: [{label: a, ask: [updated_parameters, dL/dw]}, {label: b, ask: [L, b_new], at: 2}]
"""
STATE = """\
kind: graph
title: State
statement: "The rate is {{eta}}, and m becomes {{m_w_new[2] at last}}."
given: {w: [1, 2], c: 5}
equations: {d: "w[1]*w[2] - c", L: "d^2"}
training: {optimiser: {adam: {learning_rate: 0.1}}, parameters: [w], iterations: 2}
parts:
  - {label: a, ask: [state]}
  - {label: b, ask: ["m_hat_w[2]", v_w_new], at: 2}
"""
LETTERS = """\
kind: graph
title: Letters
given: [x, y, z]
equations: {q: x + y, s: sigmoid(q), f: "s*z + max(x, y)^2/q"}
parts: [{label: a, ask: [forward]}, {label: b, ask: [gradients, local_derivatives]}]
"""
NAMES = """\
kind: graph
title: Names of several parts
given: {x_in: 2, w_1: 0.5, w_2: -1, b_out: 0.25, lambda_max: 1.5, v_h: [1, 2], local_derivatives: 0.1}
equations:
  z_hidden: "w_1*x_in + v_h[1]*v_h[2]"
  a_bar: max(z_hidden, lambda_max)
  y_hat: w_2*a_bar + b_out + local_derivatives
  L_total: (y_hat - a_bar)^2
parts: [{label: a, ask: [forward]}, {label: b, ask: [gradients]}]
"""
CASES = {
    "layer": LAYER, "layer, each step": LAYER + EACH_STEP, "window": WINDOWS, "letters": LETTERS, "state": STATE,
    "names": NAMES, "window, each step": WINDOWS + EACH_STEP, "Adam up": ADAM.replace("WAY", "ascent"),
    "Adam down, each step": ADAM.replace("WAY", "descent") + EACH_STEP,
}  # fmt: skip
CASES |= {f"trained {seed}": f"title: Trained\n{random_training(seed)}" for seed in (1, 2, 6, 12)}
RANDOM = 500
MORE_DIGITS = r"\text{ with more digits than above"


def audit(text: str) -> GraphAudit:
    return GraphAudit(text, read_markdown(render(solve(load_problem(text)).document())))


def sound(text: str) -> Report:
    """The report of a page without a fault."""
    report = audit(text).report()
    assert not report.faults, "\n".join(report.faults[:10])
    return report


def texts() -> Iterator[tuple[str, str]]:
    yield from ((path.stem, path.read_text(encoding="utf-8")) for path in SHIPPED)
    yield from CASES.items()


@pytest.mark.parametrize("text", [text for _, text in texts()], ids=[name for name, _ in texts()])
def test_every_line_reproduces(text: str) -> None:
    assert sound(text).lines > 5


def test_every_line_of_random_graphs_reproduces(one_in: OneIn) -> None:
    lines = 0
    for seed in range(1, RANDOM, one_in(100)):
        lines += sound(random_graph(seed) + (EACH_STEP if seed % 3 == 0 else "")).lines
    assert lines > 100


def test_every_single_change_is_found(one_in: OneIn) -> None:
    made = 0
    for name, text in texts():
        every = one_in(1930) if name.startswith("trained") else one_in(193)  # long pages
        result = kill(audit(text), one_in=every)
        print(f"{name}: {result.found} of {result.made} changes found ({result.rate:.4%})")
        assert result.rate == 1, "\n".join([name, *result.passed[:20]])
        made += result.made * every
    assert made > 10_000


def test_a_wrong_relation_is_found() -> None:
    page = audit(SHIPPED[0].read_text(encoding="utf-8"))
    at = next(n for n, block in enumerate(page.blocks) if "q\\,z = 3" in block.source)
    assert not page.check(at).faults
    assert page.check(at, page.blocks[at].source.replace("= \\boxed{-12}", "\\approx \\boxed{-12}")).faults


def test_a_box_too_many_is_found() -> None:
    page = audit(SHIPPED[0].read_text(encoding="utf-8"))
    at = next(n for n, block in enumerate(page.blocks) if "partial f}{\\partial f} &= 1" in block.source)
    assert page.check(at, page.blocks[at].source.replace("&= 1", "&= \\boxed{1}")).faults


def test_what_is_asked_for_and_left_out_is_found() -> None:
    text = SHIPPED[0].read_text(encoding="utf-8")
    page = audit(text)
    left = [block for block in page.blocks if not any("dq-dx" in anchor for anchor in block.anchors)]
    assert any("∂q/∂x" in fault for fault in GraphAudit(text, left).report().faults)


def test_the_wrong_quantity_in_a_note_about_its_digits_is_found() -> None:
    r"""`s_3\text{ with more digits than above, …}` where s₁ and s₂ are in the formula, too."""
    page = audit(next(path for path in SHIPPED if path.stem == "graph-attention").read_text(encoding="utf-8"))
    note = "s_3" + MORE_DIGITS
    at = next(n for n, block in enumerate(page.blocks) if note in block.source)
    assert not page.check(at).faults
    for other in ("s_1", "s_2"):
        assert page.check(at, page.blocks[at].source.replace(note, other + MORE_DIGITS, 1)).faults


UNROLLED = """\
kind: graph
title: Three steps
given: {x: [1, 2, -1], w: 0.5, u: -0.25, "h[0]": 0}
equations: {"h[t]": "w*x[t] + u*h[t-1]", L: "h[3]^2"}
parts: [{label: a, ask: [forward]}, {label: b, ask: [gradients]}]
"""
CALLED = [
    ("Time step by time step", "Step by step"),
    ("Time step ", "Step "),
    ("Backpropagation through time: the time steps", "The steps"),
]


@pytest.mark.parametrize("letter", ["t", "k"])
def test_steps_are_time_steps_where_their_letter_is_t(letter: str) -> None:
    page = audit(UNROLLED.replace("[t", f"[{letter}"))
    assert not page.report().faults
    changed = set()
    for at, block in enumerate(page.blocks):
        for pair in CALLED:
            said, other = pair if letter == "t" else pair[::-1]
            if block.source.startswith(said):
                changed.add(said)
                assert page.check(at, block.source.replace(said, other, 1)).faults, block.source
    assert len(changed) == len(CALLED)
