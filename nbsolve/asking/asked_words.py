"""The words that a part may ask: which quantities each means, and how one is recognised."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nbsolve.blocks.dense import Dense
from nbsolve.catalogue import Equation
from nbsolve.expr import Atom
from nbsolve.problem import wiring
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.jacobian_vectors import PRODUCTS
from nbsolve.problem.parts import CLASS_WORDS
from nbsolve.solving.jacobian import is_of_output, jacobian, products
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.symbol import EPOCH_LOSS, LOSS, PARAMETERS, Partial, Role, Symbol

__all__ = ["KINDS", "LISTERS", "UPDATED", "kept_by", "products_of", "standing", "values_after", "values_of"]

UPDATED = (*PARAMETERS, Role.STATE)
_UNITS = (Role.PRE_ACTIVATION, Role.ACTIVATION)


def _is_of(role: Role) -> Callable[[Atom], bool]:
    return lambda a: isinstance(a, Symbol) and a.role is role


KINDS: dict[str, Callable[[Atom], bool]] = {
    "forward": lambda a: isinstance(a, Symbol) and a.role in _UNITS and not a.new,
    "jacobian": lambda a: is_of_output(a) and isinstance(a, Partial) and a.wrt.role is Role.INPUT,
    **{word: _is_of(one.product) for word, one in PRODUCTS.items()},
    "loss": lambda a: a == LOSS,
    "gradients": lambda a: isinstance(a, Partial) and a.of == LOSS and a.wrt.role in PARAMETERS,
    "deltas": lambda a: (
        a.role is Role.DELTA if isinstance(a, Symbol) else a.of == LOSS and a.wrt.role is Role.PRE_ACTIVATION
    ),
    "changes": lambda a: isinstance(a, Symbol) and a.change,
    "updated_parameters": lambda a: isinstance(a, Symbol) and a.role in PARAMETERS and a.new,
    "state": lambda a: isinstance(a, Symbol) and a.role is Role.STATE and a.new,
    "forward_after": lambda a: isinstance(a, Symbol) and a.role in _UNITS and a.new,
    "loss_after": lambda a: a == LOSS._replace(new=True),
    "epoch_loss": lambda a: isinstance(a, Symbol) and a.role is Role.EPOCH_LOSS,
    **dict.fromkeys(CLASS_WORDS, lambda a: False),
}
"""For each word that a part may ask, which quantities it means (`LISTERS` lists them)."""


def standing(layer: Dense) -> Iterator[tuple[Symbol, Symbol]]:
    """Each parameter at every place it stands, and the symbol that holds its value."""
    if not layer.tied:
        yield from ((weight, weight) for weight in wiring.own_weights(layer.network, layer.index))
    constant = layer.constant()
    if constant is None:
        return
    for j in layer.units:
        place = constant._replace(to=j, shared=False)
        yield place, constant if constant.shared else place


def values_of(solution: Solution, iteration: Iteration) -> Iterator[Atom]:
    """The values of the forward pass, sample by sample."""
    for label in iteration.labels:
        for layer in solution.layers:
            yield from (layer.z(j, label) for j in layer.units)
            yield from (layer.a(j, label) for j in layer.units)


def values_after(solution: Solution, iteration: Iteration) -> Iterator[Atom]:
    """The values of the forward pass with the new parameters, sample by sample."""
    for label in iteration.labels:
        for layer in solution.layers:
            yield from (layer.z(j, label, new=True) for j in layer.units)
            yield from (layer.a(j, label, new=True) for j in layer.units)


def kept_by(solution: Solution) -> tuple[Equation, ...]:
    """What the optimiser keeps from one update to the next."""
    training = solution.problem.training
    return () if training is None else optimiser_of(training.optimiser).kept


def _gradients(solution: Solution, iteration: Iteration) -> Iterator[Atom]:
    for layer in solution.layers:
        for member in _each_once(layer):
            yield Partial(LOSS, member)


def _each_once(layer: Dense) -> Iterator[Symbol]:
    """Each parameter once (a shared one too), as its letters have it."""
    yield from dict.fromkeys(holder for _, holder in standing(layer))


def _updated(flag: str) -> Callable[[Solution, Iteration], Iterator[Atom]]:
    def lister(solution: Solution, iteration: Iteration) -> Iterator[Atom]:
        for layer in solution.layers:
            held = frozenset(layer.held) if flag == "change" else frozenset()
            yield from (m._replace(**{flag: True}) for m in _each_once(layer) if m not in held)  # type: ignore[arg-type]

    return lister


def _deltas(solution: Solution, iteration: Iteration) -> Iterator[Atom]:
    for label in iteration.labels:
        for layer in reversed(solution.layers):
            for j in layer.units:
                if solution.how.sign < 0 or solution.how.way == "delta":
                    yield Symbol.delta(layer.index, j, sample=label)
                else:
                    yield Partial(LOSS, layer.z(j, label))


def _states(solution: Solution, iteration: Iteration) -> Iterator[Atom]:
    """What the optimiser has kept after the update, parameter by parameter."""
    for layer in solution.layers:
        held = frozenset(layer.held)
        for member in _each_once(layer):
            if member not in held:
                yield from (member.state(equation.name, new=True) for equation in kept_by(solution))


def _products(role: Role) -> Callable[[Solution, Iteration], Iterator[Atom]]:
    def lister(solution: Solution, iteration: Iteration) -> Iterator[Atom]:
        for label in iteration.labels:
            yield from products(role, solution, label)

    return lister


def products_of(solution: Solution, iteration: Iteration) -> Iterator[Atom]:
    """J v and uᵀ J, where their vectors are given, sample by sample."""
    for one in PRODUCTS.values():
        if one.given(solution.problem.jacobian):
            yield from _products(one.product)(solution, iteration)


LISTERS: dict[str, Callable[[Solution, Iteration], Iterator[Atom]]] = {
    "forward": values_of,
    "jacobian": lambda solution, iteration: (
        partial for label in iteration.labels for partial in jacobian(solution, label)
    ),
    **{word: _products(one.product) for word, one in PRODUCTS.items()},
    "loss": lambda solution, iteration: iter((LOSS,)),
    "gradients": _gradients,
    "deltas": _deltas,
    "changes": _updated("change"),
    "updated_parameters": _updated("new"),
    "state": _states,
    "forward_after": values_after,
    "loss_after": lambda solution, iteration: iter((LOSS._replace(new=True),)),
    "epoch_loss": lambda solution, iteration: (
        iter((EPOCH_LOSS,)) if EPOCH_LOSS in iteration.values.stored else iter(())
    ),
    **dict.fromkeys(CLASS_WORDS, lambda solution, iteration: iter(())),
}
"""What a word means in one iteration; what is said of classes in the end is no quantity (`classifying`)."""
