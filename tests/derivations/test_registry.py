"""Every activation and loss can be asked for, and nothing is there that cannot."""

from __future__ import annotations

import numpy as np
import pytest

from nbsolve.catalogue import ACTIVATIONS, CANCELLATIONS, JOINT_LOSS_FORMULAS, LOSSES
from nbsolve.catalogue.derivations import DERIVATIONS, derivation_id
from nbsolve.catalogue.derivations.graphs import graph
from nbsolve.derivation import Domain
from nbsolve.drawing.charts.borders import heights_of
from nbsolve.expr import Function, Negation, Sum, Variable, walk
from nbsolve.expr.general import Derivative
from nbsolve.phrases import phrase_of
from nbsolve.problem.keys.functions import throughs

JOINT = {*JOINT_LOSS_FORMULAS}
"""Losses of all outputs by a formula."""


def test_the_table_is_complete() -> None:
    through = {derivation_id(loss, activation) for loss, activation in CANCELLATIONS}
    assert set(DERIVATIONS) == {*ACTIVATIONS, *LOSSES, *JOINT, *through}
    assert throughs("binary_cross_entropy") == ("sigmoid",)
    assert throughs("categorical_cross_entropy") == (
        "softmax",
        "softmax_with_temperature",
        "softmax_with_base",
    )
    assert throughs("hinge") == ()


@pytest.mark.parametrize("id", DERIVATIONS)
def test_subjects_variants_and_kinks(id: str) -> None:
    derivations = DERIVATIONS[id]
    variants = [derivation.variant for derivation in derivations]
    assert len(set(variants)) == len(variants)
    assert (None in variants) == (len(variants) == 1)
    for derivation in derivations:
        assert derivation_id(derivation.subject, derivation.through) == id
        if id not in JOINT:
            record = (ACTIVATIONS | LOSSES)[derivation.subject]
            assert bool(derivation.kinks) == (record.kink is not None)
        if derivation.variant is not None:
            assert phrase_of("derivations.variant_", derivation.variant)


@pytest.mark.parametrize("id", DERIVATIONS)
def test_every_letter_has_a_domain_or_a_definition(id: str) -> None:
    for derivation in DERIVATIONS[id]:
        defined = {stage.left.name for stage in derivation.stages if isinstance(stage.left, Variable)}
        used = {
            node.name
            for stage in derivation.stages
            for expression in (stage.left, *(form.expression for form in stage.forms))
            for node in walk(expression)
            if isinstance(node, Variable)
        }
        places = {"i", "j", "k"} - set(derivation.letters)  # in a condition, k = i
        assert used - places == defined | set(derivation.letters)
        assert not defined & set(derivation.letters)
        for where in derivation.letters.values():
            assert where.low < where.high
            assert where == Domain(where.low, where.high, where.length)


@pytest.mark.parametrize("id", DERIVATIONS)
def test_nothing_is_left_to_be_derived(id: str) -> None:
    for derivation in DERIVATIONS[id]:
        assert not any(isinstance(node, Derivative) for node in walk(derivation.result))


@pytest.mark.parametrize("id", DERIVATIONS)
def test_every_derivation_has_a_graph(id: str) -> None:
    record = (ACTIVATIONS | LOSSES).get(id)
    shown = graph(id, {} if record is None else record.parameters)
    low, high = shown.domain
    assert low < high
    letters = {node.name for node in walk(shown.definition) if isinstance(node, Variable)}
    assert letters == {shown.variable, *shown.parameters}


@pytest.mark.parametrize("id", DERIVATIONS)
def test_the_drawn_derivative_is_the_slope_of_the_drawn_function(id: str) -> None:
    record = (ACTIVATIONS | LOSSES).get(id)
    shown = graph(id, {} if record is None else record.parameters)
    given = {name: float(value) for name, value in shown.parameters.items()}
    low, high = shown.domain
    places = low + (high - low) * np.arange(1, 40) / 40.03  # kinks lie at whole numbers
    step = 1e-5
    height = heights_of(shown.definition, shown.variable, given)
    slope = heights_of(shown.derivative, shown.variable, given)(places)
    found = (height(places + step) - height(places - step)) / (2 * step)
    assert found == pytest.approx(slope, rel=1e-6, abs=1e-6)


def test_huber_keeps_its_factor_and_the_cosine_loss_its_sign() -> None:
    (one, _) = DERIVATIONS["huber"]
    assert any(isinstance(node, Variable) and node.name == "delta" for node in walk(one.result))
    similarity, loss = DERIVATIONS["cosine_similarity"][0], DERIVATIONS["cosine_loss"][0]
    assert isinstance(similarity.result, Sum)
    first, second = similarity.result.operands
    assert isinstance(second, Negation)
    assert loss.result == Sum((second.operands[0], Negation((first,))))


def test_the_squared_error_keeps_its_sign() -> None:
    for derivation in DERIVATIONS["squared_error"]:
        found = [node.name for node in walk(derivation.result) if isinstance(node, Function)]
        assert "abs" not in found
