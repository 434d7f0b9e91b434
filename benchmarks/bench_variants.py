"""How long variants of document 001-A take: keys, question sheets, solutions, notebooks; growth; memory.

python benchmarks/bench_variants.py --only key --growth 100 1000 10000    what a key costs as they become many
python benchmarks/bench_variants.py --only key --workers 4                what a scheduler and four workers add
"""

from __future__ import annotations

import argparse
import importlib
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from nbsolve.variants.making import Plan  # noqa: E402
from nbsolve.variants.recipient import numbered  # noqa: E402
from nbsolve.variants.running import Run  # noqa: E402
from tests.jobs.cluster import cluster  # noqa: E402

FIRST = ROOT / "problems" / "001-a-squared-error.yaml"
GOALS = {"key": 3.0, "question": 10.0, "solution": 20.0, "notebook": 20.0}
"""Seconds for 200 variants on two cores."""


ROUNDS = 5
"""Rounds of the comparison of processes with a scheduler and its workers, turn by turn."""


def seconds(make: str, count: int, jobs: int, scheduler: str | None = None) -> tuple[float, float]:
    """By the clock, and of processor time, for so many variants."""
    plan = Plan(FIRST.read_text(encoding="utf-8"), FIRST.stem, str(FIRST), 1, (make,))
    with tempfile.TemporaryDirectory() as folder:
        before, start = _processor(), time.perf_counter()
        Run(plan, numbered(count), Path(folder) / "out").run(jobs, scheduler=scheduler)
        return time.perf_counter() - start, _processor() - before


def _processor() -> float:
    """Seconds of this process and of those below it, ended or not."""
    here = importlib.import_module("psutil").Process()
    times: list[Any] = [process.cpu_times() for process in (here, *here.children(recursive=True))]
    return float(sum(one.user + one.system + one.children_user + one.children_system for one in times))


def each(make: str, count: int, jobs: int, scheduler: str | None = None) -> float:
    """Milliseconds of processor time for one variant more, once all has begun."""
    few, many = (seconds(make, number, jobs, scheduler)[1] for number in (count // 5, count))
    return 1000 * (many - few) / (count - count // 5)


def overhead(make: str, count: int, workers: int) -> str:
    """So many local processes beside a scheduler with as many workers."""
    here, there = [], []
    with cluster() as started:
        for _ in range(workers):
            started.worker()
        for _ in range(ROUNDS):
            here.append(each(make, count, workers))
            there.append(each(make, count, workers, started.address))
    alone, through = statistics.median(here), statistics.median(there)
    return (
        f"{make:<9} {workers} processes: {alone:5.1f} ms of processor each, a scheduler with {workers} workers: "
        f"{through:5.1f} ms: {through / alone:.2f} × (goal: 1.05)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", choices=[*GOALS])
    parser.add_argument("--growth", type=int, nargs="*", default=[], help="keys for so many, too")
    parser.add_argument("--workers", type=int, help="compare a scheduler with so many workers")
    chosen = parser.parse_args()
    for make, goal in GOALS.items():
        if chosen.only in (None, make):
            clock, processor = seconds(make, chosen.count, chosen.jobs)
            print(
                f"{make:<9} {chosen.count} variants: {clock:6.1f} s, {1000 * processor / chosen.count:5.0f} ms of "
                f"processor each (goal for 200 on two cores: {goal:g} s)"
            )
        if chosen.workers and chosen.only in (None, make):
            print(overhead(make, chosen.count, chosen.workers), flush=True)
    for count in chosen.growth:
        clock, processor = seconds("key", count, chosen.jobs)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
            1024 if sys.platform == "linux" else 2**20
        )
        print(
            f"keys of {count:>6}: {1000 * clock / count:5.1f} ms each, "
            f"{1000 * processor / count:5.1f} ms of processor; memory so far {memory:.0f} MB"
        )


if __name__ == "__main__":
    main()
