"""Everything used once before the children are forked: modules, tables, checks of the notebook format."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from nbsolve.formula import OwnFunction, derived_activation, derived_loss
from nbsolve.garbage import collect_seldom
from nbsolve.notebook.execution import execute_notebook
from nbsolve.notebook.nodes import written
from nbsolve.notebook.page import as_page
from nbsolve.papermill_engine.here import fresh_kernel
from nbsolve.problem import load_problem
from nbsolve.problem.functions import own_function
from nbsolve.problem.model import AnyProblem, Choice, DerivationProblem, LossTerm, Problem, RuleProblem, Topic

__all__ = ["warm_up"]

_NETWORK = """\
title: A small network
network:
  inputs: 2
  layers:
    - {units: 2, activation: relu, weights: [[0.1, 0.2], [0.3, 0.4]], bias: [0.1, 0.1]}
    - {units: 1, activation: sigmoid, weights: [[0.5, -0.6]], bias: [0.2]}
samples:
  - {input: [1, 2], target: [1]}
loss: binary_cross_entropy
training: {optimiser: {sgd: {learning_rate: 0.5}}, iterations: 2}
explain: paths
parts:
  - {label: a, ask: [forward, loss, gradients, updated_parameters, 'dL/dW[1][1][1]']}
"""
_IN_LETTERS = "letters: true\n"
_DERIVATION = """\
kind: derivation
title: A derivation
functions: [relu]
parts:
  - {label: a, ask: [relu]}
"""
_RULE = """\
kind: rule
title: A rule
rule: perceptron
samples:
  - {input: [0, 1], target: 0}
  - {input: [1, 1], target: 1}
until: no mistakes
"""


def warm_up(problems: Sequence[AnyProblem], scratch: Path) -> None:
    """Make a small notebook of each kind that is wanted, and leave nothing of it but what it made warm.

    For a process that forks the children, and runs nothing of anybody's.
    """
    collect_seldom()
    for number, text in enumerate(_samples(problems)):
        problem = load_problem(text)
        folder = scratch / f"warm-{number}"
        folder.mkdir()
        notebook = execute_notebook(problem, folder=folder, scratch=folder)
        written(as_page(notebook, "warm"))
        written(notebook)
    for derive in _shared(problems):
        with suppress(Exception):  # the notebooks will say what is wrong
            derive()
    fresh_kernel(str(scratch / "ipython"))
    gc.collect()
    gc.freeze()  # else each child would visit, and thereby copy, all that it has in common with the others


def _shared(problems: Sequence[AnyProblem]) -> Iterator[Callable[[], object]]:
    """Derive the authors' own functions that several problems have, which takes SymPy a second each."""
    found = Counter(own for problem in problems for own in {*_own_functions(problem)})
    for (derived, own), times in found.items():
        if times > 1:
            yield partial(derived, own)


def _own_functions(problem: AnyProblem) -> Iterator[tuple[Callable[[OwnFunction], object], OwnFunction]]:
    chosen: Iterable[Choice | LossTerm | Topic] = (
        problem.topics
        if isinstance(problem, DerivationProblem)
        else (*problem.network.activations, *problem.losses)
        if isinstance(problem, Problem)
        else ()
    )
    for one in chosen:
        own = own_function(one)
        if own is not None:
            loss = isinstance(one, LossTerm) or (isinstance(one, Topic) and one.kind == "loss")
            yield derived_loss if loss else derived_activation, own


def _samples(problems: Sequence[AnyProblem]) -> Iterator[str]:
    networks = [problem for problem in problems if isinstance(problem, Problem)]
    if networks:
        letters = any(problem.letters or problem.symbolic for problem in networks)
        yield _NETWORK + (_IN_LETTERS if letters else "")
    if any(isinstance(problem, DerivationProblem) for problem in problems):
        yield _DERIVATION
    if any(isinstance(problem, RuleProblem) for problem in problems):
        yield _RULE
