"""Closed and full streams, names that are bytes, Ctrl-C early: no traceback, the right exit code."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nbsolve import load_problem, whole_files
from nbsolve.book import starting as course_starting
from nbsolve.cli import starting
from tests.cli.conftest import GOOD, Run

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
    ("notebook", FIRST, "--out", "made"),
    ("--help",),
    ("solve", "--help"),
    ("--version",),
)


def shell(folder: Path, arguments: tuple[str, ...], redirected: str) -> subprocess.CompletedProcess[str]:
    command = " ".join([f"'{sys.executable}' -m nbsolve", *arguments, redirected])
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, encoding="utf-8", timeout=300, check=False
    )


@pytest.mark.sampled(5)
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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that takes nothing")
@pytest.mark.parametrize("arguments", [("--wrong",), ("solve", "--wrong"), ("build", "--jobs", "0")])
def test_a_wrong_command_line_of_which_nothing_can_be_said(folder: Path, arguments: tuple[str, ...]) -> None:
    assert shell(folder, arguments, "2>/dev/full").returncode == 2
    assert shell(folder, arguments, "2>&-").returncode == 2


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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes any bytes for a name")
def test_files_written_to_names_that_are_no_text(folder: Path) -> None:
    name = os.fsencode(folder) + b"/n\xff\xe9.yaml"
    for arguments in (("new",), ("handout", "--out", "made", "--only", "key"), ("notebook", "--out", "made")):
        done = subprocess.run(
            [sys.executable, "-m", "nbsolve", *arguments, name],
            cwd=folder,
            capture_output=True,
            timeout=300,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        done.stdout.decode("utf-8")
    made = {path.name for path in (folder / "made").rglob("*.*") if path.name[0] != "."}
    assert made == {"key.pdf", "n-.ipynb"}


ONE_LINE = (
    '{"network": {"inputs": 1, "layers": [{"units": 1, "activation": "sigmoid", "weights": [[0.5]]}]},'
    ' "samples": [{"input": [1]}]}'
)


@pytest.mark.parametrize(
    "command",
    [("solve",), ("explain",), ("check",), ("build",), ("handout", "--out", "h"), ("notebook", "--out", "n")],
    ids=lambda command: command[0],
)
def test_the_text_of_a_problem_in_the_place_of_a_name(
    run: Run, folder: Path, command: tuple[str, ...]
) -> None:
    more = ("L",) if command == ("explain",) else ()
    for text in (ONE_LINE, ONE_LINE.replace("{", '{"title": "' + "long" * 80 + '", ', 1), GOOD):
        done = run(*command, text, *more)
        assert (done.returncode, done.stdout) == (1, "")
        first, second = done.stderr.splitlines()
        assert len(first) < 100
        assert first.endswith("error: this is the text of a problem, not the name of a file")
        assert "nbsolve solve -" in second
    assert run("solve", "-", text=ONE_LINE).returncode == 0
    # such a name is a file's all the same, where there is such a file
    (folder / "{a}.yaml").write_text(ONE_LINE, encoding="utf-8")
    assert run("check", "{a}.yaml").returncode == 0


def test_a_course_and_a_problem_that_found_no_room(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written last cannot be; afterwards the same command works."""
    monkeypatch.setattr(course_starting, "write_whole", _no_room_after(3))
    with pytest.raises(OSError, match="No space"):
        course_starting.init_course(folder / "new" / "course")
    assert not (folder / "new").exists()
    monkeypatch.setattr(whole_files, "write_whole", _no_room_after(1))
    with pytest.raises(OSError, match="No space"):
        starting.new(str(folder / "second"))
    assert not (folder / "second.yaml").exists()
    monkeypatch.undo()
    assert run("init", "new/course").returncode == 0
    assert run("new", "second").returncode == 0


def _no_room_after(count: int) -> Callable[[Path, str | bytes], None]:
    written: list[Path] = []
    write_whole = whole_files.write_whole

    def write(path: Path, content: str | bytes) -> None:
        if len(written) == count:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        written.append(path)
        write_whole(path, content)

    return write


@pytest.mark.parametrize("ignored", [False, True])
@pytest.mark.parametrize("moment", ["nbsolve.cli", "nbsolve.cli.surroundings", "nbsolve.cli.application"])
def test_ctrl_c_while_the_command_is_loaded(folder: Path, ignored: bool, moment: str) -> None:
    """The process interrupts itself when a module is about to be loaded."""
    program = f"""
import os, signal, sys
signal.signal(signal.SIGINT, signal.{"SIG_IGN" if ignored else "default_int_handler"})
class Interrupting:
    def find_spec(self, name, *more):
        if name == "{moment}":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
sys.argv = ["nbsolve", "--version"]
from nbsolve.__main__ import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, timeout=300, check=False
    )
    assert done.stderr == b""
    assert done.returncode == (0 if ignored else 130)


def test_nothing_is_loaded_before_ctrl_c_is_taken_care_of() -> None:
    """Without `site`, which loads what it likes, of Python's own modules only what Python has loaded anyway."""
    program = """
import sys
sys.path.insert(0, sys.argv[1])
import os
before = set(sys.modules)
from nbsolve.interruptions import end_the_process
print(*sorted(set(sys.modules) - before))
"""
    home = Path(__file__).parent.parent.parent
    done = subprocess.run(
        [sys.executable, "-S", "-c", program, str(home)], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) <= {"__future__", "_signal", "nbsolve", "nbsolve.interruptions"}


def test_a_problem_in_one_line_of_json() -> None:
    assert load_problem(ONE_LINE).name == "problem"
