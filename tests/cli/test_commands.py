"""What the commands print, and how they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nbsolve.cli.plain import plain
from tests.cli.conftest import GOOD, PROBLEMS, Run

FIRST = "problems/first.yaml"
FORBIDDEN = ("papermill", "matplotlib", "networkx", "sympy", "jupyter_book", "sphinx", "nbformat", "IPython")


# ------------------------------------------------------------------ solve and explain


def test_json_alone_is_on_standard_output(run: Run) -> None:
    done = run("solve", FIRST, "--format", "json")
    data = json.loads(done.stdout)
    assert done.stderr == ""
    assert data["version"] == 1
    asked = {entry["quantity"]: entry for entry in data["answers"]}
    assert set(asked["a[2][1]"]) >= {"quantity", "symbol", "iteration", "sample", "value", "exact", "printed"}
    assert "dL/dW[1][2][1]" in asked
    assert "W[1][1][1]" not in asked


def test_all_gives_every_quantity(run: Run) -> None:
    few = json.loads(run("solve", FIRST, "-f", "json").stdout)["answers"]
    many = json.loads(run("solve", FIRST, "-f", "json", "--all").stdout)["answers"]
    assert len(many) > len(few)
    assert "W[1][1][1]" in {entry["quantity"] for entry in many}


def test_a_problem_from_standard_input_is_the_same(run: Run) -> None:
    from_file = json.loads(run("solve", FIRST, "-f", "json").stdout)["answers"]
    assert json.loads(run("solve", "-", "-f", "json", text=GOOD).stdout)["answers"] == from_file


def test_set_changes_the_problem(run: Run) -> None:
    done = run("solve", FIRST, "-f", "json", "--all", "--set", "samples.0.x=[1,3]", "--set", "loss=mse")
    values = {entry["quantity"]: entry["value"] for entry in json.loads(done.stdout)["answers"]}
    assert values["x[2]"] == 3
    assert values["z[1][1]"] == pytest.approx(0.8)


@pytest.mark.parametrize("form", ["text", "markdown", "latex"])
def test_documents(form: str, run: Run) -> None:
    done = run("solve", FIRST, "--format", form)
    assert done.returncode == 0, done.stderr
    assert "A small network" in done.stdout
    assert "0.6457" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_narrow_terminal_is_respected(run: Run) -> None:
    wide, narrow = (run("solve", FIRST, COLUMNS=columns).stdout for columns in ("120", "60"))
    assert len(narrow.split("\n")) >= len(wide.split("\n"))


def test_a_terminal_without_unicode_gets_no_error(run: Run) -> None:
    done = run("solve", FIRST, PYTHONUTF8="0", PYTHONIOENCODING="ascii", PYTHONCOERCECLOCALE="0", LC_ALL="C")
    assert done.returncode == 0, done.stderr
    data = run("solve", FIRST, "-f", "json", PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert json.loads(data.stdout)


@pytest.mark.parametrize("quantity", ["dL/dw3", "dL/dW[1][2][1]", "z[1][2]"])
def test_explain(quantity: str, run: Run) -> None:
    done = run("explain", FIRST, quantity)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split("\n")) > 3
    assert len(done.stdout) < len(run("solve", FIRST).stdout)


def test_explain_something_unknown(run: Run) -> None:
    done = run("explain", FIRST, "dL/dw99")
    assert done.returncode == 1
    assert "dL/dw99" in done.stderr
    assert "w₃" in done.stderr or "w3" in done.stderr or "w_3" in done.stderr


# ------------------------------------------------------------------ check, list, new, schema, init


def test_list(run: Run, folder: Path) -> None:
    done = run("list")
    assert done.returncode == 0
    assert FIRST in done.stdout
    assert "2-2-1" in done.stdout
    (folder / "problems" / "broken.yaml").write_text("network: 3\n", encoding="utf-8")
    done = run("list")
    assert done.returncode == 1
    assert FIRST in done.stdout
    assert "broken.yaml" in done.stderr


def test_list_where_there_is_nothing(run: Run, folder: Path) -> None:
    (folder / FIRST).unlink()
    done = run("list")
    assert done.returncode == 1
    assert "nbsolve new" in done.stderr


def test_new_writes_a_problem_that_is_good(run: Run, folder: Path) -> None:
    assert run("new", "midterm").stdout == "midterm.yaml\n"
    assert run("check", "midterm.yaml").returncode == 0
    assert json.loads((folder / "problem.schema.json").read_text(encoding="utf-8"))["$defs"]
    first_line = (folder / "midterm.yaml").read_text(encoding="utf-8").split("\n")[0]
    assert first_line == "# yaml-language-server: $schema=problem.schema.json"


def test_new_leaves_what_is_there_alone(run: Run, folder: Path) -> None:
    done = run("new", FIRST)
    assert done.returncode == 1
    assert "already exists" in done.stderr
    assert (folder / FIRST).read_text(encoding="utf-8") == GOOD


def test_the_schema_is_json(run: Run) -> None:
    schema = json.loads(run("schema").stdout)
    assert "network" in schema["$defs"]["NetworkFile"]["properties"]


def test_init_starts_a_course_and_new_adds_to_it(run: Run, folder: Path) -> None:
    done = run("init", "course")
    assert done.returncode == 0, done.stderr
    assert (folder / "course" / "_config.yml").is_file()
    assert run("list", "course").returncode == 0
    assert run("init", "course").returncode == 1


def test_notebook(run: Run, folder: Path) -> None:
    done = run("notebook", FIRST, "--out", "made")
    assert done.returncode == 0, done.stderr
    assert json.loads((folder / "made" / "first.ipynb").read_text(encoding="utf-8"))["cells"]


# ------------------------------------------------------------------ how things end


def test_a_wrong_command_line_is_2(run: Run) -> None:
    for arguments in (
        ["solve"],
        ["solve", FIRST, "--format", "html"],
        ["nonsense"],
        ["build", "--jobs", "0"],
    ):
        done = run(*arguments)
        assert done.returncode == 2, arguments
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["solve", "no.yaml"], ["explain", "no.yaml", "x"], ["check", "."]])
def test_bad_input_is_1_and_one_message(arguments: list[str], run: Run) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("error:") == 1
    assert "Traceback" not in done.stderr


def test_debug_shows_the_traceback(run: Run) -> None:
    assert "Traceback" in run("solve", "no.yaml", NBSOLVE_DEBUG="1").stderr


def test_a_control_character_does_not_reach_the_terminal(run: Run, folder: Path) -> None:
    (folder / "evil.yaml").write_text('"\\e[31mred": 1\n', encoding="utf-8")
    done = run("check", "evil.yaml")
    assert done.returncode == 1
    assert "\x1b" not in done.stderr


def test_a_closed_pipe_is_silent(folder: Path) -> None:
    big = PROBLEMS / "001-a-squared-error.yaml"
    command = f"'{sys.executable}' -m nbsolve solve '{big}' --format json --all | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.startswith("{")
    assert done.returncode == 0


def test_a_read_only_folder_is_one_message(run: Run, folder: Path) -> None:
    if os.geteuid() == 0:
        # Permissions do not bind the administrator: a file where a folder is wanted fails the same way.
        (folder / "closed").write_text("", encoding="utf-8")
    else:
        (folder / "closed").mkdir(mode=0o500)
    done = run("new", "closed/midterm")
    assert done.returncode == 1
    assert done.stderr.count("error:") == 1
    assert "closed" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_interruption_is_130(folder: Path) -> None:
    import signal

    long = GOOD.replace(
        "parts:", "training: {optimiser: {sgd: {learning_rate: 0.5}}, iterations: 200000}\nparts:"
    )
    (folder / "long.yaml").write_text(long, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "nbsolve", "solve", "long.yaml"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # the caller of the tests may ignore it, and children inherit that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        time.sleep(4)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in stderr


@pytest.mark.parametrize(
    "arguments", [["--help"], ["solve", FIRST], ["solve", FIRST, "-f", "json"], ["check", FIRST]]
)
def test_only_what_is_needed_is_imported(arguments: list[str], folder: Path) -> None:
    """A page tells its drawing in words, for which it lays it out; nothing paints it."""
    code = (
        f"import sys; sys.argv[1:] = {arguments!r}\n"
        "import atexit\n"
        "atexit.register(lambda: sys.stderr.write(' '.join(sys.modules)))\n"
        "from nbsolve.cli import main\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    assert not loaded & set(FORBIDDEN) - ({"networkx"} if arguments == ["solve", FIRST] else set())


DOMAIN = """\
network: {inputs: 1, layers: [{units: 1, activation: linear, weights: [[0.499]]}]}
samples: [{x: [2], y: [0]}]
loss: binary_cross_entropy
rounding: {apply: each_step, decimals: 2}
"""


@pytest.mark.parametrize("command", [["solve"], ["check"], ["explain"], ["notebook", "--out", "made"]])
def test_what_only_solving_shows_names_the_file_too(command: list[str], run: Run, tmp_path: Path) -> None:
    file = tmp_path / "outside.yaml"
    file.write_text(DOMAIN, encoding="utf-8")
    name, *rest = command
    done = run(name, str(file), *(["L"] if name == "explain" else []), *rest)
    assert done.returncode == 1
    assert done.stderr.startswith(
        f"{file}: error: iteration 1, sample 1: binary_cross_entropy is not defined"
    )
    assert "    hint: each step is rounded" in done.stderr
    assert "raise decimals" in done.stderr


def test_a_terminal_without_the_letters_gets_them_spelled_out(run: Run) -> None:
    done = run("solve", FIRST, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert "?" not in done.stdout  # a minus above all must not be lost
    assert "dL/d" in done.stdout
    assert "~= " in done.stdout


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("w₁₂⁽¹⁾ ≈ −6.2·10⁻⁵", "w_12^(1) ~= -6.2*10^-5"),
        ("∂L/∂θ² = σ′(z) ① Δη ⊙ aᵀ", "dL/dtheta^2 = sigma'(z) (1) Deltaeta (*) a^T"),
        ("Größe 漢", "Grosse ?"),
    ],
)
def test_signs_in_ascii(text: str, spelled: str) -> None:
    assert plain(text) == spelled


@pytest.mark.parametrize(
    ("field", "formula", "place"),
    [
        (
            "activation: sigmoid",
            'activation: {{custom: {{name: f, formula: "{}"}}}}',
            "network.layers[0].activation",
        ),
        ("loss: squared_error", 'loss: {{custom: {{name: f, formula: "{}"}}}}', "loss"),
    ],
)
def test_a_value_without_end_names_the_place_of_its_formula(
    run: Run, folder: Path, field: str, formula: str, place: str
) -> None:
    """`exp` six deep: no number of bits can tell what it is."""
    letter = "z" if place != "loss" else "a"
    power = letter + " + 4"
    for _ in range(6):
        power = f"exp({power})"
    text = (
        "network:\n  inputs: 1\n  layers:\n"
        "    - units: 1\n      activation: sigmoid\n      weights: [[0.5]]\n"
        "samples: [{input: [1], target: [0]}]\nloss: squared_error\n"
        "training: {optimiser: {sgd: {learning_rate: 0.1}}, iterations: 1}\n"
    )
    text = text.replace(field, formula.format(power))
    file = folder / "towers.yaml"
    file.write_text(text)
    line = 1 + next(n for n, one in enumerate(text.splitlines()) if "custom" in one)
    column = 1 + text.splitlines()[line - 1].index('"')
    for command in ("check", "solve"):
        result = run(command, "towers.yaml")
        said = " ".join((result.stdout + result.stderr).split())
        assert result.returncode == 1
        assert f"towers.yaml:{line}:{column}: error: {place}.custom.formula: " in result.stderr.replace(
            "\n", " "
        )
        assert "cannot be determined" in said
