"""Problems that differ in nothing but some of their numbers: the formulae of their solutions are the same."""

from __future__ import annotations

from nbsolve.problem.functions import loss_of
from nbsolve.problem.model import DenseLayer, Problem

__all__ = ["same_formulae"]


def same_formulae(one: Problem, other: Problem) -> bool:
    """Whether two problems differ at most in the values of weights, biases and inputs, and are solved alike.

    Not so where the formulae follow from values: at targets that a logarithm meets, in functions of authors.
    """
    return _by_name(one) and _without_values(one) == _without_values(other)


def _by_name(problem: Problem) -> bool:
    """Whether all functions are those of the catalogue, and none has a formula of its own for some values."""
    choices = problem.network.activations
    return all(choice.formula is None for choice in choices) and not any(
        term.formula is not None or loss_of(term).at_target or loss_of(term).entries
        for term in problem.losses
    )


def _without_values(problem: Problem) -> Problem:
    network = problem.network
    layers = tuple(map(_layer_without_values, network.layers))
    samples = tuple(sample.model_copy(update={"input": ()}) for sample in problem.samples)
    return problem.model_copy(
        update={
            "name": "",
            "text": "",
            "variants": None,
            "samples": samples,
            "network": network.model_copy(update={"layers": layers}),
        }
    )


def _layer_without_values(layer: DenseLayer) -> DenseLayer:
    return layer.model_copy(update={"weights": (), "bias": layer.bias.model_copy(update={"values": ()})})
