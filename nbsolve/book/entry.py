"""What the book says of a problem outside its own page: in the contents, in the table, in links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nbsolve.compose.derivation_page import name_of
from nbsolve.compose.functions import activation_name, loss_name
from nbsolve.markdown.myst import code
from nbsolve.problem.model import AnyProblem, DerivationProblem, Problem

Function = tuple[str, str | None]
"""An activation or a loss: its name, and its formula where it is the author's own."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One problem: `cells` are those of its row in the table, `functions` what it uses, or derives."""

    title: str
    language: str | None
    group: str
    derivation: bool
    derived: str
    cells: tuple[str, ...]
    functions: tuple[Function, ...]


Listed = Sequence[tuple[str, Entry]]
"""The name of each problem's page, and the problem."""


def entry_of(problem: AnyProblem, folder: str = "") -> Entry:
    """The entry of a problem; one without a group of its own belongs to its source, or to the `folder` it is in."""
    group = problem.group or folder or "Problems"
    if isinstance(problem, DerivationProblem):
        derived = ", ".join(name_of(topic) for topic in problem.topics)
        functions = tuple((topic.name, topic.formula) for topic in problem.topics)
        return Entry(problem.title, problem.language, group, True, derived, _derived(problem), functions)
    return Entry(
        problem.title,
        problem.language,
        group,
        False,
        "",
        _solved(problem),
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
    layers = [(layer.activation.name, layer.activation.formula) for layer in problem.network.layers]
    return [*layers, *((term.name, term.formula) for term in problem.losses)]


def _derived(problem: DerivationProblem) -> tuple[str, str, str]:
    """A derivation's row in the list of problems: its functions, its losses, and the word "derivation"."""
    functions = [name_of(topic) for topic in problem.topics if topic.kind == "activation"]
    losses = [name_of(topic) for topic in problem.topics if topic.kind == "loss"]
    return ", ".join(functions) or "–", ", ".join(losses) or "–", "derivation"


def _solved(problem: Problem) -> tuple[str, str, str]:
    """The network, the loss, and what is asked."""
    activations = ", ".join(activation_name(layer.activation) for layer in problem.network.layers)
    losses = " + ".join(loss_name(term) for term in problem.losses) or "none: forward pass only"
    asked = dict.fromkeys(quantity for part in problem.parts for quantity in part.ask)
    words = ", ".join(_asked(quantity) for quantity in asked) or "everything"
    return f"{shape(problem)}<br>{activations}", losses, words


def _asked(quantity: str) -> str:
    """A kind of quantity in words; the name of one quantity as code."""
    plain = quantity.replace("_", "").isalpha() and len(quantity) > 2
    return quantity.replace("_", " ") if plain else code(quantity, cell=True)
