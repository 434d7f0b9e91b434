"""How long variants of document 001-A take: keys, question sheets, solutions, notebooks; growth; memory."""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

from nbsolve.variants.making import Plan
from nbsolve.variants.recipient import numbered
from nbsolve.variants.running import Run

FIRST = Path(__file__).parent.parent / "problems" / "001-a-squared-error.yaml"
GOALS = {"key": 3.0, "question": 10.0, "solution": 20.0, "notebook": 20.0}
"""Seconds for 200 variants on two cores."""


def seconds(make: str, count: int, jobs: int) -> tuple[float, float]:
    """By the clock, and of processor time, for so many variants."""
    plan = Plan(FIRST.read_text(encoding="utf-8"), FIRST.stem, str(FIRST), 1, (make,))
    with tempfile.TemporaryDirectory() as folder:
        before, start = _processor(), time.perf_counter()
        Run(plan, numbered(count), Path(folder) / "out").run(jobs)
        return time.perf_counter() - start, _processor() - before


def _processor() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", choices=[*GOALS])
    parser.add_argument("--growth", type=int, nargs="*", default=[], help="keys for so many, too")
    chosen = parser.parse_args()
    for make, goal in GOALS.items():
        if chosen.only in (None, make):
            clock, processor = seconds(make, chosen.count, chosen.jobs)
            print(
                f"{make:<9} {chosen.count} variants: {clock:6.1f} s, {1000 * processor / chosen.count:5.0f} ms of "
                f"processor each (goal for 200 on two cores: {goal:g} s)"
            )
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
