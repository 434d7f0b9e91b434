"""What check says of the problems in a folder."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import GOOD, PROBLEMS, Run
from tests.cli.test_commands import FIRST


def test_check_lists_every_error_of_every_file(run: Run, folder: Path) -> None:
    bad = GOOD.replace("squared_error", "squared_eror").replace("units: 1", "units: one")
    (folder / "bad.yaml").write_text(bad, encoding="utf-8")
    (folder / "worse.yaml").write_text(GOOD.replace("dL/dw3", "dL/dw77"), encoding="utf-8")
    done = run("check", FIRST, "bad.yaml", "worse.yaml", "missing.yaml")
    assert done.returncode == 1
    assert f"{FIRST}: good" in done.stdout
    assert "bad.yaml:6:" in done.stderr
    assert "bad.yaml:9:" in done.stderr
    assert "worse.yaml:12:" in done.stderr
    assert "parts[0].ask[1]" in done.stderr
    assert "missing.yaml" in done.stderr
    assert "Traceback" not in done.stderr


_HIDDEN = {
    "graph": "given: {x: 0.001, y: 2}\nequations: {f: x*y}\nparts: [{label: a, ask: [f]}]\n",
    "update": "parameters: {w: 1}\ngradients: {w: 0.001}\noptimiser: adam\nparts: [{label: a, ask: [m_w_new]}]\n",
    "rule": "rule: {adaline: {learning_rate: 0.001}}\n"
    "samples: [{input: [1], target: [1]}, {input: [2], target: [0]}]\nepochs: 1\n",
}


def test_check_warns_of_them_in_every_kind_of_problem(run: Run, folder: Path) -> None:
    for kind, text in _HIDDEN.items():
        path = folder / f"{kind}.yaml"
        path.write_text(f"kind: {kind}\n{text}rounding: {{decimals: 2}}\n", encoding="utf-8")
    done = run("check", *(f"{kind}.yaml" for kind in _HIDDEN))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("an answer that is not 0 prints as 0: ") == len(_HIDDEN)


def test_check_warns_of_answers_that_the_rounding_hides(run: Run, folder: Path) -> None:
    small = folder / "small.yaml"
    training = "training: {optimiser: {sgd: {learning_rate: 0.001}}}\n"
    text = (
        GOOD.replace("dL/dw3", "gradients, updated_parameters").replace("[0.1, 0.2]", "[0.1, 3]") + training
    )
    small.write_text(text + "rounding: {decimals: 1}\n", encoding="utf-8")
    done = run("check", "small.yaml")
    assert done.returncode == 0, done.stderr
    assert "an answer that is not 0 prints as 0: " in done.stdout
    assert "write minimum_significant: 3 beside decimals: 1, or significant: 4 in its place" in done.stdout
    assert "a new parameter prints as the old one: " in done.stdout
    for instead in ("{decimals: 1, minimum_significant: 3}", "{significant: 4}"):
        small.write_text(text + f"rounding: {instead}\n", encoding="utf-8")
        done = run("check", "small.yaml")
        assert "an answer that is not 0" not in done.stdout
        assert ("as the old one" in done.stdout) == ("decimals" in instead)


def test_check_finds_a_prediction_outside_the_domain(run: Run, folder: Path) -> None:
    text = GOOD.replace("squared_error", "binary_cross_entropy").replace(
        "- {units: 1, activation: sigmoid", "- {units: 1, activation: linear"
    )
    (folder / "domain.yaml").write_text(text.replace("[[0.2, 0.1]]", "[[-2, -1]]"), encoding="utf-8")
    done = run("check", "domain.yaml")
    assert done.returncode == 1
    assert "iteration 1" in done.stderr or "domain" in done.stderr


def test_the_shipped_problems_are_good(run: Run) -> None:
    done = run("check", *map(str, sorted(PROBLEMS.glob("*.yaml"))))
    assert done.returncode == 0, done.stderr
