"""The engine: batches, epochs, held parameters, shared biases, thresholds, domains, long trainings."""

from __future__ import annotations

from typing import Any

import flint
import numpy as np
import pytest

from nbsolve.arithmetic import Arithmetic
from nbsolve.arithmetic.ladder import certified
from nbsolve.arithmetic.nearest import to_floats
from nbsolve.blocks.dense import LOSS
from nbsolve.errors import DomainError
from nbsolve.problem.model import Notation, Problem
from nbsolve.solving.engine import solve_problem
from nbsolve.solving.schedule import batches
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.symbol import Partial, Role, Symbol
from tests.building import (
    document_001,
    document_002,
    document_004,
    layer,
    loss_term,
    problem,
    training,
    varied,
)

NEW_LOSS = Symbol(Role.LOSS, new=True)
EPOCH_LOSS = Symbol(Role.EPOCH_LOSS)


def solved(task: Problem) -> Solution:
    return certified(lambda arithmetic: solve_problem(task, arithmetic))


def first(task: Problem) -> Iteration:
    return solved(task).iterations[0]


def numbers(iteration: Iteration, atom: Symbol | Partial) -> Any:
    return to_floats(iteration.values[atom], Arithmetic())


def w(depth: int, new: bool = False) -> Symbol:
    return Symbol(Role.WEIGHT, depth, new=new)


def b(depth: int, new: bool = False, shared: bool = False) -> Symbol:
    return Symbol(Role.BIAS, depth, new=new, shared=shared)


def grad(symbol: Symbol) -> Partial:
    return Partial(LOSS, symbol)


# ------------------------------------------------------------------ published values


def test_document_001_after_two_iterations() -> None:
    last = solved(document_001()).iterations[-1]
    assert last.number == 2
    assert last.samples == (2,)
    start = numbers(solved(document_001()).iterations[0], grad(w(3)))
    assert start[0][0] == pytest.approx(-0.0517945707175992 * 0.901517447872701, rel=1e-12)


def test_document_002() -> None:
    iteration = first(document_002())
    assert numbers(iteration, grad(w(1)))[1][0] == pytest.approx(-0.0028167, rel=1e-4)
    assert numbers(iteration, Symbol(Role.ACTIVATION, 2)) == pytest.approx([0.600124, 0.665704], abs=1e-6)


def test_document_004_in_both_layouts() -> None:
    rows_are_inputs = first(document_004())
    assert numbers(rows_are_inputs, Symbol(Role.PRE_ACTIVATION, 1)) == pytest.approx([-0.1, 0.8])
    assert numbers(rows_are_inputs, grad(w(2)))[0][1] == pytest.approx(0.321050, abs=1e-6)
    assert numbers(rows_are_inputs, w(1, new=True))[1][0] == pytest.approx(-0.5979934, abs=1e-6)
    rows_are_units = first(document_004("W x + b"))
    assert numbers(rows_are_units, Symbol(Role.PRE_ACTIVATION, 1)) == pytest.approx([-0.5, 1.0])


def test_the_published_2_2_2_network() -> None:
    """The values that its author prints: losses, gradients and new weights."""
    task = problem(
        [
            layer([["0.15", "0.20"], ["0.25", "0.30"]], shared="0.35", bias_trainable=False),
            layer([["0.40", "0.45"], ["0.50", "0.55"]], shared="0.60", bias_trainable=False),
        ],
        [(["0.05", "0.10"], ["0.01", "0.99"])],
        losses=loss_term(scale="1/2"),
        trained=training("0.5"),
    )
    iteration = first(task)
    assert numbers(iteration, LOSS) == pytest.approx(0.298371109, abs=5e-10)
    # Printed as 0.291027924, from rounded weights; the last digits are not those of this network.
    assert numbers(iteration, NEW_LOSS) == pytest.approx(0.291027774, abs=5e-10)
    assert numbers(iteration, grad(w(2)))[0][0] == pytest.approx(0.082167041, abs=5e-10)
    assert numbers(iteration, w(2, new=True)).ravel() == pytest.approx(
        [0.35891648, 0.408666186, 0.511301270, 0.561370121], abs=5e-9
    )
    assert numbers(iteration, w(1, new=True)).ravel() == pytest.approx(
        [0.149780716, 0.19956143, 0.24975114, 0.29950229], abs=5e-9
    )


# ------------------------------------------------------------------ batches and epochs


def batch_problem(batch: Any, **options: Any) -> Problem:
    samples = [(["1", "2"], ["1"]), (["-1", "0.5"], ["0"]), (["0.3", "-2"], ["0.5"])]
    return problem(
        [
            layer([["0.4", "-0.2"], ["0.1", "0.3"]], "tanh", bias=["0.1", "0"]),
            layer([["0.7", "-0.6"]], bias=["0.2"]),
        ],
        samples,
        losses=loss_term(over_samples=options.pop("over_samples", "mean")),
        trained=training("0.5", batch=batch, **options),
    )


def test_batches_are_taken_in_order_and_start_over() -> None:
    assert list(batches(batch_problem(2, iterations=4))) == [(1, 2), (3,), (1, 2), (3,)]
    assert list(batches(batch_problem("all", iterations=2))) == [(1, 2, 3), (1, 2, 3)]
    assert list(batches(batch_problem(1, iterations=4))) == [(1,), (2,), (3,), (1,)]


def test_without_training_samples_are_one_batch_and_nothing_is_updated() -> None:
    task = varied(batch_problem("all"), {"training": None})
    iteration = first(task)
    assert iteration.samples == (1, 2, 3)
    assert not iteration.update
    assert w(1, new=True) not in iteration.values


def test_without_a_loss_each_sample_is_a_forward_pass_of_its_own() -> None:
    task = problem([layer([["1", "2"]], "relu")], [(["1", "1"], None), (["-1", "0"], None)])
    (iteration,) = solved(task).iterations
    found = [numbers(iteration, Symbol(Role.ACTIVATION, 1, sample=sample))[0] for sample in (1, 2)]
    assert found == [3.0, 0.0]


@pytest.mark.parametrize("over_samples", ["sum", "mean"])
def test_a_batch_adds_up_its_samples(over_samples: str) -> None:
    together = first(batch_problem("all", over_samples=over_samples))
    alone = []
    for sample in batch_problem("all").samples:
        alone.append(first(varied(batch_problem("all"), {"samples": (sample,)})))
    factor = 1 if over_samples == "sum" else 1 / 3
    for atom in (LOSS, grad(w(1)), grad(b(1)), grad(w(2)), grad(b(2))):
        expected = factor * sum(numbers(iteration, atom) for iteration in alone)
        assert numbers(together, atom) == pytest.approx(expected, rel=1e-12), atom


def test_the_parameters_of_one_iteration_are_those_the_last_one_left() -> None:
    earlier, later = solved(batch_problem(1, iterations=2)).iterations
    for depth in (1, 2):
        assert identical(earlier.values[w(depth, new=True)], later.values[w(depth)])
        assert identical(earlier.values[b(depth, new=True)], later.values[b(depth)])


def test_all_parameters_are_updated_from_the_gradients_of_the_old_ones() -> None:
    iteration = first(batch_problem("all"))
    for symbol in (w(1), b(1), w(2), b(2)):
        new = Symbol(symbol.role, symbol.layer, new=True)
        expected = numbers(iteration, symbol) - 0.5 * numbers(iteration, grad(symbol))
        assert numbers(iteration, new) == pytest.approx(expected, rel=1e-13)


def test_the_loss_of_an_epoch_averages_its_samples() -> None:
    run = solved(batch_problem(2, iterations=2))
    losses = [float(numbers(iteration, LOSS)) for iteration in run.iterations]
    found = float(numbers(run.iterations[-1], EPOCH_LOSS))
    assert found == pytest.approx((2 * losses[0] + losses[1]) / 3, rel=1e-13)
    assert EPOCH_LOSS not in run.iterations[0].values


def test_the_loss_of_an_epoch_adds_up_where_samples_are_added_up() -> None:
    run = solved(batch_problem(1, iterations=3, over_samples="sum"))
    losses = [float(numbers(iteration, LOSS)) for iteration in run.iterations]
    assert float(numbers(run.iterations[-1], EPOCH_LOSS)) == pytest.approx(sum(losses), rel=1e-13)


def test_what_is_not_shown_does_not_change_what_is() -> None:
    """Iterations that are not written out repeat formulae; the values are the same to the last bit."""
    everything = solved(batch_problem(2, iterations=9, show=range(1, 10)))
    few = solved(batch_problem(2, iterations=9, show=[1, 9]))
    for number in (1, 9):
        for atom in (LOSS, NEW_LOSS, grad(w(1)), w(2, new=True)):
            assert identical(everything.iteration(number).values[atom], few.iteration(number).values[atom])


def identical(left: object, right: object) -> bool:
    """Whether two values are the same rational, or enclosures with the same midpoint and radius."""
    pairs = zip(np.ravel(np.array(left)), np.ravel(np.array(right)), strict=True)
    return all(x.repr() == y.repr() for x, y in pairs)


# ------------------------------------------------------------------ what is held, shared, subtracted


def test_the_sign_of_delta_changes_names_and_not_gradients() -> None:
    plain = first(document_001())
    turned = first(varied(document_001(), {"notation": Notation(delta="-dL/dz")}))
    for depth in (1, 2, 3):
        assert np.all(numbers(plain, grad(w(depth))) == numbers(turned, grad(w(depth))))
        delta = numbers(turned, Symbol(Role.DELTA, depth))
        assert np.all(delta == -numbers(turned, grad(Symbol(Role.PRE_ACTIVATION, depth))))


def test_a_dead_unit_passes_nothing_on() -> None:
    iteration = first(document_004())
    assert numbers(iteration, Symbol(Role.PRE_ACTIVATION, 1))[0] < 0
    assert np.all(numbers(iteration, grad(w(1)))[0] == 0)
    assert np.all(iteration.values[w(1, new=True)][0] == iteration.values[w(1)][0])  # type: ignore[index]


def test_exact_values_stay_exact() -> None:
    iteration = first(
        problem(
            [layer([["0.1", "0.2"]], "relu", bias=["1/3"])], [(["1", "2"], ["0"])], trained=training("0.1")
        )
    )
    assert iteration.values[Symbol(Role.ACTIVATION, 1, 1)] == flint.fmpq(5, 6)
    assert iteration.values[LOSS] == flint.fmpq(25, 36)
    assert isinstance(iteration.values[Symbol(Role.WEIGHT, 1, 1, 1, new=True)], flint.fmpq)


# ------------------------------------------------------------------ domains


def test_a_prediction_outside_the_losss_domain_names_the_iteration() -> None:
    task = problem(
        [layer([["1"]], "linear", bias=["0"])],
        [(["0.5"], ["1"]), (["-1"], ["1"])],
        losses=loss_term("binary_cross_entropy"),
        trained=training("0.001", iterations=2),
    )
    with pytest.raises(DomainError, match=r"iteration 2, sample 2.*logarithm"):
        solved(task)


def test_the_cosine_of_a_zero_vector_names_the_iteration() -> None:
    task = problem(
        [layer([["1"], ["1"]], "relu", bias=["0", "0"])],
        [(["-1"], ["1", "0"])],
        losses=loss_term("cosine_loss"),
    )
    with pytest.raises(DomainError, match=r"iteration 1.*division by zero"):
        solved(task)
