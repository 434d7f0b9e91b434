"""Live numbers in the texts of problems about a rule, beside the rules' own recursions."""

from __future__ import annotations

from fractions import Fraction

import pytest

from nbsolve import ProblemError, load_problem, solve
from nbsolve.compose.rules.letters import names_of
from nbsolve.live import live_faults
from nbsolve.problem.model import RuleProblem

TEXT = """\
kind: rule
statement: "It starts with {{w1}}, and w2 becomes ${{w2_new at last}}$."
rule: {perceptron: {learning_rate: 1}}
weights: [0.5, -1]
bias: 0.25
samples:
  - {input: [0, 0], target: 0}
  - {input: [0, 1], target: 0}
  - {input: [1, 0], target: 0}
  - {input: [1, 1], target: 1}
until: no mistakes
most_epochs: 20
pitfalls: ["TEXT"]
"""


def filled(text: str) -> str:
    return solve(load_problem(TEXT.replace("TEXT", text))).texts()["pitfalls[0]"].replace("$", "")


def by_hand() -> list[list[tuple[list[Fraction], Fraction, list[Fraction]]]]:
    """Before, z and after of each sample of each epoch: w ← w + (y − ŷ) x, ŷ = 1 where w·x + b ≥ 0."""
    samples = [((0, 0), 0), ((0, 1), 0), ((1, 0), 0), ((1, 1), 1)]
    own = [Fraction("0.5"), Fraction(-1), Fraction("0.25")]
    epochs: list[list[tuple[list[Fraction], Fraction, list[Fraction]]]] = []
    wrong = True
    while wrong:
        wrong, turns = False, []
        for (a, b), target in samples:
            before = list(own)
            z = own[0] * a + own[1] * b + own[2]
            error = target - (z >= 0)
            wrong = wrong or error != 0
            own = [own[0] + error * a, own[1] + error * b, own[2] + error]
            turns.append((before, z, list(own)))
        epochs.append(turns)
    return epochs


def test_parameters_before_and_after_every_sample() -> None:
    epochs = by_hand()
    assert len(epochs) > 3
    for t, turns in enumerate(epochs, 1):
        for sample, (before, z, after) in enumerate(turns, 1):
            for k, name in enumerate(("w1", "w2", "b")):
                assert Fraction(filled(f"{{{{{name} at {t} sample {sample}}}}}")) == before[k]
                assert Fraction(filled(f"{{{{{name}_new at {t} sample {sample}}}}}")) == after[k]
            assert Fraction(filled(f"{{{{z at {t} sample {sample}}}}}")) == z


def test_what_an_epoch_begins_and_ends_with_and_what_the_training_counts() -> None:
    epochs = by_hand()
    assert Fraction(filled("{{b at 2}}")) == epochs[1][0][0][2]
    assert Fraction(filled("{{b_new at 2}}")) == epochs[1][-1][2][2]
    assert Fraction(filled("{{w1_new at last}}")) == epochs[-1][-1][2][0]
    assert filled("{{epochs}}, {{accuracy}}, {{mistakes at last}}") == f"{len(epochs)}, 1, 0"
    wrong = sum(before != after for turns in epochs for before, _, after in turns)
    assert filled("{{mistakes}}") == str(wrong)
    assert filled("{{x1 sample 3}}, {{y sample 4}}, {{=eta}}") == "1, 1, = 1"
    assert (
        Fraction(filled("{{2*w1 - b_new at 2: 4 decimals}}")) == 2 * epochs[1][0][0][0] - epochs[1][-1][2][2]
    )


def test_pages_have_them_and_questions_blanks_for_what_training_finds() -> None:
    worked = solve(load_problem(TEXT.replace("TEXT", "ends with {{w1_new at last}}")))
    end = by_hand()[-1][-1][2]
    assert f"ends with {float(end[0]):g}" in str(worked.document()).replace("−", "-")
    words = " ".join(str(worked.statement(blanks=True)).split())
    assert "It starts with 0.5, and w2 becomes" in words
    end_of_w2 = f"{float(end[1]):g}".replace("-", "−")
    assert f"becomes {end_of_w2}" not in words


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{z}}", "has a value for each of 4 samples"),
        ("{{w3}}", "w3"),
        ("{{w1 at 99}}", "there is no epoch 99"),
        ("{{z sample 5}}", "there is no sample 5"),
        ("{{w}}", "no quantity"),
        ("{{dL/dw1}}", "not a number"),
    ],
)
def test_what_has_no_number_is_refused_in_its_place(text: str, message: str) -> None:
    problem = load_problem(TEXT.replace("TEXT", text))
    with pytest.raises(ProblemError, match=message) as raised:
        solve(problem).texts()
    assert "pitfalls[0]" in str(raised.value)


def test_the_command_names_line_and_column() -> None:
    problem = load_problem(TEXT.replace("TEXT", "{{w9}}"))
    assert isinstance(problem, RuleProblem)
    ((fault, shown),) = live_faults(problem, names_of(problem))
    assert (fault.path, shown) == ("pitfalls[0]", "{{w9}}")
