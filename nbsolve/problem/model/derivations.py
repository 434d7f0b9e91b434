"""Problems about derivatives of functions."""

from __future__ import annotations

from typing import Literal

from nbsolve.given import Given
from nbsolve.problem.model.common import AnyProblem, Frozen


class Topic(Frozen):
    """Something to be differentiated: an activation or a loss, perhaps through the outputs' activation.

    `parameters` are those that plots take; the derivation itself is in letters. `formula` and `latex` belong to
    functions that the catalogue does not have, as in a `Choice`.
    """

    kind: Literal["activation", "loss"]
    name: str
    through: str | None = None
    parameters: dict[str, Given] = {}
    formula: str | None = None
    latex: str | None = None

    @property
    def id(self) -> str:
        """The name that parts call a topic by: `sigmoid`, `binary_cross_entropy_through_sigmoid`."""
        return self.name if self.through is None else f"{self.name}_through_{self.through}"


class DerivationProblem(AnyProblem):
    """A problem without numbers: derivatives to be found, line by line.

    `topics` come in the order of the file, functions before losses; a part's `ask` names them by their `id`.
    """

    kind: Literal["derivation"] = "derivation"
    topics: tuple[Topic, ...]
