"""What derivations arrive at is what the catalogue calculates with."""

from __future__ import annotations

import math
from random import Random

import flint
import pytest
import sympy

from nbsolve.catalogue import ACTIVATIONS, CANCELLATIONS, JOINT_LOSS_FORMULAS, LOSSES
from nbsolve.catalogue.derivations import DERIVATIONS
from nbsolve.derivation import Derivation
from nbsolve.expr import Applied, Expr, Product, Quotient, Variable, number, product, substitute
from nbsolve.expr.general import Derivative
from tests.derivations.evaluating import LENGTH, value
from tests.derivations.symbolic import to_sympy

TIMES = 40
Z = sympy.Symbol("z", real=True)
PIECEWISE = {"relu", "leaky_relu", "elu", "step", "absolute_error", "huber", "hinge"}
"""There the result is the catalogue's very formula."""
SCALAR = [name for name, record in ACTIVATIONS.items() if not record.vector]
LETTER = {"slope": "alpha"}
"""A parameter of the catalogue that derivations write with another letter."""


def draw(random: Random, derivation: Derivation) -> dict[str, flint.fmpq | list[flint.fmpq]]:
    """A value for every letter, inside its domain."""

    def inside(low: flint.fmpq, high: flint.fmpq) -> flint.fmpq:
        return low + (high - low) * flint.fmpq(random.randint(1, 999), 1000)

    return {
        name: inside(where.low, where.high)
        if where.length is None
        else [inside(where.low, where.high) for _ in range(where.length)]
        for name, where in derivation.letters.items()
    }


def renamed(expression: Expr, letters: dict[str, Expr]) -> Expr:
    return substitute(expression, lambda node: letters.get(node.name) if isinstance(node, Variable) else None)


@pytest.mark.parametrize("name", SCALAR)
def test_of_an_activation(name: str) -> None:
    random, record = Random(name), ACTIVATIONS[name]
    (derivation,) = DERIVATIONS[name]
    letters: dict[str, Expr] = {own: Variable(LETTER.get(own, own)) for own in record.parameters}
    derivative = renamed(record.derivative, letters)
    for _ in range(TIMES):
        known = draw(random, derivation)
        found = value(derivation.result, known)
        assert found == pytest.approx(value(derivative, known), rel=1e-12, abs=1e-300)
        if record.from_output is not None:
            output = renamed(record.definition, letters)
            from_output = renamed(record.from_output, {**letters, "a": output})
            assert found == pytest.approx(value(from_output, known), rel=1e-12)


@pytest.mark.parametrize("name", SCALAR)
def test_of_an_activation_by_computer_algebra(name: str) -> None:
    record = ACTIVATIONS[name]
    (derivation,) = DERIVATIONS[name]
    if name in PIECEWISE:
        letters: dict[str, Expr] = {own: Variable(LETTER.get(own, own)) for own in record.parameters}
        assert derivation.result == renamed(record.derivative, letters)
        return
    assert sympy.simplify(to_sympy(derivation.result) - to_sympy(record.derivative)) == 0
    assert sympy.simplify(to_sympy(derivation.result) - sympy.diff(to_sympy(record.definition), Z)) == 0


@pytest.mark.parametrize("name", LOSSES)
def test_of_a_loss_by_computer_algebra(name: str) -> None:
    record = LOSSES[name]
    derivative = product(number(record.coefficient), record.derivative)
    for derivation in DERIVATIONS[name]:
        forms = derivation.stages[-1].forms
        last = forms[-2 if name == "absolute_error" else -1].expression  # a sign, then case by case
        result = substitute(last, as_placeholder if record.separable else as_entry)
        if derivation.variant == "mean":
            assert result == Product((Quotient((number(1), Variable("n"))), derivative))
        elif name in PIECEWISE:
            assert result == derivative
        elif record.separable:
            assert sympy.simplify(to_sympy(result) - to_sympy(derivative)) == 0
        else:
            assert result == derivative


def as_placeholder(node: Expr) -> Expr | None:
    """a_k, as the catalogue writes it for a loss of one output: a."""
    return Variable(node.name) if isinstance(node, Variable) else None


def as_entry(node: Expr) -> Expr | None:
    """a_k and the whole vector, as the catalogue writes them for a loss of all outputs."""
    if not isinstance(node, Variable):
        return None
    return Variable(node.name if node.vector else f"{node.name}_{node.index}")


@pytest.mark.parametrize("name", SCALAR)
def test_at_the_kink_the_convention_is_the_catalogue_s(name: str) -> None:
    record = ACTIVATIONS[name]
    (derivation,) = DERIVATIONS[name]
    if record.kink is None:
        assert not derivation.kinks
        return
    assert derivation.kinks == (number(0),)
    known = {"z": flint.fmpq(0), "alpha": flint.fmpq(1, 3)}
    letters: dict[str, Expr] = {own: Variable(LETTER.get(own, own)) for own in record.parameters}
    assert value(derivation.result, known) == value(renamed(record.derivative, letters), known)


@pytest.mark.parametrize("name", LOSSES)
def test_of_a_loss(name: str) -> None:
    random, record = Random(name), LOSSES[name]
    derivative = product(number(record.coefficient), record.derivative)
    for derivation in DERIVATIONS[name]:
        for _ in range(TIMES):
            known = draw(random, derivation)
            for k in range(1, LENGTH + 1):
                found = value(derivation.result, known, k=k)
                own = dict(known)
                for letter in ("a", "y"):
                    given = known[letter]
                    if isinstance(given, list):
                        own[f"{letter}_k"] = given[k - 1]
                        own[letter] = given[k - 1] if record.separable else given
                wanted = value(derivative, own)
                if derivation.variant == "mean":
                    count = known["n"]
                    assert isinstance(count, flint.fmpq)
                    wanted /= float(count.p) / float(count.q)
                assert found == pytest.approx(wanted, rel=1e-12, abs=1e-15)


def test_a_loss_through_the_outputs_activation() -> None:
    for loss, activation in CANCELLATIONS:
        assert f"{loss}_through_{activation}" in DERIVATIONS
    a, y = Variable("a"), Variable("y")
    (binary,) = DERIVATIONS["binary_cross_entropy_through_sigmoid"]
    assert binary.result == CANCELLATIONS["binary_cross_entropy", "sigmoid"]
    one_hot, any_target = DERIVATIONS["categorical_cross_entropy_through_softmax"]
    assert (one_hot.variant, any_target.variant) == ("one_hot", "any_target")
    random = Random(1)
    cancelled = CANCELLATIONS["categorical_cross_entropy", "softmax"]
    for _ in range(TIMES):
        known = {letter: [flint.fmpq(random.randint(1, 99), 100) for _ in range(LENGTH)] for letter in "py"}
        for k in range(1, LENGTH + 1):
            entries = {
                a.name: known["p"][k - 1],
                y.name: known["y"][k - 1],
                "target_sum": sum(known["y"], start=flint.fmpq(0)),
            }
            assert value(any_target.result, known, k=k) == pytest.approx(value(cancelled, entries))
            hot = [flint.fmpq(int(place == 1)) for place in range(1, LENGTH + 1)]
            known_hot = {"p": known["p"], "y": hot}
            assert value(one_hot.result, known_hot, k=k) == pytest.approx(
                value(any_target.result, known_hot, k=k)
            )


def test_the_jacobian_of_softmax() -> None:
    (derivation,) = DERIVATIONS["softmax"]
    p = [flint.fmpq(1, 2), flint.fmpq(1, 3), flint.fmpq(1, 6)]
    for k in range(1, 4):
        for j in range(1, 4):
            wanted = p[k - 1] * (1 - p[k - 1]) if k == j else -p[k - 1] * p[j - 1]
            assert value(derivation.result, {"p": p}, k=k, j=j) == pytest.approx(
                float(wanted.p) / float(wanted.q)
            )


@pytest.mark.parametrize("id", DERIVATIONS)
def test_the_last_left_side_is_what_was_asked(id: str) -> None:
    for derivation in DERIVATIONS[id]:
        left = derivation.stages[-1].left
        if id in SCALAR:
            assert isinstance(left, Applied)
            assert (left.primes, left.name) == (1, ACTIVATIONS[id].function)
        else:
            assert isinstance(left, Derivative)
            assert left.partial


@pytest.mark.parametrize("name", sorted(JOINT_LOSS_FORMULAS.keys() & DERIVATIONS.keys()))
def test_of_a_loss_of_all_outputs(name: str) -> None:
    """The result against difference quotients of the loss, written down once more."""
    scores = [0.3, 0.25, 0.9] if name == "label_smoothing" else [0.3, -0.4, 0.9]

    def loss(a: list[float]) -> float:
        if name == "multiclass_hinge":
            return sum(max(0, 0.9 + a[j] - a[0]) for j in (1, 2))
        if name == "categorical_hinge":
            return max(0, 0.9 + max(0, *a[1:]) - a[0])
        if name == "label_smoothing":
            return -sum((0.9 * (j == 0) + 0.1 / 3) * math.log(x) for j, x in enumerate(a))
        return math.log(sum(map(math.exp, a))) - a[0]

    (derivation,) = DERIVATIONS[name]
    whole = sum(map(math.exp, scores))
    vectors = {
        "a": scores,
        "y": [1.0, 0.0, 0.0],
        "p": [math.exp(x) / whole for x in scores],
        "g": [float(0.9 + x - scores[0] > 0) for x in scores],
    }
    known: dict[str, flint.fmpq | list[flint.fmpq]] = {"s": flint.fmpq(1, 10), "n": flint.fmpq(3)}
    known |= {letter: [flint.fmpq(*x.as_integer_ratio()) for x in own] for letter, own in vectors.items()}
    known |= {} if name == "multiclass_hinge" else {"g": flint.fmpq(1)}  # the margin is not kept
    for k in range(LENGTH):
        ends = [loss([x + h * (j == k) for j, x in enumerate(scores)]) for h in (1e-6, -1e-6)]
        found = value(derivation.result, known, k=k + 1, r=3)
        assert found == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-8)
