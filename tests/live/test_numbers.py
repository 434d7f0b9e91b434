"""Live numbers: their values, their digits, what is said of those that have none."""

from __future__ import annotations

import math
import re

import pytest

from nbsolve import ProblemError, WorkedSolution, solve
from nbsolve.checking.audit.live import LiveWords
from nbsolve.problem import load_problem
from tests.loading import load_problem as load_network

NETWORK = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.1, 0.2], [0.3, 0.4]], bias: {shared: 0.1}}
    - {units: 1, activation: sigmoid, weights: [[0.5, -0.6]], bias: [0.2]}
samples: [{input: [1, 2], target: [1]}, {input: [0.5, -1], target: [0]}, {input: [0, 1], target: [1]}]
loss: binary_cross_entropy
training: {optimiser: {sgd: {learning_rate: 0.5}}, batch: BATCH, epochs: 2, show: [1, 2, last]}
notation: NOTATION
rounding: ROUNDING
"""


def worked(
    text: str, batch: str = "1", notation: str = "indexed", rounding: str = "at_end", more: str = ""
) -> WorkedSolution:
    network = NETWORK.replace("BATCH", batch).replace("NOTATION", notation).replace("ROUNDING", rounding)
    quoted = text.replace("'", "''")
    return solve(load_network(f"pitfalls: ['{quoted}']\n{network}{more}"))


def said(text: str, **options: str) -> str:
    return worked(text, **options).texts()["pitfalls[0]"]


def floats(solution: WorkedSolution, iteration: int = 1, sample: int | None = None) -> dict[str, float]:
    return {
        entry.quantity: float(entry.exact or 0)
        for entry in solution.entries(everything=True)
        if entry.iteration in (iteration, None) and entry.sample in (sample, None)
    }


@pytest.mark.parametrize(
    ("asked", "quantity"),
    [
        ("L", "L"), ("dL/dW[1][2][1]", "dL/dW[1][2][1]"), ("dL/dw_{12}^{(1)}", "dL/dW[1][2][1]"),
        ("dL/dw_{12}^(1)", "dL/dW[1][2][1]"), ("∂L/∂w_{12}^{(1)}", "dL/dW[1][2][1]"),
        (r"\frac{\partial L}{\partial w_{12}^{(1)}}", "dL/dW[1][2][1]"), ("a_1^{(2)}", "a[2][1]"),
        ("W_new[2][1][2]", "W_new[2][1][2]"), ("w_{21}^{(2)} new", "W_new[2][1][2]"), ("b[1]", "b[1][1]"),
        ("e[1]", "e[1]"), ("dL/dx_1", "dL/dx[1]"), ("L - L_new", None), ("delta[1][2]", "dL/dz[1][2]"),
    ],
)  # fmt: skip
def test_a_quantity_by_any_of_its_names(asked: str, quantity: str | None) -> None:
    solution = worked(f"{{{{{asked}: 9 significant}}}}")
    values = floats(solution)
    values |= floats(solution, sample=1)
    right = values["L"] - values["L_new"] if quantity is None else values[quantity]
    assert float(solution.texts()["pitfalls[0]"].strip("$")) == pytest.approx(right, rel=1e-8)


def test_a_formula_is_computed_from_exact_values() -> None:
    solution = worked("{{ -(ln(a[2][1])/ln(10))*x[2]^2 + max(y[1], 3)/7 - e^(-1): 12 decimals }}")
    values = floats(solution, sample=1)
    right = -math.log10(values["a[2][1]"]) * 4 + 3 / 7 - math.exp(-1)
    assert float(solution.texts()["pitfalls[0]"].strip("$")) == pytest.approx(right, abs=1e-12)


def test_the_name_of_a_quantity_comes_before_a_power() -> None:
    """`a_1^{(2)}` is a name, `a_1^2` a power where the problem has no such name."""
    solution = worked("{{w_5^2: 6 decimals}} {{1 - w_5^2}}", notation="flat")
    assert solution.texts()["pitfalls[0]"] == "$0.25$ $0.75$"


def test_digits_are_those_of_answers() -> None:
    entry = next(e for e in worked("x").entries() if e.quantity == "dL/dW[1][2][1]")
    assert said("{{dL/dW[1][2][1]}}") == f"${entry.printed}$"
    assert said("{{dL/dW[1][2][1]*1}}") == f"${entry.printed}$"
    four = next(e for e in worked("x", rounding="{decimals: 2}").entries() if e.quantity == "L")
    assert said("{{L}}", rounding="{decimals: 2}") == f"${four.printed}$"
    assert said("{{w_{12}^{(1)}}} {{w_{12}^{(1)}: 3 decimals}} {{1/3: 3 decimals}}") == "$0.3$ $0.3$ $0.333$"
    assert said("${{dL/dW[1][2][1]/10^9: 2 significant}}$").endswith(r"\cdot 10^{-11}$")


def test_rounded_steps_are_what_a_formula_starts_from() -> None:
    found = said("{{a[2][1]}} {{10*a[2][1]: 9 decimals}}", rounding="{apply: each_step, decimals: 3}")
    first, ten_times = (float(text.strip("$")) for text in found.split())
    assert ten_times == pytest.approx(10 * first, abs=1e-12)


def test_iterations() -> None:
    solution = worked("{{L}} {{L at 2}} {{L at last}} {{(W[2][1][1] at 1) - W[2][1][1] at last: 8 decimals}}")
    values = [floats(solution, n) for n in (1, 2, 6)]
    first, second, last, moved = (float(text.strip("$")) for text in solution.texts()["pitfalls[0]"].split())
    assert [first, second, last] == pytest.approx([one["L"] for one in values], rel=1e-3)
    assert moved == pytest.approx(values[0]["W[2][1][1]"] - values[2]["W[2][1][1]"], abs=1e-8)


def test_samples_of_a_batch() -> None:
    solution = worked(
        "{{a[2][1] sample 3: 8 decimals}} {{a[2][1] at 2 sample 1: 8 decimals}} {{L}}", batch="all"
    )
    found = [float(text.strip("$")) for text in solution.texts()["pitfalls[0]"].split()]
    assert found[0] == pytest.approx(floats(solution, 1, 3)["a[2][1]"], abs=1e-8)
    assert found[1] == pytest.approx(floats(solution, 2, 1)["a[2][1]"], abs=1e-8)


def test_the_sign_says_whether_digits_were_cut() -> None:
    assert said("$w {{= W[1][1][1]}}$, $L {{= L}}$, {{= 1/4}}").replace(" ", "") == (
        rf"$w=0.1$,$L\approx{said('{{L}}').strip('$')}$,$=0.25$"
    )


def test_statement_and_parts_too() -> None:
    more = "statement: The bias is {{b[1]}}.\nparts: [{ask: [loss], text: 'Find {{1+1}} numbers.'}]\n"
    page = str(worked("x", more=more).document())
    assert "The bias is 0.1." in page
    assert "Find 2 numbers." in page


def test_a_changed_problem_changes_its_notes() -> None:
    problem = worked("{{L}}").problem
    changes: list[dict[str, object]] = [{}, {"samples.0.input": [3, -1]}]
    before, after = (solve(load_network(problem.text, overrides=change)) for change in changes)
    assert str(before.pitfalls()) != str(after.pitfalls())
    printed = next(entry.printed for entry in after.entries() if entry.quantity == "L")
    assert f" {printed}" in str(after.pitfalls())


def test_letters_have_the_numbers_that_are_known() -> None:
    text = """
network:
  inputs: 2
  layers:
    - {units: 1, activation: sigmoid, weights: [[0.1, 0.2]], bias: [0.1]}
    - {units: 1, activation: sigmoid, weights: [[w]], bias: [0]}
samples: [{input: [1, 2], target: [1]}]
loss: squared_error
pitfalls: ["{{a[1][1]: 6 decimals}}"]
"""
    assert solve(load_network(text)).texts()["pitfalls[0]"] == f"${1 / (1 + math.exp(-0.6)):.6f}$"
    with pytest.raises(ProblemError, match="is not a number in this problem"):
        solve(load_network(text.replace("a[1]", "a[2]"))).texts()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{dL/dw9}}", "no quantity 'dL/dw9' in this problem"),
        ("{{2*oops}}", "no quantity 'oops' in this problem"),
        ("{{a[1]}}", "has 2 numbers"),
        ("{{2*x}}", "has 2 numbers"),
        ("{{2 x_1}}", "without a sign between"),
        ("{{ln(0)}}", "needs the logarithm"),
        ("{{ln(-x_1)}}", "needs the logarithm"),
        ("{{1/(x_1 - 1)}}", "a division by zero"),
        ("{{L at 3}}", "iteration 3 is not written out"),
        ("{{L at 0}}", "iteration 0 is not written out"),
        ("{{a[2][1] sample 3}}", "does not take sample 3"),
        ("{{(L at x) + 1}}", "after at"),
        ("{{L: 77 decimals}}", "77 digits"),
        ("{{L_epoch}}", "has no value in this iteration"),
        ("{{__import__}}", "does not belong in a formula"),
        ("{{().__class__}}", "does not belong in a formula"),
    ],
)
def test_what_has_no_number(text: str, reason: str) -> None:
    with pytest.raises(ProblemError, match=re.escape(reason)) as caught:
        said(text)
    (fault,) = caught.value.faults
    assert fault.path == "pitfalls[0]"
    assert fault.message.startswith(text)


def test_a_batch_has_several() -> None:
    with pytest.raises(ProblemError, match="a value for each of 3 samples") as caught:
        said("{{a[2][1]}}", batch="all")
    assert caught.value.faults[0].hint == "write {{a[2][1] sample 1}}"


def test_a_derivation_computes_with_numbers_alone() -> None:
    derivation = "kind: derivation\nfunctions: [tanh]\npitfalls: ['Base 10: {{1/ln(10)}}.']\n"
    assert "Base 10: 0.4343." in str(solve(load_problem(derivation)).pitfalls())
    with pytest.raises(ProblemError, match="has no quantities"):
        solve(load_problem(derivation.replace("ln(10)", "z"))).pitfalls()


def test_the_audit_sees_a_wrong_number() -> None:
    from tests.audit.pages import PROBLEMS, markdown

    path = next(path for path in PROBLEMS if path.stem == "002-two-sigmoid-layers")
    audit = markdown(path)
    prose = audit.prose
    assert isinstance(prose, LiveWords)
    found = [n for n, block in enumerate(audit.blocks) if prose.live_slots(block.source)]
    assert len(found) == 3
    for place in found:
        note = audit.blocks[place].source
        assert not audit.check(place, note).faults
        for number in re.finditer(r"(?<=[^_{])\d\.\d+", note):
            end = number.end()
            changed = f"{note[: end - 1]}{(int(note[end - 1]) + 1) % 10}{note[end:]}"
            assert audit.check(place, changed).faults
