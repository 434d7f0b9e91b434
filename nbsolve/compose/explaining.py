"""Single quantities: the steps that find them and all that these rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nbsolve.asking.derived import derive, known_step
from nbsolve.expr import Atom, atoms, number
from nbsolve.solving.jacobian import rests_on_outputs
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.step import Step
from nbsolve.values import whole


def all_steps(solution: Solution, iteration: Iteration, wanted: Iterable[Atom]) -> list[Step]:
    """The steps of an iteration with those that nobody needs unless asked, each after what it rests on.

    At the end stand the `wanted` quantities that no step finds: what is given, or carried over.
    """
    wanted = list(wanted)
    derived = derive(solution, iteration, any(map(rests_on_outputs, wanted)))
    parts = (iteration.forward, iteration.loss, iteration.backward, iteration.extra, iteration.update)
    steps = [step for part in (*parts, iteration.after, iteration.epoch, derived.steps) for step in part]
    found = {step.target: step for step in steps}
    for atom in dict.fromkeys(wanted):
        key = whole(atom)[0]
        own = found.get(atom) or found.get(key)
        if own is None or (own.target != atom and atom not in own.members):
            steps.append(known_step(atom, solution, derived.values, iteration.number))
    return steps


def by_layers(wanted: Iterable[Atom], iteration: Iteration) -> list[Atom]:
    """The vectors and matrices that hold the wanted quantities; a quantity that is in none by itself."""
    wholes = ((atom, whole(atom)[0]) for atom in wanted)
    return list(dict.fromkeys(own if own in iteration.values.stored else atom for atom, own in wholes))


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
    """The steps of whole layers that find the wanted quantities and all that these rest on, for wide networks.

    Of a vector that is found unit by unit come the units that are wanted and those that are not simply 0.
    """
    wanted = set(wanted)
    wholes = {whole(atom)[0] for atom in wanted}
    chosen: list[Step] = []
    for step in reversed(steps):
        if step.target not in wholes and step.target not in wanted:
            continue
        found = [step]
        if not step.forms:
            found = [unit for unit in step.units if unit.target in wanted or unit.formula != number(0)]
        chosen.extend(reversed(found))
        for one in found:
            wholes.update(whole(atom)[0] for form in one.forms for atom in atoms(form.expression))
    return reversed(chosen)
