"""Losses of all outputs at once that have letters of their own: u, g and t of every class, m and s."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random

from tests.algebra import functions
from tests.algebra.model import Model, Place, Rule
from tests.algebra.points import between
from tests.algebra.scalars import Scalar, exp, ln, plain

__all__ = ["LETTERS", "draw", "rival", "rules"]
LETTERS = {"u": "u", "g": "g", "t": "t"}
"""Letters with an index, by their stems."""


def draw(name: str, random: Random) -> dict[Place, Fraction]:
    """The margin or the share of smoothing."""
    if name in ("multiclass_hinge", "categorical_hinge"):
        return {("m",): between(random, "0.2", "2")}
    return {("s",): between(random, "0.05", "0.9")} if name == "label_smoothing" else {}


def rival(drawn: Mapping[Place, Fraction], length: int) -> dict[Place, Fraction]:
    """The place of the largest of the outputs of wrong classes, the true class having 0."""
    places = range(1, length + 1)
    return {("rival",): Fraction(max(places, key=lambda j: (1 - drawn["y", j]) * drawn["a", j]))}


def rules(name: str, length: int) -> dict[Place, Rule]:
    """What the letters of a loss mean; {} of any other."""
    places = range(1, length + 1)

    def sum_of(terms: list[Scalar]) -> Scalar:
        return sum(terms[1:], terms[0])

    def excess(model: Model, j: int) -> Scalar:
        right = int(plain(model(("label",))))
        return model(("m",)) + model(("a", j)) - model(("a", right))

    def counted(model: Model, j: int) -> Scalar:
        u = excess(model, j)
        return 1 + 0 * u if plain(u) > 0 else 0 * u

    def hinge(model: Model) -> Scalar:
        over = [excess(model, j) for j in places]
        shares = [u if plain(u) > 0 else 0 * u for u in over]
        return sum_of([(1 - model(("y", j))) * u for j, u in zip(places, shares, strict=True)])

    def best(model: Model) -> Scalar:
        right, rival = (int(plain(model((stem,)))) for stem in ("label", "rival"))
        wrong = (1 - model(("y", rival))) * model(("a", rival))
        return model(("m",)) + wrong - model(("a", right))

    def within(model: Model) -> Scalar:
        u = best(model)
        return u if plain(u) > 0 else 0 * u

    def logits(model: Model) -> Scalar:
        ys, scores = [model(("y", j)) for j in places], [model(("a", j)) for j in places]
        p = functions.softmax(scores)
        return sum_of([-(y * ln(q)) for y, q in zip(ys, p, strict=True)])

    def smoothed(model: Model, j: int) -> Scalar:
        return (1 - model(("s",))) * model(("y", j)) + model(("s",)) / length

    def smoothing(model: Model) -> Scalar:
        return sum_of([-(smoothed(model, j) * ln(model(("a", j)))) for j in places])

    found: dict[Place, Rule] = {}
    for j in places:
        if name == "multiclass_hinge":
            found["u", j] = lambda model, j=j: excess(model, j)  # type: ignore[misc]
            found["g", j] = lambda model, j=j: counted(model, j)  # type: ignore[misc]
        elif name == "label_smoothing":
            found["t", j] = lambda model, j=j: smoothed(model, j)  # type: ignore[misc]
        elif name == "categorical_cross_entropy_from_logits":
            found["p", j] = lambda model, j=j: functions.softmax([model(("a", i)) for i in places])[j - 1]  # type: ignore[misc]
    if name == "categorical_hinge":
        found["u",] = best
        found["g",] = lambda model: 0 * best(model) + int(plain(best(model)) > 0)
    if name == "categorical_cross_entropy_from_logits":
        found["S",] = lambda model: sum_of([exp(model(("a", i))) for i in places])
    losses = {
        "multiclass_hinge": hinge,
        "categorical_hinge": within,
        "categorical_cross_entropy_from_logits": logits,
        "label_smoothing": smoothing,
    }
    return found | ({("L",): losses[name]} if name in losses else {})
