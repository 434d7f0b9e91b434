"""What the book says of a problem outside its own page: in the contents, in the list, in links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nbsolve.book.effort import is_gradient, steps_of
from nbsolve.compose.functions import layer_name, loss_name
from nbsolve.phrases import phrase, phrase_of
from nbsolve.problem.model import AnyProblem, Problem
from nbsolve.problem.parts import WORDS
from nbsolve.worked.kinds import page_of
from nbsolve.worked.page import counted

Function = tuple[str, str | None]
"""An activation or a loss: its name, and its formula where it is the author's own."""


Kind = Literal["numbers", "letters", "derivation"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One problem: what it is about, what it asks in words, what it uses, or derives.

    `about` is the network with its activations and its loss, or what is derived; `steps` how many quantities a
    person finds on the way (0 for a derivation).
    """

    title: str
    language: str | None
    group: str
    kind: Kind
    about: str
    asked: str
    steps: int
    functions: tuple[Function, ...]

    @property
    def derivation(self) -> bool:
        """Whether something is derived, instead of a network worked out."""
        return self.kind == "derivation"


Listed = Sequence[tuple[str, Entry]]
"""The name of each problem's page, and the problem."""


def entry_of(problem: AnyProblem, folder: str = "") -> Entry:
    """The entry of a problem; one without a group of its own belongs to its source, or to the `folder` it is in."""
    group = problem.group or folder or "Problems"
    if not isinstance(problem, Problem):
        own = page_of(problem).listed()
        more = (own.kind, own.about, own.asked, own.steps, own.functions)
        return Entry(problem.title, problem.language, group, *more)
    return Entry(
        problem.title,
        problem.language,
        group,
        "letters" if problem.symbolic else "numbers",
        _network(problem),
        _asked(problem),
        steps_of(problem),
        tuple(dict.fromkeys(_used(problem))),
    )


def group_of(name: str) -> str:
    """The words for the folder of a page: `Week 1` for `week-1/ex1`, nothing where it is in none."""
    folders = name.split("/")[:-1]
    words = [" ".join(folder.replace("-", " ").replace("_", " ").split()) for folder in folders]
    return " / ".join(word[:1].upper() + word[1:] for word in words)


def shape(problem: Problem) -> str:
    """The widths of a network's layers, inputs first: `3–2–2–1`."""
    widths = [problem.network.inputs, *(layer.units for layer in problem.network.layers)]
    return "–".join(str(width) for width in widths)


def _used(problem: Problem) -> list[Function]:
    layers = [(choice.name, choice.formula) for choice in problem.network.activations]
    return [*layers, *((term.name, term.formula) for term in problem.losses)]


def _network(problem: Problem) -> str:
    """The widths of the layers, their activations, the loss."""
    activations = ", ".join(layer_name(layer) for layer in problem.network.layers)
    losses = " + ".join(loss_name(term) for term in problem.losses) or phrase(
        "book.upstream" if problem.given_gradient else "book.no_loss"
    )
    return f"{shape(problem)} · {activations} · {losses}"


def _asked(problem: Problem) -> str:
    """What is asked, in words; quantities asked for by their names are counted, unless all of them are asked."""
    asked = dict.fromkeys(word for part in problem.parts for word in part.ask)
    kinds = [phrase_of("book.asked.", word) for word in asked if word in WORDS]
    single = [word for word in asked if word not in WORDS]
    gradients = sum(map(is_gradient, single))
    values = len(single) - gradients
    kinds += counted(0 if "gradients" in asked else gradients, values)
    return ", ".join(kinds) or phrase("book.asked.everything")
