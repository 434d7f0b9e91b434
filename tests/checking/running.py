"""Programs run, and what they print beside the page and beside the reference."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from collections.abc import Iterator
from fractions import Fraction
from random import Random

from nbsolve import WorkedSolution
from nbsolve.checking.audit.report import digits_of
from nbsolve.checking.oracle import network
from nbsolve.checking.oracle.reading import load
from nbsolve.checking.oracle.rounding import as_fraction, places, round_half_away
from nbsolve.checking.oracle.spec import Spec
from nbsolve.programs import Programs, programs_of
from tests.reference.random_problems import problem, to_text
from tests.reference.small_problems import small_problem

NUMBER = re.compile(r"[-+]?\d[\d.]*(?:[eE][-+]?\d+)?|nan|inf")
CHUNKS = 5
NETWORKS = 20  # a chunk: 100 in all
Printed = dict[tuple[int, str], list[str]]


JACOBIAN = {"jacobian", "jacobian_vector_product", "vector_jacobian_product"}
NOTHING = Fraction(1, 10**45)
"""What cancels to 0 leaves less than this of the reference's sixty digits."""


def texts(chunk: int) -> Iterator[str]:
    rng = Random(f"programs {chunk}")
    for n in range(NETWORKS):
        yield to_text(problem(rng) if n % 4 else small_problem(rng, edge=n % 8 == 0))


def first(worked: WorkedSolution) -> int:
    return worked.solution.iterations[0].number


def programs(worked: WorkedSolution) -> Programs:
    """The programs of a page."""
    return worked.certified(lambda solution: programs_of(worked.exact(solution), worked.names))


def run(program: str, first: int) -> Printed:
    """What a program prints: the numbers of each array by its iteration (`first` where it names none) and label."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(program, "program", "exec"), {"__name__": "__main__"})
    printed: Printed = {}
    iteration = first
    for line in out.getvalue().splitlines():
        if line.startswith("iteration "):
            iteration = int(line.split()[1])
            continue
        label, _, values = line.partition(" = ")
        printed[iteration, label] = NUMBER.findall(values)
    return printed


def quantities(spec: Spec, label: str, columns: bool) -> list[str]:
    """The canonical names of what an array holds, in the order in which it is printed."""
    if label == "L":
        return ["L"]
    inputs, outputs = range(1, len(spec.inputs[0]) + 1), range(1, spec.layers[-1].units + 1)
    if label == "J":
        return [f"da[{len(spec.layers)}][{k}]/dx[{i}]" for k in outputs for i in inputs]
    if label in ("J v", "u J"):
        return [f"{label.replace(' ', '')}[{n}]" for n in (outputs if label == "J v" else inputs)]
    kind, _, name = label.rpartition("dL/d" if label.startswith("dL/d") else "new ")
    letter, number = re.fullmatch(r"(W|b|theta|z|a)(\d+)", name).groups()  # type: ignore[union-attr]
    del kind
    layer = spec.layers[int(number) - 1]
    stem = f"dL/d{letter}" if label.startswith("dL/d") else f"{letter}_new" if "new" in label else letter
    if letter == "W":
        units, inputs = range(1, layer.units + 1), range(1, len(layer.weights[0]) + 1)
        pairs = (
            [(j, i) for i in inputs for j in units] if columns else [(j, i) for j in units for i in inputs]
        )
        return [f"{stem}[{number}][{j}][{i}]" for j, i in pairs]
    count = 1 if layer.shared and letter == "b" else layer.units
    return [f"{stem}[{number}][{j}]" for j in range(1, count + 1)]


def faults(worked: WorkedSolution, printed: Printed) -> Iterator[str]:
    """Where a program's numbers are not the reference's, rounded as the page rounds, or not those of the page."""
    given = worked.problem
    spec = load(given.text)
    true = network.solve(spec)
    digits, _ = digits_of(given.rounding.model_dump(exclude_none=True) | {"answers": _answers(worked)})
    each_step = given.rounding.apply == "each_step"
    page = {
        (entry.quantity, entry.iteration): entry.printed
        for entry in worked.entries(everything=True)
        if entry.sample is None
    }
    columns = given.network.layout == "x W + b"
    problem_layers = given.network.layers
    missing = {f"[{n}][{j}][{i}]" for n, layer in enumerate(problem_layers, 1) for j, i in layer.missing}
    wanted = {(t, "L") for t in spec.show if spec.valued}
    for t in spec.show:
        for n, layer in enumerate(spec.layers, 1):
            letters = (
                ["W"] if problem_layers[n - 1].weights else []
            )  # it adds, or takes those of another layer
            letters += [] if layer.bias is None else ["theta" if layer.threshold else "b"]
            wanted |= {(t, f"dL/d{letter}{n}") for letter in letters}
            if spec.learning_rate is not None:
                wanted |= {(t, f"new {letter}{n}") for letter in letters}
    if not spec.differentiated:
        wanted = {(1, f"{letter}{n}") for letter in "za" for n in range(1, len(spec.layers) + 1)}
    asked = {ask for part in given.parts for ask in part.ask}
    if asked & JACOBIAN and len(spec.inputs) == 1 and given.training is None:
        labels = ["J", *(["J v"] if spec.right else []), *(["u J"] if spec.left else [])]
        wanted |= {(1, label) for label in labels}
    if set(printed) != wanted:
        yield f"printed: {sorted(set(printed) ^ wanted)} too many or missing"
    for (t, label), numbers in printed.items():
        names = quantities(spec, label, columns)
        of_outputs = label in ("J", "J v", "u J")
        samples = [None] if spec.differentiated and not of_outputs else [s + 1 for s in spec.batch_of(t)]
        places_of = [(name, s) for s in samples for name in names]
        if len(places_of) != len(numbers):
            yield f"{label}: {numbers}"
            continue
        for (name, s), number in zip(places_of, numbers, strict=True):
            if name[name.find("[") :] in missing and "W" in name:  # no connection: 0 in the matrix
                if Fraction(number) != 0:
                    yield f"{name}: {number}, but it does not exist"
                continue
            value = true[name, t, s]
            old = None if each_step or "_new" not in name else true[name.replace("_new", ""), t, None]
            unlike = None if old is None or old == value else as_fraction(old)
            exact = as_fraction(value)
            exact = exact if abs(exact) > NOTHING else Fraction(0)
            right = round_half_away(exact, places(exact, digits, unlike))
            if number in ("nan", "inf") or Fraction(number) != right:
                yield f"iteration {t}, {name}: {number}, right is {float(right)} ({float(value)})"
            own = page.get((re.sub(r"^(\w*b)(\w*)\[(\d+)\]\[1\]$", r"\1\2[\3]", name), t)) or page.get(
                (name, t)
            )
            held = old is not None and old == value  # then the page has it as it is given
            if own is not None and not each_step and not held and Fraction(own) != right:
                yield f"iteration {t}, {name}: {number}, on the page {own}"


def _answers(worked: WorkedSolution) -> dict[str, int]:
    return {k: v for k, v in worked.problem.rounding.answers.model_dump().items() if v}
