"""The world of a problem in letters: its letters and its network."""

from __future__ import annotations

from collections.abc import Mapping

from tests.algebra import network
from tests.algebra.alphabet import Whole
from tests.algebra.evaluating import Evaluator
from tests.algebra.naming import Naming
from tests.algebra.points import World
from tests.algebra.scalars import Scalar
from tests.algebra.specification import Specification
from tests.algebra.tree import Letter, Node, letters


def world(spec: Specification, seed: int = 1) -> World:
    """Letters, rules and random values of a problem."""
    alphabet = Naming(spec).letters()
    given = {
        n: network.parameters_of(layer.activation, layer.parameters) for n, layer in enumerate(spec.layers, 1)
    }

    def parameters(evaluator: Evaluator, argument: Node) -> Mapping[str, Scalar]:
        """Those of the layer whose pre-activation the argument is."""
        if not isinstance(argument, Letter):
            return _all_alike(given, argument, evaluator)
        meaning = alphabet.meaning(argument, evaluator.indices)
        place = meaning.rows[0][0] if isinstance(meaning, Whole) else meaning
        return given[int(place[1])] if place[0] in ("z", "a") else {}

    return World(
        alphabet, network.rules(spec), lambda random, kind: network.draw(spec, random, kind), parameters, {}, seed, {}
    )


def _all_alike(
    given: Mapping[int, Mapping[str, Scalar]], argument: Node, evaluator: Evaluator
) -> Mapping[str, Scalar]:
    """An argument spelled out: the layer is that of the weights in it."""
    for letter in letters(argument):
        meaning = evaluator.alphabet.meaning(letter, evaluator.indices)
        place = meaning.rows[0][0] if isinstance(meaning, Whole) else meaning
        if place[0] in ("W", "b", "theta"):
            return given[int(place[1])]
    return {}
