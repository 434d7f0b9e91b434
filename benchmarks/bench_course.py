"""How long `nbsolve build` takes for a course of many problems: nothing changed, one problem changed.

python benchmarks/bench_course.py                          a course of 100, built first
python benchmarks/bench_course.py --count 1000             which the goals are for; half an hour for the first build
python benchmarks/bench_course.py --folder DIR             in a folder that stays, and need not be built again

The problems are nbsolve's own under other names, with other numbers. Each build is a process of its own, as a
person starts it; CPU seconds and the greatest memory are those of its processes.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from nbsolve.book.starting import init_course

ROOT = Path(__file__).resolve().parents[1]
GOALS = {"nothing changed": 4.0, "one problem changed": 8.0}
SOURCES = (
    "001-b-two-outputs", "002-two-sigmoid-layers", "004-relu-cross-entropy", "softmax-in-the-middle",
    "graph-sigmoid-neuron", "xor-with-a-direct-connection", "tied-autoencoder", "000-softmax-two-losses",
)  # fmt: skip
_VARIANTS = re.compile(r"^variants:.*\n(?:[ -].*\n)*", re.MULTILINE)
_DECIMAL = re.compile(r"(?<![\w.])(0\.\d*)([1-9])(?!\d)")


def main() -> None:
    """Measure, and print a line a case."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every build compiles all of its modules
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch) / "course"
        if not folder.exists():
            write_course(folder, options.count)
        print(_line("as it was found", [build(folder)]), flush=True)
        measured: dict[str, list[tuple[float, float, float]]] = {case: [] for case in GOALS}
        changed = min((folder / "problems").glob("*.yaml"))
        for _ in range(options.rounds):
            measured["nothing changed"].append(build(folder))
            # a weight, and so every number of its page
            text = changed.read_text(encoding="utf-8")
            changed.write_text(_DECIMAL.sub(_next_digit, text, count=1), encoding="utf-8")
            measured["one problem changed"].append(build(folder))
        for case, values in measured.items():
            print(f"{_line(case, values)}   goal for 1,000: {GOALS[case]:.0f} s", flush=True)


def write_course(folder: Path, count: int) -> None:
    """A new course with so many problems beside the one that it starts with."""
    init_course(folder)
    for number, text in enumerate(_problems(count)):
        (folder / "problems" / f"{number:05d}.yaml").write_text(text, encoding="utf-8")


def _problems(count: int) -> Iterator[str]:
    """The sources in turn, each time with other decimals."""
    for number in range(count):
        source = (ROOT / "problems" / f"{SOURCES[number % len(SOURCES)]}.yaml").read_text(encoding="utf-8")
        source = _VARIANTS.sub("", source)
        for _ in range(number // len(SOURCES) % 9):
            source = _DECIMAL.sub(_next_digit, source)
        yield source.replace("title: ", f"title: No. {number}, ", 1)


def _next_digit(decimal: re.Match[str]) -> str:
    return f"{decimal[1]}{int(decimal[2]) % 9 + 1}"


def build(folder: Path) -> tuple[float, float, float]:
    """Build as a person does; returns seconds by the clock, of CPU, and the memory of the largest process in MB."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "nbsolve", "build"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"{run.stdout}{run.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begin, cpu, after.ru_maxrss / 1024


def _line(case: str, values: list[tuple[float, float, float]]) -> str:
    wall, cpu, memory = (statistics.median(column) for column in zip(*values, strict=True))
    return f"{case:<22} {wall:7.2f} s {cpu:7.2f} s CPU, largest process ever {memory:5.0f} MB"


if __name__ == "__main__":
    main()
