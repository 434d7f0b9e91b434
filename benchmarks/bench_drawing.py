"""How long a drawing takes once everything is imported: prints one line a measurement, with its goal."""

from __future__ import annotations

import time
from pathlib import Path

from nbsolve import Problem, load_problem, solve

PROBLEMS = Path(__file__).resolve().parent.parent / "problems"
GOAL = 5.0


def best(path: Path, show: str) -> float:
    """The shortest of twenty, in milliseconds of processor time."""
    problem = load_problem(path)
    assert isinstance(problem, Problem)
    worked = solve(problem)
    worked.draw(show)
    times = []
    for _ in range(20):
        start = time.process_time()
        worked.draw(show)
        times.append(time.process_time() - start)
    return 1000 * min(times)


def main() -> None:
    for path in sorted(PROBLEMS.glob("*.yaml")):
        problem = load_problem(path)
        if not isinstance(problem, Problem):
            continue
        kinds = ["network", "forward", "backward"]
        if problem.training is not None:
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
