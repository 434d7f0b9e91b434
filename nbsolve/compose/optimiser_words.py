"""What a page says about an optimiser: the words of its own record."""

from __future__ import annotations

from nbsolve.phrases import phrase
from nbsolve.problem.model import Choice

__all__ = ["optimiser_words"]


def optimiser_words(optimiser: Choice, key: str, **slots: str) -> str:
    """The phrase `optimisers.NAME.key`, with the values of the optimiser's parameters in it."""
    own = {name: given.text for name, given in optimiser.parameters.items()}
    return phrase(f"optimisers.{optimiser.name}.{key}", **{"rate": own["learning_rate"], **own, **slots})
