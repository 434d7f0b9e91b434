"""The functions of a problem in words, and the derivations of those that are the author's own."""

from __future__ import annotations

from nbsolve.phrases import phrase
from nbsolve.problem.model import Choice, LossTerm


def activation_name(choice: Choice) -> str:
    """How a text calls an activation: leaky ReLU, or the author's name for it."""
    return phrase(f"activations.{choice.name}") if choice.formula is None else in_words(choice.name)


def loss_name(term: LossTerm) -> str:
    """How a text calls a loss: squared error, or the author's name for it."""
    return phrase(f"losses.{term.name}") if term.formula is None else in_words(term.name)


def in_words(name: str) -> str:
    """log_cosh as log cosh."""
    return name.replace("_", " ")
