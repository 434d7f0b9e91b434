"""How long the engine takes, and how much memory: prints one line a measurement, with its goal where there is one.

python benchmarks/bench_engine.py            everything (about a minute)
python benchmarks/bench_engine.py import     only what begins so
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbsolve import Problem

PROBLEMS = Path(__file__).resolve().parent.parent / "problems"
DOCUMENT_001 = PROBLEMS / "001-a-squared-error.yaml"
DOCUMENT_002 = PROBLEMS / "002-two-sigmoid-layers.yaml"
LONG = """\
title: Ten thousand steps on one sample
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.1, 0.3], [0.2, 0.4]], bias: {shared: 0.25, trainable: false}}
    - {units: 2, activation: sigmoid, weights: [[0.5, 0.7], [0.6, 0.8]], bias: {shared: 0.45, trainable: false}}
samples:
  - {input: [0.2, 0.4], target: [0.01, 0.99]}
loss: {squared_error: {scale: 1/2}}
training: {optimiser: {sgd: {learning_rate: 0.5}}, iterations: 10000, show: [1, last]}
"""
WIDE = """\
title: A wide network
network:
  inputs: 784
  layers:
    - {units: 128, activation: relu, weights: {normal: {std: 0.05, seed: 1}}, bias: {value: [BIAS]}}
    - {units: 10, activation: softmax, weights: {normal: {std: 0.1, seed: 2}}, bias: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}
samples:
  - {input: [INPUT], target: [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]}
loss: categorical_cross_entropy
training: {optimiser: {sgd: {learning_rate: 0.1}}, iterations: 1}
detail: matrix
parts:
  - {label: a, ask: [loss, loss_after]}
"""


def wide() -> str:
    """784-128-10; its inputs are grey values with two decimals."""
    inputs = ", ".join(f"0.{(37 * i) % 100:02d}" for i in range(784))
    return WIDE.replace("INPUT", inputs).replace("BIAS", ", ".join(["0"] * 128))


def say(what: str, measured: float, unit: str, goal: float | None = None) -> None:
    """One line of the report."""
    verdict = "" if goal is None else f"   goal < {goal:g} {unit}: {'met' if measured < goal else 'MISSED'}"
    print(f"{what:<66} {measured:10.3f} {unit}{verdict}", flush=True)


def timed(work: Callable[[], object]) -> float:
    """Seconds that one run takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(work: Callable[[], object], runs: int) -> float:
    """Median of several runs, in seconds."""
    return statistics.median(timed(work) for _ in range(runs))


def fresh(*arguments: str) -> Callable[[], object]:
    """Run Python anew with these arguments."""
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def bench_imports() -> None:
    """Fresh processes: what a person waits for before anything happens."""
    bare = median(fresh("-c", "pass"), 9)
    say(
        "import nbsolve (a fresh process, Python's own start left out)",
        median(fresh("-c", "import nbsolve"), 9) - bare,
        "s",
        0.2,
    )
    everything = "import nbsolve; nbsolve.solve; nbsolve.load_problem"
    say("import nbsolve, and with it load_problem and solve", median(fresh("-c", everything), 9) - bare, "s")
    say("nbsolve --help (whole process)", median(fresh("-m", "nbsolve", "--help"), 5), "s")
    document = str(DOCUMENT_002)
    say(
        "nbsolve solve, document 002, text (whole process)",
        median(fresh("-m", "nbsolve", "solve", document), 5),
        "s",
        1,
    )
    say(
        "nbsolve solve, document 002, JSON (whole process)",
        median(fresh("-m", "nbsolve", "solve", document, "--format", "json"), 5),
        "s",
        1,
    )


def network(source: Path | str) -> Problem:
    """A problem about a network."""
    from nbsolve import Problem, load_problem

    problem = load_problem(source)
    assert isinstance(problem, Problem)
    return problem


def bench_document() -> None:
    """Document 001-A: two iterations, all steps."""
    from nbsolve.arithmetic import Arithmetic
    from nbsolve.solving.engine import solve_problem

    problem, arithmetic = network(DOCUMENT_001), Arithmetic()

    def layers() -> None:
        with arithmetic.working():
            solve_problem(problem, arithmetic)

    def units() -> None:
        with arithmetic.working():
            for iteration in solve_problem(problem, arithmetic).iterations:
                for step in iteration.steps:
                    for unit in step.units:
                        assert unit.value is not None

    layers()
    say("document 001-A, two iterations, solved (warm)", 1000 * median(layers, 51), "ms", 10)
    say("document 001-A, solved and every step unit by unit (warm)", 1000 * median(units, 51), "ms", 10)


def bench_long() -> None:
    """Ten thousand iterations: time, bits lost, and the last loss against mpmath at 60 digits."""
    import mpmath

    from nbsolve.arithmetic import Arithmetic
    from nbsolve.solving.engine import solve_problem
    from nbsolve.symbol import Role, Symbol

    problem, arithmetic = network(LONG), Arithmetic()
    with arithmetic.working():
        start = time.perf_counter()
        solution = solve_problem(problem, arithmetic)
        say("10,000 iterations of a 2-2-2 network", time.perf_counter() - start, "s")
        loss = solution.iterations[-1].values[Symbol(Role.LOSS, new=True)]
        say("  bits still known of the last loss, of 256", loss.rel_accuracy_bits(), "bits")  # type: ignore[union-attr]
        text = loss.mid().str(65, radius=False)  # type: ignore[union-attr]
    with mpmath.workdps(60):
        difference = abs(mpmath.mpf(text) - mpmath_loss(10_000)) / mpmath.mpf(text)
        say("  digits that agree with mpmath's loop at 60 digits", float(-mpmath.log10(difference)), "digits")


def mpmath_loss(iterations: int) -> object:
    """The same training, written out by hand."""
    import mpmath

    number = mpmath.mpf
    w1 = [[number("0.1"), number("0.3")], [number("0.2"), number("0.4")]]
    w2 = [[number("0.5"), number("0.7")], [number("0.6"), number("0.8")]]
    x, y = (number("0.2"), number("0.4")), (number("0.01"), number("0.99"))
    b1, b2, rate = number("0.25"), number("0.45"), number("0.5")
    for step in range(iterations + 1):
        h = [1 / (1 + mpmath.exp(-(row[0] * x[0] + row[1] * x[1] + b1))) for row in w1]
        o = [1 / (1 + mpmath.exp(-(row[0] * h[0] + row[1] * h[1] + b2))) for row in w2]
        if step == iterations:
            break
        d2 = [(o[k] - y[k]) * o[k] * (1 - o[k]) for k in (0, 1)]
        d1 = [(d2[0] * w2[0][j] + d2[1] * w2[1][j]) * h[j] * (1 - h[j]) for j in (0, 1)]
        for k in (0, 1):
            for i in (0, 1):
                w2[k][i] -= rate * d2[k] * h[i]
                w1[k][i] -= rate * d1[k] * x[i]
    return ((o[0] - y[0]) ** 2 + (o[1] - y[1]) ** 2) / 2


def bench_wide() -> None:
    """784-128-10 at the detail of matrices: time, memory, and the stream of every quantity."""
    from nbsolve.arithmetic import Arithmetic
    from nbsolve.asking.answers import write_json
    from nbsolve.solving.engine import solve_problem
    from nbsolve.worked.kinds import solve

    text = wide()
    say("784-128-10: load the problem, draw its weights", timed(lambda: network(text)), "s")
    problem, arithmetic = network(text), Arithmetic()
    parameters = sum(layer.units * (len(layer.weights[0]) + 1) for layer in problem.network.layers)

    def work() -> None:
        with arithmetic.working():
            solve_problem(problem, arithmetic)

    say("784-128-10: forward to update, all matrices", median(work, 3), "s", 1)
    tracemalloc.start()
    with arithmetic.working():
        solution = solve_problem(problem, arithmetic)
    traced, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    say("784-128-10: Python's memory held, a parameter", traced / parameters, "bytes")
    del solution
    worked = solve(problem)
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        write_json(worked, file, everything=True)
        size = file.tell()
        file.seek(0)
        lines = sum(1 for _ in file) - 2
    seconds = time.perf_counter() - start
    say("784-128-10: JSON of every quantity", seconds, "s")
    say("784-128-10: size of that JSON", size / 1e6, "MB")
    say("784-128-10: entries of that JSON, each second", lines / seconds, "entries")
    say("784-128-10: peak memory of the process", peak_megabytes(), "MB")


def peak_megabytes() -> float:
    """The most that this process has ever held; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


BENCHES = {"import": bench_imports, "document": bench_document, "long": bench_long, "wide": bench_wide}


def main() -> None:
    """Run the benchmarks named on the command line, or all."""
    wanted = sys.argv[1:] or list(BENCHES)
    for name in wanted:
        if name not in BENCHES:
            sys.exit(f"no benchmark {name!r}; there are {', '.join(BENCHES)}")
        BENCHES[name]()


if __name__ == "__main__":
    main()
