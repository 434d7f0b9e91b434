"""What judges a variant finds what is wrong, and says what it has not looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from nbsolve.asking.answers import Answer
from nbsolve.checking import answers, lines
from nbsolve.checking.oracle import autograd_functions
from nbsolve.checking.oracle.numbers import NotKnown
from nbsolve.render.myst import render
from nbsolve.variants import judging
from nbsolve.variants.checking import Checked, Report, check
from nbsolve.variants.judging import judged, whole_letters
from nbsolve.worked.network import WorkedSolution
from tests.variants.small import NETWORK, VARY, family, plan


def worked() -> WorkedSolution:
    found = family().variant("1").candidate.worked
    assert isinstance(found, WorkedSolution)
    return found


def all_answers(solution: WorkedSolution) -> Iterator[Answer]:
    return solution.entries(everything=True)


def test_a_sound_variant_has_no_faults() -> None:
    verdict = judged(family().variant("1").candidate)
    assert verdict.faults == ()
    assert verdict.held > 30
    assert verdict.blocks > 40
    assert verdict.unheld == 0


def test_a_wrong_answer_is_found() -> None:
    solution = worked()
    found = [*all_answers(solution)]
    place = next(n for n, one in enumerate(found) if one.quantity.startswith("dL/dW"))
    found[place] = replace(found[place], exact=float(found[place].exact or 0) * (1 + 1e-6))
    verdict = answers.judged(solution.problem.text, found)
    assert len(verdict.faults) == 1
    assert found[place].quantity in verdict.faults[0]


def test_a_wrong_digit_on_the_page_is_found() -> None:
    solution = worked()
    page = render(solution.document())
    text, named = solution.problem.text, [*all_answers(solution)]
    assert lines.read(text, named, page, whole_letters(solution)).faults == ()
    at = page.rindex("boxed{") + len("boxed{-0.00")
    other = page[:at] + str((int(page[at]) + 1) % 10) + page[at + 1 :]
    assert lines.read(text, named, other, whole_letters(solution)).faults


def test_what_is_unknown_is_said() -> None:
    text = NETWORK.replace("activation: sigmoid", "activation: hard_swish", 1)
    report = Report()
    for one in check(plan(text=f"{text}variants:\n{VARY}"), 1):
        report.add(one)
    said = "\n".join(report.lines())
    assert "pages not read back: 1, the reader does not know the activation hard_swish" in said
    assert "held against" not in said
    with pytest.raises(NotKnown):
        lines._read(text, [], "", {})


def test_without_the_extra_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "DIFFERENTIATES", False)
    verdict = judged(family().variant("1").candidate)
    assert (verdict.held, verdict.faults) == (0, ())
    assert verdict.blocks > 40
    monkeypatch.setattr("nbsolve.variants.checking.DIFFERENTIATES", False)
    report = Report()
    report.add(Checked("1", judged=verdict))
    assert any("pip install '.[check]'" in line for line in report.lines())


def test_all_functions_that_are_said_to_be_known_are() -> None:
    import autograd.numpy as np

    for name in autograd_functions.ACTIVATIONS:
        autograd_functions._applied(name, {}, np.array([[0.3, -0.2]]))
    with pytest.raises(KeyError):
        autograd_functions._applied("hard_swish", {}, np.array([[0.3, -0.2]]))
