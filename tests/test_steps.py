"""Every step of every shipped problem comes to its value, whatever the way of explaining and of rounding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from nbsolve.arithmetic.ladder import certified
from nbsolve.blocks.dense import LOSS
from nbsolve.expr import Atom, Negation, Product, atoms, number
from nbsolve.recorder import Recorder
from nbsolve.solving.engine import solve_problem
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.step import Form, Mismatch, Reason, Rule, Step, verify
from nbsolve.symbol import Partial, Role, Symbol
from nbsolve.values import whole
from tests.loading import files, load_problem

PROBLEMS = files("network")
WAYS = ("delta", "paths", "local_derivatives")
ROUNDINGS = ({"apply": "at_end"}, {"apply": "each_step", "decimals": 4, "minimum_significant": 3})
CASES = [
    pytest.param(path, way, number, id=f"{path.stem}-{way}-{ROUNDINGS[number]['apply']}")
    for path in PROBLEMS
    for way in WAYS
    for number in range(len(ROUNDINGS))
]


@cache
def solution(path: Path, way: str, rounding: int) -> Solution:
    changes = {"explain": way, "rounding": ROUNDINGS[rounding]}
    problem = load_problem(path, overrides=changes)
    return certified(lambda arithmetic: solve_problem(problem, arithmetic))


def check(step: Step, solved: Solution) -> None:
    """`verify`, with the rounding of the problem."""
    digits = solved.problem.rounding.intermediates
    if solved.problem.rounding.apply == "at_end":
        verify(step, solved.arithmetic)
    else:
        recorder = Recorder(step.iteration, solved.arithmetic, digits)
        verify(step, solved.arithmetic, recorder.rounded)


def test_there_are_problems() -> None:
    assert len(PROBLEMS) >= 9


@pytest.mark.parametrize(("path", "way", "rounding"), CASES)
def test_every_step_comes_to_its_value(path: Path, way: str, rounding: int) -> None:
    solved = solution(path, way, rounding)
    with solved.arithmetic.working():
        for iteration in solved.iterations:
            for step in iteration.steps:
                check(step, solved)


def given_atoms(iteration: Iteration) -> set[Atom]:
    """What is known before the first step: the quantities that the problem gives, and old parameters."""
    parameters_ = {Role.WEIGHT, Role.BIAS, Role.THRESHOLD}
    old = {
        atom
        for atom in iteration.values.stored
        if isinstance(atom, Symbol) and atom.role in parameters_ and not (atom.new or atom.change)
    }
    return {atom for atom in iteration.values.givens if not _new(atom)} | old


def _new(atom: Atom) -> bool:
    return isinstance(atom, Symbol) and atom.new


def is_linear(atom: Atom) -> bool:
    """∂z/∂w, ∂z/∂b, ∂z/∂a: read off z = W a + b, another quantity's value (or 1)."""
    return isinstance(atom, Partial) and atom.of.role is Role.PRE_ACTIVATION


def unknown(step: Step, known: set[Atom]) -> list[Atom]:
    """The letters of a step's computed forms that nothing before it has defined."""
    missing: list[Atom] = []
    for unit in step.units:
        for atom in atoms(unit.formula):
            key, _ = whole(atom)
            if atom not in known and key not in known and not is_linear(atom):
                missing.append(atom)
    return missing


@pytest.mark.parametrize(("path", "way", "rounding"), CASES)
def test_every_letter_is_defined_before_it_is_used(path: Path, way: str, rounding: int) -> None:
    for iteration in solution(path, way, rounding).iterations:
        known = given_atoms(iteration)
        # A held parameter has its new value without a step; an epoch's losses come from its iterations.
        known |= {atom for atom in iteration.values.stored if _new(atom) and _held(atom, iteration)}
        known |= {atom for atom in iteration.values.stored if isinstance(atom, Symbol) and atom.iteration}
        for step in iteration.steps:
            assert not unknown(step, known), f"{step.rule} of {step.target}"
            known.add(step.target)


def _held(atom: Atom, iteration: Iteration) -> bool:
    return all(step.target != atom for step in iteration.steps)


@pytest.mark.parametrize(("path", "way", "rounding"), CASES)
def test_every_parameter_has_exactly_one_gradient(path: Path, way: str, rounding: int) -> None:
    solved = solution(path, way, rounding)
    for iteration in solved.iterations:
        found = [
            member
            for step in iteration.backward
            if step.rule is Rule.PARAMETER_GRADIENT
            for member in step.members
        ]
        expected = [
            Partial(LOSS, member)
            for layer in solved.layers
            for parameter in layer.parameters
            for member in parameter.members
        ]
        asked = {ask for part in solved.problem.parts for ask in part.ask}
        if solved.problem.losses and not ("changes" in asked and "gradients" not in asked):
            assert sorted(map(str, found)) == sorted(map(str, expected))


@pytest.mark.parametrize(("path", "way", "rounding"), CASES)
def test_forms_lead_from_letters_to_the_computed_one(path: Path, way: str, rounding: int) -> None:
    """Each form says why it equals the one before; none repeats it."""
    for iteration in solution(path, way, rounding).iterations:
        for step in iteration.steps:
            for unit in step.units:
                assert unit.forms
                expressions = [form.expression for form in unit.forms]
                assert all(a != b for a, b in pairwise(expressions))


def test_gradients_in_partial_derivatives_chain_up() -> None:
    """∂L/∂w₁₁⁽¹⁾ of document 001-A begins with factors whose numerators and denominators meet."""
    path = next(path for path in PROBLEMS if path.stem.startswith("001-a-squared"))
    solved = solution(path, "paths", 0)
    target = Partial(LOSS, Symbol(Role.WEIGHT, 1, 1, 1))
    unit = next(u for s in solved.iterations[0].backward for u in s.units if u.target == target)
    first = unit.forms[0]
    assert first.reason is Reason.CHAIN_RULE
    partials = [atom for atom in atoms(first.expression) if isinstance(atom, Partial)]
    assert partials[0].of == LOSS
    assert partials[-1].wrt == target.wrt
    assert len(unit.forms) >= 2


def broken(form: Form) -> Iterator[Form]:
    """The form with one slip in it: a lost sign, a lost factor, a wrong factor."""
    yield Form(Negation((form.expression,)), form.reason)
    yield Form(Product((number(2), form.expression)), form.reason)
    if isinstance(form.expression, Product):
        yield Form(Product(form.expression.operands[1:]), form.reason)


@pytest.mark.parametrize("way", WAYS)
def test_a_broken_formula_is_found(way: str) -> None:
    path = next(path for path in PROBLEMS if path.stem.startswith("003"))
    solved = solution(path, way, 0)
    bitten = 0
    with solved.arithmetic.working():
        for step in solved.iterations[0].steps:
            for unit in step.units:
                for position, form in enumerate(unit.forms):
                    for slip in broken(form):
                        forms = (*unit.forms[:position], slip, *unit.forms[position + 1 :])
                        with pytest.raises(Mismatch):
                            verify(replace(unit, forms=forms), solved.arithmetic)
                        bitten += 1
    assert bitten > 50


def test_a_wrong_value_is_found() -> None:
    path = next(path for path in PROBLEMS if path.stem.startswith("002"))
    solved = certified(lambda arithmetic: solve_problem(load_problem(path), arithmetic))
    step = solved.iterations[0].loss[-1]
    values = solved.iterations[0].values
    values.stored[step.target] = values.stored[step.target] * 2
    with solved.arithmetic.working(), pytest.raises(Mismatch):
        verify(step, solved.arithmetic)


def test_a_step_says_what_it_rests_on() -> None:
    path = next(path for path in PROBLEMS if path.stem.startswith("002"))
    solved = solution(path, "delta", 0)
    unit = next(solved.iterations[0].forward[0].units)
    assert unit.target == Symbol(Role.PRE_ACTIVATION, 1, 1)
    names = set(unit.bindings)
    assert Symbol(Role.WEIGHT, 1, 1, 1) in names
    assert Symbol(Role.INPUT, to=2) in names
    assert Symbol(Role.BIAS, 1, shared=True) in names
