"""How long `nbsolve preview` takes: from its start to the first page, and from saving the problem to the next page.

python benchmarks/bench_preview.py

Document 001-A; medians, by the clock and of the process's CPU seconds, which others' work changes least.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]
PROBLEM = ROOT / "problems" / "001-a-squared-error.yaml"
GOAL = 2.0

Seconds = tuple[float, float]
"""By the clock, and of CPU."""


class Preview:
    """A preview of a file, of which the first page was shown when it is made."""

    def __init__(self, file: Path) -> None:
        self._began = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", "nbsolve", "preview", str(file)],
            cwd=file.parent,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self._said = self._process.stdout
        self._address = self._said.readline().split()[0]
        self.version = self._shown()

    def first(self) -> Seconds:
        """What it took from the start to the first page."""
        return time.perf_counter() - self._began, self._cpu()

    def saved(self, file: Path, text: str) -> Seconds:
        """What it takes from saving a text to the page of it."""
        began, before = time.perf_counter(), self._cpu()
        file.write_text(text, encoding="utf-8")
        with urlopen(f"{self._address}changes?after={self.version}", timeout=60) as answer:
            assert answer.read().decode() != self.version
        self.version = self._shown()
        return time.perf_counter() - began, self._cpu() - before

    def stop(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGINT)
        self._process.communicate()

    def _shown(self) -> str:
        """The version of the page that is shown."""
        with urlopen(self._address, timeout=60) as answer:
            return str(answer.read().decode().partition('data-version="')[2].partition('"')[0])

    def _cpu(self) -> float:
        """Its CPU seconds until now."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure, and print a line a case."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not Path("/proc/self/stat").exists():
        sys.exit("this benchmark reads CPU seconds from /proc, which only Linux has")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every start compiles all of its modules
    first: list[Seconds] = []
    after: list[Seconds] = []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(shutil.copy(PROBLEM, folder))
            preview = Preview(file)
            first.append(preview.first())
            text = file.read_text(encoding="utf-8")
            after.append(preview.saved(file, text.replace("title: ", "title: Changed, ", 1)))
            preview.stop()
    for name, found in (("from the start to the first page", first), ("from saving to the next page", after)):
        clock, cpu = (statistics.median(one[k] for one in found) for k in (0, 1))
        met = "met" if clock < GOAL else "MISSED"
        print(f"{name:34}{clock:6.2f} s {cpu:6.2f} s CPU   goal < {GOAL:g} s: {met}")


if __name__ == "__main__":
    main()
