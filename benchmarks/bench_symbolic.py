"""How long a network in letters takes, solved in full and written out: one line a measurement.

python benchmarks/bench_symbolic.py
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

GOAL = 2.0
"""Seconds for four layers of four units: solving, composing and rendering, warm."""
LOSSES = {
    "softmax": ("categorical_cross_entropy", "[squared_error, binary_cross_entropy]"),
    "sigmoid": ("squared_error", "binary_cross_entropy"),
    "tanh": ("squared_error", "cosine_loss"),
}


def network(depth: int, width: int, output: str, loss: str) -> str:
    """A problem in letters: `depth` layers of `width` units, every gradient asked for, both forms."""
    hidden = ["tanh", "relu", "sigmoid", "silu"]
    names = [*(hidden[n % len(hidden)] for n in range(depth - 1)), output]
    layers = "".join(
        f"    - {{units: {width}, activation: {name}, weights: symbolic, bias: symbolic}}\n" for name in names
    )
    return (
        f"title: In letters\nnetwork:\n  inputs: {width}\n  layers:\n{layers}"
        f"samples:\n  - {{input: symbolic, target: symbolic}}\nloss: {loss}\nexplain: paths\ndetail: both\n"
        "parts:\n  - {label: a, ask: [forward, loss, gradients]}\n"
    )


def page(text: str) -> str:
    """The whole solution as MyST Markdown."""
    from nbsolve import load_problem, solve
    from nbsolve.render.myst import render

    return render(solve(load_problem(text)).document())


def median(work: Callable[[], object], runs: int = 5) -> float:
    """Median of several runs after a first one, in seconds."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """All measurements."""
    for output, losses in LOSSES.items():
        for loss in losses:
            for depth, width in ((2, 2), (4, 4)):
                text = network(depth, width, output, loss)
                seconds, length = median(lambda text=text: page(text)), len(page(text))  # type: ignore[misc]
                goal = f"   goal < {GOAL:g} s: {'met' if seconds < GOAL else 'MISSED'}" if depth == 4 else ""
                what = f"{depth} layers of {width}, {output} with {loss}"
                print(f"{what:<66} {seconds:8.3f} s {length:8d} characters{goal}", flush=True)


if __name__ == "__main__":
    main()
