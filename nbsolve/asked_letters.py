"""What the parts ask for where the answer is a formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom
from nbsolve.listing import of_sample
from nbsolve.notation import Names
from nbsolve.problem.model import Part
from nbsolve.step import Rule, Step
from nbsolve.symbol import Partial, Role, Symbol, canonical
from nbsolve.symbolic import LetterPass

LOSS = Symbol(Role.LOSS)


@dataclass(frozen=True)
class AskedInLetters:
    """The asked quantities with the steps that find them, part by part.

    `also` are the steps among them that the solution has no need of for anything else.
    """

    places: tuple[tuple[Part, Step], ...]
    also: tuple[Step, ...]

    @property
    def targets(self) -> frozenset[Atom]:
        """The asked quantities."""
        return frozenset(step.target for _, step in self.places)

    @classmethod
    def of(cls, letters: LetterPass, names: Names) -> AskedInLetters:
        """What the parts of the problem ask for. Raises UnknownQuantityError for what has no formula."""
        places = tuple(
            (part, step)
            for part in letters.solution.problem.parts
            for ask in part.ask
            for step in _steps(ask, letters, names)
        )
        known = {step.target for step in letters.steps}
        also = dict.fromkeys(step for _, step in places if step.target not in known)
        return cls(places, tuple(also))


_KINDS: dict[str, Callable[[Step], bool]] = {
    "forward": lambda step: step.rule in (Rule.PRE_ACTIVATION, Rule.ACTIVATION),
    "loss": lambda step: step.rule is Rule.LOSS,
    "gradients": lambda step: step.rule is Rule.PARAMETER_GRADIENT,
    "changes": lambda step: step.rule is Rule.PARAMETER_CHANGE,
    "updated_parameters": lambda step: step.rule is Rule.PARAMETER_UPDATE,
}


def _steps(ask: str, letters: LetterPass, names: Names) -> Iterator[Step]:
    """The steps that one word or name means."""
    kind = _KINDS.get(ask)
    if kind is not None:
        yield from (step for step in letters.steps if kind(step))
        return
    if ask == "deltas":
        atoms: list[Atom] = [
            Partial(LOSS, layer.z(j, label))
            for label in letters.labels
            for layer in reversed(letters.solution.layers)
            for j in layer.units
        ]
    else:
        atoms = [of_sample(names.resolve(ask), label) for label in letters.labels]
    for atom in atoms:
        step = letters.step_of(atom) or letters.step_of(names.resolve(ask))
        if step is not None:
            yield step
        elif letters.solution.problem.symbolic and letters.instances:
            raise UnknownQuantityError(f"{canonical(atom)} is given, or has no formula in letters")
