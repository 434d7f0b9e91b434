"""Whether a graph calls one of its quantities what the rule of its training calls something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nbsolve.catalogue import SCHEDULES
from nbsolve.catalogue.optimisers import letter_of
from nbsolve.expr import Variable, walk
from nbsolve.letters import Name, letter_name
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import GraphTraining

__all__ = ["check_letters_of_training"]

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
