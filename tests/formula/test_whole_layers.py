"""Own formulae with σ or erf in them, written for whole layers: every shape can be worked out for each entry."""

from __future__ import annotations

import flint
import numpy as np
import pytest

from nbsolve import load_problem, solve
from nbsolve.arithmetic import Arithmetic
from nbsolve.evaluate import evaluate
from nbsolve.expr import Power, Quantity, Quotient
from nbsolve.symbol import Role, Symbol

PROBLEM = """\
network:
  inputs: 2
  layers:
    - {units: 2, activation: {custom: {name: own, formula: "FORMULA"}}, weights: [[0.5, -0.6], [0.7, 0.8]]}
    - {units: 2, activation: {custom: {name: own, formula: "FORMULA"}}, weights: [[0.5, -0.6], [0.7, 0.8]]}
samples: [{input: [1, 2], target: [0, 1]}]
loss: squared_error
explain: paths
detail: both
"""


@pytest.mark.parametrize(
    "formula",
    [
        "sigmoid(z)*max(z,0)",
        "where(z>0, sigmoid(z), 2)",
        "(erf(z)-where(z>1,z,2))^-1",
        "2^sigmoid(z)",
        "sigmoid(z)/(1+z^2)",
        "1/(1+erf(z))",
        "erf(z)/erf(z+3)",
        "sigmoid(z)/(2+sign(z))",
    ],
)
def test_a_whole_layer_is_written(formula: str) -> None:
    worked = solve(load_problem(PROBLEM.replace("FORMULA", formula)))
    units = solve(load_problem(PROBLEM.replace("FORMULA", formula).replace("both", "units")))
    assert str(worked.answers()) == str(units.answers())
    assert len(str(worked.document())) > len(str(units.document()))


def test_quotients_and_powers_by_arrays_are_taken_entry_by_entry() -> None:
    a, b = (Quantity(Symbol(role)) for role in (Role.ACTIVATION, Role.TARGET))
    numbers = {a.atom: np.array([*map(flint.fmpq, (4, 9))]), b.atom: np.array([*map(flint.fmpq, (2, 3))])}
    for expression, expected in ((Quotient((a, b)), [2, 3]), (Power((a, b)), [16, 729])):
        assert np.ravel(np.asarray(evaluate(expression, numbers, Arithmetic()))).tolist() == expected
    by_all = evaluate(Quotient((a, b)), numbers | {a.atom: flint.fmpq(6)}, Arithmetic())
    assert np.ravel(np.asarray(by_all)).tolist() == [3, 2]
