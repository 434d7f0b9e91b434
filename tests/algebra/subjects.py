"""The worlds of derivations: which letters a derivation of a function or a loss has, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from random import Random

from tests.algebra import functions
from tests.algebra.alphabet import Letters, Meaning, Whole
from tests.algebra.evaluating import Evaluator, Own
from tests.algebra.model import Model, Place, Rule
from tests.algebra.page import Display, read
from tests.algebra.points import World, between
from tests.algebra.scalars import Scalar
from tests.algebra.tree import Letter, Node

ALPHA = Letter(r"\alpha")


def parameters(evaluator: Evaluator, _: Node) -> Mapping[str, Scalar]:
    """The parameter of an activation is the letter α of the page."""
    alpha = evaluator.model(("alpha",))
    return {"slope": alpha, "alpha": alpha}


def activation(pages: Sequence[Display], own: Own | None = None) -> World:
    """A function of z."""
    table: dict[Letter, Meaning] = {Letter("z"): ("z",), ALPHA: ("alpha",)}

    def draw(random: Random, _: str) -> dict[Place, Fraction]:
        z = between(random, "0.05", "3") * random.choice((1, -1))
        return {("z",): z, ("alpha",): between(random, "0.01", "2")}

    return world(pages, table, {}, draw, own or {})


def world(
    pages: Sequence[Display], table: dict[Letter, Meaning], rules: Mapping[Place, Rule], draw, own: Own
) -> World:
    """The world with the letters that the page defines itself (u = …) added."""
    alphabet = Letters(dict(table), functions=frozenset(own))
    known = dict(rules)
    made = World(alphabet, known, draw, parameters, own, 1, {})
    for display in pages:
        for chain in display.chains:
            left = chain.items[0].tokens
            if len(left) == 1 and Letter(left[0].text) not in alphabet.table and left[0].text.isalpha():
                place: Place = ("defined", left[0].text)
                alphabet.table[Letter(left[0].text)] = place
                known[place] = _defined(made, chain.items[1].tokens)
    return made


def _defined(made: World, tokens) -> Rule:
    def rule(model: Model) -> Scalar:
        point = made.point(0)
        evaluator = Evaluator(model, made.alphabet, point.number_of, made.parameters, made.own)
        return evaluator.scalar(read(tokens, made.alphabet))

    return rule
