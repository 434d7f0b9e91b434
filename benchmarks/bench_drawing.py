"""How long a drawing takes once everything is imported: prints one line a measurement, with its goal."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from nbsolve import solve
from nbsolve.drawing.charts.plots import rendered
from nbsolve.drawing.pictures import kinds_of
from nbsolve.errors import NbsolveError
from nbsolve.notation.network_symbols import parameters
from nbsolve.problem import load_problem
from nbsolve.problem.model import Problem

PROBLEMS = Path(__file__).resolve().parent.parent / "problems"
SVG_GOAL, MATPLOTLIB_GOAL = 5.0, 150.0
TIMES = 10


def best(run: Callable[[], object]) -> float:
    """The shortest of ten, in milliseconds of processor time, after one to warm up."""
    run()
    times = []
    for _ in range(TIMES):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return 1000 * min(times)


def report(what: str, milliseconds: float, goal: float | None) -> None:
    """One line."""
    met = "" if goal is None else f"   goal < {goal:g} ms: {'met' if milliseconds < goal else 'MISSED'}"
    print(f"{what:<64} {milliseconds:8.2f} ms{met}", flush=True)


def main() -> None:
    for path in sorted(PROBLEMS.glob("*.yaml")):
        problem = load_problem(path)
        if not isinstance(problem, Problem):
            continue
        worked = solve(problem)
        parameter = worked.names.plain(next(parameters(worked.names.network, 1)))
        for kind in kinds_of(problem):
            try:
                drawing = worked.draw(kind, quantity=parameter, step=2)
            except NbsolveError as error:
                print(f"{path.stem} {kind}: {error}")
                continue
            if kind not in ("activations", "loss"):
                measured = best(partial(worked.draw, kind, quantity=parameter, step=2))
                report(f"{path.stem} {kind}, SVG", measured, SVG_GOAL if kind == "network" else None)
            if kind in ("network", "backward", "activations", "loss"):
                measured = best(partial(rendered, drawing.source, "svg"))
                report(f"{path.stem} {kind}, matplotlib", measured, MATPLOTLIB_GOAL)
        if not problem.symbolic:
            frames = worked.frames()
            report(f"{path.stem}, one of {len(frames)} frames", best(worked.frames) / len(frames), None)


if __name__ == "__main__":
    main()
