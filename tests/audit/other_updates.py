"""Other numbers for what an optimiser finds: parameters, gradients, state, settings and limits are anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from random import Random

from tests.audit.graph_world import GraphWorld, Values
from tests.reference.numbers import Number
from tests.reference.rates import norm_of
from tests.reference.training import Training


def elsewhere(world: GraphWorld, target: str, kind: int, t: int, *, forced: bool) -> Values | None:
    """`GraphWorld.elsewhere`, also for what an update finds."""
    kept = target not in world.all_entries() and "∂" not in target and world.owner(target) is not None
    if not kept and target not in ("learning_rate", "norm"):
        return world.elsewhere(target, kind, t, forced=forced)
    rng = Random(f"{target} {kind}")
    slopes: Values = {one: Fraction(rng.randrange(-999, 999), 300) for one in world.trained}
    here = world.iterations[t - 1].values if forced else None
    return other_update(world.training, world.graph.of, slopes, here, rng)


def other_update(
    training: Training, of: str, slopes: Values, here: Mapping[str, Number] | None, rng: Random
) -> Values:
    """All that an update knows and finds, for these gradients; `here`: they are clipped where they are here."""

    def any_number(least: int = 50) -> Fraction:
        return Fraction(rng.randrange(least, 950), 1000)

    made = rng.randrange(2, 9)
    texts = {name: str(any_number()) for name in training.schedule.texts}
    texts |= {name: str(rng.randrange(*span)) for name, span in {"every": (1, 4), "updates": (2, 12)}.items()}
    schedule = replace(training.schedule, texts={name: texts[name] for name in training.schedule.texts})
    known: Values = {name: any_number() for name in training.texts}
    known |= schedule.settings
    known |= {"t": Fraction(made), "start": any_number(), "clip": any_number()}
    if schedule.name:
        known["learning_rate"] = schedule.rate(known["start"], made, 0)
    steps = schedule.steps(made)
    known |= {} if steps is None else {"k": Fraction(steps)}
    if here is not None and training.clip.how == "norm":
        known["clip"] = norm_of([*slopes.values()]) * Fraction(3 if here["norm"] > here["clip"] else 5, 4)
    now: Values = {one: any_number(-950) for one in slopes}
    state: dict[str, Values] = {one: {kind: any_number() for kind in training.kept} for one in slopes}
    values = now | known | {f"∂{of}/∂{one}": slope for one, slope in slopes.items()}
    return values | training.moved(known, now, slopes, state)
