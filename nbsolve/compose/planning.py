"""What of a backward pass is asked, what that rests on, and what nobody asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nbsolve.asking.listing import Asked
from nbsolve.compose.explaining import all_steps, resting
from nbsolve.expr import Atom
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.step import Rule
from nbsolve.symbol import LOSS, Partial, Role, Symbol

MOST_SECTIONS = 4
"""The most asked gradients that get a section each, in the order asked; more are found layer by layer."""
_ALL = frozenset({"gradients", "changes", "updated_parameters", "state", "forward_after", "loss_after"})
"""Words that ask for what rests on the whole backward pass."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`sections`: units of the backward pass (None: all), each under the quantity they lead to, if to one.

    `rest` are those that nothing asked rests on.
    """

    sections: tuple[tuple[Partial | None, frozenset[Atom] | None], ...]
    rest: frozenset[Atom] = frozenset()


WHOLE = Plan(((None, None),))


def plan_of(
    solution: Solution,
    iteration: Iteration,
    asked: Asked | frozenset[Atom],
    order: Sequence[Atom],
    needed_later: bool,
    matrices: bool,
) -> Plan:
    """How a backward pass is divided; `order`: what is asked, in its order.

    With `matrices` it stands there whole, or not at all.
    """
    words = asked.words if isinstance(asked, Asked) else frozenset()
    if needed_later or words & _ALL or not isinstance(asked, Asked):
        return WHOLE
    wanted = [atom for atom in order if not is_after(atom)]
    if len(wanted) < len(order):
        return WHOLE
    if matrices:
        backwards = any(isinstance(a, Partial) or a.role is Role.DELTA for a in order) or "deltas" in words
        return WHOLE if backwards else Plan(())
    units = {unit.target: step.rule for step in iteration.backward for unit in step.units}
    if "deltas" in words:
        wanted += [target for target, rule in units.items() if rule is not Rule.PARAMETER_GRADIENT]
    steps = all_steps(solution, iteration, wanted)
    needed = {unit.target for unit in resting(steps, wanted)} & set(units)
    if not needed:
        return Plan(())
    rest = frozenset(units) - needed
    named = [atom for atom in wanted if units.get(atom) is Rule.PARAMETER_GRADIENT]
    sections: list[tuple[Partial | None, frozenset[Atom] | None]] = []
    shown: set[Atom] = set()
    for target in named if len(named) <= MOST_SECTIONS and len(iteration.samples) == 1 else []:
        assert isinstance(target, Partial)
        own = {unit.target for unit in resting(iteration.backward, [target])} - shown
        sections.append((target, frozenset(own)))
        shown |= own
    if not rest and not sections:
        return WHOLE
    if shown != needed or len(sections) == 0:
        sections = [(None, frozenset(needed))]
    return Plan(tuple(sections), rest)


def is_after(atom: Atom) -> bool:
    """Whether a quantity rests on the update."""
    if isinstance(atom, Partial):
        return atom.of != LOSS and (is_after(atom.of) or is_after(atom.wrt))
    return isinstance(atom, Symbol) and (
        atom.new or atom.change or atom.role in (Role.LOSS_DECREASE, Role.EPOCH_LOSS, Role.STATE)
    )
