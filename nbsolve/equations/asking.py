"""What a part of a computation graph's problem asks, quantity by quantity."""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.equations.building import Built, entries_of, operands_of
from nbsolve.equations.names import GraphNames
from nbsolve.equations.updating import parameters_of, state
from nbsolve.expr import Atom
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.graphs.asks import STATE, WORDS
from nbsolve.problem.model import Part
from nbsolve.symbol import Partial, Symbol

__all__ = ["asked_of"]


def asked_of(part: Part, built: Built, names: GraphNames) -> Iterator[Atom]:
    """The single quantities that a part asks for, each once."""
    yield from dict.fromkeys(atom for ask in part.ask for atom in _of(ask, built, names))


def _of(ask: str, built: Built, names: GraphNames) -> Iterator[Atom]:
    problem = built.problem
    if ask not in WORDS:
        for atom in names.entries(names.resolve(ask)):
            if isinstance(atom, Symbol) or atom.of == names.objective or _is_local(atom, built):
                yield atom
    elif ask == "forward":
        for equation in problem.equations:
            yield from entries_of(equation.name, equation.shape)
    elif ask == "gradients":
        for name in problem.wrt:
            yield from (Partial(names.objective, entry) for entry in entries_of(name, problem.shapes[name]))
    elif ask == "local_derivatives":
        for node in built.graph.nodes:
            if not node.target.at and node.target != names.objective:
                yield from (
                    Partial(node.target, one) for one in operands_of(node).values() if one in built.wanted
                )
    elif ask == STATE and problem.training is not None:
        kept = optimiser_of(problem.training.optimiser).kept
        for one in parameters_of(problem):
            yield from (state(one, equation.name, new=True) for equation in kept)
    elif ask == "updated_parameters":
        training = problem.training
        for name in () if training is None else training.parameters:
            yield from (one._replace(new=True) for one in entries_of(name, problem.shapes[name]))


def _is_local(atom: Partial, built: Built) -> bool:
    """Whether one is computed from the other in one step."""
    origin = built.graph.origin(atom.of)
    return origin is not None and atom.wrt in operands_of(origin).values()
