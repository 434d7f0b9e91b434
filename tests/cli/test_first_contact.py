"""What somebody is told who has a name wrong, or asks for less than the problem gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbsolve.near_files import did_you_mean
from tests.cli.conftest import GOOD, Run

SUFFIXES = (".yaml", ".yml")
TRAINED = GOOD.replace(
    "loss: squared_error", "loss: squared_error\ntraining: {optimiser: {sgd: {learning_rate: 0.1}}}"
)


@pytest.fixture
def problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some files with names that are near to each other, and not."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "problems/first.yaml",
        "problems/week-1/deep.yml",
        "problems/notes.txt",
        "top.yaml",
        "spare/third.yaml",
    ):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


@pytest.mark.usefixtures("problems")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("problems/frist.yaml", "problems/first.yaml"),
        ("problems/First.yml", "problems/first.yaml"),
        ("problems/FIRST.YAML", "problems/first.yaml"),
        ("problems/first", "problems/first.yaml"),
        ("problems/first.json", "problems/first.yaml"),
        ("first.yaml", "problems/first.yaml"),
        ("first", "problems/first.yaml"),
        ("problem/first.yaml", "problems/first.yaml"),
        ("spar/thrid.yaml", "spare/third.yaml"),
        ("deep.yaml", "problems/week-1/deep.yml"),
        ("problems/deep.yml", "problems/week-1/deep.yml"),
        ("tpo.yaml", "top.yaml"),
    ],
)
def test_the_file_that_was_meant(typed: str, meant: str) -> None:
    assert did_you_mean(Path(typed), SUFFIXES) == f"did you mean {meant}?"


@pytest.mark.usefixtures("problems")
@pytest.mark.parametrize(
    "typed", ["quite-another.yaml", "notes.yaml", "nowhere/at/all.yaml", "x", "/no/such/first"]
)
def test_nothing_is_meant(typed: str) -> None:
    assert did_you_mean(Path(typed), SUFFIXES) is None
    assert did_you_mean(Path("problems/*.json"), SUFFIXES) == "no file has a name of this pattern"


@pytest.mark.parametrize(
    "command",
    [
        ("solve",), ("explain", "L"), ("check",), ("notebook", "--out", "out"), ("handout", "--out", "out"),
        ("build",), ("preview",),
    ],
    ids=lambda command: command[0],
)  # fmt: skip
def test_every_command_that_takes_a_file(command: tuple[str, ...], run: Run, folder: Path) -> None:
    done = run(command[0], "problems/frist.yaml", *command[1:])
    assert done.returncode == 1
    assert "problems/frist.yaml: error: there is no such file" in done.stderr
    assert "hint: did you mean problems/first.yaml?" in done.stderr
    assert not (folder / "out").exists()


def test_other_files(run: Run, folder: Path) -> None:
    (folder / "_config.yml").write_text("title: A course\n", encoding="utf-8")
    done = run("handout", "problems/first.yaml", "--out", "out", "--config", "_conifg.yml")
    assert (done.returncode, "hint: did you mean _config.yml?" in done.stderr) == (1, True)
    (folder / "logo.svg").touch()
    done = run("handout", "problems/first.yaml", "--out", "out", "--logo", "lgoo.svg")
    assert (done.returncode, "hint: did you mean logo.svg?" in done.stderr) == (1, True)
    (folder / "problems" / "weights.csv").write_text("0.1,0.2\n0.3,0.4\n", encoding="utf-8")
    text = GOOD.replace("[[0.1, 0.2], [0.3, 0.4]]", "{file: weight.csv}")
    (folder / "problems" / "first.yaml").write_text(text, encoding="utf-8")
    done = run("check", "problems/first.yaml")
    assert done.returncode == 1
    assert "there is no file 'weight.csv' beside the problem" in done.stderr
    assert "hint: did you mean weights.csv?" in done.stderr


def test_a_misspelt_key_of_the_course_stops_a_command(run: Run, folder: Path) -> None:
    (folder / "_config.yml").write_text("title: A course\nsolution: false\n", encoding="utf-8")
    done = run("solve", "problems/first.yaml")
    assert done.returncode == 1
    assert "_config.yml:2: error: solution: is known neither to nbsolve nor to Jupyter Book" in done.stderr
    assert "hint: did you mean solutions?" in done.stderr


def test_a_flat_name_in_another_notation(run: Run, folder: Path) -> None:
    text = GOOD.replace("notation: flat\n", "").replace("dL/dw3", "gradients")
    (folder / "problems" / "first.yaml").write_text(text, encoding="utf-8")
    done = run("explain", "problems/first.yaml", "dL/dw5")
    assert done.returncode == 1
    assert "in flat notation it is dL/dW[2][1][1], ∂L/∂w₁₁⁽²⁾ here" in done.stderr
    assert "(--set notation=flat)" in done.stderr
    # and what it says can be done
    assert run("explain", "problems/first.yaml", "dL/dw5", "--set", "notation=flat").returncode == 0
    assert run("explain", "problems/first.yaml", "dL/dW[2][1][1]").returncode == 0
    done = run("explain", "problems/first.yaml", "dL/dw77")
    assert done.returncode == 1
    assert "flat" not in done.stderr


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        ("forward, dL/dw3", True), ("loss, gradients", True), ("updated_parameters", False), ("loss_after", False),
        ("w3_new", False), ('"L - L_new"', False), ("changes", False),
    ],
)  # fmt: skip
def test_training_that_nobody_asks_for(ask: str, said: bool, run: Run, folder: Path) -> None:
    text = TRAINED.replace("ask: [forward, dL/dw3]", f"ask: [{ask}]")
    (folder / "problems" / "first.yaml").write_text(text, encoding="utf-8")
    done = run("check", "problems/first.yaml")
    assert done.returncode == 0, done.stderr
    assert ("note: training: no part asks for what it does" in done.stdout) is said


def test_training_without_parts_or_of_several_iterations_is_asked_for(run: Run, folder: Path) -> None:
    file = folder / "problems" / "first.yaml"
    for text in (
        TRAINED[: TRAINED.index("parts:")],
        TRAINED.replace("{learning_rate: 0.1}}", "{learning_rate: 0.1}}, iterations: 2"),
        GOOD,
    ):
        file.write_text(text, encoding="utf-8")
        done = run("check", "problems/first.yaml")
        assert (done.returncode, "note:" in done.stdout) == (0, False), done
