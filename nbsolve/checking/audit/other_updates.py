"""Other numbers for what an optimiser finds: parameters, gradients, state, settings and limits are anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from nbsolve.checking.audit.graph_world import GraphWorld, Values
from nbsolve.checking.oracle.numbers import Number
from nbsolve.checking.oracle.rates import rate
from nbsolve.checking.oracle.rounding import as_fraction
from nbsolve.checking.oracle.training import Training


def elsewhere(world: GraphWorld, target: str, kind: int, t: int, *, forced: bool) -> Values | None:
    """`GraphWorld.elsewhere`, also for what an update finds."""
    kept = target not in world.all_entries() and "∂" not in target and world.owner(target) is not None
    if not kept and target not in ("learning_rate", "norm"):
        return world.elsewhere(target, kind, t, forced=forced)
    rng = Random(f"{target} {kind}")
    if forced:
        here = world.iterations[t - 1].values
        return near_update(world.training, world.graph.of, world.trained, here, rng, apart(target, kind))
    slopes: Values = {one: Fraction(rng.randrange(-999, 999), 300) for one in world.trained}
    return other_update(world.training, world.graph.of, slopes, rng)


def apart(target: str, kind: int) -> bool:
    """Whether gradients that are clipped to one limit differ: in one world, but for the lines that clip them."""
    return kind == 1 and not target.startswith("clipped_")


def other_update(training: Training, of: str, slopes: Values, rng: Random) -> Values:
    """All that an update knows and finds, for these gradients: everything else is anything."""

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
    now: Values = {one: any_number(-950) for one in slopes}
    state: dict[str, Values] = {one: {kind: any_number() for kind in training.kept} for one in slopes}
    return _found(training, of, known, now, slopes, state)


def near_update(
    training: Training,
    of: str,
    names: Sequence[str],
    here: Mapping[str, Number],
    rng: Random,
    unlimited: bool = False,
) -> Values:
    """An update with numbers so near to the right ones that whatever is compared comes out as it does here.

    `unlimited`: the gradients are near to the clipped ones, and not clipped again, so that no two are the same.
    """

    def near(name: str) -> Fraction:
        less, more = Fraction(rng.randrange(1, 999), 10**9), Fraction(rng.randrange(1, 999), 10**15)
        return as_fraction(here[name]) * (1 + less) + more

    counted = {name: here[name] for name in ("t", "k", "every", "updates") if name in here}
    known: Values = {
        name: near(name) for name in (*training.texts, *training.schedule.texts, "start", "clip")
    }
    known |= counted
    if training.schedule.name:
        settings = {name: known[name] for name in training.schedule.texts}
        known["learning_rate"] = rate(
            training.schedule.name, settings, known["start"], int(float(known["t"]))
        )
    slopes: Values = {one: near(f"∂{of}/∂{one}") for one in names}
    if unlimited and training.clip.how == "value":
        slopes = {one: near(f"clipped_{one}") for one in names}
        known["clip"] *= 2
    state: dict[str, Values] = {one: {kind: near(f"{kind}_{one}") for kind in training.kept} for one in names}
    return _found(training, of, known, {one: near(one) for one in names}, slopes, state)


def _found(
    training: Training, of: str, known: Values, now: Values, slopes: Values, state: dict[str, Values]
) -> Values:
    values = now | known | {f"∂{of}/∂{one}": slope for one, slope in slopes.items()}
    return values | training.moved(known, now, slopes, state)
