"""Single quantities: the steps that find them and all that these rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nbsolve.derived import derived_steps
from nbsolve.expr import Atom, atoms
from nbsolve.solution import Iteration, Solution
from nbsolve.step import Step
from nbsolve.values import whole


def all_steps(solution: Solution, iteration: Iteration) -> list[Step]:
    """The steps of an iteration with those that nobody needs unless asked, each after what it rests on."""
    steps = [*iteration.forward, *iteration.loss, *iteration.backward, *iteration.extra]
    return [
        *steps,
        *derived_steps(solution, iteration),
        *iteration.update,
        *iteration.after,
        *iteration.epoch,
    ]


def resting(steps: Sequence[Step], wanted: Iterable[Atom]) -> Iterator[Step]:
    """The unit steps that find the wanted quantities and all that these rest on, in their order."""
    sought = set(wanted)
    wholes = {whole(atom)[0] for atom in sought}
    chosen: list[Step] = []
    for step in reversed(steps):
        if step.target not in wholes and whole(step.target)[0] not in wholes:
            continue
        for unit in reversed(list(step.units)):
            if unit.target in sought:
                chosen.append(unit)
                for atom in atoms(unit.formula):
                    sought.add(atom)
                    wholes.add(whole(atom)[0])
    return reversed(chosen)


def resting_by_layers(steps: Sequence[Step], wanted: Iterable[Atom]) -> Iterator[Step]:
    """The same with the steps of whole layers, for networks too wide to be written unit by unit."""
    wholes = {whole(atom)[0] for atom in wanted}
    chosen: list[Step] = []
    for step in reversed(steps):
        if step.target in wholes or whole(step.target)[0] in wholes:
            chosen.append(step)
            wholes.update(whole(atom)[0] for form in step.forms for atom in atoms(form.expression))
    return reversed(chosen)
