"""What two optimisers that are compared are called, and the rule of the second."""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.compose.optimiser_words import changes, optimiser_stated
from nbsolve.document import Block, Inline, Math
from nbsolve.equations.names import GraphNames
from nbsolve.equations.updating import RATE
from nbsolve.expr import Quantity, literal
from nbsolve.phrases import phrase, phrase_of
from nbsolve.problem.model import Choice, GraphProblem
from nbsolve.solving.update import setting

__all__ = ["called", "other_optimiser"]


def called(problem: GraphProblem, names: GraphNames) -> tuple[str, str]:
    """What both optimisers are called: their names, with the settings that differ where the names are the same."""
    assert problem.training is not None and problem.training.compare_with is not None
    own, other = problem.training.optimiser, problem.training.compare_with
    up = problem.training.direction == "ascent"
    first, second = (
        phrase("graphs.ascent_name")
        if up and one.name == "sgd"
        else phrase_of("optimisers.", one.name, "name")
        for one in (own, other)
    )
    if first != second:
        return first, second
    settings = list(_differing(own, other, names))
    if not settings:
        return phrase("graphs.the_first", name=first), phrase("graphs.the_second", name=second)
    one, two = (", ".join(texts) for texts in zip(*settings, strict=True))
    return f"{first} ({one})", f"{second} ({two})"


def _differing(own: Choice, other: Choice, names: GraphNames) -> Iterator[tuple[str, str]]:
    """The settings of both that are not the same, `β = 0.9`."""
    for name, given in own.parameters.items():
        if name in other.parameters and other.parameters[name] != given:
            letter = names.plain(RATE if name == "learning_rate" else setting(name))
            yield f"{letter} = {given.text}", f"{letter} = {other.parameters[name].text}"


def other_optimiser(problem: GraphProblem, words: str) -> Iterator[Block]:
    """The words, and the optimiser of a problem with its learning rate and its rule."""
    training = problem.training
    assert training is not None
    said: list[Inline] = [words]
    if not changes(training):
        rate = literal(training.optimiser.parameters["learning_rate"])
        said += [f"{phrase('graphs.with_rate')} ", Math(Quantity(RATE), "=", rate), ", "]
    yield from optimiser_stated(tuple(said), training.optimiser, ".", training.direction == "ascent")
