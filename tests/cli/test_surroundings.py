"""Closed and full streams, names that are bytes, Ctrl-C early: no traceback, the right exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nbsolve import load_problem
from tests.cli.conftest import GOOD

FIRST = "problems/first.yaml"
COMMANDS = (
    ("solve", FIRST),
    ("solve", FIRST, "-f", "json"),
    ("explain", FIRST, "L"),
    ("check", FIRST),
    ("schema",),
    ("list",),
    ("new", "another"),
    ("init", "course"),
    ("handout", FIRST, "--out", "made", "--only", "question"),
    ("--help",),
    ("solve", "--help"),
    ("--version",),
)


def shell(folder: Path, arguments: tuple[str, ...], redirected: str) -> subprocess.CompletedProcess[str]:
    command = " ".join([f"'{sys.executable}' -m nbsolve", *arguments, redirected])
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, encoding="utf-8", timeout=300, check=False
    )


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_an_output_that_takes_nothing(folder: Path, arguments: tuple[str, ...]) -> None:
    done = shell(folder, arguments, ">&-")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "is closed" in done.stderr
    if Path("/dev/full").exists() and arguments[0] in ("schema", "solve", "--help"):
        done = shell(folder, arguments, ">/dev/full")
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert "no space left" in done.stderr


def test_all_streams_closed(folder: Path) -> None:
    assert shell(folder, ("solve", "missing.yaml"), ">&- 2>&- <&-").returncode == 1
    assert shell(folder, ("solve", FIRST), "<&- >out.txt 2>&-").returncode == 0
    assert "A small network" in (folder / "out.txt").read_text(encoding="utf-8")
    done = shell(folder, ("solve", "-"), "<&-")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes any bytes for a name")
@pytest.mark.parametrize("arguments", [("solve",), ("solve", "-f", "json"), ("check",)])
def test_names_that_are_no_text(folder: Path, arguments: tuple[str, ...]) -> None:
    name = os.fsencode(folder) + b"/n\xff\xe9.yaml"
    with open(name, "wb") as stream:
        stream.write(GOOD.replace("title: A small network\n", "").encode())
    done = subprocess.run(
        [sys.executable, "-m", "nbsolve", *arguments, name], capture_output=True, timeout=300, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    done.stdout.decode("utf-8")


@pytest.mark.parametrize("ignored", [False, True])
def test_ctrl_c_while_the_command_is_loaded(folder: Path, ignored: bool) -> None:
    """The process interrupts itself as soon as the first module that a command needs is loaded."""
    program = f"""
import os, signal, sys
signal.signal(signal.SIGINT, signal.{"SIG_IGN" if ignored else "default_int_handler"})
class Interrupting:
    def find_spec(self, name, *more):
        if name == "nbsolve.cli.application":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
sys.argv = ["nbsolve", "--version"]
from nbsolve.cli import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, timeout=300, check=False
    )
    assert done.stderr == b""
    assert done.returncode == (0 if ignored else 130)


def test_a_problem_in_one_line_of_json() -> None:
    text = (
        '{"network": {"inputs": 1, "layers": [{"units": 1, "activation": "sigmoid", "weights": [[0.5]]}]},'
        ' "samples": [{"input": [1]}]}'
    )
    assert load_problem(text).name == "problem"
