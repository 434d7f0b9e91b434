"""How long `nbsolve build` takes: from nothing, nothing changed, one problem changed, one title changed.

python benchmarks/bench_site.py                    medians of three rounds
python benchmarks/bench_site.py --against DIR      beside another checkout (with its own .venv), round by round

`NBSOLVE_AGAINST=DIR make benchmarks` does the latter too. Each build is a process of its own, as a person
starts it; CPU seconds are those of all its processes, which others' work on the machine changes least.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GOALS = {"cold": 0.4, "nothing changed": 0.25, "one problem changed": 0.6, "one title changed": 0.6}

Seconds = tuple[float, float]
"""By the clock, and of CPU."""


@dataclass(frozen=True)
class Checkout:
    """One version of nbsolve: its Python, and a course made of its own problems and pages."""

    name: str
    root: Path
    python: Path
    course: Path

    def start(self) -> None:
        """The course as it is before its first build."""
        shutil.rmtree(self.course, ignore_errors=True)
        ignore = shutil.ignore_patterns("_build", "problems")
        # its own, since an older version may not know what today's problems ask for
        shutil.copytree(self.root / "problems", self.course / "problems")
        shutil.copytree(self.root / "book", self.course / "book", ignore=ignore)
        shutil.copytree(
            ROOT / "nbsolve" / "templates", self.course / "nbsolve" / "templates"
        )  # pages it includes
        shutil.copy(ROOT / "_config.yml", self.course)

    def build(self) -> Seconds:
        """Build as a person does."""
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [str(self.python), "-m", "nbsolve", "build"]
        environment = os.environ | {"PYTHONPATH": str(self.root)}
        run = subprocess.run(
            command, cwd=self.course, env=environment, capture_output=True, text=True, check=False
        )
        if run.returncode != 0:
            sys.exit(f"{self.name}: {run.stdout}{run.stderr}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return time.perf_counter() - begin, cpu


def main() -> None:
    """Measure, and print a line a case."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--against", default=os.environ.get("NBSOLVE_AGAINST"))
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every build compiles all of its modules
    with tempfile.TemporaryDirectory() as scratch:
        here = Checkout("this", ROOT, Path(sys.executable), Path(scratch) / "this")
        checkouts = [here]
        if options.against:
            other = Path(options.against).resolve()
            checkouts.append(
                Checkout("other", other, other / ".venv" / "bin" / "python", Path(scratch) / "other")
            )
        measured: dict[tuple[str, str], list[Seconds]] = defaultdict(list)
        for number in range(options.rounds):
            _round(checkouts, number, measured)
        _report(measured, options.against is not None, len(list((ROOT / "problems").glob("*.yaml"))))


def _round(checkouts: list[Checkout], number: int, measured: dict[tuple[str, str], list[Seconds]]) -> None:
    """Every case once, the checkouts taking turns."""
    for case in GOALS:
        for checkout in checkouts:
            problem = checkout.course / "problems" / "002-two-sigmoid-layers.yaml"
            if case == "cold":
                checkout.start()
            elif case == "one problem changed":
                text = problem.read_text(encoding="utf-8")
                problem.write_text(f"{text}\n# changed {number}\n", encoding="utf-8")
            elif case == "one title changed":
                text = problem.read_text(encoding="utf-8")
                problem.write_text(text.replace("title: ", "title: Changed, ", 1), encoding="utf-8")
            measured[case, checkout.name].append(checkout.build())


def _report(measured: dict[tuple[str, str], list[Seconds]], beside: bool, problems: int) -> None:
    print(f"the site of {problems} problems, medians")
    for case, goal in GOALS.items():
        wall, cpu = _medians(measured[case, "this"])
        line = f"{case:<22} {wall:6.2f} s {cpu:7.2f} s CPU"
        if beside:
            other_wall, other_cpu = _medians(measured[case, "other"])
            line += f"   other {other_wall:6.2f} s {other_cpu:7.2f} s CPU"
            line += f"   ratio {wall / other_wall:.2f} ({cpu / other_cpu:.2f} CPU), goal {goal}"
        print(line)


def _medians(values: list[Seconds]) -> Seconds:
    wall, cpu = zip(*values, strict=True)
    return statistics.median(wall), statistics.median(cpu)


if __name__ == "__main__":
    main()
