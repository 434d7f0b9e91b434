"""What a solution in letters says holds for the numbers that the engine finds: every form, every instance."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from nbsolve.arithmetic.ladder import LADDER
from nbsolve.evaluate import evaluate
from nbsolve.expr import Atom, Expr, Quantity, walk
from nbsolve.expr.general import instantiated
from nbsolve.problem.model import Problem
from nbsolve.problem.wiring import is_chain
from nbsolve.solving.engine import solve_problem
from nbsolve.solving.solution import Iteration
from nbsolve.step import Reason, Step
from nbsolve.symbol import Index, Partial, Symbol
from nbsolve.symbolic import solve_in_letters, without_iterations
from nbsolve.symbolic.summing import MOST_PATHS
from tests.loading import files, for_a_pencil, load_problem, parse_problem
from tests.reference.random_problems import HIDDEN, OUTPUTS, number

BITS = LADDER[1]
SYMBOLIC = "samples: [{input: symbolic, target: symbolic}]\n"
LOSSES = {**OUTPUTS, "[squared_error, binary_cross_entropy]": ("sigmoid", "softmax")}


def random_text(random: Random, index: int) -> str:
    """A network of up to four layers and three units with one sample, each loss and output in turn."""
    cases = [(loss, output) for loss, outputs in LOSSES.items() for output in outputs]
    loss, output = cases[index % len(cases)]
    several = "softmax" in output or loss.startswith(("c", "h"))
    widths = [random.randint(1, 3) for _ in range(random.randint(2, 5))]
    widths[-1] = max(widths[-1], 2) if several else widths[-1]
    lines = []
    for place, (inputs, units) in enumerate(itertools.pairwise(widths), start=2):
        activation = output if place == len(widths) else random.choice([h for h in HIDDEN if h != "step"])
        rows = [[number(random) for _ in range(inputs)] for _ in range(units)]
        values = [number(random) for _ in range(units)]
        bias = random.choice(
            [
                f"bias: [{', '.join(values)}]",
                f"bias: {{shared: {values[0]}}}",
                f"threshold: [{', '.join(values)}]",
            ]
        )
        matrix = ", ".join(f"[{', '.join(row)}]" for row in rows)
        lines.append(f"  - {{units: {units}, activation: {activation}, weights: [{matrix}], {bias}}}")
    target = [random.choice(("0.2", "0.7", "1", "0")) for _ in range(widths[-1])]
    target[0] = "0.6"
    given = ", ".join(number(random, 2) for _ in range(widths[0]))
    return (
        f"network:\n inputs: {widths[0]}\n layers:\n" + "\n".join(lines) + "\nletters: true\n"
        f"samples: [{{input: [{given}], target: [{', '.join(target)}]}}]\n"
        f"loss: {loss}\n"
    )


def general_steps(step: Step, sizes: tuple[int, ...]) -> Iterator[tuple[Atom, Step]]:
    """The instances of a general formula: what it says of every unit."""
    atom = step.target
    wrt = atom.wrt if isinstance(atom, Partial) else atom
    assert wrt.layer is not None
    layer = wrt.layer
    variables = [unit for unit in (wrt.to, wrt.from_) if isinstance(unit, Index)]
    of = {wrt.to: sizes[layer], wrt.from_: sizes[layer - 1]}
    if isinstance(atom, Partial) and isinstance(atom.of.to, Index) and atom.of.to not in variables:
        variables.append(atom.of.to)
        of[atom.of.to] = sizes[atom.of.layer or 0]
    for numbers in itertools.product(*(range(1, of[variable] + 1) for variable in variables)):
        places = dict(zip(variables, numbers, strict=True))
        target = instantiated(Quantity(atom), places)
        assert isinstance(target, Quantity)
        forms = tuple(type(form)(instantiated(form.expression, places), form.reason) for form in step.forms)
        yield target.atom, Step(step.rule, target.atom, forms, step.values, 1)


def check(step: Step, target: Atom, iteration: Iteration) -> None:
    for form in step.forms:
        found = evaluate(form.expression, iteration.values, BITS)
        difference = found - iteration.values[target]
        assert abs(float(difference)) < 1e-40, f"{target}: {form.reason} gives {found}"


def columns_are_units(problem: Problem) -> bool:
    """Whether no column of weights is that of a constant."""
    return not any(layer.bias.folded for layer in problem.network.layers)


def check_all(problem: Problem) -> int:
    """Check every form; returns how many."""
    with BITS.working():
        return _check_all(problem)


def _check_all(problem: Problem) -> int:
    solution = solve_problem(problem, BITS)
    iteration = solution.iterations[0]
    letters = solve_in_letters(solution)
    count = 0
    for step in letters.steps:
        if isinstance(step.target, Symbol) and step.target.new:
            continue
        check(step, step.target, iteration)
        count += len(step.forms)
    sizes = (problem.network.inputs, *(layer.units for layer in problem.network.layers))
    general = letters.general
    if not is_chain(problem.network):  # instances and matrices alone
        assert general is None
        return count
    assert general is not None
    if not columns_are_units(problem):  # networks/test_folded.py has those
        return count
    for formula in (*general.factors, *general.linear, *general.signals, *general.gradients):
        for target, instance in general_steps(formula, sizes):
            check(instance, target, iteration)
            count += len(instance.forms)
    return count


@pytest.mark.parametrize("path", files("network"), ids=lambda path: path.stem)
def test_shipped_problems_in_letters(path: Path) -> None:
    problem = load_problem(path)
    problem = problem.model_copy(update={"rounding": type(problem.rounding)()})
    if any(sample.given for sample in problem.samples):  # a value that is given is not that of its formula
        return
    if len(problem.samples) == 1 or (problem.training and problem.training.batch == 1):
        long = is_chain(problem.network) and columns_are_units(problem) and not for_a_pencil(path)
        assert check_all(problem) > (50 if long else 20)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("index", range(120))
def test_random_networks_in_letters(index: int) -> None:
    assert check_all(parse_problem(random_text(Random(index), index))) > 5


def test_a_wrong_form_is_found() -> None:
    problem = load_problem(files("network")[0])
    solution = solve_problem(problem, BITS)
    step = solve_in_letters(solution).gradients[0]
    wrong = Step(
        step.rule,
        step.target,
        (step.forms[0], type(step.forms[0])(step.forms[1].expression.children[1])),
        step.values,
        1,
    )
    with pytest.raises(AssertionError):
        check(wrong, wrong.target, solution.iterations[0])


def test_no_formula_has_more_paths_than_can_be_read() -> None:
    layer = "{units: 4, activation: sigmoid, weights: symbolic, bias: symbolic}"
    text = f"network: {{inputs: 4, layers: [{', '.join([layer] * 5)}]}}\n{SYMBOLIC}loss: mse\n"
    problem = parse_problem(text)
    letters = solve_in_letters(without_iterations(problem, LADDER[0]))
    losses = {step.target for step in letters.signals}
    assert losses, "so many paths need names"
    for step in letters.gradients:
        for form in step.forms:
            starts = sum(
                1 for atom in _atoms(form.expression) if isinstance(atom, Partial) and atom.of.to is None
            )
            assert starts <= MOST_PATHS


def _atoms(expression: Expr) -> list[Atom]:
    return [node.atom for node in walk(expression) if isinstance(node, Quantity)]


def test_cancellations_are_said_as_steps() -> None:
    layer = "{units: 2, activation: softmax, weights: symbolic, bias: symbolic}"
    text = f"network: {{inputs: 2, layers: [{layer}]}}\n{SYMBOLIC}loss: categorical_cross_entropy\n"
    letters = solve_in_letters(without_iterations(parse_problem(text), LADDER[0]))
    reasons = [form.reason for form in letters.signals[0].forms]
    assert reasons == [Reason.CHAIN_RULE, Reason.LOCAL_DERIVATIVES, Reason.CANCELLATION, Reason.COLLECTED]
    assert [form.reason for step in letters.one_hot for form in step.forms] == [Reason.ONE_HOT] * 2
