"""Other numbers for what an optimiser finds: parameter, gradient, state and settings are anything."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from tests.audit.graph_world import GraphWorld, Values
from tests.audit.optimising import marked
from tests.reference import optimisers


def elsewhere(world: GraphWorld, target: str, kind: int, t: int, *, forced: bool) -> Values | None:
    """`GraphWorld.elsewhere`, also for new parameters and states."""
    one = updated(world, target)
    return world.elsewhere(target, kind, t, forced=forced) if one is None else _updated(world, one, kind)


def updated(world: GraphWorld, target: str) -> str | None:
    """The parameter that a new value or a state belongs to; None for any other quantity."""
    bare = target.removesuffix("_new")
    if bare in world.graph.shapes or bare in world.reading or "∂" in bare:
        return bare if bare in world.trained and target != bare else None
    found = [one for one in world.trained if bare == one or bare.endswith(f"_{one}")]
    return max(found, key=len) if found else None


def _updated(world: GraphWorld, one: str, kind: int) -> Values:
    rng = Random(f"{one} {kind}")
    settings = {name: Fraction(rng.randrange(50, 950), 1000) for name in world.settings}
    t, name = rng.randrange(2, 5), world.optimiser
    old = {kept: Fraction(rng.randrange(100, 999), 700) for kept in optimisers.KEPT[name]}
    weight, slope = Fraction(rng.randrange(-999, 999), 400), Fraction(rng.randrange(-999, 999), 300)
    new, found = optimisers.update(name, settings, weight, slope, old, t)
    if world.node["training"].get("direction") == "ascent":
        new = weight + (weight - new)
    values: Values = {**settings, "t": Fraction(t), one: weight, f"∂{world.graph.of}/∂{one}": slope}
    values |= {f"{kept}_{one}": value for kept, value in old.items()}
    values |= {f"{kept}_{one}{marked(kept)}": value for kept, value in found.items()}
    return values | {f"{one}_new": new}
