"""The engine: batches, epochs, held parameters, shared biases, thresholds, domains, long trainings."""

from __future__ import annotations

import math
from typing import Any

import flint
import mpmath
import numpy as np
import pytest

from nbsolve import solve
from nbsolve.arithmetic import Arithmetic
from nbsolve.blocks.dense import LOSS
from nbsolve.engine import losses_at, solve_problem
from nbsolve.errors import DomainError, NbsolveError
from nbsolve.given import Given
from nbsolve.ladder import LADDER, certified
from nbsolve.nearest import to_floats
from nbsolve.problem.model import Digits, Notation, Problem, Regulariser, Rounding
from nbsolve.rounding import write
from nbsolve.schedule import batches
from nbsolve.solution import Iteration, Solution
from nbsolve.symbol import Partial, Role, Symbol
from tests.building import (
    document_001,
    document_002,
    document_004,
    layer,
    long_training,
    loss_term,
    problem,
    training,
    varied,
)
from tests.loading import load_problem, parse_problem

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


@pytest.mark.parametrize("rounding", [None, Rounding(apply="each_step")])
@pytest.mark.parametrize("epochs", [False, True])
def test_losses_without_steps_are_those_of_iterations_that_are_shown(
    rounding: Rounding | None, epochs: bool
) -> None:
    task = batch_problem(2)
    assert task.training is not None
    trained = task.training.model_copy(update={"iterations": 7, "show": (7,), "epochs": epochs})
    shown = trained.model_copy(update={"show": tuple(range(1, 8))})
    changed = {"training": trained} | ({} if rounding is None else {"rounding": rounding})
    task = task.model_copy(update=changed)
    whole = solved(task.model_copy(update={"training": shown}))
    found = certified(lambda arithmetic: losses_at((2, 3, 6, 7), task, arithmetic))
    assert [*found] == [2, 3, 6, 7]
    for iteration in whole.iterations:
        if iteration.number in found:
            assert identical(found[iteration.number], iteration.values[LOSS])


def identical(left: object, right: object) -> bool:
    """Whether two values are the same rational, or enclosures with the same midpoint and radius."""
    pairs = zip(np.ravel(np.array(left)), np.ravel(np.array(right)), strict=True)
    return all(x.repr() == y.repr() for x, y in pairs)


# ------------------------------------------------------------------ what is held, shared, subtracted


def held_problem(iterations: int = 3, rounding: Rounding | None = None) -> Problem:
    return problem(
        [
            layer(
                [["0.10", "0.20"], ["0.30", "0.40"]],
                bias=["0.123456789", "0.2"],
                weights_trainable=((True, False), (False, True)),
                bias_trainable=(False, True),
            ),
            layer([["0.5", "0.6"]], shared="0.70", bias_trainable=False, weights_trainable=False),
        ],
        [(["1", "2"], ["0"])],
        trained=training("0.5", iterations=iterations),
        rounding=rounding,
    )


@pytest.mark.parametrize(
    "rounding",
    [None, Rounding(apply="each_step", intermediates=Digits(decimals=4), answers=Digits(decimals=4))],
    ids=["at_end", "each_step"],
)
def test_what_is_held_stays_as_it_is_to_the_bit(rounding: Rounding | None) -> None:
    for iteration in solved(held_problem(rounding=rounding)).iterations:
        for new in (False, True):
            weights, biases = iteration.values[w(1, new)], iteration.values[b(1, new)]
            assert weights[0, 1] == flint.fmpq(1, 5)  # type: ignore[index]
            assert weights[1, 0] == flint.fmpq(3, 10)  # type: ignore[index]
            assert biases[0] == flint.fmpq(123456789, 10**9)  # type: ignore[index]
            assert np.all(iteration.values[w(2, new)] == np.array([[flint.fmpq(1, 2), flint.fmpq(3, 5)]]))
            assert iteration.values[b(2, new, shared=True)] == flint.fmpq(7, 10)
            # What is held is still printed as it was given; what was trained is no longer given.
            assert iteration.values.given(Symbol(Role.BIAS, 1, 1, new=new)) == Given.read("0.123456789")
            assert iteration.values.given(Symbol(Role.BIAS, 2, new=new, shared=True)) == Given.read("0.70")
        assert iteration.values.given(Symbol(Role.WEIGHT, 1, 1, 1, new=True)) is None
        # A held parameter has a gradient all the same.
        assert np.all(numbers(iteration, grad(w(2))) != 0)


def test_what_is_trained_moves() -> None:
    before, after = numbers(first(held_problem()), w(1)), numbers(first(held_problem()), w(1, new=True))
    assert before[0, 0] != after[0, 0]
    assert before[1, 1] != after[1, 1]


def test_a_shared_bias_is_one_parameter_whose_gradient_is_the_sum() -> None:
    weights = [["0.1", "-0.2"], ["0.3", "0.4"], ["0.5", "0.6"]]
    output = layer([["0.2", "0.1", "-0.3"]], bias=["0.1"])
    samples = [(["1", "2"], ["0"]), (["-1", "1"], ["1"])]
    shared = first(problem([layer(weights, shared="0.25"), output], samples))
    units = first(problem([layer(weights, bias=["0.25"] * 3), output], samples))
    total = numbers(units, grad(b(1))).sum()
    assert float(numbers(shared, grad(b(1, shared=True)))) == pytest.approx(total, rel=1e-14)


def test_a_threshold_is_a_bias_with_the_opposite_sign() -> None:
    weights = [["0.5", "0.9"], ["0.4", "1.0"]]
    samples = [(["1", "1"], ["0", "1"])]
    theta = first(problem([layer(weights, threshold=["0.8", "-0.1"])], samples, trained=training("0.1")))
    bias = first(problem([layer(weights, bias=["-0.8", "0.1"])], samples, trained=training("0.1")))
    thresholds = Symbol(Role.THRESHOLD, 1)
    assert numbers(theta, LOSS) == numbers(bias, LOSS)
    assert np.all(numbers(theta, grad(thresholds)) == -numbers(bias, grad(b(1))))
    assert np.all(numbers(theta, Symbol(Role.THRESHOLD, 1, new=True)) == -numbers(bias, b(1, new=True)))


def test_the_penalty_counts_weights_and_leaves_biases_out() -> None:
    def run(regulariser: Regulariser | None) -> Iteration:
        return first(varied(document_002(), {"regulariser": regulariser}))

    l2 = Regulariser(strength=Given.read("0.1"), scale=Given.read("1/2"))
    plain, with_penalty = run(None), run(l2)
    squares = float((numbers(plain, w(1)) ** 2).sum() + (numbers(plain, w(2)) ** 2).sum())
    assert float(numbers(with_penalty, LOSS)) == pytest.approx(float(numbers(plain, LOSS)) + 0.05 * squares)
    for depth in (1, 2):
        expected = numbers(plain, grad(w(depth))) + 0.1 * numbers(plain, w(depth))
        assert numbers(with_penalty, grad(w(depth))) == pytest.approx(expected, rel=1e-13)
        bias = b(depth, shared=True)
        assert numbers(with_penalty, grad(bias)) == numbers(plain, grad(bias))


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


# ------------------------------------------------------------------ long trainings


def float_training(iterations: int) -> tuple[list[list[float]], list[list[float]], float]:
    """A training in plain doubles, for comparison."""
    w1, w2 = [[0.1, 0.3], [0.2, 0.4]], [[0.5, 0.7], [0.6, 0.8]]
    x, y, rate = (0.2, 0.4), (0.01, 0.99), 0.5

    def forward() -> tuple[list[float], list[float]]:
        h = [1 / (1 + math.exp(-(row[0] * x[0] + row[1] * x[1] + 0.25))) for row in w1]
        return h, [1 / (1 + math.exp(-(row[0] * h[0] + row[1] * h[1] + 0.45))) for row in w2]

    for _ in range(iterations):
        h, o = forward()
        d2 = [(o[k] - y[k]) * o[k] * (1 - o[k]) for k in (0, 1)]
        d1 = [(d2[0] * w2[0][j] + d2[1] * w2[1][j]) * h[j] * (1 - h[j]) for j in (0, 1)]
        for k in (0, 1):
            for i in (0, 1):
                w2[k][i] -= rate * d2[k] * h[i]
                w1[k][i] -= rate * d1[k] * x[i]
    _, o = forward()
    return w1, w2, sum((o[k] - y[k]) ** 2 for k in (0, 1)) / 2


def test_ten_thousand_iterations_agree_with_a_loop_in_plain_doubles() -> None:
    with Arithmetic().working():
        run = solve_problem(long_training(10_000), Arithmetic())
    assert [iteration.number for iteration in run.iterations] == [1, 10_000]
    w1, w2, loss = float_training(10_000)
    last = run.iterations[-1]
    assert numbers(last, w(1, new=True)) == pytest.approx(np.array(w1), rel=1e-9)
    assert numbers(last, w(2, new=True)) == pytest.approx(np.array(w2), rel=1e-9)
    assert float(numbers(last, NEW_LOSS)) == pytest.approx(loss, rel=1e-9)
    # Few of the 256 bits are lost on the way.
    assert last.values[NEW_LOSS].rel_accuracy_bits() > 200  # type: ignore[union-attr]


def chaotic(iterations: int, rate: str = "0.9") -> Problem:
    """u and v of u·v, trained to 1 with a rate so large that u ← u (2.8 − 1.8 u²): errors double each time."""
    return problem(
        [layer([["0.3"]], "linear"), layer([["0.3"]], "linear")],
        [(["1"], ["1"])],
        trained=training(rate, iterations=iterations),
    )


@pytest.mark.parametrize("iterations", [50, 600])
def test_a_chaotic_training_gets_the_bits_that_it_needs(iterations: int) -> None:
    task = chaotic(iterations)

    def compute(arithmetic: Arithmetic) -> str:
        last = solve_problem(task, arithmetic).iterations[-1]
        return write(last.values[Symbol(Role.WEIGHT, 2, 1, 1, new=True)], EIGHT, arithmetic).text  # type: ignore[arg-type]

    with mpmath.workdps(1000):
        u = mpmath.mpf("0.3")
        for _ in range(iterations):
            u -= mpmath.mpf("0.9") * 2 * (u * u - 1) * u
        expected = mpmath.nstr(u, 8, strip_zeros=False)
    assert certified(compute) == expected


def test_a_training_that_explodes_is_an_error_and_not_a_number() -> None:
    task = chaotic(80, "100")

    def compute(arithmetic: Arithmetic) -> str:
        last = solve_problem(task, arithmetic).iterations[-1]
        return write(last.values[NEW_LOSS], EIGHT, arithmetic).text  # type: ignore[arg-type]

    with pytest.raises(NbsolveError, match=r"cannot be determined|too large"):
        certified(compute)


EIGHT = Digits(significant=8)


def test_what_an_exact_zero_multiplies_does_not_blur_a_sum() -> None:
    """A dead unit's gradient is the penalty's share alone: 0 · a + 0.1 · w, a rational, not an enclosure."""
    text = """
title: A dead unit behind a sigmoid
network:
  inputs: 1
  layers:
    - {units: 1, activation: sigmoid, weights: [[0.5]], bias: none}
    - {units: 1, activation: relu, weights: [[-1]], bias: none}
    - {units: 1, activation: linear, weights: [[1]], bias: none}
samples: [{input: [2], target: [3]}]
loss: squared_error
regulariser: {l2: {strength: 0.1}}
"""
    printed = {e.quantity: e.printed for e in solve(load_problem(text)).entries(everything=True)}
    gradients = {f"dL/dW[{depth}][1][1]": value for depth, value in ((1, "0.05"), (2, "-0.1"), (3, "0.1"))}
    assert {name: printed[name] for name in gradients} == gradients


def test_what_was_decided_is_not_solved_again_to_be_lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Arithmetic] = []

    def counted(problem: Problem, arithmetic: Arithmetic, *options: Any) -> Solution:
        tried.append(arithmetic)
        return solve_problem(problem, arithmetic, *options)

    monkeypatch.setattr("nbsolve.worked_network.solve_problem", counted)
    # GELU(−10⁶) is too small for any number of bits to tell it from 0.
    network = "network: {inputs: 1, layers: [{units: 1, activation: gelu, weights: [[1000000]]}]}\n"
    text = f"{network}samples: [{{input: [-1]}}]\n"
    assert "too small to be told from 0" in str(solve(parse_problem(text)).document())
    assert tried == [arithmetic for arithmetic in LADDER if not arithmetic.lenient]
