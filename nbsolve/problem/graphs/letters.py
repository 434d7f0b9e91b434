"""Whether a graph calls one of its quantities what the rule of its training calls something else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import product

from nbsolve.catalogue import SCHEDULES
from nbsolve.catalogue.optimisers import letter_of
from nbsolve.expr import Variable, walk
from nbsolve.letters import Name, letter_name
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import GraphTraining

__all__ = ["check_letters_of_training", "warn_of_like_letters"]

Shapes = Mapping[str, tuple[int, ...]]


def check_letters_of_training(
    root: Cursor, shapes: Shapes, letters: Mapping[str, str], training: GraphTraining
) -> None:
    """Note a fault for each quantity that is written with a letter of the optimiser or its schedule.

    `letters`: how the problem says that quantities are written, by name.
    """
    taken = {
        (name.core, name.sub): what for letter, what in _letters(training) for name in [Name.read(letter)]
    }
    for own, shape in shapes.items():
        name = Name.read(letters[own]) if own in letters else letter_name(own)
        clashing = (
            what for (core, sub), what in taken.items() if core == name.core and (shape or sub == name.sub)
        )
        what = next(clashing, None)
        if what is not None:
            root.key_fault(
                "training",
                f"{own} is written like {what}",
                expected="a letter of its own for each",
                hint=f"call the quantity something else, or write it in another way: names: {{{own}: …}}",
            )


def warn_of_like_letters(
    root: Cursor, shapes: Shapes, letters: Mapping[str, str], starts: Collection[str]
) -> None:
    """Note each quantity that is written as another one, or an entry of it, is: w1 beside w[1].

    `starts` are the given quantities that are written as the start of an array.
    """
    taken: dict[tuple[str, str], str] = {}
    for own, shape in shapes.items():
        if own in starts and own not in letters:
            continue
        name = Name.read(letters[own]) if own in letters else letter_name(own)
        for at in product(*(range(1, length + 1) for length in shape)):
            places = [str(place) for place in at]
            index = ("," if any(len(place) > 1 for place in places) else "").join(places)
            sub = ",".join(part for part in (name.sub, index) if part)
            called = f"{own}[{','.join(places)}]" if places else own
            other = taken.setdefault((name.core, sub), called)
            if other != called:
                (root.get("given") or root).warn(
                    f"{called} is written like {other}; names: {{{own}: …}} writes it in another way"
                )
                break


def _letters(training: GraphTraining) -> Iterator[tuple[str, str]]:
    """The letters of a training's formulae, in LaTeX, each with what it stands for."""
    record = optimiser_of(training.optimiser)
    yield letter_of("rate"), "the learning rate"
    yield from ((letter, f"a setting of the optimiser, {name}") for name, letter in record.letters.items())
    formulae = (record.change, *(one.formula for one in record.equations))
    if any(node == Variable("t") for formula in formulae for node in walk(formula)):
        yield letter_of("t"), "the number of the update"
    if training.optimiser.clip == "norm":
        yield letter_of("norm"), "the norm of the gradients"
    if len(training.parameters) == 1:
        yield from ((one.letter, f"what the optimiser finds, {one.name}") for one in record.equations)
    if training.schedule is not None:
        schedule = SCHEDULES[training.schedule.name]
        yield letter_of("t"), "the number of the update"
        yield from (
            (letter, f"a setting of the schedule, {name}") for name, letter in schedule.letters.items()
        )
        if schedule.every is not None:
            yield letter_of("k"), "how often the learning rate has fallen"
