"""The steps of a solution one by one, and where in a picture each takes place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from nbsolve.compose.amount import by_matrices
from nbsolve.expr import Atom, atoms
from nbsolve.problem import wiring
from nbsolve.problem.model import Network
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.step import Step
from nbsolve.symbol import LOSS, Partial, Role, Symbol, canonical, number_of

__all__ = ["Moment", "moments", "places"]

_LOSSES = frozenset(
    {Role.LOSS, Role.SAMPLE_LOSS, Role.OUTPUT_LOSS, Role.TERM_LOSS, Role.PENALTY, Role.EPOCH_LOSS}
)
_NOWHERE = frozenset({Role.LEARNING_RATE, Role.STRENGTH, Role.SAMPLE_COUNT, Role.SETTING, Role.STATE})


@dataclass(frozen=True)
class Moment:
    """One step of a solution: of one unit or, in a wide network, of one layer. `number` counts from 1."""

    number: int
    step: Step
    iteration: Iteration
    sample: int | None
    network: Network

    @property
    def found(self) -> frozenset[str]:
        """The lines of the picture that the step writes down."""
        return frozenset(places(self.step.target, self.network))

    @property
    def used(self) -> frozenset[str]:
        """The lines of the picture that it takes its numbers from."""
        operands = atoms(self.step.formula)
        return frozenset(place for atom in operands for place in places(atom, self.network)) - self.found


def moments(solution: Solution) -> tuple[Moment, ...]:
    """All steps of all iterations that are shown, in the order in which they are taken."""
    return tuple(
        Moment(
            number,
            step,
            iteration,
            step.sample if step.sample is not None else iteration.labels[0],
            solution.problem.network,
        )
        for number, (iteration, step) in enumerate(_units(solution), 1)
    )


def _units(solution: Solution) -> Iterator[tuple[Iteration, Step]]:
    whole = by_matrices(solution)
    for iteration in solution.iterations:
        for step in iteration.steps:
            units = [step] if whole and step.forms else list(step.units)
            for unit in units:
                sample = unit.sample if unit.sample is not None else step.sample
                yield iteration, replace(unit, sample=sample)


def places(atom: Atom, network: Network) -> Iterator[str]:
    """The lines of a picture that speak of a quantity, by their canonical names; a layer's by `z[1]`."""
    if isinstance(atom, Symbol):
        yield from _symbol_places(atom._replace(sample=None, iteration=None), network)
        return
    of, wrt = (symbol._replace(sample=None, iteration=None) for symbol in (atom.of, atom.wrt))
    if of.role in _LOSSES:
        yield canonical(Partial(LOSS, wrt))
    elif of.role is Role.PRE_ACTIVATION and wrt.role is Role.WEIGHT:
        yield from _incoming(number_of(of.layer), wrt, network)
    elif of.role is Role.PRE_ACTIVATION and of.to is not None and wrt.to is not None and wrt.role in _SOURCES:
        layer, unit = number_of(of.layer), (wrt.layer or 0, number_of(wrt.to))
        if unit in wiring.incoming(network, layer):
            column = wiring.column_of(network, layer, unit)
            yield canonical(wiring.weight(network, layer, of.to, column))
    else:
        yield from (canonical(symbol) for symbol in (of, wrt))


def _incoming(layer: int, weight: Symbol, network: Network) -> Iterator[str]:
    """What a weight of a layer, or its whole matrix, is multiplied by there."""
    units = [*wiring.incoming(network, layer)]
    if weight.from_ is None:
        sources: Iterable[tuple[int, int | None]] = ((source, None) for source in dict(units))
    else:
        own = network.layer(layer)
        sources = (units[number_of(weight.to if own.transposed else weight.from_) - 1],)
    for source, unit in sources:
        if source < 0:  # the constant of a bias, which stands in the unit itself
            continue
        yield canonical(Symbol.activation(source, unit) if source else Symbol.input(unit))


_SOURCES = frozenset({Role.ACTIVATION, Role.INPUT})


def _symbol_places(symbol: Symbol, network: Network) -> Iterator[str]:
    if symbol.role in _NOWHERE:
        return
    if symbol.role in _LOSSES:
        yield "L_new" if symbol.new else "L"
    elif symbol.role is Role.DELTA:
        yield canonical(Partial(LOSS, Symbol.pre_activation(symbol.layer, symbol.to)))
    elif symbol.role is Role.SHARE:
        layer, through = symbol.layer or 0, number_of(symbol.from_)
        for user in wiring.users(network, layer):
            if not wiring.weightless(network, user) and through <= wiring.width_of(network, user):
                column = wiring.column_of(network, user, (layer, number_of(symbol.to)))
                yield canonical(wiring.weight(network, user, through, column))
    elif symbol.role is Role.ERROR:
        yield canonical(symbol._replace(role=Role.TARGET))
    else:
        yield canonical(symbol._replace(new=symbol.new or symbol.change, change=False))
