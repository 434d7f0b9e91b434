"""How long a drawing takes once everything is imported: prints one line a measurement, with its goal."""

from __future__ import annotations

import time
from pathlib import Path

from nbsolve import load_problem, solve

PROBLEMS = Path(__file__).resolve().parent.parent / "problems"
GOAL = 5.0


def best(path: Path, show: str) -> float:
    """The shortest of twenty, in milliseconds of processor time."""
    worked = solve(load_problem(path))
    worked.draw(show)
    times = []
    for _ in range(20):
        start = time.process_time()
        worked.draw(show)
        times.append(time.process_time() - start)
    return 1000 * min(times)


def main() -> None:
    for path in sorted(PROBLEMS.glob("*.yaml")):
        kinds = ["network", "forward", "backward"]
        if load_problem(path).training is not None:
            kinds.append("update")
        for show in kinds:
            measured = best(path, show)
            goal = (
                f"   goal < {GOAL:g} ms: {'met' if measured < GOAL else 'MISSED'}"
                if show == "network"
                else ""
            )
            print(f"{path.stem + ' ' + show:<60} {measured:8.2f} ms{goal}", flush=True)


if __name__ == "__main__":
    main()
